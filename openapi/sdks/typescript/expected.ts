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

/** The steps of a round trip: registering returns the revision, stating the id of the statement. */
interface Steps {
  register(): Promise<number>;
  state(revision: number): Promise<string>;
  read(revision: number): Promise<void>;
  page(revision: number): Promise<void>;
  rollUp(): Promise<void>;
  conflict(): Promise<void>;
  patch(): Promise<void>;
  retract(statement: string): Promise<void>;
  download(): Promise<void>;
}

/** Takes the steps in turn, and names each one that passed. */
export async function roundTrip(steps: Steps): Promise<void> {
  const revision = await steps.register();
  console.log('register');
  const statement = await steps.state(revision);
  console.log('state');
  await steps.read(revision);
  console.log('read');
  await steps.page(revision);
  console.log('page');
  await steps.rollUp();
  console.log('rollup');
  await steps.conflict();
  console.log('conflict');
  await steps.patch();
  console.log('patch');
  await steps.retract(statement);
  console.log('retract');
  await steps.download();
  console.log('download');
}
