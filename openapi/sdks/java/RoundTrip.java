// The round trip with the Java client of openapi-generator (native): see ../README.md for what it expects.

import java.io.File;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.ApiResponse;
import org.openapitools.client.api.ExportsApi;
import org.openapitools.client.api.ProvincesApi;
import org.openapitools.client.api.SitesApi;
import org.openapitools.client.api.StatementsApi;
import org.openapitools.client.model.ClearanceStatus;
import org.openapitools.client.model.KindRollup;
import org.openapitools.client.model.LegalStatus;
import org.openapitools.client.model.PlannedFigures;
import org.openapitools.client.model.Problem;
import org.openapitools.client.model.RemainderQualifier;
import org.openapitools.client.model.Retraction;
import org.openapitools.client.model.Site;
import org.openapitools.client.model.SiteDetail;
import org.openapitools.client.model.SiteFeature;
import org.openapitools.client.model.SiteKind;
import org.openapitools.client.model.SitePage;
import org.openapitools.client.model.SitePatch;
import org.openapitools.client.model.SiteRegistration;
import org.openapitools.client.model.SiteStatement;
import org.openapitools.client.model.SiteStatementWrite;
import org.openapitools.client.model.SiteValues;
import org.openapitools.client.model.Stage;
import org.openapitools.client.model.TracedSum;

public final class RoundTrip {
    private static final String SITE = "ccn-vi-du";
    private static final String SOURCE = "bac-kan-press-2023-12";
    private static final LocalDate AUGUST = LocalDate.of(2023, 8, 1);
    private static final LocalDate DECEMBER = LocalDate.of(2023, 12, 31);
    private static final LocalDate NEW_YEAR = LocalDate.of(2024, 1, 1);
    private static final List<String> PROVINCE = List.of("06");
    private static final List<SiteKind> CLUSTERS = List.of(SiteKind.CLUSTER);

    private final ApiClient client = new ApiClient();
    private final SitesApi sites;

    private RoundTrip(String url, String key) {
        client.updateBaseUri(url);
        if (key != null && !key.isEmpty()) {
            client.setRequestInterceptor((HttpRequest.Builder request) ->
                request.header("Authorization", "Bearer " + key));
        }
        sites = new SitesApi(client);
    }

    private static void expect(String what, Object got, Object wanted) {
        if (!Objects.equals(got, wanted)) {
            throw new AssertionError(what + ": got " + got + ", expected " + wanted);
        }
    }

    private static SiteRegistration registration() {
        return new SiteRegistration()
            .kind(SiteKind.CLUSTER)
            .sourceId(SOURCE)
            .effectiveFrom("2023-06-01")
            .values(new SiteValues()
                .name("CCN Ví Dụ")
                .provinceCode("06")
                .legalStatus(LegalStatus.ESTABLISHED)
                .areaHa(12.5)
                .address("Thôn Ví Dụ"));
    }

    private long register() throws ApiException {
        ApiResponse<SiteStatement> answer = sites.registerSiteWithHttpInfo(
            SitesApi.APIRegisterSiteRequest.newBuilder().siteRegistration(registration()).build());
        expect("status", answer.getStatusCode(), 201);
        expect("Location", answer.getHeaders().get("location"), List.of("sites/" + SITE));
        SiteStatement said = answer.getData();
        expect("subject", said.getSubjectId(), SITE);
        expect("area", said.getValues().getAreaHa(), 12.5);
        expect("id", said.getId(), said.getRevision() + "-1");
        return said.getRevision();
    }

    private String state(long registered) throws ApiException {
        SiteValues values = new SiteValues().areaHa(20.5).clearanceStatus(ClearanceStatus.IN_PROGRESS);
        SiteStatementWrite body =
            new SiteStatementWrite().sourceId(SOURCE).effectiveFrom("2023-10-01").values(values);
        SiteStatement said = sites.stateSite(
            SitesApi.APIStateSiteRequest.newBuilder().siteId(SITE).siteStatementWrite(body).build());
        expect("revision", said.getRevision(), registered + 1);
        expect("values", said.getValues(), values);
        return said.getId();
    }

