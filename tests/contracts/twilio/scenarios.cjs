// Drives every resource of the sandbox with Twilio's Node SDK as it is, but for the base address.
// usage: node scenarios.cjs ADDRESS ACCOUNT_SID AUTH_TOKEN ; prints one JSON line a scenario: its answers, or how it failed.
"use strict";

const assert = require("node:assert/strict");
const http = require("node:http");
const twilio = require("twilio");

const [address, accountSid, authToken] = process.argv.slice(2);
const FROM = "+41445550100";
const TO = "+41445550001";
const OTHER = "+41445550002";
const WAIT = "<Response><Pause length='600'/></Response>";
const JOIN = "<Response><Dial><Conference>desk</Conference></Dial></Response>";

class Watched extends twilio.RequestClient {
  answers = [];

  async request(options) {
    const uri = options.uri.replace(/^https:\/\/[a-z]+\.twilio\.com/, address);
    const answer = await super.request({ ...options, uri });
    const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
    const path = new URL(uri).pathname;
    this.answers.push({ method: options.method.toUpperCase(), path, status: answer.statusCode, text });
    return answer;
  }
}

// A customer's application: answers with TwiML from a table and keeps what it hears.
class App {
  heard = [];
  pages = new Map();

  async start() {
    this.server = http.createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const path = new URL(request.url, "http://app").pathname;
      this.heard.push({ path, params: Object.fromEntries(new URLSearchParams(body)) });
      response.writeHead(200, { "Content-Type": "text/xml" });
      response.end(this.pages.get(path) ?? "<Response/>");
    });
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
    this.address = `http://127.0.0.1:${this.server.address().port}`;
  }

  page(path, twiml) {
    this.pages.set(path, twiml);
    return this.address + path;
  }

  at(path) {
    return this.heard.filter((one) => one.path === path).map((one) => one.params);
  }
}

class Stage {
  watched = new Watched();
  client = twilio(accountSid, authToken, { httpClient: this.watched });

  constructor(app) {
    this.app = app;
  }

  as(username, password, sid) {
    return twilio(username, password, { httpClient: this.watched, accountSid: sid });
  }

  async tell(path, body = {}) {
    const answer = await fetch(`${address}/_sandbox/${path}`, { method: "POST", body: JSON.stringify(body) });
    assert.equal(answer.status, 200, `${path}: ${await answer.clone().text()}`);
  }

  advance(seconds) {
    return this.tell("clock/advance", { seconds });
  }

  script(number, traits = {}) {
    const patient = { outcome: "human", answer_seconds: 1, patience_seconds: 3000, talk_seconds: 3000 };
    return this.tell("people", { numbers: { [number]: { ...patient, ...traits } } });
  }

  async call(twiml = WAIT, to = TO, seconds = 5) {
    await this.script(to);
    const call = await this.client.calls.create({ to, from: FROM, twiml });
    await this.advance(seconds);
    return call;
  }

  async refused(promise, code) {
    await assert.rejects(promise, (error) => error.code === code);
  }
}

const sids = (rows) => rows.map((one) => one.sid);

