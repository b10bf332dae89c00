/* Makes this browser the agent's phone with the carrier's own SDK. It is called and answers; it calls nobody. */
"use strict";

(() => {
  const line = document.getElementById("phone");
  if (!line || !window.Twilio) return;
  const say = (word) => { line.textContent = line.dataset[word]; };

  async function freshToken() {
    const answer = await fetch(line.dataset.tokenUrl, {
      method: "POST",
      headers: { "X-CSRF-Token": line.dataset.csrf },
      credentials: "same-origin",
    });
    if (!answer.ok) throw new Error(`no phone token: ${answer.status}`);
    return (await answer.json()).token;
  }

  async function start() {
    say("starting");
    const device = new window.Twilio.Device(await freshToken(), { closeProtection: true });
    device.on("registered", () => say("ready"));
    device.on("error", () => say("failed"));
    device.on("tokenWillExpire", async () => device.updateToken(await freshToken()));
    device.on("incoming", (call) => {
      /* The only caller is the dialer, which parks the agent. */
      call.on("accept", () => say("talking"));
      call.on("disconnect", () => say("ready"));
      call.accept();
    });
    await device.register();
  }

  start().catch(() => say("failed"));
})();