    private SiteDetail site(LocalDate asOf, Long revision) throws ApiException {
        return sites.getSite(
            SitesApi.APIGetSiteRequest.newBuilder().siteId(SITE).asOf(asOf).revision(revision).build());
    }

    private void read(long registered) throws ApiException {
        SiteDetail august = site(AUGUST, null);
        expect("area in August", august.getAreaHa(), 12.5);
        expect("clearance in August", august.getClearanceStatus(), null);
        expect("stage in August", august.getStage(), Stage.ESTABLISHED);
        SiteDetail december = site(DECEMBER, null);
        expect("area in December", december.getAreaHa(), 20.5);
        expect("stage in December", december.getStage(), Stage.CLEARANCE);
        expect("area as known before", site(DECEMBER, registered).getAreaHa(), 12.5);
    }

    private void page(long registered) throws ApiException {
        List<List<String>> pages = new ArrayList<>();
        String cursor = null;
        do {
            SitePage found = sites.listSites(SitesApi.APIListSitesRequest.newBuilder()
                .provinceCode(PROVINCE).kind(CLUSTERS).asOf(DECEMBER)
                .limit(3L).count("exact").cursor(cursor).build());
            expect("revision", found.getRevision(), registered + 1);
            expect("count", found.getCount(), 7L);
            pages.add(found.getItems().stream().map(Site::getId).toList());
            cursor = found.getNextCursor();
        } while (cursor != null);
        expect("pages", pages, List.of(
            List.of("ccn-cam-giang", "ccn-huyen-tung", "ccn-nam-bang-lung"),
            List.of("ccn-quang-chu", "ccn-thanh-thinh", "ccn-vang-muoi"),
            List.of(SITE)));
    }

    private void rollUp() throws ApiException {
        List<KindRollup> rollups = new ProvincesApi(client)
            .getRollup(ProvincesApi.APIGetRollupRequest.newBuilder()
                .code("06").kind(CLUSTERS).asOf(DECEMBER).build())
            .getRollups();
        expect("rollups", rollups.size(), 1);
        KindRollup figures = rollups.get(0);
        expect("sites", figures.getSites().getCount(), 7L);
        expect("in clearance", figures.getSites().getByStage().getClearance(), 5L);
        TracedSum area = figures.getArea();
        expect("area", List.of(area.getTotalHa(), area.getKnown(), area.getUnknown()), List.of(187.9, 4L, 3L));
        PlannedFigures planned = figures.getPlanned();
        expect("planned", List.of(planned.getSites(), planned.getAreaHa()), List.of(27L, 676.4));
        expect("remaining", List.of(planned.getRemainingSites(), planned.getRemainingAreaHa()), List.of(20L, 488.5));
        expect("qualifier", planned.getRemainingAreaQualifier(), RemainderQualifier.AT_MOST);
    }

    private void conflict() throws Exception {
        try {
            sites.registerSite(SitesApi.APIRegisterSiteRequest.newBuilder()
                .siteRegistration(registration().id(SITE)).build());
        } catch (ApiException refused) {
            expect("status", refused.getCode(), 409);
            Problem problem = ApiClient.createDefaultObjectMapper()
                .readValue(refused.getResponseBody(), Problem.class);
            expect("problem", problem.getStatus(), 409L);
            expect("type", problem.getType(), "/problems/conflict");
            expect("detail", problem.getDetail().contains(SITE), true);
            expect("errors", problem.getErrors().size(), 1);
            expect("pointer", problem.getErrors().get(0).getPointer(), "#/id");
            return;
        }
        throw new AssertionError("a second site of the same id was registered");
    }

