// Imports: progress is followed.
import "./drafts.js";
import { replacePart } from "./page.js";

const PAUSE = 1500;

// How far a commit is; where the connection is lost it is asked again.
const isBusy = () => document.querySelector("#progress[data-busy]");
async function follow() {
  await replacePart("progress", location.href).catch(() => {});
  if (isBusy()) setTimeout(follow, PAUSE);
  else location.reload();
}
if (isBusy()) setTimeout(follow, PAUSE);
