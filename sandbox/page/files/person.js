/* The hand on one phone: what can be done with the chosen call now, what was said, and this window's own voice in it. */

import { badgeClass, clockOf, companyOf, put, words } from "./calls.js";
import { isFinal } from "./network.js";
import { say } from "./words.js";

const el = (id) => document.getElementById(id);
const SAID_SHOWN = 8;
const DEEDS = {
  answer: { text: say("Answer"), key: "A", kind: "first" },
  refuse: { text: say("Refuse"), key: "R", kind: "stop" },
  take_over: { text: say("Take over"), key: "T", kind: "first" },
  voice: { text: say("Speak and listen"), key: "", kind: "first" },
  mute: { text: say("Mute"), key: "", kind: "" },
  unmute: { text: say("Unmute"), key: "", kind: "" },
  hang_up: { text: say("Hang up"), key: "H", kind: "stop" },
};
const MICROPHONE = {
  InsecureContext: say("This page may not use a microphone: open it by 127.0.0.1 or localhost."),
  NotAllowedError: say("The microphone is not allowed: you hear the others, and they read what you type."),
  NotFoundError: say("There is no microphone: you hear the others, and they read what you type."),
};

export class Person {
  #network;
  #voices = new Map();
  #problem = "";
  #shown = "";
  sid = "";

