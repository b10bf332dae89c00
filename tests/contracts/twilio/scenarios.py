"""What the contract tests do with the Python SDK: together these drive every resource. Times are carrier time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from tests.contracts.twilio.watched import WatchedClient
from tests.integration.sandbox.bench import ACCOUNT_SID, AUTH_TOKEN, FROM, App, Sandbox

TO = "+41445550001"
WAIT = "<Response><Pause length='600'/></Response>"
JOIN = "<Response><Dial><Conference>desk</Conference></Dial></Response>"
QUEUE = "<Response><Enqueue>support</Enqueue></Response>"


@dataclass
class Stage:
    """A sandbox on the virtual clock, the SDK's client, and an application that answers it."""

    sandbox: Sandbox
    app: App
    http: WatchedClient

    @property
    def client(self) -> Any:
        return self.sandbox.client

    @property
    def account(self) -> Any:
        return self.client.api.v2010.account

    def signed_in_as(self, username: str, password: str, account_sid: str | None = None) -> Any:
        return Client(username, password, account_sid, http_client=self.http)

    def call(self, twiml: str = WAIT, to: str = TO, seconds: float = 5, **more: Any) -> Any:
        """Call a patient person who answers after a second."""
        self.sandbox.script(to, answer_seconds=1, setup_seconds=0.5, patience_seconds=3000, talk_seconds=3000)
        call = self.client.calls.create(to=to, from_=FROM, twiml=twiml, **more)
        self.sandbox.advance(seconds)
        return call

    def refused(self, do: Callable[[], object]) -> tuple[int, int]:
        """Return the code and the status of an error that must come."""
        with pytest.raises(TwilioException):
            do()
        last = self.http.answers[-1]
        return json.loads(last.text)["code"], last.status


def calls(stage: Stage) -> None:
    application = stage.account.applications.create(
        voice_url=stage.app.page("/voice", WAIT), status_callback=f"{stage.app.address}/status"
    )
    made = stage.client.calls.create(
        to=TO, from_=FROM, url=stage.app.page("/answer", WAIT), fallback_url=f"{stage.app.address}/spare",
        status_callback=f"{stage.app.address}/status", status_callback_event=["initiated", "completed"],
        record=True, recording_channels="dual", recording_track="both", trim="trim-silence",
        recording_status_callback=f"{stage.app.address}/recording", recording_status_callback_event=["completed"],
        timeout=30, time_limit=600, call_reason="About your order", machine_detection="Enable", async_amd="true",
        async_amd_status_callback=f"{stage.app.address}/amd",
    )  # fmt: skip
    assert made.status == "queued"
    stage.sandbox.script(TO, answer_seconds=1, patience_seconds=3000, greeting_seconds=0.8)
    stage.sandbox.advance(30)
    assert stage.client.calls(made.sid).fetch().status == "in-progress"
    assert stage.client.calls(made.sid).update(twiml=WAIT).sid == made.sid
    assert stage.client.calls(made.sid).update(status="completed").status == "completed"
    by_application = stage.client.calls.create(to=TO, from_=FROM, application_sid=application.sid)
    stage.sandbox.advance(30)
    assert [one.params["CallSid"] for one in stage.app.at("/voice")] == [by_application.sid]
    ringing = stage.client.calls.create(to="+41445550002", from_=FROM, twiml=WAIT, send_digits="ww12")
    assert stage.client.calls(ringing.sid).update(status="canceled").status == "canceled"
    assert len(stage.client.calls.list(page_size=1)) == 3
    assert [one.sid for one in stage.client.calls.list(status="canceled")] == [ringing.sid]
    assert stage.client.calls(ringing.sid).delete()
    ended = stage.client.calls(made.sid).fetch()
    assert float(ended.price) < 0
    assert ended.answered_by == "human"


