// The map itself: outlines, sites as circles, and labels as HTML, since no glyphs are served.

// Hoàng Sa and Trường Sa included.
export const COUNTRY = [102, 7, 117.5, 23.5];
const CLOSEST = 10;
// Pixels between labels, and between a point and the label beside it.
const SPACE = 4;
const ANCHORS = {
  here: { anchor: "center" },
  beside: { anchor: "left", offset: [12, 0] },
  below: { anchor: "top", offset: [0, 6] },
};

export class MapView {
  constructor(element, library, options) {
    this.library = library;
    this.options = options;
    this.labels = [];
    this.resized = new ResizeObserver(() => this.#untangle());
    this.map = new library.Map({
      container: element,
      style: styleOf(options.tiles),
      bounds: COUNTRY,
      fitBoundsOptions: { padding: 12 },
      maxBounds: [88, -4, 132, 34],
      hash: "view",
      attributionControl: options.tiles ? { customAttribution: options.tiles.attribution } : false,
      cooperativeGestures: true,
      dragRotate: false,
      pitchWithRotate: false,
      locale: options.locale,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new library.NavigationControl({ showCompass: false }));
    this.map.on("moveend", () => this.#untangle());
  }

  /** Wait until sources and layers are there. */
  async ready() {
    if (!this.map.isStyleLoaded()) await this.map.once("load");
    this.paint();
    this.map.on("click", "sites", (event) => this.#open(event));
    for (const [name, cursor] of [["mouseenter", "pointer"], ["mouseleave", ""]]) {
      this.map.on(name, "sites", () => (this.map.getCanvas().style.cursor = cursor));
    }
  }

  /** Take the colours of the theme. */
  paint() {
    const colour = (name) => resolved(this.map.getContainer(), name);
    const stages = this.options.stages.flatMap((stage) => [stage, colour(`--stage-${stage}`)]);
    const set = (layer, name, value) => this.map.setPaintProperty(layer, name, value);
    set("sea", "background-color", colour("--map-sea"));
    set("provinces", "fill-color", colour("--map-land"));
    set("borders", "line-color", colour("--map-border"));
    set("islands", "circle-color", colour("--map-land"));
    set("islands", "circle-stroke-color", colour("--map-border"));
    const byStage = ["match", ["get", "stage"], ...stages, colour("--map-mixed")];
    const isNew = ["==", ["get", "change"], "new"];
    set("sites", "circle-color", ["case", ["get", "exact"], byStage, colour("--map-paper")]);
    set("sites", "circle-stroke-color", byStage);
    set("rings", "circle-stroke-color", ["case", isNew, colour("--map-new"), colour("--map-changed")]);
  }

  showCountry() {
    this.map.fitBounds(COUNTRY, { padding: 12 });
  }

  /** Show the sites that are drawn, the country where there are none. */
  showSites() {
    if (!this.points?.length) return this.showCountry();
    const bounds = new this.library.LngLatBounds();
    this.points.forEach((point) => bounds.extend(point));
    this.map.fitBounds(bounds, { padding: 60, maxZoom: CLOSEST });
  }

  drawProvinces(features) {
    this.map.getSource("provinces").setData(features);
  }

  drawIslands(points) {
    const geometry = { type: "MultiPoint", coordinates: points };
    this.map.getSource("islands").setData({ type: "Feature", properties: {}, geometry });
  }

  drawSites(features) {
    this.points = features.map((feature) => feature.geometry.coordinates);
    this.map.getSource("sites").setData({ type: "FeatureCollection", features });
  }

  /** Show labels, `{text, sub, point, where, weight, kind}`; of two that overlap the weightier stays. */
  label(labels) {
    const kept = new Map(this.labels.map((label) => [keyOf(label), label]));
    this.labels = labels
      .toSorted((one, other) => other.weight - one.weight)
      .map((label) => {
        const before = kept.get(keyOf(label));
        kept.delete(keyOf(label));
        return { ...label, marker: before?.marker ?? this.#marker(label) };
      });
    for (const { marker } of kept.values()) {
      this.resized.unobserve(marker.getElement());
      marker.remove();
    }
    this.#untangle();
  }

  #marker({ text, sub, point, where, kind }) {
    const element = document.createElement("div");
    element.className = `map-label map-label-${kind} map-label-${where}`;
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", [text, sub].filter(Boolean).join(", "));
    for (const [name, content] of [["b", text], ["span", sub]]) {
      if (content) element.append(Object.assign(document.createElement(name), { textContent: content }));
    }
    this.resized.observe(element);
    return new this.library.Marker({ element, ...ANCHORS[where] }).setLngLat(point).addTo(this.map);
  }

  /** Keep what must be named within the frame, and of labels that overlap the weightier one. */
  #untangle() {
    const elements = this.labels.map(({ marker }) => marker.getElement());
    // All are measured after all are shown: in between the browser would lay out the page each time.
    elements.forEach((element) => (element.hidden = false));
    this.labels.filter(({ where }) => where === "below").forEach(({ marker }) => this.#keepWithin(marker));
    const boxes = elements.map((element) => element.getBoundingClientRect());
    const placed = [];
    const isFree = boxes.map((box) => {
      const meets = (other) =>
        box.left < other.right + SPACE && other.left < box.right + SPACE &&
        box.top < other.bottom + SPACE && other.top < box.bottom + SPACE;
      return !placed.some(meets) && placed.push(box) > 0;
    });
    elements.forEach((element, at) => (element.hidden = !isFree[at]));
  }

  /** Move a label to the left as far as it would be cut off, while its point is in view. */
  #keepWithin(marker) {
    const width = this.map.getContainer().clientWidth;
    const [x, y] = ANCHORS.below.offset;
    const half = marker.getElement().offsetWidth / 2;
    const at = this.map.project(marker.getLngLat()).x;
    const beyond = at < width ? Math.max(0, at + half - width + SPACE) : 0;
    marker.setOffset([x - beyond, y]);
  }

  #open({ features: [feature] }) {
    new this.library.Popup({ maxWidth: "20rem" })
      .setLngLat(feature.geometry.coordinates)
      .setDOMContent(this.options.describe(feature.properties.ids))
      .addTo(this.map);
  }
}

const keyOf = ({ text, sub, point, where, kind }) => [text, sub, point, where, kind].join("|");

/** Return a custom property as a plain colour: MapLibre does not know what styles can compute. */
function resolved(element, name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function styleOf(tiles) {
  const empty = { type: "geojson", data: { type: "FeatureCollection", features: [] } };
  const base = tiles
    ? [{ id: "base", type: "raster", source: "base", paint: { "raster-saturation": -0.6 } }]
    : [];
  const radius = ["interpolate", ["linear"], ["zoom"], 4, 5, 8, 8, 12, 12];
  const larger = (by) => [...radius.slice(0, 4), 5 + by, 8, 8 + by, 12, 12 + by];
  const isFaint = ["case", ["get", "over"], 0.35, 1];
  return {
    version: 8,
    sources: {
      provinces: { ...empty, attribution: "" },
      islands: empty,
      sites: empty,
      ...(tiles ? { base: { type: "raster", tiles: [tiles.url], tileSize: 256 } } : {}),
    },
    layers: [
      { id: "sea", type: "background" },
      ...base,
      { id: "provinces", type: "fill", source: "provinces", paint: { "fill-opacity": tiles ? 0.25 : 1 } },
      { id: "borders", type: "line", source: "provinces", paint: { "line-width": 0.8 } },
      {
        id: "islands",
        type: "circle",
        source: "islands",
        paint: { "circle-radius": 3.5, "circle-stroke-width": 1 },
      },
      {
        id: "rings",
        type: "circle",
        source: "sites",
        filter: ["in", ["get", "change"], ["literal", ["new", "changed"]]],
        paint: {
          "circle-radius": larger(4),
          "circle-opacity": 0,
          "circle-stroke-width": ["case", ["==", ["get", "change"], "new"], 2.5, 1.25],
        },
      },
      {
        id: "sites",
        type: "circle",
        source: "sites",
        paint: {
          "circle-radius": radius,
          "circle-stroke-width": ["case", ["get", "exact"], 1, 3],
          "circle-opacity": isFaint,
          "circle-stroke-opacity": isFaint,
        },
      },
    ],
  };
}
