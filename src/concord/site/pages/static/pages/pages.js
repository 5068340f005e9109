/* What every page does beyond HTML: the quick exit, the menu, printing. Everything else works without a script. */
"use strict";

document.documentElement.classList.add("js");

/* Gone from sight first, then wiped, then away; the page left behind is not in the history to come back to. */
async function leaveNow(address) {
  document.documentElement.hidden = true;
  document.title = "";
  window.dispatchEvent(new CustomEvent("concord:leave"));
  sessionStorage.clear();
  localStorage.clear();
  indexedDB.deleteDatabase("concord");
  window.location.replace(address);
}

function armQuickExit(link) {
  let taps = 0;
  let last = 0;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leaveNow(link.href);
  });
  /* Shift three times within two seconds, for whoever cannot reach for the mouse unseen. */
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift") {
      taps = 0;
      return;
    }
    taps = event.timeStamp - last < 1000 ? taps + 1 : 1;
    last = event.timeStamp;
    if (taps >= 3) leaveNow(link.href);
  });
}

function armMenu(menu) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

document.querySelectorAll("[data-quick-exit]").forEach(armQuickExit);
document.querySelectorAll("[data-menu]").forEach(armMenu);
document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));

const summary = document.getElementById("error-summary");
if (summary) summary.focus();
