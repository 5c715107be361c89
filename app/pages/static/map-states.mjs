// What was so on a day: reads the versions of all sites, column by column, without any request.

const YEAR = 365;
const OVER = new Set(["closed", "removed"]);
const COMPARED = ["stage", "clearance_status", "occupancy_pct", "area_ha", "name"];

const AS_BEFORE = "=";

/** Return the sites of an answer of /map/data.json: of each the versions, oldest first. */
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
    own.forEach((version) => Object.assign(version, { id, kind: cell(sites.kind, place) }));
    return own;
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
function versionOn(versions, day) {
  return versions.find((one) => one.from <= day && (one.to === null || day < one.to));
}

/**
 * Return the versions on a day that pass the filters, with province, and what became of it in a year.
 *
 * `change` is "new" where nothing is known of the day a year before, "ended" where it was closed,
 * removed or nothing goes on, "changed" where anything shown differs; else null.
 */
export function statesOn(sites, day, filters, boundaries) {
  const province = boundaries === "now" ? "province_now" : "province_code";
  const found = [];
  for (const versions of sites) {
    const now = versionOn(versions, day);
    const shown = now ?? endedWithinYear(versions, day);
    if (!shown || !passes(shown, filters)) continue;
    // There are many, and this is done while a slider moves: nothing is copied.
    found.push(Object.assign(shown, { province: shown[province], change: changeOf(versions, now, day) }));
  }
  return found;
}

function endedWithinYear(versions, day) {
  const last = versions.findLast((one) => one.to !== null && one.to <= day);
  return last && day - last.to < YEAR ? last : undefined;
}

function changeOf(versions, now, day) {
  if (!now) return "ended";
  const before = versionOn(versions, day - YEAR);
  if (!before) return "new";
  if (OVER.has(now.stage)) return OVER.has(before.stage) ? null : "ended";
  return before !== now && COMPARED.some((name) => before[name] !== now[name]) ? "changed" : null;
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
  const begins = sites.flat().map((version) => version.from);
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
