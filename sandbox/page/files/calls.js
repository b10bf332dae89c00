/* The list of calls: found, filtered, in an order that keeps what rings at the top; a row is kept while its call is. */

import { isFinal } from "./network.js";
import { say } from "./words.js";

const MOST_ROWS = 200;
const KINDS = {
  all: () => true,
  ringing: (call) => call.status === "ringing",
  talking: (call) => call.status === "in-progress",
  hand: (call) => call.outcome === "manual" && !isFinal(call),
  agents: (call) => call.is_agent && !isFinal(call),
  ended: isFinal,
};
const KEYS = { a: "answer", r: "refuse", t: "take_over", h: "hang_up" };

export const words = {
  queued: say("queued"), initiated: say("dialing"), ringing: say("ringing"), "in-progress": say("answered"), completed: say("completed"),
  busy: say("busy"), failed: say("failed"), "no-answer": say("no answer"), canceled: say("canceled"),
};

export const badgeClass = (status) =>
  status === "ringing" ? "badge ringing" : status === "in-progress" ? "badge talking" : status === "failed" ? "badge bad" : "badge";

export const clockOf = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const rest = String(whole % 60).padStart(2, "0");
  return whole < 3600 ? `${Math.floor(whole / 60)}:${rest}` : `${Math.floor(whole / 3600)}:${String(Math.floor(whole / 60) % 60).padStart(2, "0")}:${rest}`;
};

/* Sets a text only where it is another one, so that nothing flickers and selections stay. */
export const put = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

export class CallList {
  #list = document.getElementById("list");
  #find = document.getElementById("find");
  #rows = new Map();
  #kind = "all";
  #network;
  #choose;
  #act;
  chosen = "";

  constructor(network, choose, act) {
    this.#network = network;
    this.#choose = choose;
    this.#act = act;
    this.#find.addEventListener("input", () => this.show());
    document.getElementById("kinds").addEventListener("click", (event) => this.#pickKind(event));
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", (event) => {
      const row = event.target.closest("button");
      if (row) this.#choose(row.dataset.sid);
    });
  }

  show() {
    const calls = [...this.#network.calls.values()].reverse();
    this.#showCounts(calls);
    const sought = this.#find.value.trim().toLowerCase();
    const found = calls.filter((call) => KINDS[this.#kind](call) && (!sought || textOf(call).includes(sought)));
    found.sort((one, other) => rank(one) - rank(other));
    this.#showRows(found.slice(0, MOST_ROWS));
    const more = document.getElementById("more");
    more.hidden = found.length <= MOST_ROWS && (found.length > 0 || !calls.length);
    put(more, found.length ? say("{count} more: narrow them down.", { count: found.length - MOST_ROWS }) : say("No call fits."));
    document.getElementById("empty").hidden = calls.length > 0;
    document.getElementById("keys").hidden = calls.length === 0;
  }

  showTimes() {
    for (const [sid, row] of this.#rows) this.#showTime(this.#network.calls.get(sid), row);
  }

  focus(sid) {
    this.#rows.get(sid)?.firstChild.focus();
  }

  #showCounts(calls) {
    for (const button of document.querySelectorAll("#kinds button")) {
      put(button.querySelector("span"), String(calls.filter(KINDS[button.dataset.kind]).length));
    }
  }

  #showRows(calls) {
    const wanted = new Set(calls.map((call) => call.sid));
    const focused = document.activeElement;
    for (const [sid, row] of this.#rows) {
      if (!wanted.has(sid)) {
        row.remove();
        this.#rows.delete(sid);
      }
    }
    calls.forEach((call, place) => {
      const row = this.#rows.get(call.sid) ?? this.#makeRow(call);
      this.#fill(call, row);
      if (this.#list.children[place] !== row) this.#list.insertBefore(row, this.#list.children[place] ?? null);
    });
    if (focused !== document.activeElement && this.#list.contains(focused)) focused.focus({ preventScroll: true });
  }

  #makeRow(call) {
    const row = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.sid = call.sid;
    for (const name of ["badge", "to", "with", "time"]) {
      const part = document.createElement("span");
      part.className = name;
      button.append(part);
    }
    row.append(button);
    this.#rows.set(call.sid, row);
    return row;
  }

  #fill(call, row) {
    const [badge, to, company] = row.firstChild.children;
    const status = badgeClass(call.status);
    if (badge.className !== status) badge.className = status;
    put(badge, words[call.status] ?? call.status);
    put(to, call.to);
    put(company, companyOf(call));
    row.firstChild.setAttribute("aria-current", String(call.sid === this.chosen));
    this.#showTime(call, row);
  }

  #showTime(call, row) {
    put(row.firstChild.lastChild, isFinal(call) ? "" : clockOf(this.#network.now() - call.since));
  }

  #pickKind(event) {
    const button = event.target.closest("button");
    if (!button) return;
    this.#kind = button.dataset.kind;
    for (const one of document.querySelectorAll("#kinds button")) one.setAttribute("aria-pressed", String(one === button));
    this.show();
  }

  /* Single letters act only while a call in the list has the focus. */
  #key(event) {
    const row = event.target.closest("button");
    if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = { ArrowDown: row.parentNode.nextSibling, ArrowUp: row.parentNode.previousSibling }[event.key];
    const deed = KEYS[event.key.toLowerCase()];
    if (next) next.firstChild.focus();
    else if (deed) {
      this.#choose(row.dataset.sid);
      this.#act(row.dataset.sid, deed);
    }
    if (event.key.startsWith("Arrow") || deed) event.preventDefault();
  }
}

function rank(call) {
  if (call.status === "ringing") return call.outcome === "manual" ? 0 : 1;
  if (call.status === "in-progress") return call.outcome === "manual" ? 2 : 3;
  return isFinal(call) ? 5 : 4;
}

function textOf(call) {
  return [call.to, call.from, call.sid, call.room, words[call.status], call.outcome, call.queue].join(" ").toLowerCase();
}

export function companyOf(call) {
  const parts = [];
  if (call.queue) parts.push(say("waits in {queue}", { queue: call.queue }));
  if (call.on_hold) parts.push(say("on hold"));
  if (call.muted || call.voice_muted) parts.push(say("muted"));
  if (call.hears.length) parts.push(say("hears {others}", { others: call.hears.join(", ") }));
  else if (call.room) parts.push(say("in {room}", { room: call.room }));
  if (call.listens) parts.push(say("is asked for input"));
  if (isFinal(call) && call.ended_by) parts.push(say("ended by {who}", { who: call.ended_by.replaceAll("_", " ") }));
  if (!parts.length && call.outcome === "manual" && call.status === "ringing") parts.push(say("waits for your hand"));
  return parts.join(" · ");
}
