// What is typed into forms is kept until it has arrived, and is offered again; nothing is sent twice.
const PREFIX = "icr:";
const SENT = "icr-sent";
const KEPT = "input:not([type=hidden], [type=file], [type=password]), select, textarea";

const forms = [...document.querySelectorAll("form[data-keep]")];
const keyOf = (form) => PREFIX + form.dataset.keep;
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && field.matches(KEPT));
const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
const stateOf = (form) => fieldsOf(form).map((field) => [field.name, field.value, isTicked(field) ? field.checked : null]);

function keep(form) {
  localStorage.setItem(keyOf(form), JSON.stringify(stateOf(form)));
}

function restore(form) {
  const kept = JSON.parse(localStorage.getItem(keyOf(form)) ?? "[]");
  let changed = false;
  for (const [name, value, checked] of kept) {
    const field = fieldsOf(form).find((one) => one.name === name && (!isTicked(one) || one.value === value));
    if (!field || (isTicked(field) ? field.checked === checked : field.value === value)) continue;
    if (isTicked(field)) field.checked = checked;
    else field.value = value;
    for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    changed = true;
  }
  if (changed) offer(form);
}

// Says that a draft is in the form, and lets it go.
function offer(form) {
  const note = document.getElementById("restored");
  if (note) note.textContent = note.dataset.text;
  const discard = document.getElementById("discard");
  if (!discard) return;
  discard.hidden = false;
  discard.addEventListener("click", () => {
    localStorage.removeItem(keyOf(form));
    form.reset();
    note.textContent = "";
    discard.hidden = true;
  });
}

// What arrived is kept no longer.
function forget() {
  const part = document.querySelector("[data-import], [data-recorded]");
  if (!part || document.querySelector("[data-refused]")) return;
  const here = new Set(forms.map(keyOf));
  const of = part.dataset.import && `-${part.dataset.import}`;
  const sent = sessionStorage.getItem(SENT);
  for (const key of Object.keys(localStorage)) {
    const isOld = key.startsWith(PREFIX) && (key === sent || (of && key.includes(of)));
    if (isOld && !here.has(key)) localStorage.removeItem(key);
  }
  sessionStorage.removeItem(SENT);
}

// Whoever is signed in finds nothing of others who worked at this device.
function forgetAllBut(keeper) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX) && !key.startsWith(PREFIX + keeper)) localStorage.removeItem(key);
  }
}

// Where a browser lends no storage, forms work without.
try {
  const who = document.querySelector("[data-keeper]");
  if (who) forgetAllBut(who.dataset.keeper);
  forget();
  if (!document.querySelector("[data-refused]")) forms.forEach(restore);
  for (const form of forms) {
    document.addEventListener("input", ({ target }) => target.form === form && keep(form));
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, keyOf(form)));
  }
  document.querySelector("form[action$='/sign-out']")?.addEventListener("submit", () => forgetAllBut(null));
} catch {}

// A second click on the way sends nothing; whoever comes back can send again.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sending) event.preventDefault();
    form.dataset.sending = "true";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
});