def call_events_and_alerts(stage: Stage) -> None:
    stage.sandbox.script(TO, answer_seconds=1)
    broken = stage.client.calls.create(to=TO, from_=FROM, url=stage.app.page("/broken", "<Response><"))
    stage.sandbox.advance(30)
    events = stage.client.calls(broken.sid).events.list()
    assert [one.request["url"].rpartition("/")[2] for one in events] == ["Calls.json", "broken"]
    assert events[1].response["response_code"] == 200
    noted = stage.client.calls(broken.sid).notifications.list()
    assert [one.error_code for one in noted] == ["12100"]
    assert stage.client.calls(broken.sid).notifications(noted[0].sid).fetch().response_body == ""
    assert [one.sid for one in stage.account.notifications.list(log=0)] == [noted[0].sid]
    assert stage.account.notifications.list(log=1) == []
    assert stage.account.notifications(noted[0].sid).fetch().call_sid == broken.sid
    alerts = stage.client.monitor.v1.alerts.list(log_level="error", page_size=1)
    assert [one.resource_sid for one in alerts] == [broken.sid]
    assert stage.client.monitor.v1.alerts(alerts[0].sid).fetch().error_code == "12100"


def conferences(stage: Stage) -> None:
    first, second = stage.call(JOIN), stage.call(JOIN, "+41445550002")
    room = stage.client.conferences.list(status="in-progress", friendly_name="desk", date_created_after="2026-01-01")[0]
    assert stage.client.conferences.list(date_updated_before="2026-01-01") == []
    people = stage.client.conferences(room.sid).participants
    assert {one.call_sid for one in people.list()} == {first.sid, second.sid}
    assert people(first.sid).update(muted=True).muted
    assert [one.call_sid for one in people.list(muted=True)] == [first.sid]
    assert people(first.sid).update(hold=True, hold_url=stage.app.page("/hold", "<Response/>")).hold
    assert people(first.sid).update(end_conference_on_exit=True).end_conference_on_exit
    third = people.create(to="client:boss", from_=FROM, label="boss", conference_record="true", early_media=True)
    stage.sandbox.advance(5)
    assert people("boss").update(coaching=True, call_sid_to_coach=second.sid).call_sid_to_coach == second.sid
    assert people(third.call_sid).fetch().coaching
    people(second.sid).update(announce_url=stage.app.page("/announce", "<Response><Say>Hello</Say></Response>"))
    stage.client.conferences(room.sid).update(announce_url=f"{stage.app.address}/announce")
    stage.sandbox.advance(10)
    assert people("boss").delete()
    ended = stage.client.conferences(room.sid).update(status="completed")
    assert (ended.status, ended.reason_conference_ended) == ("completed", "conference-ended-via-api")
    assert stage.client.conferences(room.sid).fetch().status == "completed"
    assert people.list() == []


def call_recordings(stage: Stage) -> None:
    call = stage.call("<Response><Say loop='1000'>Hello</Say></Response>")
    recordings = stage.client.calls(call.sid).recordings
    made = recordings.create(recording_channels="dual", recording_status_callback=f"{stage.app.address}/recording")
    assert (made.status, made.source, made.channels) == ("in-progress", "StartCallRecordingAPI", 2)
    stage.sandbox.advance(10)
    assert recordings("Twilio.CURRENT").update(status="paused", pause_behavior="skip").status == "paused"
    stage.sandbox.advance(10)
    assert recordings(made.sid).update(status="in-progress").status == "in-progress"
    stage.sandbox.advance(5)
    assert recordings("Twilio.CURRENT").update(status="stopped").status == "stopped"
    assert stage.refused(lambda: recordings(made.sid).update(status="paused")) == (21220, 400)
    stage.sandbox.advance(5)
    done = recordings(made.sid).fetch()
    assert (done.status, done.duration) == ("completed", "15")
    assert [one.sid for one in recordings.list()] == [made.sid]
    assert [one.params["RecordingSid"] for one in stage.app.at("/recording")] == [made.sid]
    account = stage.client.recordings(made.sid).fetch()
    assert account.price is not None
    assert [one.sid for one in stage.client.recordings.list(call_sid=call.sid, date_created_after="2026-01-01")] == [
        made.sid
    ]
    media = stage.http.session.get(f"{account.media_url}.wav", timeout=5)
    assert (media.content[:4], len(media.content)) == (b"RIFF", 44 + 15 * 8000 * 2 * 2)
    assert recordings(made.sid).delete()
    assert stage.client.recordings.list() == []
    other = recordings.create()
    stage.sandbox.advance(5)
    stage.client.calls(call.sid).update(status="completed")
    stage.sandbox.advance(5)
    assert stage.client.recordings(other.sid).delete()
    assert stage.refused(recordings.create) == (21220, 400)


