// Fields that are looked up while one types: their lists have what the register calls so.
const PAUSE = 150;

for (const field of document.querySelectorAll("input[data-choices]")) {
  let running = new AbortController();
  let waiting;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    running.abort();
    running = new AbortController();
    waiting = setTimeout(() => list(field, running.signal).catch(() => {}), PAUSE);
  });
}

async function list(field, signal) {
  const query = new URLSearchParams({ q: field.value });
  const day = field.form.elements.namedItem("effective_from")?.value ?? "";
  if (day) query.set("on", day.slice(0, 100));
  const answer = await fetch(`${field.dataset.choices}?${query}`, { signal });
  if (!answer.ok) return;
  const options = (await answer.json()).map(({ value, label }) => new Option(label, value));
  field.list.replaceChildren(...options);
}
