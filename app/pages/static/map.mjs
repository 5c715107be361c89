// The map page: two sliders, filters, and a table that follows. Without scripts the form is sent.
import { dayOf, isOver, monthsAfter, readSites, spanOf, statesOn, textOf } from "./map-states.mjs";
import { rowsOf, siteList } from "./map-table.mjs";
import { root } from "./page.js";

const MOST_ROWS = 200;
const REST = 300;
const FRAME = 350;
const ZONE = "Asia/Ho_Chi_Minh";
const one = (selector) => document.querySelector(selector);
const element = one("[data-map]");
const settings = JSON.parse(element.dataset.map);
const { words, language } = settings;
const form = one("[data-map-form]");
const [day, known] = [one("#map-day"), one("#map-known")];
const [date, play, output] = [form.elements.as_of, one("[data-play]"), one("output[for=map-known]")];
const given = new URLSearchParams(location.search);
const shown = { sites: [], revision: null, states: [], view: null, provinces: null };
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const number = new Intl.NumberFormat(language);
// Days as all pages have them: 31/12/2023, 31 Dec 2023.
const [locale, days] = language === "vi"
  ? ["vi", { day: "2-digit", month: "2-digit", year: "numeric" }]
  : ["en-GB", { day: "numeric", month: "short", year: "numeric" }];
const dated = new Intl.DateTimeFormat(locale, { ...days, timeZone: "UTC" });
const instant = new Intl.DateTimeFormat(locale, { ...days, hour: "2-digit", minute: "2-digit", timeZone: ZONE });
const readable = (value) => dated.format(new Date(value * 86_400_000));

// Until everything is there, for those who cannot see it.
one("main").ariaBusy = "true";

