// The round trip with openapi-typescript and openapi-fetch; see ../README.md for what it expects.

import assert from 'node:assert/strict';

import createClient from 'openapi-fetch';

import type { components, paths } from './client/schema';
import { checkMap, checkTable, PAGES, roundTrip, tagOf } from './expected';

const SITE = 'ccn-vi-du';
const SOURCE = 'bac-kan-press-2023-12';
const AUGUST = '2023-08-01';
const DECEMBER = '2023-12-31';
const NEW_YEAR = '2024-01-01';
const path = { site_id: SITE };

const key = process.env.ICR_KEY;
const client = createClient<paths>({
  baseUrl: process.env.ICR_URL,
  headers: key ? { Authorization: `Bearer ${key}` } : {},
});

function sure<T>(answer: { data?: T; error?: unknown }): T {
  assert(answer.data !== undefined, JSON.stringify(answer.error));
  return answer.data;
}

async function site(as_of: string, revision?: number): Promise<components['schemas']['SiteDetail']> {
  return sure(
    await client.GET('/v1/sites/{site_id}', { params: { path, query: { as_of, revision } } }),
  );
}

async function register(): Promise<number> {
  const answer = await client.POST('/v1/sites', {
    body: {
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
    },
  });
  const data = sure(answer);
  assert.equal(answer.response.status, 201);
  assert.equal(answer.response.headers.get('location'), `sites/${SITE}`);
  assert.equal(data.subject_id, SITE);
  assert.equal(data.values?.area_ha, 12.5);
  assert.equal(data.id, `${data.revision}-1`);
  return data.revision;
}

async function state(registered: number): Promise<string> {
  const data = sure(
    await client.POST('/v1/sites/{site_id}/statements', {
      params: { path },
      body: {
        source_id: SOURCE,
        effective_from: '2023-10-01',
        values: { area_ha: 20.5, clearance_status: 'in_progress' },
      },
    }),
  );
  assert.equal(data.revision, registered + 1);
  assert.deepEqual(data.values, { area_ha: 20.5, clearance_status: 'in_progress' });
  return data.id;
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
  let cursor: string | null = null;
  do {
    const found: components['schemas']['SitePage'] = sure(
      await client.GET('/v1/sites', {
        params: {
          query: {
            province_code: ['06'],
            kind: ['cluster'],
            as_of: DECEMBER,
            limit: 3,
            count: 'exact',
            ...(cursor === null ? {} : { cursor }),
          },
        },
      }),
    );
    assert.deepEqual([found.revision, found.count], [registered + 1, 7]);
    pages.push(found.items.map((item) => item.id));
    cursor = found.next_cursor;
  } while (cursor !== null);
  assert.deepEqual(pages, PAGES);
}

async function rollUp(): Promise<void> {
  const data = sure(
    await client.GET('/v1/provinces/{code}/rollup', {
      params: { path: { code: '06' }, query: { kind: ['cluster'], as_of: DECEMBER } },
    }),
  );
  assert.equal(data.rollups.length, 1);
  const [{ sites: counts, area, planned }] = data.rollups;
  assert.deepEqual([counts.count, counts.by_stage.clearance], [7, 5]);
  assert.deepEqual([area.total_ha, area.known, area.unknown], [187.9, 4, 3]);
  assert.deepEqual([planned?.sites, planned?.area_ha], [27, 676.4]);
  assert.deepEqual([planned?.remaining_sites, planned?.remaining_area_ha], [20, 488.5]);
  assert.equal(planned?.remaining_area_qualifier, 'at_most');
}

async function conflict(): Promise<void> {
  const { error } = await client.POST('/v1/sites', {
    body: {
      id: SITE,
      kind: 'cluster',
      source_id: SOURCE,
      effective_from: '2023-06-01',
      values: { name: 'CCN Ví Dụ', province_code: '06' },
    },
  });
  assert(error !== undefined);
  const problem: components['schemas']['Problem'] = error;
  assert.deepEqual([problem.status, problem.type], [409, '/problems/conflict']);
  assert.match(problem.detail, /ccn-vi-du/);
  assert.deepEqual(problem.errors?.map(({ pointer }) => pointer), ['#/id']);
}

async function patch(): Promise<void> {
  const { response } = await client.GET('/v1/sites/{site_id}', { params: { path } });
  const data = sure(
    await client.PATCH('/v1/sites/{site_id}', {
      params: {
        path,
        query: { source_id: SOURCE, effective_from: NEW_YEAR },
        header: { 'If-Match': tagOf(response) },
      },
      // The types do not say which media type is sent: it is JSON unless another one is named.
      headers: { 'Content-Type': 'application/merge-patch+json' },
      body: { area_ha: null },
    }),
  );
  assert.deepEqual(data.values, { area_ha: null });
  const now = await site(NEW_YEAR);
  assert.deepEqual([now.area_ha, now.address, now.clearance_status], [null, 'Thôn Ví Dụ', 'in_progress']);
  assert.equal((await site(DECEMBER)).area_ha, 20.5);
}

async function retract(statement_id: string): Promise<void> {
  const data = sure(
    await client.POST('/v1/statements/{statement_id}/retraction', {
      params: { path: { statement_id } },
      body: { reason: 'Of another site.' },
    }),
  );
  assert.equal(data.subject_type, 'site');
  assert.equal(data.retraction?.reason, 'Of another site.');
  const december = await site(DECEMBER);
  assert.deepEqual([december.area_ha, december.stage], [12.5, 'established']);
  assert.equal((await site(NEW_YEAR)).area_ha, null);
}

async function download(): Promise<void> {
  const query = { province_code: ['06'], kind: ['cluster' as const], as_of: DECEMBER };
  checkMap(sure(await client.GET('/v1/sites.geojson', { params: { query } })));
  checkTable(sure(await client.GET('/v1/sites.csv', { params: { query }, parseAs: 'text' })));
}

void roundTrip({ register, state, read, page, rollUp, conflict, patch, retract, download });
