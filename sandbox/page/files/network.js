/* The phone network as the sandbox tells it: everything once, then every change. What is shown is left to others. */

import { say } from "./words.js";

const RETRY_MS = 1000;
const KEPT_LINES = 100;
const KEPT_ENDED = 50;
const FINAL = new Set(["completed", "busy", "failed", "no-answer", "canceled"]);

export const isFinal = (call) => FINAL.has(call.status);

export class Network {
  calls = new Map();
  rooms = new Map();
  queues = new Map();
  alerts = [];
  requests = [];
  said = new Map();
  byHand = [];
  figures = { live: 0, open_rooms: 0, placed: 0, pending: 0, speed: 1 };
  isLost = false;
  #requestCounts = new Map();
  #told = { carrier: 0, here: 0 };
  #socket = null;
  #onChange;
  #onVoice;

  /* `onChange` hears that something is different; `onVoice` gets what concerns the sound of a call. */
  constructor(onChange, onVoice) {
    this.#onChange = onChange;
    this.#onVoice = onVoice;
    this.#open();
  }

  /* Carrier time, in Unix seconds, as it goes on between two messages. */
  now() {
    return this.#told.carrier + ((performance.now() - this.#told.here) / 1000) * this.figures.speed;
  }

  say(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  requestsAbout(sid) {
    return this.#requestCounts.get(sid) ?? 0;
  }

  /* Be the person at a phone; the answer is an explanation where it cannot be. */
  async act(sid, deed, what = "") {
    return this.#post(`/_sandbox/calls/${sid}`, { do: deed, what });
  }

  async letRingHere(patterns) {
    return this.#post("/_sandbox/people", { by_hand: patterns });
  }

  async #post(path, body) {
    try {
      const answer = await fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (answer.ok) return "";
      const text = await answer.text();
      return text.startsWith("{") ? JSON.parse(text).error : text;
    } catch {
      return say("The sandbox does not answer.");
    }
  }

  #open() {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/_sandbox/live`);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = () => {
      this.isLost = true;
      this.#onVoice({ type: "lost" });
      this.#onChange();
      setTimeout(() => this.#open(), RETRY_MS);
    };
  }

  #hear(message) {
    if (message.type === "network") this.#startOver(message);
    else if (message.type === "changes") this.#change(message);
    else this.#onVoice(message);
  }

  #startOver(message) {
    this.isLost = false;
    for (const kept of [this.calls, this.rooms, this.queues, this.said, this.#requestCounts]) kept.clear();
    this.alerts = [];
    this.requests = [];
    this.#change(message);
  }

  #change(message) {
    this.#told = { carrier: message.now, here: performance.now() };
    this.figures = message;
    this.byHand = message.by_hand;
    for (const call of message.calls) {
      /* A call that has ended goes to the end of what is kept. */
      if (isFinal(call)) this.calls.delete(call.sid);
      this.calls.set(call.sid, call);
    }
    for (const room of message.rooms) {
      if (room.status === "completed") this.rooms.delete(room.sid);
      else this.rooms.set(room.sid, room);
    }
    this.queues = new Map((message.queues ?? []).map((queue) => [queue.sid, queue]));
    for (const said of message.said ?? []) this.said.set(said.call, [...(this.said.get(said.call) ?? []), said].slice(-50));
    this.alerts = [...this.alerts, ...message.alerts].slice(-KEPT_LINES);
    for (const { sid } of message.requests) this.#requestCounts.set(sid, this.requestsAbout(sid) + 1);
    this.requests = [...this.requests, ...message.requests].slice(-KEPT_LINES);
    this.#forgetOldest();
    this.#onChange();
  }

  #forgetOldest() {
    const ended = [...this.calls.values()].filter(isFinal);
    for (const call of ended.slice(0, Math.max(0, ended.length - KEPT_ENDED))) {
      this.calls.delete(call.sid);
      this.said.delete(call.sid);
      this.#requestCounts.delete(call.sid);
    }
  }
}
