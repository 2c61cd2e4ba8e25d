// Keeps the page up to date, and nothing else: without this, everything still works by reloading.
// @ts-check
"use strict";

const lost = document.getElementById("lost");
let changes = null;
let running = false;
let again = false;

/** Takes the parts that changed from the page as it is now. A part that stayed the same is left alone, with its focus. */
async function refresh() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  do {
    again = false;
    const response = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (response === null) break;
    if (!response.ok) {
      location.reload();
      return;
    }
    const now = new DOMParser().parseFromString(await response.text(), "text/html");
    if (now.documentElement.lang !== document.documentElement.lang) {
      location.reload();
      return;
    }
    for (const part of document.querySelectorAll("[data-live]")) {
      const other = now.getElementById(part.id);
      if (other && other.innerHTML !== part.innerHTML) replace(part, other);
    }
  } while (again);
  running = false;
}

function replace(part, other) {
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  part.replaceChildren(...document.adoptNode(other).childNodes);
  if (focused) document.getElementById(focused)?.focus();
}

function listen() {
  if (changes !== null || document.hidden) return;
  changes = new EventSource(document.getElementById("log") ? "/status/changes?log" : "/status/changes");
  changes.onopen = () => { lost.textContent = ""; };
  changes.onmessage = refresh;
  changes.onerror = () => {
    // The browser would try again every few seconds. A look at the page is soon enough.
    stop();
    lost.textContent = lost.dataset.text;
  };
}

function stop() {
  changes?.close();
  changes = null;
}

document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
addEventListener("pagehide", stop);
addEventListener("pageshow", listen);

for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    form.querySelector("[role=status]").textContent = form.dataset.busy;
  });
}
