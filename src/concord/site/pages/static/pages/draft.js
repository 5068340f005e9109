/* Keeps a form while it is typed: on the server every few seconds, and until that has worked as ciphertext on this
   device. The key is held in memory only and comes from the server, to someone signed in as the same person. */
"use strict";

(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;

  const SAVE_AFTER = 4000;
  const KEEP_AFTER = 300;
  const SKIPPED = new Set(["csrfmiddlewaretoken", "save_draft"]);
  const slot = form.dataset.draft;
  const line = form.querySelector("[data-draft-status]");
  const offer = form.querySelector("[data-draft-offer]");
  const words = form.querySelector("[data-draft-words]").dataset;

  let key = null;        // { id, crypto } while signed in
  let ahead = 0;         // how far the server's clock is ahead of this device's, in milliseconds
  let changes = 0;       // how often something was typed
  let saved = 0;         // the last of them that the server has
  let saving = false;
  let left = false;      // the quick exit was taken, or the form was sent
  let keepTimer = 0;

  /* --- What the form holds --- */

  function answers() {
    return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !SKIPPED.has(name));
  }

  function body(pairs) {
    const sent = new URLSearchParams(pairs);
    sent.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    return sent;
  }

  function putBack(pairs) {
    const given = new Map();
    pairs.forEach(([name, value]) => given.set(name, [...(given.get(name) || []), value]));
    for (const input of form.elements) {
      if (!input.name || SKIPPED.has(input.name) || input.name === "asked" || input.type === "file") continue;
      const values = given.get(input.name) || [];
      if (input.type === "radio" || input.type === "checkbox") input.checked = values.includes(input.value);
      else if (input.multiple) [...input.options].forEach((option) => { option.selected = values.includes(option.value); });
      else input.value = values.length ? values[0] : "";
    }
  }

  /* --- What the reader is told --- */

  function say(text, trouble = false) {
    line.textContent = text;
    line.classList.toggle("is-trouble", trouble);
  }

  /* --- The copy on this device --- */

  function store() {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open("concord", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("draft");
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => resolve(opening.result);
    });
  }

  async function atRest(mode, work) {
    const base = await store();
    try {
      return await new Promise((resolve, reject) => {
        const step = base.transaction("draft", mode);
        const asked = work(step.objectStore("draft"));
        step.oncomplete = () => resolve(asked.result);
        step.onerror = () => reject(step.error);
        step.onabort = () => reject(step.error);
      });
    } finally {
      base.close();
    }
  }

  const bound = () => new TextEncoder().encode(slot);

  /* True when the answers of now lie on this device as ciphertext. */
  async function keep() {
    if (left || !key) return false;
    try {
      const nonce = crypto.getRandomValues(new Uint8Array(12));
      const plain = new TextEncoder().encode(JSON.stringify({ at: Date.now() + ahead, answers: answers() }));
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: bound() }, key.crypto, plain);
      if (left) return false;
      await atRest("readwrite", (held) => held.put({ key: key.id, nonce, sealed }, slot));
      return true;
    } catch {
      return false;
    }
  }

  async function drop() {
    try {
      await atRest("readwrite", (held) => held.delete(slot));
    } catch { /* nothing is kept where nothing can be kept */ }
  }

  async function unlock(kept) {
    const answer = await askKey({ id: kept.key });
    if (!answer.key) return null;
    try {
      const opened = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: kept.nonce, additionalData: bound() }, (await imported(answer)).crypto, kept.sealed);
      return JSON.parse(new TextDecoder().decode(opened));
    } catch {
      return null;
    }
  }

  /* --- The server --- */

  async function post(url, pairs) {
    const answer = await fetch(url, {
      method: "POST", body: body(pairs), credentials: "same-origin", redirect: "manual", cache: "no-store",
    });
    if (answer.type === "opaqueredirect" || answer.status === 403) return { out: true };
    return answer.ok || answer.status === 413 ? answer.json() : { trouble: true };
  }

  function askKey(about) {
    return post(form.dataset.draftKey, Object.entries(about)).catch(() => ({ trouble: true }));
  }

  async function imported(answer) {
    const raw = Uint8Array.from(atob(answer.key), (letter) => letter.charCodeAt(0));
    const made = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    return { id: answer.id, crypto: made };
  }

  async function save() {
    if (left || saving || saved === changes || !offer.hidden) return;
    saving = true;
    const sent = changes;
    let answer;
    try {
      answer = await post(form.dataset.draftSave, answers());
    } catch {
      answer = { trouble: true };
    }
    saving = false;
    if (left) return;
    if (answer.done) {
      left = true;
      await drop();
      return;
    }
    if (answer.at) {
      saved = sent;
      say(`${words.saved} ${answer.said}`);
      if (saved === changes) await drop();
      return;
    }
    if (typeof answer.trouble === "string") return say(answer.trouble, true);
    const kept = await keep();
    say(!kept ? words.lost : answer.out ? words.out : words.kept, true);
  }

  /* --- What was kept earlier --- */

  async function lookBack() {
    let kept;
    try {
      kept = await atRest("readonly", (held) => held.get(slot));
    } catch {
      return;
    }
    if (!kept) return;
    const earlier = await unlock(kept);
    const newer = earlier && earlier.at > (Date.parse(form.dataset.draftSaved) || 0);
    if (!newer) return drop();
    const sentBy = earlier.answers.find(([name]) => name === "client_key");
    if ((await askKey({ client_key: sentBy[1] })).done) return drop();
    if (changes) return;
    offer.hidden = false;
    offer.querySelector("[data-draft-restore]").onclick = () => {
      putBack(earlier.answers);
      offer.hidden = true;
      changed();
      save();
      form.querySelector("input:not([type=hidden]), select, textarea").focus();
    };
    offer.querySelector("[data-draft-drop]").onclick = () => {
      offer.hidden = true;
      drop();
      form.querySelector("input:not([type=hidden]), select, textarea").focus();
    };
  }

  /* --- When --- */

  function changed() {
    changes += 1;
    say(words.typing);
    clearTimeout(keepTimer);
    keepTimer = setTimeout(keep, KEEP_AFTER);
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", () => { if (saved !== changes) keep(); });
  form.addEventListener("focusout", save);
  form.addEventListener("submit", () => { keep().then(() => { left = true; }); });
  window.addEventListener("concord:leave", () => { left = true; key = null; });
  setInterval(save, SAVE_AFTER);

  (async () => {
    const answer = await askKey({});
    if (!answer.key || !window.crypto.subtle) return;
    key = await imported(answer);
    ahead = Date.parse(answer.now) - Date.now();
    if (changes > saved) keep();
    await lookBack();
  })();
})();
