// Follows the changes to come: by the stream while the page is looked at, else by asking again.
import { replacePart, root } from "./page.js";

const PART = "changes";
const SECONDS = 20;
let stream;
let timer;

const shown = () => Number(document.getElementById(PART).dataset.revision);
const refresh = () => replacePart(PART, location.href).catch(() => {});

function follow() {
  stop();
  if (document.visibilityState !== "visible") return;
  stream = new EventSource(`${root}/changes/stream?after=${shown()}`);
  stream.onmessage = ({ lastEventId }) => {
    if (Number(lastEventId) > shown()) refresh();
  };
  stream.onerror = () => {
    // A browser comes back by itself after a pause; where the service has no place, ask again.
    if (stream.readyState !== EventSource.CLOSED) return;
    stop();
    timer = setInterval(refresh, SECONDS * 1000);
  };
}

function stop() {
  stream?.close();
  clearInterval(timer);
}

document.addEventListener("visibilitychange", follow);
follow();