def conference_recordings(stage: Stage) -> None:
    twiml = "<Response><Dial><Conference record='record-from-start'>desk</Conference></Dial></Response>"
    stage.call(twiml)
    stage.call(twiml, "+41445550002")
    room = stage.client.conferences.list()[0]
    recordings = stage.client.conferences(room.sid).recordings
    made = recordings.list()[0]
    assert made.source == "Conference"
    assert recordings(made.sid).update(status="paused").status == "paused"
    assert recordings("Twilio.CURRENT").update(status="in-progress").status == "in-progress"
    stage.sandbox.advance(5)
    assert recordings(made.sid).update(status="stopped").status == "stopped"
    stage.sandbox.advance(5)
    assert recordings(made.sid).fetch().conference_sid == room.sid
    assert [one.sid for one in stage.client.recordings.list(conference_sid=room.sid)] == [made.sid]
    assert recordings(made.sid).delete()


def queues(stage: Stage) -> None:
    queue = stage.client.queues.create(friendly_name="support", max_size=10)
    assert stage.client.queues(queue.sid).update(max_size=20, friendly_name="support").max_size == 20
    first, second = stage.call(QUEUE), stage.call(QUEUE, "+41445550002")
    assert stage.client.queues(queue.sid).fetch().current_size == 2
    assert stage.refused(stage.client.queues(queue.sid).delete)[1] == 400
    members = stage.client.queues(queue.sid).members
    assert [(one.call_sid, one.position) for one in members.list()] == [(first.sid, 1), (second.sid, 2)]
    assert members("Front").fetch().call_sid == first.sid
    assert members("Front").update(url=stage.app.page("/next", WAIT)).call_sid == first.sid
    assert members(second.sid).fetch().position == 1
    assert members(second.sid).update(url=f"{stage.app.address}/next", method="POST")
    stage.sandbox.advance(1)
    assert {one.params["CallSid"] for one in stage.app.at("/next")} == {first.sid, second.sid}
    assert [one.sid for one in stage.client.queues.list()] == [queue.sid]
    assert stage.refused(lambda: stage.client.queues.create(friendly_name="support"))[1] == 400
    assert stage.client.queues(queue.sid).delete()


def numbers(stage: Stage) -> None:
    book = stage.client.incoming_phone_numbers
    made = book.create(phone_number="+41445550300", friendly_name="Desk", voice_url=f"{stage.app.address}/voice")
    assert (made.phone_number, made.friendly_name) == ("+41445550300", "Desk")
    assert book.create(area_code="415").phone_number.startswith("+1415")
    assert stage.refused(lambda: book.create(phone_number="+41445550300")) == (21422, 400)
    assert stage.refused(lambda: book.create(phone_number="044")) == (21421, 400)
    local = book.local.create(phone_number="+41445550301")
    mobile = book.mobile.create(phone_number="+41795550302")
    free = book.toll_free.create(phone_number="+18005550303")
    assert [one.sid for one in book.mobile.list()] == [mobile.sid]
    assert [one.sid for one in book.toll_free.list()] == [free.sid]
    assert local.sid in {one.sid for one in book.local.list(page_size=1)}
    assert [one.sid for one in book.list(friendly_name="Desk")] == [made.sid]
    assert book(made.sid).update(friendly_name="Front desk", voice_method="GET").friendly_name == "Front desk"
    assert book(made.sid).fetch().voice_method == "GET"
    assert stage.client.calls.create(to=TO, from_="+41445550300", twiml=WAIT).phone_number_sid == made.sid
    assert book(made.sid).delete()
    assert stage.refused(book(made.sid).fetch) == (20404, 404)