    private void patch() throws Exception {
        ApiResponse<SiteDetail> before = sites.getSiteWithHttpInfo(
            SitesApi.APIGetSiteRequest.newBuilder().siteId(SITE).build());
        SitePatch values = new SitePatch().areaHa(null);
        expect("body", ApiClient.createDefaultObjectMapper().writeValueAsString(values), "{\"area_ha\":null}");
        SiteStatement said = sites.patchSite(SitesApi.APIPatchSiteRequest.newBuilder()
            .siteId(SITE).sourceId(SOURCE).sitePatch(values).effectiveFrom("2024-01-01")
            .ifMatch(before.getHeaders().get("etag").get(0)).build());
        expect("area is null", said.getValues().getAreaHa_JsonNullable().isPresent(), true);
        expect("area", said.getValues().getAreaHa(), null);
        expect("address is absent", said.getValues().getAddress_JsonNullable().isPresent(), false);
        SiteDetail now = site(NEW_YEAR, null);
        expect("area", now.getAreaHa(), null);
        expect("address", now.getAddress(), "Thôn Ví Dụ");
        expect("clearance", now.getClearanceStatus(), ClearanceStatus.IN_PROGRESS);
        expect("area before", site(DECEMBER, null).getAreaHa(), 20.5);
    }

    private void retract(String stated) throws ApiException {
        SiteStatement said = new StatementsApi(client)
            .retractStatement(StatementsApi.APIRetractStatementRequest.newBuilder()
                .statementId(stated).retraction(new Retraction().reason("Of another site.")).build())
            .getSiteStatement();
        expect("reason", said.getRetraction().getReason(), "Of another site.");
        SiteDetail december = site(DECEMBER, null);
        expect("area", december.getAreaHa(), 12.5);
        expect("stage", december.getStage(), Stage.ESTABLISHED);
        expect("area of the new year", site(NEW_YEAR, null).getAreaHa(), null);
    }

    private static String content(File file) throws Exception {
        String text = Files.readString(file.toPath());
        Files.delete(file.toPath());
        return text;
    }

    private void download() throws Exception {
        ExportsApi exports = new ExportsApi(client);
        List<SiteFeature> features = exports.exportSitesGeojson(
            ExportsApi.APIExportSitesGeojsonRequest.newBuilder()
                .provinceCode(PROVINCE).kind(CLUSTERS).asOf(DECEMBER).build()).getFeatures();
        expect("features", features.size(), 7);
        for (SiteFeature feature : features) {
            if (feature.getId().equals("ccn-quang-chu")) {
                expect("coordinates", feature.getGeometry().getPoint().getCoordinates(), List.of(105.823, 21.8769));
            }
        }
        expect("last feature", features.get(6).getId(), SITE);
        expect("its area", features.get(6).getProperties().getAreaHa(), 12.5);

        String table = content(exports.exportSitesCsv(ExportsApi.APIExportSitesCsvRequest.newBuilder()
            .provinceCode(PROVINCE).kind(CLUSTERS).asOf(DECEMBER).build()));
        String[] rows = table.split("\r\n");
        expect("rows", rows.length, 8);
        int column = Arrays.asList(rows[0].split(",")).indexOf("area_ha");
        String[] last = rows[7].split(",");
        expect("last row", List.of(last[0], last[3], last[column]), List.of(SITE, "CCN Ví Dụ", "12.5"));
    }

    public static void main(String[] arguments) throws Exception {
        RoundTrip trip = new RoundTrip(System.getenv("ICR_URL"), System.getenv("ICR_KEY"));
        long registered = trip.register();
        System.out.println("register");
        String stated = trip.state(registered);
        System.out.println("state");
        trip.read(registered);
        System.out.println("read");
        trip.page(registered);
        System.out.println("page");
        trip.rollUp();
        System.out.println("rollup");
        trip.conflict();
        System.out.println("conflict");
        trip.patch();
        System.out.println("patch");
        trip.retract(stated);
        System.out.println("retract");
        trip.download();
        System.out.println("download");
    }
}
