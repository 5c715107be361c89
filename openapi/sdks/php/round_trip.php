<?php
// The round trip with the PHP client of openapi-generator: see ../README.md for what it expects.

declare(strict_types=1);

use Icr\Api\ExportsApi;
use Icr\Api\ProvincesApi;
use Icr\Api\SitesApi;
use Icr\Api\StatementsApi;
use Icr\ApiException;
use Icr\Configuration;
use Icr\Model\ClearanceStatus;
use Icr\Model\LegalStatus;
use Icr\Model\Problem;
use Icr\Model\Retraction;
use Icr\Model\SiteDetail;
use Icr\Model\SiteKind;
use Icr\Model\SitePatch;
use Icr\Model\SiteRegistration;
use Icr\Model\SiteStatementWrite;
use Icr\Model\SiteValues;
use Icr\Model\Stage;
use Icr\ObjectSerializer;

require 'GuzzleHttp/autoload.php';
spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Icr\\')) {
        require __DIR__ . '/client/lib/' . strtr(substr($class, 4), '\\', '/') . '.php';
    }
});

const SITE = 'ccn-vi-du';
const SOURCE = 'bac-kan-press-2023-12';

/** End the round trip where an answer is not the expected one. */
function expect(string $what, mixed $got, mixed $wanted): void
{
    if ($got !== $wanted) {
        fwrite(STDERR, "$what: got " . var_export($got, true) . ', expected ' . var_export($wanted, true) . "\n");
        exit(1);
    }
}

function registration(?string $id = null): SiteRegistration
{
    return new SiteRegistration([
        'id' => $id,
        'kind' => SiteKind::CLUSTER,
        'source_id' => SOURCE,
        'effective_from' => '2023-06-01',
        'values' => new SiteValues([
            'name' => 'CCN Ví Dụ',
            'province_code' => '06',
            'legal_status' => LegalStatus::ESTABLISHED,
            'area_ha' => 12.5,
            'address' => 'Thôn Ví Dụ',
        ]),
    ]);
}

function register(SitesApi $sites): int
{
    $body = registration();
    [$said, $status, $headers] = $sites->registerSiteWithHttpInfo($body);
    expect('status', $status, 201);
    expect('Location', $headers['location'], ['sites/' . SITE]);
    expect('subject', $said->getSubjectId(), SITE);
    expect('area', $said->getValues()->getAreaHa(), 12.5);
    expect('id', $said->getId(), $said->getRevision() . '-1');
    return $said->getRevision();
}

function state(SitesApi $sites, int $registered): string
{
    $said = $sites->stateSite(SITE, new SiteStatementWrite([
        'source_id' => SOURCE,
        'effective_from' => '2023-10-01',
        'values' => new SiteValues(['area_ha' => 20.5, 'clearance_status' => ClearanceStatus::IN_PROGRESS]),
    ]));
    expect('revision', $said->getRevision(), $registered + 1);
    expect('area', $said->getValues()->getAreaHa(), 20.5);
    expect('clearance', $said->getValues()->getClearanceStatus(), ClearanceStatus::IN_PROGRESS);
    return $said->getId();
}

function siteOn(SitesApi $sites, string $day, ?int $revision = null): SiteDetail
{
    return $sites->getSite(SITE, as_of: $day, revision: $revision);
}

function read(SitesApi $sites, int $registered): void
{
    $august = siteOn($sites, '2023-08-01');
    expect('August', [$august->getAreaHa(), $august->getClearanceStatus(), $august->getStage()], [12.5, null, Stage::ESTABLISHED]);
    $december = siteOn($sites, '2023-12-31');
    expect('December', [$december->getAreaHa(), $december->getStage()], [20.5, Stage::CLEARANCE]);
    expect('as known before', siteOn($sites, '2023-12-31', $registered)->getAreaHa(), 12.5);
}

function page(SitesApi $sites, int $registered): void
{
    $pages = [];
    $cursor = null;
    do {
        $found = $sites->listSites(
            count: 'exact',
            limit: 3,
            cursor: $cursor,
            as_of: '2023-12-31',
            province_code: ['06'],
            kind: [SiteKind::CLUSTER],
        );
        expect('list', [$found->getRevision(), $found->getCount()], [$registered + 1, 7]);
        $pages[] = array_map(static fn ($item) => $item->getId(), $found->getItems());
        $cursor = $found->getNextCursor();
    } while ($cursor !== null);
    expect('pages', $pages, [
        ['ccn-cam-giang', 'ccn-huyen-tung', 'ccn-nam-bang-lung'],
        ['ccn-quang-chu', 'ccn-thanh-thinh', 'ccn-vang-muoi'],
        [SITE],
    ]);
}

function sparse(SitesApi $sites): void
{
    $found = $sites->getSparseSite(SITE, ['name', 'area_ha'], as_of: '2023-12-31');
    expect('sparse', [$found->getName(), $found->getAreaHa(), $found->getAddress()], ['CCN Ví Dụ', 20.5, null]);
}

