/* Tells the dialer how far the talk has come: a word for each stage, once, and nothing of what is said or written. */
"use strict";

(() => {
  const box = document.getElementById("desk-call");
  const state = document.getElementById("desk-state");
  if (!box || !state) return;
  const DELAY_MS = 300;
  const DEAF_MS = 1500;
  const told = new Set();
  let timer = 0;
  let waiting = "";

  const callId = () => box.querySelector('input[name="call_id"]')?.value ?? "";
  /* The same word counts anew once the talk is over and the wrap-up has begun. */
  const step = () => state.querySelector("[data-status]")?.dataset.status ?? "";
  const nearlyDone = () => document.getElementById("nearly-done");

  function send(signal) {
    const call = callId();
    const key = `${call} ${step()} ${signal}`;
    if (!call || told.has(key)) return;
    told.add(key);
    const csrf = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"];
    fetch("/desk/signal", {
      method: "POST",
      headers: { "X-CSRF-Token": csrf },
      credentials: "same-origin",
      body: new URLSearchParams({ call_id: call, signal }),
    }).catch(() => {});
  }

  /* What is passed through on the way, such as the form with the tabulator key, is not told. */
  function tell(signal) {
    waiting = signal;
    clearTimeout(timer);
    timer = setTimeout(() => send(waiting), DELAY_MS);
  }

  box.addEventListener("focusin", (event) => {
    const part = event.target.closest("[data-signal]");
    if (part) tell(part.dataset.signal);
  });
  box.addEventListener("input", (event) => {
    if (event.target.name === "notes") tell("notes");
  });

  function sayNearlyDone() {
    const button = nearlyDone();
    if (!button) return;
    button.setAttribute("aria-pressed", "true");
    send("nearly_done");
  }
  state.addEventListener("click", (event) => {
    if (event.target.closest("#nearly-done")) sayNearlyDone();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F8" || event.repeat || event.ctrlKey || event.shiftKey || event.altKey || event.metaKey) return;
    if (!nearlyDone()) return;
    event.preventDefault();
    sayNearlyDone();
  });

  /* Enter dials the contact on the desk, S chooses why not; neither while a field or a button has the keyboard. */
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea, button, a, summary, [contenteditable]")) return;
    const dial = document.getElementById("preview-dial");
    const skip = document.getElementById("skip-reason");
    if (event.key === "Enter" && dial) { event.preventDefault(); dial.click(); }
    if (event.key.toLowerCase() === "s" && skip) { event.preventDefault(); skip.focus(); }
  });

  /* Escape leaves the last call as it is. */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.repeat) document.getElementById("leave-correction")?.click();
  });

  /* The end of the script is told only where the agent had to scroll to it: one that fits says nothing. */
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (target.dataset.began === undefined) target.dataset.began = String(isIntersecting);
      else if (isIntersecting && target.dataset.began === "false") tell("script_close");
    }
  });
  function watchScript() {
    seen.disconnect();
    const end = box.querySelector(".script-end");
    if (end) seen.observe(end);
  }
  /* Another contact: what was said of the last one goes, and the next Tab reaches the first question. */
  let shown = callId();
  let isCorrecting = false;
  let deafUntil = 0;
  function meetContact() {
    const wasCorrecting = isCorrecting; // then what is said is of the correction, and it has just been said
    isCorrecting = Boolean(document.getElementById("leave-correction"));
    const hasCome = callId() || document.getElementById("preview-dial");
    if (wasCorrecting && hasCome) deafUntil = performance.now() + DEAF_MS;
    if (callId() === shown) return;
    shown = callId();
    if (!shown) return;
    if (!wasCorrecting) document.getElementById("message").replaceChildren();
    const busy = document.activeElement;
    if (busy === document.body || busy === state || busy === box) document.getElementById("company")?.focus({ preventScroll: true });
  }
  /* What is being typed of the last call must not dial, or end the talk with, whoever has just come instead. */
  document.addEventListener("keydown", (event) => {
    if (performance.now() > deafUntil) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  new MutationObserver(() => { watchScript(); meetContact(); }).observe(box, { childList: true });
  watchScript();
})();
