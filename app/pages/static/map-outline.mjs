// The map where there is no WebGL: outlines and sites as SVG. It follows the sliders, but cannot be moved.
import { COUNTRY } from "./map-view.mjs";

const SVG = "http://www.w3.org/2000/svg";
const [WEST, SOUTH, EAST, NORTH] = COUNTRY;
const SCALE = 40;
// A degree of longitude is shorter the farther north it is.
const ACROSS = SCALE * Math.cos((((SOUTH + NORTH) / 2) * Math.PI) / 180);
const RADIUS = 4;
const BESIDE = { here: [0, 0, "middle"], beside: [10, 4, "start"], below: [0, 14, "middle"] };
const LINE = 12;

const place = ([longitude, latitude]) => [(longitude - WEST) * ACROSS, (NORTH - latitude) * SCALE];

function made(name, attributes, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

function circle(point, attributes) {
  const [cx, cy] = place(point);
  return made("circle", { cx, cy, r: RADIUS, ...attributes });
}

function path({ type, coordinates }) {
  const rings = type === "Polygon" ? coordinates : coordinates.flat();
  const line = (ring) => ring.map((point) => place(point).map((at) => at.toFixed(1))).join("L");
  return made("path", { d: rings.map((ring) => `M${line(ring)}Z`).join("") });
}

/** What `MapView` draws, by the same methods. */
export class OutlineView {
  constructor(element, name) {
    const [width, height] = place([EAST, SOUTH]);
    const root = made("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name });
    this.layers = {};
    for (const layer of ["provinces", "islands", "sites", "labels"]) {
      this.layers[layer] = root.appendChild(made("g", { class: `outline-${layer}` }));
    }
    element.append(root);
  }

  drawProvinces({ features }) {
    this.layers.provinces.replaceChildren(...features.map(({ geometry }) => path(geometry)));
  }

  drawIslands(points) {
    this.layers.islands.replaceChildren(...points.map((point) => circle(point, {})));
  }

  drawSites(features) {
    const circles = features.map(({ geometry, properties: { stage, exact, over, change } }) => {
      const names = [exact ? "exact" : "near", over && "over", change].filter(Boolean);
      return circle(geometry.coordinates, { "data-stage": stage, class: names.join(" ") });
    });
    this.layers.sites.replaceChildren(...circles);
  }

  /** Show the labels of provinces with sites, and of the archipelagos. */
  label(labels) {
    const texts = labels.filter(({ kind }) => kind !== "none").flatMap(({ text, sub, point, where }) => {
      const [x, y] = place(point);
      const [right, down, anchor] = BESIDE[where];
      return [text, sub].map((words, line) =>
        made("text", { x: x + right, y: y + down + line * LINE, "text-anchor": anchor }, words),
      );
    });
    this.layers.labels.replaceChildren(...texts);
  }
}
