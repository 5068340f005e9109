/* A box to sign in, by finger, pen or mouse. What is drawn leaves the page only with the form that it signs. */
"use strict";

document.querySelectorAll("[data-sign]").forEach((form) => {
  const pad = form.querySelector("canvas");
  const pen = pad.getContext("2d");
  const held = form.querySelector("input[name=drawing]");
  const state = form.querySelector("#pad-state");
  const empty = state.textContent;
  const screen = form.querySelector("input[name=method][value=screen]");
  let drawing = false;

  function place(event) {
    const box = pad.getBoundingClientRect();
    return [((event.clientX - box.left) * pad.width) / box.width, ((event.clientY - box.top) * pad.height) / box.height];
  }

  function clear() {
    pen.clearRect(0, 0, pad.width, pad.height);
    held.value = "";
    state.textContent = empty;
  }

  pen.lineWidth = 3.5;
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = "#000";

  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    drawing = true;
    pen.beginPath();
    pen.moveTo(...place(event));
  });
  pad.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...place(event));
    pen.stroke();
  });
  for (const ends of ["pointerup", "pointercancel"]) {
    pad.addEventListener(ends, () => {
      if (!drawing) return;
      drawing = false;
      held.value = pad.toDataURL("image/png");
      state.textContent = state.dataset.signed;
      if (screen) screen.checked = true;
    });
  }
  form.querySelector("[data-sign-clear]").addEventListener("click", clear);
  /* Whoever leaves in a hurry, or comes back to the page, finds the box empty. */
  window.addEventListener("concord:leave", clear);
  window.addEventListener("pageshow", clear);
});
