"""The carrier's callbacks, read as reports: every status, late fields, and what means nothing to us."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.carrier import CallReport, Reported
from telephony.carriers import read_callback
from telephony.twilio.callbacks import callback_key
from tests.unit.telephony.callback_bodies import CALL_SID, machine_fields, room_fields, status_fields

CALL = "call_01"


@pytest.mark.parametrize(
    ("call_status", "what"),
    [
        ("initiated", Reported.INITIATED),
        ("ringing", Reported.RINGING),
        ("in-progress", Reported.ANSWERED),
        ("completed", Reported.COMPLETED),
        ("busy", Reported.BUSY),
        ("no-answer", Reported.NO_ANSWER),
        ("failed", Reported.FAILED),
        ("canceled", Reported.CANCELED),
    ],
)
def test_each_status_is_read_with_the_carriers_own_id_and_clock(call_status: str, what: Reported) -> None:
    report = read_callback("status", CALL, "key", status_fields(call_status, 1))
    moment = datetime(2026, 3, 2, 9, 0, 5, tzinfo=UTC)
    assert report == CallReport(CALL, "key", what, carrier_sid=CALL_SID, reported_at=moment)


def test_busy_callback_brings_its_sip_code_and_no_talk() -> None:
    fields = status_fields("busy", 2, SipResponseCode="486", Duration="0", CallDuration="0")
    report = read_callback("status", CALL, "key", fields)
    assert report is not None
    assert (report.sip_code, report.duration_seconds) == (486, 0)


def test_completed_callback_brings_seconds_and_not_the_billed_minutes() -> None:
    fields = status_fields("completed", 3, CallDuration="61", Duration="2", AnsweredBy="human")
    report = read_callback("status", CALL, "key", fields)
    assert report is not None
    assert (report.duration_seconds, report.answered_by) == (61, "human")


@pytest.mark.parametrize(("event", "what"), [("join", Reported.JOINED), ("leave", Reported.LEFT)])
def test_room_report_is_of_the_call_that_the_label_names_not_of_the_leg_in_the_address(
    event: str, what: Reported
) -> None:
    report = read_callback("room", "call_leg", "key", room_fields(f"participant-{event}", 2, "call_contact"))
    assert report is not None
    assert (report.call_id, report.what) == ("call_contact", what)


@pytest.mark.parametrize("event", ["conference-start", "conference-end", "participant-mute", ""])
def test_room_event_that_means_nothing_to_us_is_no_report(event: str) -> None:
    assert read_callback("room", "call_leg", "key", room_fields(event, 1, CALL)) is None


def test_join_of_somebody_without_our_label_is_no_report() -> None:
    assert read_callback("room", "call_leg", "key", room_fields("participant-join", 1, "")) is None


@pytest.mark.parametrize(
    ("answered_by", "what", "kept_as"),
    [
        ("human", Reported.HUMAN_HEARD, "human"),
        ("unknown", Reported.HUMAN_HEARD, "unknown"),
        ("machine_start", Reported.MACHINE_HEARD, "machine"),
        ("machine_end_beep", Reported.MACHINE_HEARD, "machine"),
        ("machine_end_silence", Reported.MACHINE_HEARD, "machine"),
        ("machine_end_other", Reported.MACHINE_HEARD, "machine"),
        ("fax", Reported.MACHINE_HEARD, "fax"),
    ],
)
def test_nobody_is_taken_for_a_machine_by_guess(answered_by: str, what: Reported, kept_as: str) -> None:
    report = read_callback("machine", CALL, "key", machine_fields(answered_by))
    assert report is not None
    assert (report.what, report.answered_by) == (what, kept_as)


@pytest.mark.parametrize("kind", ["status", "room", "machine", "recording", ""])
@given(fields=st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=6))
def test_fields_that_make_no_sense_are_passed_over_and_never_raise(kind: str, fields: dict[str, str]) -> None:
    assert read_callback(kind, CALL, "key", fields) is None


@pytest.mark.parametrize(
    "text", ["", "yesterday", "31 Aug", "Mon, 02 Mar 2026 99:99:99 +0000", "٣", "-1", "1e9", "9" * 30]
)
def test_spoiled_moment_or_number_costs_only_itself(text: str) -> None:
    fields = status_fields("completed", 3, Timestamp=text, CallDuration=text, SipResponseCode=text)
    report = read_callback("status", CALL, "key", fields)
    assert report is not None
    assert report.what is Reported.COMPLETED
    assert (report.reported_at, report.duration_seconds, report.sip_code) == (None, None, None)


@pytest.mark.parametrize("text", ["Mon, 02 Mar 2026 09:00:05 -0000", "Mon, 02 Mar 2026 09:00:05"])
def test_moment_without_a_zone_is_the_carriers_own_which_is_utc(text: str) -> None:
    report = read_callback("status", CALL, "key", status_fields("ringing", 1, Timestamp=text))
    assert report is not None
    assert report.reported_at == datetime(2026, 3, 2, 9, 0, 5, tzinfo=UTC)


def test_repeat_has_the_same_key_though_its_other_fields_differ() -> None:
    once = status_fields("completed", 3)
    again = status_fields("completed", 3, RecordingSid="RE1")
    assert callback_key("status", CALL, once) == callback_key("status", CALL, again)


def test_reports_that_differ_have_different_keys() -> None:
    keys = {
        callback_key("status", CALL, status_fields("ringing", 1)),
        callback_key("status", CALL, status_fields("in-progress", 2)),
        callback_key("status", "call_02", status_fields("ringing", 1)),
        callback_key("room", CALL, room_fields("participant-join", 1, CALL)),
        callback_key("room", CALL, room_fields("participant-leave", 2, CALL)),
        callback_key("room", CALL, room_fields("participant-join", 1, CALL, ConferenceSid="CF" + "9" * 32)),
        callback_key("machine", CALL, machine_fields("human")),
        callback_key("machine", CALL, machine_fields("fax")),
    }
    assert len(keys) == 8


@given(st.dictionaries(st.text(max_size=200), st.text(max_size=2000), max_size=8), st.integers(0, 10**6))
def test_key_fits_its_column_whatever_the_carrier_sends(fields: dict[str, str], number: int) -> None:
    call_id = "call_" + "0" * 26
    assert len(callback_key("machine", call_id, fields)) <= 120
    assert len(callback_key("status", call_id, fields | status_fields("busy", number))) <= 120
