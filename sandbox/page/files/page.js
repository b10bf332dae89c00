/* The page put together: one look at the network per frame, whatever comes in. */

import { CallList, put } from "./calls.js";
import { showAlerts, showRequests, showRooms } from "./lines.js";
import { isFinal, Network } from "./network.js";
import { Person } from "./person.js";
import { say } from "./words.js";

const el = (id) => document.getElementById(id);
let isDue = false;
let announced = "";

const network = new Network(lookSoon, (message) => person.hear(message));
const person = new Person(network);
const list = new CallList(network, choose, (sid, deed) => person.act(sid, deed));

function choose(sid) {
  list.chosen = sid;
  person.choose(sid);
  list.show();
  if (matchMedia("(max-width: 60rem)").matches) el("person").scrollIntoView({ block: "nearest" });
}

function lookSoon() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(look);
}

function look() {
  isDue = false;
  el("lost").hidden = !network.isLost;
  chooseWhatRings();
  list.show();
  person.show();
  showFigures();
  showTime();
  showRooms(network);
  showRequests(network);
  showAlerts(network);
  showWho();
}

const waitsForHand = (call) => call.status === "ringing" && call.outcome === "manual" && !call.has_phone;
const isInHand = (call) => call && !isFinal(call) && call.outcome === "manual" && !call.has_phone;

/* A phone that begins to wait for a hand is opened by itself, unless somebody is busy with another. */
function chooseWhatRings() {
  const ringing = [...network.calls.values()].filter(waitsForHand);
  document.title = ringing.length ? `(${ringing.length}) ${say("Phone network")}` : say("Phone network");
  const [waiting] = ringing;
  if (!waiting || announced === waiting.sid) return;
  announced = waiting.sid;
  put(el("news"), say("Ringing: {to}", { to: waiting.to }));
  if (!isInHand(network.calls.get(list.chosen))) {
    list.chosen = waiting.sid;
    person.choose(waiting.sid);
  }
}

function showFigures() {
  const { live, open_rooms: rooms, placed, pending } = network.figures;
  for (const [name, value] of Object.entries({ live, rooms, placed, pending })) put(el(`figure-${name}`), String(value));
}

function showTime() {
  const { speed } = network.figures;
  const pace = speed === 1 ? "" : `, ${speed === 0 ? say("standing still") : say("{speed}× real time", { speed })}`;
  const at = network.now();
  if (at > 0) put(el("clock"), `${new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC${pace}`);
  list.showTimes();
  person.showTime();
}

let whoShown = null;

function showWho() {
  const shown = network.byHand.join(", ");
  if (shown === whoShown) return;
  whoShown = shown;
  const form = el("who");
  form.elements.who.value = !shown ? "people" : shown === "*" ? "all" : "some";
  if (form.elements.who.value === "some") el("patterns").value = shown;
  showPatterns();
}

function showPatterns() {
  el("patterns").hidden = el("who").elements.who.value !== "some";
  el("who").querySelector("button").hidden = el("patterns").hidden;
}

async function setWho() {
  const chosen = el("who").elements.who.value;
  const written = el("patterns").value.split(/[,;]+/).map((one) => one.replace(/\s+/g, "")).filter(Boolean);
  const patterns = chosen === "all" ? ["*"] : chosen === "some" ? written : [];
  put(el("who-said"), (await network.letRingHere(patterns)) || say("Set; it counts for the next calls."));
}

el("who").addEventListener("change", (event) => {
  if (event.target.name !== "who") return;
  showPatterns();
  if (event.target.value === "some" && !el("patterns").value) el("patterns").focus();
  else setWho();
});
el("who").addEventListener("submit", (event) => {
  event.preventDefault();
  setWho();
});
put(el("address"), location.origin);
showPatterns();
setInterval(showTime, 500);
