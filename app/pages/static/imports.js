// Imports: what is typed is kept until it is sent, nothing is sent twice, and progress is followed.
import { replacePart } from "./page.js";

const PREFIX = "icr:";
const SENT = "icr-sent";
const PAUSE = 1500;
const KEPT = "input:not([type=hidden], [type=file], [type=password]), select, textarea";

const forms = [...document.querySelectorAll("form[data-keep]")];
const keyOf = (form) => PREFIX + form.dataset.keep;
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && field.matches(KEPT));
const isTicked = (field) => field.type === "checkbox" || field.type === "radio";

function keep(form) {
  const state = fieldsOf(form).map((field) => [field.name, field.value, isTicked(field) ? field.checked : null]);
  localStorage.setItem(keyOf(form), JSON.stringify(state));
}

function restore(form) {
  const kept = JSON.parse(localStorage.getItem(keyOf(form)) ?? "[]");
  let changed = false;
  for (const [name, value, checked] of kept) {
    const field = fieldsOf(form).find((one) => one.name === name && (!isTicked(one) || one.value === value));
    if (!field || (isTicked(field) ? field.checked === checked : field.value === value)) continue;
    if (isTicked(field)) field.checked = checked;
    else field.value = value;
    field.closest("details")?.setAttribute("open", "");
    changed = true;
  }
  const note = document.getElementById("restored");
  if (changed && note) note.textContent = note.dataset.text;
}

// What arrived is kept no longer: only the page of an import says that something arrived.
function forget() {
  const part = document.querySelector("[data-import]");
  const here = new Set(forms.map(keyOf));
  if (!part || document.querySelector("[data-refused]")) return;
  const of = `-${part.dataset.import}`;
  const sent = sessionStorage.getItem(SENT);
  for (const key of Object.keys(localStorage)) {
    const isOld = key.startsWith(PREFIX) && (key === sent || key.includes(of));
    if (isOld && !here.has(key)) localStorage.removeItem(key);
  }
  sessionStorage.removeItem(SENT);
}

// Where a browser lends no storage, forms work without.
try {
  forget();
  if (!document.querySelector("[data-refused]")) forms.forEach(restore);
  for (const form of forms) {
    document.addEventListener("input", ({ target }) => target.form === form && keep(form));
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, keyOf(form)));
  }
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

// How far a commit is; where the connection is lost it is asked again.
const isBusy = () => document.querySelector("#progress[data-busy]");
async function follow() {
  await replacePart("progress", location.href).catch(() => {});
  if (isBusy()) setTimeout(follow, PAUSE);
  else location.reload();
}
if (isBusy()) setTimeout(follow, PAUSE);