def caller_ids(stage: Stage) -> None:
    stage.sandbox.script("+41445550400", answer_seconds=1, patience_seconds=60)
    callback = f"{stage.app.address}/verified"
    asked = stage.client.validation_requests.create("+41445550400", friendly_name="Partner", status_callback=callback)
    assert len(asked.validation_code) == 6
    stage.sandbox.advance(60)
    book = stage.client.outgoing_caller_ids
    found = book.list(phone_number="+41445550400")[0]
    told = stage.app.at("/verified")[0].params
    assert (told["VerificationStatus"], told["OutgoingCallerIdSid"]) == ("success", found.sid)
    assert book(found.sid).update(friendly_name="Other").friendly_name == "Other"
    assert book(found.sid).fetch().phone_number == "+41445550400"
    assert stage.refused(lambda: stage.client.validation_requests.create("+41445550400")) == (21450, 400)
    assert book(found.sid).delete()


def applications(stage: Stage) -> None:
    book = stage.account.applications
    made = book.create(friendly_name="Dialer", voice_url=f"{stage.app.address}/voice", voice_method="GET")
    assert book(made.sid).fetch().voice_method == "GET"
    assert book(made.sid).update(friendly_name="Dialer 2").friendly_name == "Dialer 2"
    assert [one.sid for one in book.list(friendly_name="Dialer 2")] == [made.sid]
    assert stage.refused(lambda: book.create(voice_url="nowhere"))[1] == 400
    assert book(made.sid).delete()


def keys(stage: Stage) -> None:
    made = stage.client.new_keys.create(friendly_name="Worker")
    signing = stage.client.new_signing_keys.create()
    other = stage.signed_in_as(made.sid, made.secret, ACCOUNT_SID)
    assert other.calls.list() == []
    assert {made.sid, signing.sid} < {one.sid for one in stage.client.keys.list()}
    assert stage.client.keys(made.sid).update(friendly_name="Job").friendly_name == "Job"
    assert stage.client.keys(made.sid).fetch().friendly_name == "Job"
    assert signing.sid in {one.sid for one in stage.client.signing_keys.list()}
    assert stage.client.signing_keys(signing.sid).update(friendly_name="x").friendly_name == "x"
    assert stage.client.signing_keys(signing.sid).fetch().sid == signing.sid
    assert stage.client.signing_keys(signing.sid).delete()
    assert stage.client.keys(made.sid).delete()
    assert stage.refused(other.calls.list) == (20003, 401)
    assert stage.client.tokens.create(ttl=600).ttl == "600"