const scenarios = {
  async calls({ client, app }, whole) {
    const application = await client.applications.create({ voiceUrl: app.page("/voice", WAIT) });
    await whole.script(TO, { greeting_seconds: 0.8 });
    const made = await client.calls.create({
      to: TO, from: FROM, url: app.page("/answer", WAIT), fallbackUrl: `${app.address}/spare`,
      statusCallback: `${app.address}/status`, statusCallbackEvent: ["initiated", "completed"],
      record: true, recordingChannels: "dual", recordingStatusCallback: `${app.address}/recording`,
      machineDetection: "DetectMessageEnd", asyncAmd: "true", asyncAmdStatusCallback: `${app.address}/amd`,
      timeout: 30, timeLimit: 600, callReason: "About your order",
    });
    await whole.advance(30);
    assert.deepEqual(app.at("/status").map((one) => one.CallStatus), ["initiated"]);
    assert.equal((await client.calls(made.sid).fetch()).answeredBy, "human");
    await client.calls(made.sid).update({ twiml: WAIT });
    assert.equal((await client.calls(made.sid).update({ status: "completed" })).status, "completed");
    await client.calls.create({ to: TO, from: FROM, applicationSid: application.sid });
    await whole.advance(30);
    assert.equal(app.at("/voice").length, 1);
    const ringing = await client.calls.create({ to: OTHER, from: FROM, twiml: WAIT, sendDigits: "ww12" });
    assert.equal((await client.calls(ringing.sid).update({ status: "canceled" })).status, "canceled");
    assert.equal((await client.calls.list({ pageSize: 1 })).length, 3);
    assert.deepEqual(sids(await client.calls.list({ status: "canceled" })), [ringing.sid]);
    assert.equal((await client.calls.list({ startTimeAfter: new Date("2027-01-01") })).length, 0);
    assert.ok(await client.calls(ringing.sid).remove());
    await whole.refused(client.calls(ringing.sid).fetch(), 20404);
    await whole.refused(client.calls(made.sid).update({ twiml: WAIT }), 21220);
  },

  async events_and_alerts({ client, app }, whole) {
    await whole.script(TO);
    const broken = await client.calls.create({ to: TO, from: FROM, url: app.page("/broken", "<Response><") });
    await whole.advance(30);
    const events = await client.calls(broken.sid).events.list();
    assert.equal(events[1].response.response_code, 200);
    const [noted] = await client.calls(broken.sid).notifications.list();
    assert.equal(noted.errorCode, "12100");
    assert.equal((await client.calls(broken.sid).notifications(noted.sid).fetch()).responseBody, "");
    assert.deepEqual(sids(await client.api.v2010.account.notifications.list({ log: 0 })), [noted.sid]);
    assert.equal((await client.api.v2010.account.notifications(noted.sid).fetch()).callSid, broken.sid);
    const alerts = await client.monitor.v1.alerts.list({ logLevel: "error", pageSize: 1 });
    assert.deepEqual(alerts.map((one) => one.resourceSid), [broken.sid]);
    assert.equal((await client.monitor.v1.alerts(alerts[0].sid).fetch()).errorCode, "12100");
  },

  async conferences({ client, app }, whole) {
    const first = await whole.call(JOIN);
    const second = await whole.call(JOIN, OTHER);
    const [room] = await client.conferences.list({ status: "in-progress", dateCreatedAfter: new Date("2026-01-01") });
    const people = client.conferences(room.sid).participants;
    assert.equal((await people.list()).length, 2);
    assert.ok((await people(first.sid).update({ muted: true })).muted);
    assert.ok((await people(first.sid).update({ hold: true, holdUrl: app.page("/hold", "<Response/>") })).hold);
    assert.ok((await people(first.sid).update({ endConferenceOnExit: true })).endConferenceOnExit);
    const third = await people.create({ to: "client:boss", from: FROM, label: "boss" });
    await whole.advance(5);
    const coached = await people("boss").update({ coaching: true, callSidToCoach: second.sid });
    assert.equal(coached.callSidToCoach, second.sid);
    assert.ok((await people(third.callSid).fetch()).coaching);
    await people(second.sid).update({ announceUrl: app.page("/announce", "<Response><Say>Hello</Say></Response>") });
    await client.conferences(room.sid).update({ announceUrl: `${app.address}/announce` });
    await whole.advance(10);
    assert.ok(await people("boss").remove());
    assert.equal((await client.conferences(room.sid).update({ status: "completed" })).status, "completed");
    assert.equal((await client.conferences(room.sid).fetch()).reasonConferenceEnded, "conference-ended-via-api");
    assert.deepEqual(await people.list(), []);
  },

  async recordings({ client, app }, whole) {
    const call = await whole.call("<Response><Say loop='1000'>Hello</Say></Response>");
    const { recordings } = client.calls(call.sid);
    const made = await recordings.create({ recordingStatusCallback: `${app.address}/recording` });
    await whole.advance(10);
    const paused = await recordings("Twilio.CURRENT").update({ status: "paused", pauseBehavior: "silence" });
    assert.equal(paused.status, "paused");
    assert.equal((await recordings(made.sid).update({ status: "in-progress" })).status, "in-progress");
    assert.equal((await recordings("Twilio.CURRENT").update({ status: "stopped" })).status, "stopped");
    await whole.advance(5);
    assert.equal((await recordings(made.sid).fetch()).duration, "10");
    assert.deepEqual(sids(await recordings.list()), [made.sid]);
    assert.equal((await client.recordings(made.sid).fetch()).status, "completed");
    assert.deepEqual(sids(await client.recordings.list({ callSid: call.sid })), [made.sid]);
    assert.equal(app.at("/recording")[0].RecordingSid, made.sid);
    assert.ok(await recordings(made.sid).remove());
    const other = await recordings.create();
    await client.calls(call.sid).update({ status: "completed" });
    await whole.advance(5);
    assert.ok(await client.recordings(other.sid).remove());
  },

  async conference_recordings({ client }, whole) {
    const twiml = "<Response><Dial><Conference record='record-from-start'>desk</Conference></Dial></Response>";
    await whole.call(twiml);
    await whole.call(twiml, OTHER);
    const [room] = await client.conferences.list();
    const { recordings } = client.conferences(room.sid);
    const [made] = await recordings.list();
    assert.equal((await recordings(made.sid).update({ status: "stopped" })).status, "stopped");
    await whole.advance(5);
    assert.equal((await recordings(made.sid).fetch()).conferenceSid, room.sid);
    assert.ok(await recordings(made.sid).remove());
  },

  async queues({ client, app }, whole) {
    const queue = await client.queues.create({ friendlyName: "support" });
    assert.equal((await client.queues(queue.sid).update({ maxSize: 20 })).maxSize, 20);
    const first = await whole.call("<Response><Enqueue>support</Enqueue></Response>");
    assert.equal((await client.queues(queue.sid).fetch()).currentSize, 1);
    const { members } = client.queues(queue.sid);
    assert.deepEqual((await members.list()).map((one) => one.callSid), [first.sid]);
    assert.equal((await members("Front").fetch()).position, 1);
    await members(first.sid).update({ url: app.page("/next", WAIT) });
    await whole.advance(1);
    assert.equal(app.at("/next")[0].CallSid, first.sid);
    assert.deepEqual(sids(await client.queues.list()), [queue.sid]);
    assert.ok(await client.queues(queue.sid).remove());
  },

  async numbers({ client, app }) {
    const book = client.incomingPhoneNumbers;
    const made = await book.create({ phoneNumber: "+41445550300", voiceUrl: `${app.address}/voice` });
    await book.local.create({ phoneNumber: "+41445550301" });
    const mobile = await book.mobile.create({ phoneNumber: "+41795550302" });
    await book.tollFree.create({ phoneNumber: "+18005550303" });
    assert.deepEqual(sids(await book.mobile.list()), [mobile.sid]);
    assert.equal((await book.tollFree.list()).length, 1);
    assert.equal((await book.local.list({ pageSize: 1 })).length, 2);
    assert.equal((await book.list({ phoneNumber: "+41445550300" })).length, 1);
    assert.equal((await book(made.sid).update({ friendlyName: "Desk" })).friendlyName, "Desk");
    assert.deepEqual((await book(made.sid).fetch()).capabilities.voice, true);
    assert.ok(await book(made.sid).remove());
  },

  async caller_ids({ client }, whole) {
    await whole.script("+41445550400", { patience_seconds: 60 });
    const asked = await client.validationRequests.create({ phoneNumber: "+41445550400", friendlyName: "Partner" });
    assert.equal(asked.validationCode.length, 6);
    await whole.advance(60);
    const [found] = await client.outgoingCallerIds.list({ phoneNumber: "+41445550400" });
    assert.equal((await client.outgoingCallerIds(found.sid).update({ friendlyName: "Other" })).friendlyName, "Other");
    assert.equal((await client.outgoingCallerIds(found.sid).fetch()).phoneNumber, "+41445550400");
    assert.ok(await client.outgoingCallerIds(found.sid).remove());
  },

  async applications({ client, app }) {
    const made = await client.applications.create({ friendlyName: "Dialer", voiceUrl: `${app.address}/voice` });
    assert.equal((await client.applications(made.sid).update({ voiceMethod: "GET" })).voiceMethod, "GET");
    assert.equal((await client.applications(made.sid).fetch()).friendlyName, "Dialer");
    assert.deepEqual(sids(await client.applications.list({ friendlyName: "Dialer" })), [made.sid]);
    assert.ok(await client.applications(made.sid).remove());
  },

  async keys({ client }, whole) {
    const made = await client.newKeys.create({ friendlyName: "Worker" });
    const signing = await client.newSigningKeys.create();
    assert.deepEqual(await whole.as(made.sid, made.secret, accountSid).calls.list(), []);
    assert.ok(sids(await client.keys.list()).includes(made.sid));
    assert.equal((await client.keys(made.sid).update({ friendlyName: "Job" })).friendlyName, "Job");
    assert.equal((await client.keys(made.sid).fetch()).friendlyName, "Job");
    assert.ok(sids(await client.signingKeys.list()).includes(signing.sid));
    assert.equal((await client.signingKeys(signing.sid).update({ friendlyName: "x" })).friendlyName, "x");
    assert.equal((await client.api.v2010.account.signingKeys(signing.sid).fetch()).sid, signing.sid);
    assert.ok(await client.signingKeys(signing.sid).remove());
    assert.ok(await client.keys(made.sid).remove());
    await whole.refused(whole.as(made.sid, made.secret, accountSid).calls("CA" + "0".repeat(32)).fetch(), 20003);
    assert.equal((await client.tokens.create({ ttl: 600 })).ttl, "600");
  },

  async accounts({ client }, whole) {
    const made = await client.api.v2010.accounts.create({ friendlyName: "Branch" });
    const branch = whole.as(made.sid, made.authToken);
    assert.deepEqual(sids(await client.api.v2010.accounts.list({ friendlyName: "Branch" })), [made.sid]);
    await whole.refused(branch.calls.create({ to: TO, from: FROM, twiml: WAIT }), 21210);
    await whole.refused(branch.api.v2010.accounts(accountSid).fetch(), 20003);
    const closed = await client.api.v2010.accounts(made.sid).update({ status: "suspended" });
    assert.equal(closed.status, "suspended");
    assert.equal((await client.api.v2010.accounts(made.sid).fetch()).friendlyName, "Branch");
  },

  async money({ client }, whole) {
    assert.equal((await client.balance.fetch()).currency, "USD");
    const call = await whole.call(WAIT, "+41795550001", 90);
    await client.calls(call.sid).update({ status: "completed" });
    assert.equal((await client.calls(call.sid).fetch()).price, "-0.50000");
    const { records } = client.usage;
    for (const name of ["allTime", "daily", "monthly", "thisMonth", "today", "yearly"]) {
      const [found] = await records[name].list({ category: "calls-outbound", limit: 1 });
      assert.deepEqual([found.count, found.usage], ["1", "2"]);
    }
    for (const name of ["yesterday", "lastMonth"]) {
      assert.equal((await records[name].list({ category: "calls" }))[0].count, "0");
    }
    assert.ok((await records.list()).length > 5);
  },

  async lookups({ client }, whole) {
    const number = client.lookups.v2.phoneNumbers("+41795550001");
    const found = await number.fetch({ fields: "line_type_intelligence,line_status" });
    assert.deepEqual([found.valid, found.lineTypeIntelligence.type], [true, "mobile"]);
    assert.deepEqual((await client.lookups.v2.phoneNumbers("+41795").fetch()).validationErrors, ["TOO_SHORT"]);
    await whole.refused(number.fetch({ fields: "shoe_size" }), 60607);
  },

  async permissions({ client }, whole) {
    const voice = client.voice.v1.dialingPermissions;
    assert.ok((await voice.countries("CH").fetch()).lowRiskNumbersEnabled);
    assert.ok((await voice.countries.list({ pageSize: 10 })).length > 20);
    const barred = JSON.stringify([{ iso_code: "DE", low_risk_numbers_enabled: "false" }]);
    assert.equal((await voice.bulkCountryUpdates.create({ updateRequest: barred })).updateCount, 1);
    await whole.refused(client.calls.create({ to: "+4930555000", from: FROM, twiml: WAIT }), 21215);
  },
};

async function main() {
  const app = new App();
  await app.start();
  for (const [scenario, run] of Object.entries(scenarios)) {
    app.heard = [];
    const stage = new Stage(app);
    await stage.tell("reset");
    let failed = null;
    try {
      await run(stage, stage);
    } catch (error) {
      failed = error.stack ?? String(error);
    }
    process.stdout.write(`${JSON.stringify({ scenario, failed, answers: stage.watched.answers })}\n`);
  }
  app.server.close();
  app.server.closeAllConnections();
}

main();
