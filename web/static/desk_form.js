/* The questions at the desk: digits choose, Enter goes on, F9 says how sure an answer is. What is noted is kept as it is
   written, one request at a time; the answer shows what it comes to and whether the long part is called for. */
"use strict";

(() => {
  const box = document.getElementById("desk-call");
  if (!box) return;
  const KEEP_AFTER_MS = 350;
  const GRADES = ["said", "inferred", "unknown"];
  const PLACES = "123456789abcdefghijklmnopqrstuvwxyz";
  let timer = 0;
  let isBusy = false;
  let isDirty = false;

  const form = () => document.getElementById("disposition-form");
  const isShown = (element) => !element.closest("[hidden]");
  const questions = () => [...(form()?.querySelectorAll(".question") ?? [])].filter(isShown);
  const picks = (question) => [...question.querySelectorAll(".pick input")];

  /* --- what was chosen first is the main one */

  function noteOrder(input) {
    const order = input.closest(".question")?.querySelector('input[name^="o."]');
    if (!order || input.type !== "checkbox") return;
    const chosen = order.value.split(" ").filter((key) => key && key !== input.value);
    if (input.checked) chosen.push(input.value);
    order.value = chosen.join(" ");
  }
  function markMain() {
    for (const order of form()?.querySelectorAll('input[name^="o."]') ?? []) {
      const [first] = order.value.split(" ");
      const several = order.value.trim().includes(" ");
      for (const input of picks(order.closest(".question"))) {
        input.parentElement.classList.toggle("main-choice", several && input.value === first);
      }
    }
  }

  /* --- keeping */

  async function keep(leaving) {
    const sheet = form();
    if (sheet && !sheet.dataset.draft) return; // a correction: what is typed is kept nowhere until it is sent
    if (!sheet || (isBusy && !leaving)) { isDirty = isDirty || Boolean(sheet); return; }
    isBusy = true;
    isDirty = false;
    const csrf = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"];
    try {
      const answer = await fetch(sheet.dataset.draft, {
        method: "POST",
        headers: { "X-CSRF-Token": csrf, "HX-Request": "true" },
        credentials: "same-origin",
        keepalive: leaving,
        body: new URLSearchParams(new FormData(sheet)),
      });
      if (answer.ok && sheet === form()) show(await answer.text());
      else if (answer.status >= 500) isDirty = true;
    } catch {
      isDirty = true;
    } finally {
      isBusy = false;
    }
    if (isDirty && !leaving) schedule(KEEP_AFTER_MS * 4);
  }
  function schedule(after) {
    clearTimeout(timer);
    timer = setTimeout(() => keep(false), after);
  }
  function show(html) {
    const place = document.getElementById("assessment");
    if (!place) return;
    const made = new DOMParser().parseFromString(html, "text/html").querySelector(".verdicts");
    if (!made) return;
    place.replaceChildren(document.importNode(made, true));
    const long = document.getElementById("long-questions");
    const ask = document.getElementById("ask-partner");
    if (ask) ask.disabled = made.dataset.isHot !== "true";
    if (long) long.hidden = made.dataset.opensLong !== "true";
  }

  box.addEventListener("input", (event) => {
    if (!form()?.contains(event.target)) return;
    noteOrder(event.target);
    markMain();
    isDirty = true;
    schedule(KEEP_AFTER_MS);
  });
  box.addEventListener("submit", () => { clearTimeout(timer); isDirty = false; }, true);
  addEventListener("pagehide", () => { if (isDirty) keep(true); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && isDirty) keep(true); });

  /* --- how sure an answer is */

  function turnEvidence(question) {
    const button = question?.querySelector("button.evidence");
    const field = question?.querySelector('input[name^="e."]');
    if (!button || !field) return;
    const next = GRADES[(GRADES.indexOf(button.dataset.evidence) + 1) % GRADES.length];
    const words = JSON.parse(document.getElementById("questions").dataset.evidenceWords);
    button.dataset.evidence = next;
    button.firstElementChild.textContent = words[next];
    field.value = next === "said" ? "" : next;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button.evidence");
    if (button) turnEvidence(button.closest(".question"));
  });

  /* --- by keyboard */

  function goOn(question, step) {
    const all = questions();
    const next = all[all.indexOf(question) + step];
    const field = next
      ? next.querySelector(".pick input:checked") ?? next.querySelector(".answer input:not([type=hidden]), .answer textarea")
      : step > 0 ? form().elements.notes : null;
    field?.focus();
  }
  /* Enter in a field would send the form as its first button does: what came of a call is never said by accident. */
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("#disposition-form input")) event.preventDefault();
  });
  box.addEventListener("keydown", (event) => {
    const question = event.target.closest?.(".question");
    if (!question || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "F9") {
      event.preventDefault();
      turnEvidence(question);
    } else if (event.key === "Enter" && !event.target.matches("button") && !(event.shiftKey && event.target.matches("textarea"))) {
      event.preventDefault();
      goOn(question, event.shiftKey ? -1 : 1);
    } else if (event.target.matches(".pick input") && !event.shiftKey) {
      const place = PLACES.indexOf(event.key.toLowerCase());
      const input = event.key.length === 1 && place >= 0 ? picks(question)[place] : undefined;
      if (!input) return;
      event.preventDefault();
      input.focus();
      if (input.type === "radio" && input.checked) { // once more takes it back
        input.checked = false;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        return;
      }
      input.click();
      if (input.type === "radio") goOn(question, 1);
    }
  });
  new MutationObserver(markMain).observe(box, { childList: true });
  markMain();
})();
