// The round trip with openapi-generator's typescript-fetch; see ../README.md for what it expects.

import assert from 'node:assert/strict';

import {
  Configuration,
  ExportsApi,
  ProblemFromJSON,
  ProvincesApi,
  ResponseError,
  SitesApi,
  StatementsApi,
} from './client';
import type { SiteDetail, SitePatch } from './client';
import { checkMap, checkTable, PAGES, roundTrip, tagOf } from './expected';

const SITE = 'ccn-vi-du';
const SOURCE = 'bac-kan-press-2023-12';
const AUGUST = new Date('2023-08-01');
const DECEMBER = new Date('2023-12-31');
const NEW_YEAR = new Date('2024-01-01');

const key = process.env.ICR_KEY;
const headers: Record<string, string> = key ? { Authorization: `Bearer ${key}` } : {};
const configuration = new Configuration({ basePath: process.env.ICR_URL, headers });
const sites = new SitesApi(configuration);

function site(asOf: Date, revision?: number): Promise<SiteDetail> {
  return sites.getSite({ siteId: SITE, asOf, revision });
}

async function register(): Promise<number> {
  const answer = await sites.registerSiteRaw({
    siteRegistration: {
      kind: 'cluster',
      sourceId: SOURCE,
      effectiveFrom: '2023-06-01',
      values: {
        name: 'CCN Ví Dụ',
        provinceCode: '06',
        legalStatus: 'established',
        areaHa: 12.5,
        address: 'Thôn Ví Dụ',
      },
    },
  });
  assert.equal(answer.raw.status, 201);
  assert.equal(answer.raw.headers.get('location'), `sites/${SITE}`);
  const said = await answer.value();
  assert.equal(said.subjectId, SITE);
  assert.equal(said.values?.areaHa, 12.5);
  assert.equal(said.id, `${said.revision}-1`);
  return said.revision;
}

async function state(registered: number): Promise<string> {
  const said = await sites.stateSite({
    siteId: SITE,
    siteStatementWrite: {
      sourceId: SOURCE,
      effectiveFrom: '2023-10-01',
      values: { areaHa: 20.5, clearanceStatus: 'in_progress' },
    },
  });
  assert.equal(said.revision, registered + 1);
  assert.equal(said.values?.areaHa, 20.5);
  assert.equal(said.values?.clearanceStatus, 'in_progress');
  return said.id;
}

async function read(registered: number): Promise<void> {
  const august = await site(AUGUST);
  assert.deepEqual([august.areaHa, august.clearanceStatus, august.stage], [12.5, null, 'established']);
  const december = await site(DECEMBER);
  assert.deepEqual([december.areaHa, december.stage], [20.5, 'clearance']);
  assert.equal((await site(DECEMBER, registered)).areaHa, 12.5);
}

async function page(registered: number): Promise<void> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const found = await sites.listSites({
      provinceCode: ['06'],
      kind: ['cluster'],
      asOf: DECEMBER,
      limit: 3,
      count: 'exact',
      cursor,
    });
    assert.deepEqual([found.revision, found.count], [registered + 1, 7]);
    pages.push(found.items.map((item) => item.id));
    cursor = found.nextCursor ?? undefined;
  } while (cursor !== undefined);
  assert.deepEqual(pages, PAGES);
}

async function rollUp(): Promise<void> {
  const provinces = new ProvincesApi(configuration);
  const { rollups } = await provinces.getRollup({ code: '06', kind: ['cluster'], asOf: DECEMBER });
  assert.equal(rollups.length, 1);
  const [{ sites: counts, area, planned }] = rollups;
  assert.deepEqual([counts.count, counts.byStage.clearance], [7, 5]);
  assert.deepEqual([area.totalHa, area.known, area.unknown], [187.9, 4, 3]);
  assert.deepEqual([planned?.sites, planned?.areaHa], [27, 676.4]);
  assert.deepEqual([planned?.remainingSites, planned?.remainingAreaHa], [20, 488.5]);
  assert.equal(planned?.remainingAreaQualifier, 'at_most');
}

async function conflict(): Promise<void> {
  const again = sites.registerSite({
    siteRegistration: {
      id: SITE,
      kind: 'cluster',
      sourceId: SOURCE,
      effectiveFrom: '2023-06-01',
      values: { name: 'CCN Ví Dụ', provinceCode: '06' },
    },
  });
  const error: unknown = await again.then(() => undefined, (reason: unknown) => reason);
  assert(error instanceof ResponseError);
  const problem = ProblemFromJSON(await error.response.json());
  assert.deepEqual([problem.status, problem.type], [409, '/problems/conflict']);
  assert.match(problem.detail, /ccn-vi-du/);
  assert.deepEqual(problem.errors?.map(({ pointer }) => pointer), ['#/id']);
}

async function patch(): Promise<void> {
  const { raw } = await sites.getSiteRaw({ siteId: SITE });
  const sitePatch: SitePatch = { areaHa: null };
  const said = await sites.patchSite({
    siteId: SITE,
    sourceId: SOURCE,
    sitePatch,
    effectiveFrom: '2024-01-01',
    ifMatch: tagOf(raw),
  });
  assert.equal(said.values?.areaHa, null);
  assert.equal(said.values?.address, undefined);
  const now = await site(NEW_YEAR);
  assert.deepEqual([now.areaHa, now.address, now.clearanceStatus], [null, 'Thôn Ví Dụ', 'in_progress']);
  assert.equal((await site(DECEMBER)).areaHa, 20.5);
}

async function retract(stated: string): Promise<void> {
  const statements = new StatementsApi(configuration);
  const said = await statements.retractStatement({
    statementId: stated,
    retraction: { reason: 'Of another site.' },
  });
  assert.equal(said.subjectType, 'site');
  assert.equal(said.retraction?.reason, 'Of another site.');
  const december = await site(DECEMBER);
  assert.deepEqual([december.areaHa, december.stage], [12.5, 'established']);
  assert.equal((await site(NEW_YEAR)).areaHa, null);
}

async function download(): Promise<void> {
  const exports = new ExportsApi(configuration);
  const asked = { provinceCode: ['06'], kind: ['cluster' as const], asOf: DECEMBER };
  checkMap(await exports.exportSitesGeojson(asked));
  checkTable(await (await exports.exportSitesCsv(asked)).text());
}

void roundTrip({ register, state, read, page, rollUp, conflict, patch, retract, download });