async function read(path, signal) {
  const response = await fetch(path, { signal });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

function filters() {
  const rate = (name) => (form.elements[name].value === "" ? null : Number(form.elements[name].value));
  const checked = (name) => [...form.querySelectorAll(`[name=${name}]:checked`)].map((box) => box.value);
  return {
    kind: checked("kind"),
    stage: checked("stage"),
    clearance_status: checked("clearance_status"),
    occupancy_min: rate("occupancy_min"),
    occupancy_max: rate("occupancy_max"),
  };
}

const boundaries = () => form.elements.boundaries.value;

let frame;
/** Show the day in the next frame, once for all that happens until then. */
function follow() {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(show);
}

/** Show the day that the slider is at: no request, whatever the day is. */
function show() {
  const at = Number(day.value);
  date.value = textOf(at);
  day.setAttribute("aria-valuetext", readable(at));
  shown.states = statesOn(shown.sites, at, filters(), boundaries());
  drawTable();
  drawMap(at);
  rest();
}

function provinceName(code, at) {
  const on = boundaries() === "now" ? shown.today : at;
  const found = shown.provinces?.names.find(
    (unit) => unit.code === code && (unit.from ?? -Infinity) <= on && on < (unit.to ?? Infinity),
  );
  return found?.name ?? code ?? "—";
}

function drawTable() {
  const at = Number(day.value);
  const { states } = shown;
  const rows = states.slice(0, MOST_ROWS);
  one("[data-rows]").replaceChildren(...rowsOf(rows, tableContext(at)));
  const more = one("[data-more]");
  more.hidden = rows.length === states.length;
  more.textContent = fill(words.more, { shown: rows.length });
  one("[data-count]").textContent = fill(words.count, { count: number.format(states.length), day: readable(at) });
}

function tableContext(at) {
  const times = { as_of: textOf(at), ...(known.dataset.revision && { revision: known.dataset.revision }) };
  const query = new URLSearchParams({ ...times, ...(given.has("lang") && { lang: given.get("lang") }) });
  return {
    words,
    labels: settings.labels,
    address: (id) => `${root}/sites/${encodeURIComponent(id)}?${query}`,
    province: (code) => provinceName(code, at),
    number,
  };
}

/** Put together what has the same point: sites of a commune whose own places are not known. */
function features(states) {
  const places = Map.groupBy(
    states.filter((state) => state.longitude !== null),
    (state) => [state.longitude, state.latitude, state.place].join(),
  );
  return [...places.values()].map((here) => {
    const same = (name) => (here.every((state) => state[name] === here[0][name]) ? here[0][name] : "mixed");
    return {
      type: "Feature",
      geometry: { type: "Point", coordinates: [here[0].longitude, here[0].latitude] },
      properties: {
        ids: here.map((state) => state.id),
        stage: same("stage"),
        exact: here[0].place === "site",
        over: here.every(isOver),
        change: here.find((state) => state.change)?.change ?? null,
      },
    };
  });
}

/** Return the point right of some sites, so that a label there covers none of them. */
function rightOf(states) {
  const latitudes = states.map((state) => state.latitude);
  const middle = (Math.min(...latitudes) + Math.max(...latitudes)) / 2;
  return [Math.max(...states.map((state) => state.longitude)), middle];
}

function drawMap(at) {
  if (!shown.view || !shown.provinces) return;
  const { view, provinces, states } = shown;
  const era = (boundaries() === "now" ? shown.today : at) < dayOf(provinces.until) ? 0 : 1;
  if (era !== shown.era) view.drawProvinces(provinces.outlines[era]);
  shown.era = era;
  view.drawSites(features(states));
  const byProvince = Map.groupBy(states, (state) => state.province);
  const labels = provinces.outlines[era].features.map(({ properties: { code, label } }) => {
    const here = byProvince.get(code) ?? [];
    const placed = here.filter((state) => state.longitude !== null);
    const lost = here.length - placed.length;
    const sub = [
      here.length ? number.format(here.length) : "",
      lost ? fill(words.unplaced, { count: number.format(lost) }) : "",
    ].filter(Boolean).join(" · ");
    const [point, where] = placed.length ? [rightOf(placed), "beside"] : [label, "here"];
    const kind = here.length ? "some" : "none";
    return { text: provinceName(code, at), sub, point, where, weight: here.length, kind };
  });
  const islands = provinces.archipelagos.map(({ name, province, point }) => {
    const sub = provinceName(province, at);
    return { text: name, sub, point, where: "below", weight: Infinity, kind: "archipelago" };
  });
  view.label([...islands, ...labels]);
}

function describe(ids) {
  const chosen = shown.states.filter((state) => ids.includes(state.id));
  return siteList(chosen, tableContext(Number(day.value)));
}

let resting;
/** Put what is shown into the address and the links when the sliders rest, so that it can be sent. */
function rest() {
  clearTimeout(resting);
  resting = setTimeout(() => {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    if (query.get("boundaries") === "then") query.delete("boundaries");
    for (const name of ["known_at", "revision"]) query.delete(name);
    const pinned = new URLSearchParams(query);
    pinned.set("revision", shown.revision);
    if (known.dataset.revision) query.set("revision", known.dataset.revision);
    if (given.has("lang")) query.set("lang", given.get("lang"));
    history.replaceState(null, "", `?${query}${location.hash}`);
    // What the page says of the revision that it is pinned to.
    const isSame = known.dataset.revision === String(settings.revision ?? "");
    for (const note of document.querySelectorAll(".snapshot .note")) note.hidden = !isSame;
    lead(query, pinned);
  }, REST);
}

/** Let the links of the page lead to what is shown: other pages, files, the permanent link. */
function lead(query, pinned) {
  const here = location.pathname + location.search + location.hash;
  for (const link of document.querySelectorAll(".top a[href^='/'], .files a")) {
    const url = new URL(link.href);
    const times = [["as_of", query.get("as_of")], ["revision", query.get("revision")]];
    const lang = url.searchParams.get("lang");
    if (link.closest(".files")) url.search = lang ? `${pinned}&lang=${lang}` : pinned;
    else if (url.searchParams.has("back")) url.searchParams.set("back", here);
    else for (const [name, value] of times) value ? url.searchParams.set(name, value) : url.searchParams.delete(name);
    link.href = url.pathname + url.search;
  }
  for (const link of document.querySelectorAll("a[rel=bookmark]")) {
    const rules = new URL(link.href).searchParams.get("rules");
    link.href = `${location.origin}${location.pathname}?${pinned}&rules=${encodeURIComponent(rules)}${location.hash}`;
  }
  const command = one(".files code");
  if (command) command.lastChild.textContent = `${one(".files a").getAttribute("href").slice(root.length)}'`;
}

let loading;
/** Load what was known at a revision; the latest where none is named. */
async function know(revision) {
  loading?.abort();
  loading = new AbortController();
  const path = `${root}/map/data.json${revision ? `?revision=${revision}` : ""}`;
  const data = await read(path, loading.signal);
  Object.assign(shown, { sites: readSites(data), revision: data.revision, today: data.today });
}

function tell(moment) {
  const [revision, when] = shown.moments[moment] ?? [0, null];
  const isLatest = moment === shown.moments.length - 1;
  known.dataset.revision = isLatest ? "" : revision;
  const text = fill(words.revision, { number: revision });
  output.textContent = [isLatest && words.known_latest, when && instant.format(new Date(when)), text]
    .filter(Boolean).join(" · ");
  known.setAttribute("aria-valuetext", output.textContent);
}

let asking;
function followKnown() {
  tell(Number(known.value));
  clearTimeout(asking);
  asking = setTimeout(async () => {
    try {
      await know(known.dataset.revision);
      show();
    } catch (error) {
      if (error.name !== "AbortError") fail();
    }
  }, REST);
}

function fail() {
  one("[data-count]").textContent = words.failed;
}

function step(event) {
  const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 12, PageDown: -12 };
  if (!(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const at = Number(day.value), by = steps[event.key];
  day.value = event.shiftKey ? at + by : monthsAfter(at, by);
  follow();
}

let playing;
function toggle() {
  const begins = !playing;
  clearInterval(playing);
  playing = undefined;
  if (begins) {
    if (Number(day.value) >= Math.min(shown.today, Number(day.max))) day.value = day.min;
    // Who wants less motion is shown year after year, slowly.
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    playing = setInterval(() => {
      const next = monthsAfter(Number(day.value), calm ? 12 : 1);
      day.value = Math.min(next, shown.today);
      show();
      if (next >= shown.today) toggle();
    }, calm ? 4 * FRAME : FRAME);
  }
  play.textContent = playing ? words.pause : words.play;
}

async function openMap() {
  const hasWebGl = document.createElement("canvas").getContext("webgl2");
  const view = await (hasWebGl ? openMovable() : openOutline());
  view.drawIslands(shown.provinces.archipelagos.map(({ point }) => point));
  shown.view = view;
  show();
}

async function openOutline() {
  const { OutlineView } = await import("./map-outline.mjs");
  document.documentElement.classList.add("with-outline");
  one(".map-needs").textContent = settings.words.outline;
  return new OutlineView(element, settings.locale["Map.Title"]);
}

async function openMovable() {
  const [library, { MapView }] = await Promise.all([
    import("./vendor/maplibre-gl.mjs"),
    import("./map-view.mjs"),
  ]);
  library.setWorkerUrl(new URL("./vendor/maplibre-gl-worker.mjs", import.meta.url).href);
  document.documentElement.classList.add("with-map");
  const view = new MapView(element, library, { ...settings, describe });
  await view.ready();
  one("[data-fit=country]").addEventListener("click", () => view.showCountry());
  one("[data-fit=sites]").addEventListener("click", () => view.showSites());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => view.paint());
  return view;
}

function listen() {
  day.addEventListener("input", follow);
  day.addEventListener("keydown", step);
  date.addEventListener("change", () => {
    if (!date.value) return;
    day.value = dayOf(date.value);
    show();
  });
  known.addEventListener("input", followKnown);
  play.addEventListener("click", toggle);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    if (target.closest("details")) follow();
  });
  addEventListener("hashchange", rest);
}

function numbered(provinces) {
  const at = (text) => (text ? dayOf(text) : null);
  return { ...provinces, names: provinces.names.map((unit) => ({ ...unit, from: at(unit.from), to: at(unit.to) })) };
}

async function begin() {
  const pinned = settings.revision;
  const [moments, provinces] = await Promise.all([
    read(`${root}/map/moments.json`), read(`${root}/map/provinces.json`), know(pinned),
  ]);
  shown.moments = moments;
  shown.provinces = numbered(provinces);
  [day.min, day.max] = spanOf(shown.sites, shown.today);
  day.value = dayOf(date.value);
  known.max = Math.max(0, moments.length - 1);
  const at = moments.findLastIndex(([revision]) => revision <= (pinned ?? Infinity));
  known.value = at;
  tell(at);
  for (const part of document.querySelectorAll("[data-scripted]")) part.hidden = false;
  document.documentElement.classList.add("live");
  one("[data-count]").after(one("a[rel=bookmark]"));
  listen();
  show();
  await openMap();
}

begin()
  .catch((error) => {
    fail();
    throw error;
  })
  .finally(() => (one("main").ariaBusy = "false"));