def accounts(stage: Stage) -> None:
    book = stage.client.api.v2010.accounts
    made = book.create(friendly_name="Branch")
    branch = stage.signed_in_as(made.sid, made.auth_token)
    assert (made.owner_account_sid, made.status) == (ACCOUNT_SID, "active")
    assert [one.sid for one in book.list(friendly_name="Branch", status="active")] == [made.sid]
    assert stage.refused(lambda: branch.calls.create(to=TO, from_=FROM, twiml=WAIT)) == (21210, 400)
    number = branch.incoming_phone_numbers.create(phone_number="+41445550500").phone_number
    call = branch.calls.create(to=TO, from_=number, twiml=WAIT)
    assert stage.refused(stage.client.calls(call.sid).fetch) == (20404, 404)
    assert stage.signed_in_as(ACCOUNT_SID, AUTH_TOKEN, made.sid).calls(call.sid).fetch().sid == call.sid
    assert stage.refused(branch.api.v2010.accounts(ACCOUNT_SID).fetch) == (20003, 401)
    assert stage.refused(branch.api.v2010.accounts.create) == (20008, 403)
    assert book(made.sid).update(status="suspended").status == "suspended"
    assert stage.refused(lambda: branch.calls.create(to=TO, from_=number, twiml=WAIT)) == (20005, 403)
    assert book(made.sid).update(status="active", friendly_name="Branch 2").friendly_name == "Branch 2"
    assert book(made.sid).fetch().status == "active"
    assert book(made.sid).update(status="closed").status == "closed"
    assert stage.refused(branch.calls.list) == (20003, 401)
    assert stage.refused(lambda: book(ACCOUNT_SID).update(status="closed"))[1] == 400


def money(stage: Stage) -> None:
    assert stage.client.balance.fetch().currency == "USD"
    call = stage.call(to="+41795550001", seconds=90)
    stage.client.calls(call.sid).update(status="completed")
    assert stage.client.calls(call.sid).fetch().price == "-0.50000"
    records = stage.client.usage.records
    for name in ("all_time", "daily", "monthly", "this_month", "today", "yearly"):
        part = getattr(records, name)
        found = part.list(category="calls-outbound", limit=1)[0]
        assert (found.count, found.usage, str(found.price)) == ("1", "2", "0.50000")
    for part in (records.yesterday, records.last_month):
        assert part.list(category="calls")[0].count == "0"
    assert {one.category for one in records.list()} > {"calls", "calls-client", "totalprice"}
    assert len(records.daily.list(category="calls", start_date="2026-02-01", end_date="2026-02-28")) == 28
    assert [one.count for one in records.daily.list(category="calls", start_date="-1days")] == ["1", "0"]
    branch = stage.client.api.v2010.accounts.create()
    theirs = stage.signed_in_as(branch.sid, branch.auth_token).usage.records
    assert [one.count for one in theirs.list(category="calls")] == ["0"]


def lookups(stage: Stage) -> None:
    numbers = stage.client.lookups.v2.phone_numbers
    found = numbers("+41795550001").fetch(fields="line_type_intelligence,line_status,validation")
    assert (found.valid, found.country_code, found.line_type_intelligence["type"]) == (True, "CH", "mobile")
    assert numbers("+14155550001").fetch(fields="caller_name").caller_name["caller_type"] in ("CONSUMER", "BUSINESS")
    assert numbers("0795550001").fetch(country_code="CH").phone_number == "+41795550001"
    assert numbers("+41795").fetch().validation_errors == ["TOO_SHORT"]
    assert numbers("+14155550001").fetch(fields="reassigned_number", last_verified_date="20250101").reassigned_number
    assert stage.refused(lambda: numbers("+41795550001").fetch(fields="shoe_size"))[1] == 400


def permissions(stage: Stage) -> None:
    voice = stage.client.voice.v1.dialing_permissions
    assert voice.countries("CH").fetch().low_risk_numbers_enabled
    assert len(voice.countries.list(page_size=10)) > 20
    assert [one.iso_code for one in voice.countries.list(country_code="41")] == ["CH"]
    barred = [{"iso_code": "DE", "low_risk_numbers_enabled": "false"}]
    assert voice.bulk_country_updates.create(update_request=json.dumps(barred)).update_count == 1
    assert [one.iso_code for one in voice.countries.list(low_risk_numbers_enabled=False)] == ["DE"]
    assert stage.refused(lambda: stage.client.calls.create(to="+4930555000", from_=FROM, twiml=WAIT)) == (21215, 400)


SCENARIOS = (
    calls, call_events_and_alerts, conferences, call_recordings, conference_recordings, queues, numbers, caller_ids,
    applications, keys, accounts, money, lookups, permissions,
)  # fmt: skip
