// What all pages do with scripts; each works without.

// The path below which a proxy serves the register; mostly empty.
export const { root = "" } = document.documentElement.dataset;

// What answers a form is, for those who come back to it, the page of the form: a browser could only
// send it again. That page is where it was sent from.
const { referrer } = document;
if ("answer" in document.documentElement.dataset && referrer.startsWith(`${location.origin}/`)) {
  history.replaceState(null, "", referrer);
}

// Addresses of data with the host in front, to be copied.
for (const place of document.querySelectorAll("[data-origin]")) {
  place.textContent = location.origin + root;
}

// The permanent link as it is printed.
for (const link of document.querySelectorAll("[rel=bookmark]")) link.setAttribute("href", link.href);

// Days in use are shown in fields that are empty without scripts.
for (const field of document.querySelectorAll("[data-shown]")) field.defaultValue = field.dataset.shown;

// On the way back, forms show what the page shows, not what was filled in before leaving it.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of document.querySelectorAll("form[data-fresh]")) form.reset();
});

// Fields that are empty, or as they were, stay out of the address.
for (const form of document.querySelectorAll("form:not([method=post])")) {
  form.addEventListener("formdata", ({ formData }) => {
    for (const field of form.elements) {
      const isUnchanged = field.type === "date" && field.value === field.defaultValue && !field.hasAttribute("data-given");
      if (field.name && (field.value === "" || isUnchanged)) formData.delete(field.name);
    }
  });
}

// A part of this page is replaced by the same part of another.
export async function replacePart(id, address, signal) {
  const answer = await fetch(address, { signal, headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
  if (part) document.getElementById(id)?.replaceWith(document.importNode(part, true));
}

// Search as one types: the form's own page, of which what was found is shown here.
for (const form of document.querySelectorAll("form[data-live]")) {
  let running = new AbortController();
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    running.abort();
    running = new AbortController();
    const { signal } = running;
    waiting = setTimeout(() => {
      const query = new URLSearchParams(new FormData(form));
      replacePart(form.dataset.live, `${form.action}?${query}`, signal).catch(() => {});
    }, 150);
  });
}
