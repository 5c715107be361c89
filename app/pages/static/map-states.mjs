// What was so on a day: reads the versions of all sites, column by column, without any request.

const YEAR = 365;
const OVER = new Set(["closed", "removed"]);
const COMPARED = ["stage", "clearance_status", "occupancy_pct", "area_ha", "name"];

const AS_BEFORE = "=";

/** Return the sites of an answer of /map/data.json, each with its versions, oldest first. */
export function readSites(data) {
  const { sites, versions } = data;
  const columns = Object.entries(versions);
  let next = 0;
  return sites.id.map((id, place) => {
    const own = [];
    for (let count = sites.versions[place]; count > 0; count--) own.push(readVersion(columns, next++, own.at(-1)));
    own.forEach((version, at) => {
      if (version.to === AS_BEFORE) version.to = own[at + 1].from;
    });
    return { id, kind: cell(sites.kind, place), versions: own };
  });
}

function readVersion(columns, row, before) {
  const version = {};
  for (const [name, column] of columns) {
    const value = cell(column, row);
    version[name] = value === AS_BEFORE && name !== "to" ? before[name] : value;
  }
  return version;
}

function cell(column, row) {
  if (!column.of) return column[row];
  return column.of[row] === AS_BEFORE ? AS_BEFORE : column.values[column.of[row]];
}

/** Return the version that holds on a day; undefined where none does. */
function versionOn(site, day) {
  return site.versions.find((v) => v.from <= day && (v.to === null || day < v.to));
}

/**
 * Return the sites that pass the filters on a day, each with what became of it within a year.
 *
 * `change` is "new" where nothing is known of the day a year before, "ended" where it was closed,
 * removed or nothing goes on, "changed" where anything shown differs; else null.
 */
export function statesOn(sites, day, filters, boundaries) {
  const found = [];
  for (const site of sites) {
    const now = versionOn(site, day);
    const shown = now ?? endedWithinYear(site, day);
    if (!shown) continue;
    const province = boundaries === "now" ? shown.province_now : shown.province_code;
    const state = { ...shown, id: site.id, kind: site.kind, province };
    if (passes(state, filters)) found.push({ ...state, change: changeOf(site, now, day) });
  }
  return found;
}

function endedWithinYear(site, day) {
  const last = site.versions.findLast((v) => v.to !== null && v.to <= day);
  return last && day - last.to < YEAR ? last : undefined;
}

function changeOf(site, now, day) {
  if (!now) return "ended";
  const before = versionOn(site, day - YEAR);
  if (!before) return "new";
  if (OVER.has(now.stage)) return OVER.has(before.stage) ? null : "ended";
  return COMPARED.some((name) => before[name] !== now[name]) ? "changed" : null;
}

/** Return whether a site is over: closed, or removed from the plan. */
export function isOver(state) {
  return OVER.has(state.stage) || state.change === "ended";
}

function passes(state, { kind, stage, clearance_status, occupancy_min, occupancy_max }) {
  const isAny = (wanted, value) => !wanted.length || wanted.includes(value ?? "null");
  const rate = state.occupancy_pct;
  return (
    isAny(kind, state.kind) &&
    isAny(stage, state.stage) &&
    isAny(clearance_status, state.clearance_status) &&
    (occupancy_min === null || (rate !== null && rate >= occupancy_min)) &&
    (occupancy_max === null || (rate !== null && rate <= occupancy_max))
  );
}

/** Return the first and last day that the slider reaches: whole years around what is known. */
export function spanOf(sites, today) {
  const begins = sites.flatMap((site) => site.versions.map((version) => version.from));
  const first = begins.reduce((one, other) => Math.min(one, other), today);
  const last = begins.reduce((one, other) => Math.max(one, other), today);
  const year = (day) => new Date(day * 86_400_000).getUTCFullYear();
  return [Date.UTC(year(first), 0, 1) / 86_400_000, Date.UTC(year(last), 11, 31) / 86_400_000];
}

export const dayOf = (text) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
export const textOf = (day) => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** Return a day so many months after another; the last of its month where that is shorter. */
export function monthsAfter(day, months) {
  const then = new Date(day * 86_400_000);
  const first = new Date(Date.UTC(then.getUTCFullYear(), then.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0));
  first.setUTCDate(Math.min(then.getUTCDate(), last.getUTCDate()));
  return first.getTime() / 86_400_000;
}
