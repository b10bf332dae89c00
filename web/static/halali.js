/* What htmx leaves open: timers, keys for dispositions, the connection banner. No inline script, no state of its own. */
"use strict";

(() => {
  const startedAt = new WeakMap();

  function written(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor((whole % 3600) / 60);
    const rest = String(whole % 60).padStart(2, "0");
    return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
  }

  /* data-since / data-left: seconds at the moment of rendering; data-speed: how fast the program's clock runs. */
  function moveTimers() {
    const now = performance.now();
    for (const timer of document.querySelectorAll("[data-since], [data-left]")) {
      if (!startedAt.has(timer)) startedAt.set(timer, now);
      const passed = ((now - startedAt.get(timer)) / 1000) * Number(timer.dataset.speed || 1);
      if (timer.dataset.since !== undefined) {
        timer.textContent = written(Number(timer.dataset.since) + passed);
      } else {
        const left = Number(timer.dataset.left) - passed;
        timer.textContent = written(left);
        timer.classList.toggle("late", left <= 10);
      }
    }
  }
  /* On a phone the menu scrolls sideways: the page that is open stands in it to be seen. */
  document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

  setInterval(moveTimers, 500);
  document.addEventListener("htmx:afterSettle", moveTimers);

  /* Ctrl+Shift+digit picks a disposition, also from inside a text field. The digit is read by its place on the keyboard. */
  document.addEventListener("keydown", (event) => {
    if (!event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey) return;
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
    if (!digit) return;
    const button = document.querySelector(`[data-key="${digit[1]}"]:not([disabled])`);
    if (!button) return;
    event.preventDefault();
    button.focus();
    button.click();
  });

  /* A moment for a callback that people often ask for: pressed, or by Alt+Shift and its digit from inside a text field. */
  function takeMoment(button) {
    const field = document.getElementById("callback-at");
    if (field) field.value = button.dataset.callback;
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-callback]");
    if (button) takeMoment(button);
  });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
    const button = digit && document.querySelector(`button[data-callback-key="${digit[1]}"]`);
    if (!button) return;
    event.preventDefault();
    takeMoment(button);
    document.getElementById("callback-at").focus();
  });

  /* A button with a letter: Alt+Shift and it, also while something is being written. */
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || event.repeat) return;
    const letter = /^Key([A-Z])$/.exec(event.code);
    const those = letter && document.querySelectorAll(`button[data-letter="${letter[1].toLowerCase()}"]:not([disabled])`);
    const button = those && [...those].find((one) => one.getClientRects().length > 0); // the one that is seen
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  /* What is there to be copied is marked as soon as it is reached. */
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("input[readonly]")) event.target.select();
  });

  /* A choice that needs no further word is sent at once. */
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-submit-on-change]");
    if (form) form.requestSubmit();
  });

  /* A link to something that is folded away unfolds it. */
  function unfold() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const folded = target && (target.closest("details") || target.querySelector("details"));
    if (folded) folded.open = true;
  }
  window.addEventListener("hashchange", unfold);
  document.addEventListener("click", (event) => {
    if (event.target.closest('a[href*="#"]')) setTimeout(unfold);
  });
  unfold();

  /* A form that has added something is empty for the next one. */
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.target.matches("form[data-empty-after]")) event.target.reset();
  });

  /* A file that is too large is not sent at all: what it may have stands beside its field. */
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !field.dataset.mostMegabytes) return;
    const isTooLarge = [...field.files].some((file) => file.size > Number(field.dataset.mostMegabytes) * 1024 * 1024);
    field.setCustomValidity(isTooLarge ? field.dataset.tooLarge : "");
    if (!isTooLarge) return;
    event.stopPropagation();
    field.reportValidity();
  }, true);

  /* How much of a file has been sent. */
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.matches("form[hx-encoding]") && document.querySelector("progress.htmx-request");
    if (bar && event.detail.lengthComputable) bar.value = event.detail.loaded / event.detail.total;
  });
  document.addEventListener("htmx:afterRequest", () => {
    for (const bar of document.querySelectorAll("progress.htmx-indicator")) bar.removeAttribute("value");
  });

  const banner = () => document.getElementById("connection");
  let lostTimer = 0;
  document.addEventListener("htmx:sseError", () => {
    if (lostTimer) return;
    lostTimer = setTimeout(() => {
      banner().textContent = banner().dataset.lost;
      banner().hidden = false;
    }, 5000);
  });
  document.addEventListener("htmx:sseOpen", (event) => {
    clearTimeout(lostTimer);
    lostTimer = 0;
    banner().hidden = true;
    const source = event.detail.source;
    if (source) source.addEventListener("signed_out", () => location.assign("/sign-in"));
  });

  /* Where the part with the keyboard in it was exchanged, the keyboard goes to the new part and not to the page's top. */
  let wasSomewhere = false;
  document.addEventListener("htmx:beforeSwap", () => { wasSomewhere = document.activeElement !== document.body; });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!wasSomewhere || document.activeElement !== document.body) return;
    wasSomewhere = false;
    const target = event.detail.target?.isConnected ? event.detail.target : event.target;
    const part = (target.id && document.getElementById(target.id)) || document.getElementById("main");
    if (!part.hasAttribute("tabindex")) part.tabIndex = -1;
    part.focus({ preventScroll: true });
  });

  /* What is said is seen also by who has scrolled down: a problem until the next act, anything else for a while. */
  const line = document.getElementById("message");
  const IN_SIGHT_MS = 8000;
  let inSight = 0;
  if (line) {
    new MutationObserver(() => {
      clearTimeout(inSight);
      const said = line.firstElementChild;
      line.classList.toggle("in-sight", Boolean(said));
      if (said && !said.classList.contains("problem")) inSight = setTimeout(() => line.classList.remove("in-sight"), IN_SIGHT_MS);
    }).observe(line, { childList: true });
  }

  /* A message that has been read need not stay. */
  document.addEventListener("htmx:beforeRequest", (event) => {
    const method = event.detail.requestConfig && event.detail.requestConfig.verb;
    if (method && method !== "get") document.getElementById("message").replaceChildren();
  });
})();
