/* After half an hour without activity the page hides what it shows and asks for the sign-in again, on every open tab.
   The server locks by itself; this hides what is already on the screen, and says to the server that someone still reads
   or types where the page asks it for nothing. Stored in the browser: one moment, nothing else. */
"use strict";

(function () {
  const told = document.currentScript.dataset;
  const idle = Number(told.seconds) * 1000;
  const name = "concord.active";
  const pingEvery = 5 * 60 * 1000;
  let pinged = Date.now();

  function lastActive() {
    return Number(localStorage.getItem(name)) || 0;
  }

  function active() {
    const now = Date.now();
    if (now - lastActive() > idle) return;
    if (now - lastActive() > 5000) localStorage.setItem(name, String(now));
    if (now - pinged < pingEvery) return;
    pinged = now;
    fetch(told.ping, { credentials: "same-origin", redirect: "manual", cache: "no-store" }).catch(() => {});
  }

  function lockIfIdle() {
    if (Date.now() - lastActive() <= idle) return;
    document.documentElement.hidden = true;
    window.location.replace(told.lock + "?" + new URLSearchParams({ next: window.location.pathname }));
  }

  localStorage.setItem(name, String(Date.now()));
  ["keydown", "pointerdown", "wheel", "touchstart"].forEach((kind) => {
    document.addEventListener(kind, active, { passive: true, capture: true });
  });
  window.addEventListener("pageshow", lockIfIdle);
  document.addEventListener("visibilitychange", lockIfIdle);
  setInterval(lockIfIdle, 15000);
})();
