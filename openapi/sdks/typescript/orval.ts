// The round trip with orval's fetch client; see ../README.md for what it expects.

import assert from 'node:assert/strict';

import {
  exportSitesCsv,
  exportSitesGeojson,
  getRollup,
  getSite,
  getSparseSite,
  listSites,
  patchSite,
  registerSite,
  retractStatement,
  stateSite,
} from './client/client';
import type { SiteDetail, SiteRegistration } from './client/client';
import { checkMap, checkTable, PAGES, roundTrip } from './expected';

const SITE = 'ccn-vi-du';
const SOURCE = 'bac-kan-press-2023-12';
const AUGUST = '2023-08-01';
const DECEMBER = '2023-12-31';
const NEW_YEAR = '2024-01-01';
const REGISTRATION: SiteRegistration = {
  kind: 'cluster',
  source_id: SOURCE,
  effective_from: '2023-06-01',
  values: {
    name: 'CCN Ví Dụ',
    province_code: '06',
    legal_status: 'established',
    area_ha: 12.5,
    address: 'Thôn Ví Dụ',
  },
};

async function site(as_of: string, revision?: number): Promise<SiteDetail> {
  const found = await getSite(SITE, { as_of, revision });
  assert(found.status === 200);
  return found.data;
}

async function register(): Promise<number> {
  const said = await registerSite(REGISTRATION);
  assert(said.status === 201);
  assert.equal(said.headers.get('location'), `sites/${SITE}`);
  assert.equal(said.data.subject_id, SITE);
  assert.equal(said.data.values?.area_ha, 12.5);
  assert.equal(said.data.id, `${said.data.revision}-1`);
  return said.data.revision;
}

async function state(registered: number): Promise<string> {
  const said = await stateSite(SITE, {
    source_id: SOURCE,
    effective_from: '2023-10-01',
    values: { area_ha: 20.5, clearance_status: 'in_progress' },
  });
  assert(said.status === 201);
  assert.equal(said.data.revision, registered + 1);
  assert.deepEqual(said.data.values, { area_ha: 20.5, clearance_status: 'in_progress' });
  return said.data.id;
}

async function read(registered: number): Promise<void> {
  const august = await site(AUGUST);
  assert.deepEqual([august.area_ha, august.clearance_status, august.stage], [12.5, null, 'established']);
  const december = await site(DECEMBER);
  assert.deepEqual([december.area_ha, december.stage], [20.5, 'clearance']);
  assert.equal((await site(DECEMBER, registered)).area_ha, 12.5);
}

async function page(registered: number): Promise<void> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const found = await listSites({
      province_code: ['06'],
      kind: ['cluster'],
      as_of: DECEMBER,
      limit: 3,
      count: 'exact',
      cursor,
    });
    assert(found.status === 200);
    assert.deepEqual([found.data.revision, found.data.count], [registered + 1, 7]);
    pages.push(found.data.items.map((item) => item.id));
    cursor = found.data.next_cursor ?? undefined;
  } while (cursor !== undefined);
  assert.deepEqual(pages, PAGES);
  const sparse = await getSparseSite(SITE, { fields: ['name', 'area_ha'], as_of: DECEMBER });
  assert(sparse.status === 200);
  assert.deepEqual([sparse.data.name, sparse.data.area_ha, sparse.data.address], ['CCN Ví Dụ', 20.5, undefined]);
}

async function rollUp(): Promise<void> {
  const found = await getRollup('06', { kind: ['cluster'], as_of: DECEMBER });
  assert(found.status === 200);
  assert.equal(found.data.rollups.length, 1);
  const [{ sites, area, planned }] = found.data.rollups;
  assert.deepEqual([sites.count, sites.by_stage.clearance], [7, 5]);
  assert.deepEqual([area.total_ha, area.known, area.unknown], [187.9, 4, 3]);
  assert.deepEqual([planned?.sites, planned?.area_ha], [27, 676.4]);
  assert.deepEqual([planned?.remaining_sites, planned?.remaining_area_ha], [20, 488.5]);
  assert.equal(planned?.remaining_area_qualifier, 'at_most');
}

async function conflict(): Promise<void> {
  const refused = await registerSite({ ...REGISTRATION, id: SITE });
  assert(refused.status === 409);
  assert.deepEqual([refused.data.status, refused.data.type], [409, '/problems/conflict']);
  assert.match(refused.data.detail, /ccn-vi-du/);
  assert.deepEqual(refused.data.errors.map(({ pointer }) => pointer), ['#/id']);
}

async function patch(): Promise<void> {
  const tag = (await getSite(SITE)).headers.get('etag');
  assert(tag !== null);
  const said = await patchSite(
    SITE,
    { area_ha: null },
    { source_id: SOURCE, effective_from: '2024-01-01' },
    { headers: { 'If-Match': tag } },
  );
  assert(said.status === 200);
  assert.deepEqual(said.data.values, { area_ha: null });
  const now = await site(NEW_YEAR);
  assert.deepEqual([now.area_ha, now.address, now.clearance_status], [null, 'Thôn Ví Dụ', 'in_progress']);
  assert.equal((await site(DECEMBER)).area_ha, 20.5);
}

async function retract(stated: string): Promise<void> {
  const said = await retractStatement(stated, { reason: 'Of another site.' });
  assert(said.status === 201);
  assert.equal(said.data.subject_type, 'site');
  assert.equal(said.data.retraction?.reason, 'Of another site.');
  const december = await site(DECEMBER);
  assert.deepEqual([december.area_ha, december.stage], [12.5, 'established']);
  assert.equal((await site(NEW_YEAR)).area_ha, null);
}

async function download(): Promise<void> {
  const asked = { province_code: ['06'], kind: ['cluster' as const], as_of: DECEMBER };
  const map = await exportSitesGeojson(asked);
  assert(map.status === 200);
  checkMap(map.data);
  const table = await exportSitesCsv(asked);
  assert(table.status === 200);
  checkTable(await table.data.text());
}

void roundTrip({ register, state, read, page, rollUp, conflict, patch, retract, download });
