// What the three round trips expect of headers and downloads; see ../README.md for where the figures come from.

import assert from 'node:assert/strict';

type Feature = {
  id: string;
  geometry: { coordinates: unknown } | null;
  properties: { area_ha: number | null } | { areaHa: number | null };
};

/** The entity tag of an answer, to be sent as If-Match. */
export function tagOf(response: Response): string {
  const tag = response.headers.get('etag');
  assert(tag !== null);
  return tag;
}

export function checkMap({ features }: { features: Feature[] }): void {
  assert.equal(features.length, 7);
  const byId = new Map(features.map((feature) => [feature.id, feature]));
  assert.deepEqual(byId.get('ccn-quang-chu')?.geometry?.coordinates, [105.823, 21.8769]);
  const { properties } = byId.get('ccn-vi-du') ?? {};
  assert(properties !== undefined);
  assert.equal('areaHa' in properties ? properties.areaHa : properties.area_ha, 12.5);
}

export function checkTable(text: string): void {
  const [head, ...rows] = text.trimEnd().split('\r\n');
  assert.equal(rows.length, 7);
  const column = head.split(',').indexOf('area_ha');
  const row = rows.map((line) => line.split(',')).find(([id]) => id === 'ccn-vi-du');
  assert.equal(row?.[3], 'CCN Ví Dụ');
  assert.equal(row?.[column], '12.5');
}

export const PAGES = [
  ['ccn-cam-giang', 'ccn-huyen-tung', 'ccn-nam-bang-lung'],
  ['ccn-quang-chu', 'ccn-thanh-thinh', 'ccn-vang-muoi'],
  ['ccn-vi-du'],
];
