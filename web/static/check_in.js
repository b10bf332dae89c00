/* The check-in list: typing narrows it, Enter checks the only guest in who is left, and the list prints. */
"use strict";

(() => {
  const field = document.getElementById("find-guest");
  const box = document.getElementById("check-in");
  if (!field || !box) return;

  const rows = () => [...box.querySelectorAll("tr[data-guest]")];
  function narrow() {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows()) row.hidden = !words.every((word) => row.dataset.guest.includes(word));
  }
  field.addEventListener("input", narrow);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { field.value = ""; narrow(); }
    if (event.key !== "Enter") return;
    event.preventDefault();
    const left = rows().filter((row) => !row.hidden);
    const button = left.length === 1 ? left[0].querySelector("button[data-here]") : null;
    if (button) { button.click(); field.value = ""; }
  });
  /* A list that has come anew is narrowed as before, and the next name can be typed at once. */
  new MutationObserver(() => { narrow(); field.focus(); }).observe(box, { childList: true });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