  constructor(network) {
    this.#network = network;
    el("person-deeds").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.act(this.sid, button.dataset.deed);
    });
    el("say-form").addEventListener("submit", (event) => this.#send(event, el("say"), "say"));
    el("machine-form").addEventListener("submit", (event) => this.#send(event, el("greeting"), "be_machine"));
    el("told").addEventListener("toggle", () => this.#showExchanges());
    for (const key of "123456789*0#") {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = key;
      button.addEventListener("click", () => this.act(this.sid, "press", key));
      el("keypad").append(button);
    }
  }

  choose(sid) {
    this.sid = sid;
    this.#problem = "";
    this.show();
  }

  async act(sid, deed, what = "") {
    if (deed === "voice") return this.#speak(sid);
    if (deed === "mute" || deed === "unmute") {
      this.#voices.get(sid)?.mute(deed === "mute");
      return this.show();
    }
    this.#problem = await this.#network.act(sid, deed, what);
    const picksUp = deed === "answer" || deed === "take_over";
    if (picksUp && !this.#problem) {
      this.#speak(sid);
      if (sid === this.sid) this.#focusWhenShown = "say";
    }
    return this.show();
  }

  #focusWhenShown = "";

  async #send(event, field, deed) {
    event.preventDefault();
    await this.act(this.sid, deed, field.value);
    if (!this.#problem) field.value = "";
  }

  /* Become the voice of a call: the sandbox says who else is on the line. */
  #speak(sid) {
    this.#voices.get(sid)?.close();
    const voice = new globalThis.SandboxVoice(sid, (message) => this.#network.say(message));
    this.#voices.set(sid, voice);
    this.#network.say({ type: "attach", call: sid });
    voice.ready.then(() => this.show());
  }

  hear(message) {
    const voice = this.#voices.get(message.call);
    if (message.type === "lost") {
      for (const one of this.#voices.values()) one.close();
      this.#voices.clear();
    } else if (message.type === "peers") voice?.settle(message.peers);
    else if (message.type === "signal") voice?.take(message.peer, message.payload);
    else if (message.type === "ended") {
      voice?.close();
      this.#voices.delete(message.call);
    } else if (message.type === "error") this.#problem = message.text;
    else if (message.type === "caption") {
      const said = this.#network.said.get(message.call) ?? [];
      this.#network.said.set(message.call, [...said, { call: message.call, text: message.text, from: message.from }]);
    }
    this.show();
  }

  show() {
    const call = this.#network.calls.get(this.sid);
    put(el("person-problem"), call ? this.#problem : "");
    if (!call) return;
    put(el("person-title"), call.to);
    this.showTime();
    const voice = this.#voices.get(call.sid);
    this.#showVoice(call, voice);
    this.#showDeeds(call, voice);
    const isByHand = call.outcome === "manual" && call.status === "in-progress";
    el("say-form").hidden = call.status !== "in-progress";
    el("keypad").hidden = call.status !== "in-progress" || (!isByHand && !call.listens);
    el("machine-form").hidden = call.status !== "ringing" || call.is_agent;
    this.#showSaid(call);
    el("told").hidden = false;
    this.#showExchanges();
    if (this.#focusWhenShown && isByHand) {
      el(this.#focusWhenShown).focus();
      this.#focusWhenShown = "";
    }
  }

  showTime() {
    const call = this.#network.calls.get(this.sid);
    if (!call) return;
    const badge = document.createElement("span");
    badge.className = badgeClass(call.status);
    badge.textContent = words[call.status] ?? call.status;
    const rest = [isFinal(call) ? "" : clockOf(this.#network.now() - call.since), say("from {number}", { number: call.from }), companyOf(call)];
    const text = ` ${rest.filter(Boolean).join(" · ")}`;
    if (this.#shown === badge.textContent + text) return;
    this.#shown = badge.textContent + text;
    el("person-state").replaceChildren(badge, text);
  }

  #showVoice(call, voice) {
    const line = el("person-voice");
    line.hidden = call.status !== "in-progress" || (!voice && call.voice === null);
    if (line.hidden) return;
    if (call.voice === "phone") put(line, call.voice_muted ? say("A browser is this phone; it is muted.") : say("A browser is this phone."));
    else if (!voice) put(line, say("Another window speaks for this phone."));
    else if (voice.problem) put(line, MICROPHONE[voice.problem] ?? say("No microphone: {why}.", { why: voice.problem }));
    else if (voice.isMuted) put(line, say("Your microphone is muted."));
    else if (!voice.stream) put(line, say("Allow the microphone to speak; or type below."));
    else put(line, call.hears.length ? say("You are on the line. Wear headphones.") : say("You are on the line; nobody is heard yet."));
  }

  #showDeeds(call, voice) {
    const deeds = [];
    if (call.status === "ringing") deeds.push("answer", "refuse");
    if (call.status === "in-progress") {
      if (call.outcome !== "manual") deeds.push("take_over");
      else if (!voice && call.voice !== "phone") deeds.push("voice");
      if (voice) deeds.push(voice.isMuted ? "unmute" : "mute");
      deeds.push("hang_up");
    }
    const box = el("person-deeds");
    const wanted = `${call.sid} ${deeds.join(" ")}`;
    if (box.dataset.shown === wanted) return;
    box.dataset.shown = wanted;
    box.replaceChildren(...deeds.map(makeDeed));
  }

  /* Fetched when somebody looks, and again when there is one more. */
  async #showExchanges() {
    const sid = this.sid;
    const seen = `${sid} ${this.#network.requestsAbout(sid)}`;
    if (!el("told").open || el("exchanges").dataset.seen === seen) return;
    el("exchanges").dataset.seen = seen;
    const answer = await fetch(`/_sandbox/calls/${sid}/requests`).catch(() => null);
    if (answer?.ok && sid === this.sid) el("exchanges").replaceChildren(...(await answer.json()).requests.map(makeExchange));
  }

  #showSaid(call) {
    const lines = (this.#network.said.get(call.sid) ?? []).slice(-SAID_SHOWN).map((said) => {
      const line = document.createElement("li");
      line.className = said.keys ? "keys" : said.from ? "other" : "";
      line.textContent = said.keys ? say("pressed {keys}", { keys: said.keys }) : said.from ? `${said.from}: ${said.text}` : `“${said.text}”`;
      return line;
    });
    el("heard").replaceChildren(...lines);
  }
}

function makeDeed(deed) {
  const { text, kind } = DEEDS[deed];
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.deed = deed;
  button.className = kind;
  button.textContent = text;
  return button;
}

function makeExchange({ at, method, url, sent, status, type, body, ms }) {
  const line = document.createElement("li");
  const head = document.createElement("div");
  head.className = "head";
  const came = status ? String(status) : say("no answer");
  const when = new Date(at * 1000).toISOString().slice(11, 19);
  for (const text of [`${when} ${method}`, `${came} · ${(ms / 1000).toFixed(2)} s`]) {
    const part = document.createElement("span");
    part.textContent = text;
    head.append(part);
  }
  line.append(head);
  for (const text of [url, sent.map(([key, value]) => `${key}: ${value}`).join("\n"), body ? `${type}\n${body}` : ""]) {
    if (!text) continue;
    const block = document.createElement("pre");
    block.textContent = text;
    line.append(block);
  }
  return line;
}
