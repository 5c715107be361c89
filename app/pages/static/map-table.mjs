// Sites as rows of the table and as a list in a popup. What users typed is set as text, never as markup.

function made(name, content, members = {}) {
  const element = Object.assign(document.createElement(name), members);
  element.append(...[content].flat().filter((part) => part !== null && part !== undefined));
  return element;
}

function link(state, { words, address }) {
  const name = made("bdi", state.name ?? words.unnamed);
  return made("a", name, { href: address(state.id) });
}

/** Return a row for each state: name, province, stage, clearance, occupancy, and what became of it. */
export function rowsOf(states, context) {
  const { labels, words, province, number } = context;
  return states.map((state) => {
    const head = made("th", [link(state, context)], { scope: "row" });
    if (state.change) head.append(" ", made("span", words[state.change], { className: `tag tag-${state.change}` }));
    const rate = state.occupancy_pct;
    return made("tr", [
      head,
      made("td", province(state.province)),
      made("td", labels.stage[state.stage] ?? state.stage),
      made("td", state.clearance_status ? labels.clearance_status[state.clearance_status] : "—"),
      made("td", rate === null ? "—" : `${number.format(rate)} %`, { className: "n" }),
    ]);
  });
}

/** Return the sites at one place of the map, with what each is. */
export function siteList(states, context) {
  const { labels } = context;
  const items = states.map((state) => {
    const about = [labels.site_kind[state.kind], labels.stage[state.stage]].join(" · ");
    return made("li", [link(state, context), made("br"), made("span", about)]);
  });
  return made("ul", items, { className: "map-popup" });
}
