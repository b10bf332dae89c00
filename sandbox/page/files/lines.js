/* Conferences and queues, requests to the application, alerts: three lists of lines, the newest first. */

import { clockOf } from "./calls.js";
import { say } from "./words.js";

const SHOWN = 60;
const el = (id) => document.getElementById(id);

function make(tag, text = "", name = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = name;
  return element;
}

function lineOf(left, right, isBad = false) {
  const line = make("li");
  const head = make("div", "", "head");
  head.append(make("span", left, isBad ? "bad" : ""), make("span", right));
  line.append(head);
  return line;
}

function fill(id, lines, nothing) {
  el(id).replaceChildren(...(lines.length ? lines : [make("li", nothing, "quiet")]));
}

export function showRooms(network) {
  const rooms = [...network.rooms.values()].reverse().slice(0, SHOWN).map((room) => {
    const line = lineOf(room.name, room.status === "init" ? say("not started") : clockOf(network.now() - room.created_at));
    const people = make("ul");
    for (const who of room.people) people.append(make("li", describe(who)));
    line.append(people);
    return line;
  });
  const queues = [...network.queues.values()].map((queue) => {
    const line = lineOf(say("Queue {name}", { name: queue.name }), say("{count} waiting", { count: queue.waiting.length }));
    line.append(make("div", queue.waiting.join(", "), "quiet"));
    return line;
  });
  fill("rooms", [...queues, ...rooms], say("No conference, no queue."));
}

function describe(who) {
  const state = [who.on_hold && say("on hold"), who.muted && say("muted"), who.coaches && say("coaches")].filter(Boolean).join(", ");
  const hears = who.hears.length ? say("hears {others}", { others: who.hears.join(", ") }) : say("hears nobody");
  return `${who.to}${state ? ` (${state})` : ""}: ${hears}`;
}

export function showRequests(network) {
  const lines = network.requests.slice(-SHOWN).reverse().map((one) => {
    const isBad = Boolean(one.failure || one.fault || one.status >= 400);
    const event = one.event?.startsWith(one.topic) ? one.event : [one.topic, one.event].filter(Boolean).join(" ");
    const said = [event, one.call_status === one.event ? "" : one.call_status].filter(Boolean).join(" · ");
    const came = one.fault ?? (one.status ? `${one.status}` : say("no answer ({why})", { why: one.failure }));
    const line = lineOf(said, [one.try > 1 ? say("try {count}", { count: one.try }) : "", came, one.ms === undefined ? "" : `${(one.ms / 1000).toFixed(2)} s`].filter(Boolean).join(" · "), isBad);
    line.append(make("code", one.url ?? "", "quiet"));
    return line;
  });
  fill("requests", lines, say("Nothing was asked of your application yet."));
}

export function showAlerts(network) {
  const lines = network.alerts.slice(-SHOWN).reverse().map((alert) => {
    const at = new Date(alert.at * 1000).toISOString().slice(11, 19);
    const line = lineOf(`${alert.code} ${alert.level}`, at, alert.level === "error");
    line.append(make("div", alert.text), make("code", alert.url || alert.call, "quiet"));
    return line;
  });
  fill("alerts", lines, say("No alerts."));
}
