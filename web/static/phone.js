/* Makes this browser the agent's phone with the carrier's own SDK. It is called and answers; it calls nobody. */
"use strict";

(() => {
  const CAPTIONS_KEPT = 6;
  const box = document.getElementById("phone");
  if (!box) return;
  const state = document.getElementById("phone-state");
  const muteButton = document.getElementById("phone-mute");
  const captions = document.getElementById("captions");
  const say = (word) => { state.textContent = box.dataset[word]; };
  let talking = null;

  async function freshToken() {
    const answer = await fetch(box.dataset.tokenUrl, {
      method: "POST",
      headers: { "X-CSRF-Token": box.dataset.csrf },
      credentials: "same-origin",
    });
    if (!answer.ok) throw new Error(`no phone token: ${answer.status}`);
    return (await answer.json()).token;
  }

  /* Somebody may be on the line with nobody: the sooner this is known, the shorter they wait. */
  function tellOfLine() {
    const headers = { "X-CSRF-Token": box.dataset.csrf };
    fetch(box.dataset.lineUrl, { method: "POST", headers, credentials: "same-origin" }).catch(() => {});
  }

  function showCall(call) {
    talking = call;
    muteButton.hidden = !call;
    muteButton.setAttribute("aria-pressed", "false");
    clearCaptions();
  }

  function clearCaptions() {
    captions.hidden = true;
    captions.replaceChildren();
  }

  /* Only the sandbox carrier knows in writing what is said. */
  function showCaption({ text }) {
    const line = document.createElement("li");
    line.textContent = text;
    captions.append(line);
    captions.hidden = false;
    while (captions.children.length > CAPTIONS_KEPT) captions.firstChild.remove();
  }

  /* The agent stays on the line while contacts come and go: another card, another other side. */
  new MutationObserver(clearCaptions).observe(document.getElementById("desk-call"), { childList: true });
  muteButton.addEventListener("click", () => talking.mute(!talking.isMuted()));

  function answer(call) {
    /* The only caller is the dialer, which parks the agent. */
    let heardOnly = false;
    call.on("warning", (name) => { heardOnly ||= name === "sandbox-no-microphone"; });
    call.on("accept", () => { showCall(call); say(heardOnly ? "listening" : "talking"); });
    call.on("mute", (isMuted) => muteButton.setAttribute("aria-pressed", String(isMuted)));
    call.on("sandbox-caption", showCaption);
    for (const end of ["disconnect", "cancel"]) call.on(end, () => { if (talking === call) { showCall(null); tellOfLine(); } say("ready"); });
    call.accept();
  }

  async function start() {
    say("starting");
    if (!window.Twilio) throw new Error("the carrier's script was not loaded");
    const device = new window.Twilio.Device(await freshToken(), { closeProtection: true });
    device.on("registered", () => { if (!talking) { say("ready"); tellOfLine(); } });
    device.on("error", () => say("failed"));
    device.on("tokenWillExpire", async () => device.updateToken(await freshToken()));
    device.on("incoming", answer);
    await device.register();
  }

  start().catch(() => say("failed"));
})();