function rollUp(ProvincesApi $provinces): void
{
    $rollups = $provinces->getRollup('06', as_of: '2023-12-31', kind: [SiteKind::CLUSTER])->getRollups();
    expect('rollups', count($rollups), 1);
    [$sites, $area, $planned] = [$rollups[0]->getSites(), $rollups[0]->getArea(), $rollups[0]->getPlanned()];
    expect('sites', [$sites->getCount(), $sites->getByStage()->getClearance()], [7, 5]);
    expect('area', [$area->getTotalHa(), $area->getKnown(), $area->getUnknown()], [187.9, 4, 3]);
    expect('planned', [$planned->getSites(), $planned->getAreaHa()], [27, 676.4]);
    expect('remaining', [$planned->getRemainingSites(), $planned->getRemainingAreaHa()], [20, 488.5]);
    expect('qualifier', $planned->getRemainingAreaQualifier(), 'at_most');
}

function conflict(SitesApi $sites): void
{
    try {
        $sites->registerSite(registration(SITE));
    } catch (ApiException $refused) {
        $problem = $refused->getResponseObject();
        expect('typed', $problem instanceof Problem, true);
        expect('problem', [$refused->getCode(), $problem->getStatus(), $problem->getType()], [409, 409, '/problems/conflict']);
        expect('detail', str_contains($problem->getDetail(), SITE), true);
        expect('errors', array_map(static fn ($error) => $error->getPointer(), $problem->getErrors()), ['#/id']);
        return;
    }
    expect('refused', false, true);
}

function patch(SitesApi $sites): void
{
    [, , $headers] = $sites->getSiteWithHttpInfo(SITE);
    $values = new SitePatch();
    $values->setAreaHa(null);
    expect('body', json_encode(ObjectSerializer::sanitizeForSerialization($values)), '{"area_ha":null}');
    $said = $sites->patchSite(SITE, SOURCE, $headers['etag'][0], $values, effective_from: '2024-01-01');
    expect('area is null', $said->getValues()->isNullableSetToNull('area_ha'), true);
    expect('address is absent', $said->getValues()->getAddress(), null);
    $now = siteOn($sites, '2024-01-01');
    expect('now', [$now->getAreaHa(), $now->getAddress(), $now->getClearanceStatus()], [null, 'Thôn Ví Dụ', ClearanceStatus::IN_PROGRESS]);
    expect('before', siteOn($sites, '2023-12-31')->getAreaHa(), 20.5);
}

function retract(SitesApi $sites, StatementsApi $statements, string $stated): void
{
    $said = $statements->retractStatement($stated, new Retraction(['reason' => 'Of another site.']));
    expect('reason', $said->getRetraction()->getReason(), 'Of another site.');
    $december = siteOn($sites, '2023-12-31');
    expect('December', [$december->getAreaHa(), $december->getStage()], [12.5, Stage::ESTABLISHED]);
    expect('new year', siteOn($sites, '2024-01-01')->getAreaHa(), null);
}

function download(GuzzleHttp\Client $client, ExportsApi $exports): void
{
    $asked = ['as_of' => '2023-12-31', 'province_code' => ['06'], 'kind' => [SiteKind::CLUSTER]];
    // The models make one class of all kinds of geometry, which none of them fits.
    $map = (string) $client->send($exports->exportSitesGeojsonRequest(...$asked))->getBody();
    $features = array_column(json_decode($map, true)['features'], null, 'id');
    expect('features', count($features), 7);
    expect('coordinates', $features['ccn-quang-chu']['geometry']['coordinates'], [105.823, 21.8769]);
    expect('its area', $features[SITE]['properties']['area_ha'], 12.5);
    $rows = array_map('str_getcsv', explode("\r\n", trim($exports->exportSitesCsv(...$asked)->fread(1 << 20))));
    expect('rows', count($rows), 8);
    $last = array_combine($rows[0], $rows[7]);
    expect('last row', [$last['id'], $last['name'], $last['area_ha']], [SITE, 'CCN Ví Dụ', '12.5']);
}

$configuration = (new Configuration())->setHost(getenv('ICR_URL'))->setAccessToken(getenv('ICR_KEY'));
$client = new GuzzleHttp\Client();
$sites = new SitesApi($client, $configuration);
$registered = register($sites);
echo "register\n";
$stated = state($sites, $registered);
echo "state\n";
read($sites, $registered);
echo "read\n";
page($sites, $registered);
sparse($sites);
echo "page\n";
rollUp(new ProvincesApi($client, $configuration));
echo "rollup\n";
conflict($sites);
echo "conflict\n";
patch($sites);
echo "patch\n";
retract($sites, new StatementsApi($client, $configuration), $stated);
echo "retract\n";
download($client, new ExportsApi($client, $configuration));
echo "download\n";
