"""TwiML as it is read and run: verbs, fallbacks, alerts."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sandbox.engine.exchange import redirect_call
from sandbox.engine.lines import hang_up
from sandbox.engine.orders import Program, Webhook
from sandbox.engine.ports import Fetched, FetchOrder
from sandbox.engine.twiml import DocumentFault, Verb, read_document
from tests.unit.sandbox.stage import AGENT, APP, Stage, value


def _code(body: str, content_type: str = "text/xml") -> int:
    read = read_document(body, content_type)
    assert isinstance(read, DocumentFault)
    return read.code


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        ("<Response><Say>", "text/xml", 12100),
        ("<Other/>", "text/xml", 12102),
        ("", "text/xml", 12100),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><Response/>", "text/xml", 12100),
        ("{}", "application/json", 12300),
        ("<Response>" + " " * 70_000 + "</Response>", "text/xml", 11750),
    ],
)
def test_document_that_cannot_run_gets_twilios_error(body: str, content_type: str, code: int) -> None:
    assert _code(body, content_type) == code


def test_plain_text_is_spoken() -> None:
    assert read_document("Guten Tag", "text/plain; charset=utf-8") == (Verb("Say", {}, "Guten Tag"),)


def test_failing_webhook_falls_back_and_is_told_why() -> None:
    stage = Stage(pages={f"{APP}/answer": Fetched(500), f"{APP}/spare": Fetched(body="<Response><Hangup/></Response>")})
    call = stage.call(program=Program(Webhook(f"{APP}/answer"), Webhook(f"{APP}/spare")))
    stage.run()
    assert [one.webhook.url for one in stage.fetches] == [f"{APP}/answer", f"{APP}/spare"]
    assert dict(stage.fetches[1].params)["ErrorCode"] == "11200"
    assert stage.alerts() == [11200]
    assert call.hung_up_by == "program"


def test_failing_webhook_without_fallback_hangs_up() -> None:
    stage = Stage(pages={f"{APP}/answer": Fetched(0, failure=11205)})
    call = stage.call()
    stage.run()
    assert (call.status, call.hung_up_by, stage.alerts()) == ("completed", "program_error", [11205])


def test_failing_fallback_hangs_up() -> None:
    stage = Stage(pages={f"{APP}/answer": Fetched(body="nonsense"), f"{APP}/spare": Fetched(503)})
    call = stage.call(program=Program(Webhook(f"{APP}/answer"), Webhook(f"{APP}/spare")))
    stage.run()
    assert (call.status, stage.alerts()) == ("completed", [12100, 11200])


def test_verb_that_is_not_built_is_warned_of_and_passed_over() -> None:
    stage = Stage()
    call = stage.call(twiml="<Response><Pay/><Pause length='2'/></Response>")
    stage.run()
    assert stage.alerts() == [12200]
    assert stage.board.alerts[0].level == "warning"
    assert (call.ended_at or 0) - (call.answered_at or 0) == pytest.approx(2.0)


def test_redirect_goes_to_an_address_relative_to_the_document() -> None:
    stage = Stage(
        pages={
            f"{APP}/answer": Fetched(body="<Response><Redirect method='GET'>next?a=1</Redirect></Response>"),
            f"{APP}/next?a=1": Fetched(body="<Response/>"),
        }
    )
    call = stage.call()
    stage.run()
    assert (stage.fetches[1].webhook.url, stage.fetches[1].webhook.method) == (f"{APP}/next?a=1", "GET")
    assert call.hung_up_by == "program"


def test_redirect_without_anywhere_to_go_hangs_up() -> None:
    stage = Stage()
    call = stage.call(twiml="<Response><Redirect/></Response>")
    stage.run()
    assert (call.status, stage.alerts()) == ("completed", [11100])


def test_answer_that_comes_after_a_hang_up_runs_nothing() -> None:
    stage = Stage(pages={f"{APP}/answer": Fetched(body="<Response><Say>late</Say></Response>")})
    call = stage.call()
    stage.run(6.05)
    assert (call.status, len(stage.fetches)) == ("in-progress", 1)
    hang_up(stage.board, call, "callee")
    stage.run()
    assert call.status == "completed"
    assert not any('"verb_run"' in line for line in stage.ledger)


GATHER = "<Response><Gather {attributes}><Say>press</Say></Gather><Hangup/></Response>"


def _gather(attributes: str, presses: str = "", says: str = "") -> Stage:
    person = replace(AGENT, presses=presses, says=says)
    stage = Stage(
        pages={
            f"{APP}/answer": Fetched(body=GATHER.format(attributes=attributes)),
            f"{APP}/keys": Fetched(body="<Response><Hangup/></Response>"),
        },
        people={"+41445550001": person},
    )
    stage.call()
    stage.run()
    return stage


@pytest.mark.parametrize(
    ("attributes", "presses", "digits"),
    [
        ("action='/keys' numDigits='1'", "42", "4"),
        ("action='/keys'", "42#", "42"),
        ("action='/keys' finishOnKey='*'", "4#*", "4#"),
        ("action='/keys' timeout='3'", "42", "42"),
    ],
)
def test_gathered_keys_go_to_the_action(attributes: str, presses: str, digits: str) -> None:
    stage = _gather(attributes, presses)
    assert stage.fetches[-1].webhook.url == f"{APP}/keys"
    assert dict(stage.fetches[-1].params)["Digits"] == digits


def test_gathered_speech_goes_to_the_action() -> None:
    stage = _gather("action='/keys' input='speech'", says="ja gerne")
    assert dict(stage.fetches[-1].params)["SpeechResult"] == "ja gerne"


def test_silence_goes_on_with_the_next_verb() -> None:
    stage = _gather("action='/keys' timeout='2'")
    assert [one.webhook.url for one in stage.fetches] == [f"{APP}/answer"]


def test_silence_goes_to_the_action_when_asked_to() -> None:
    stage = _gather("action='/keys' timeout='2' actionOnEmptyResult='true'")
    assert dict(stage.fetches[-1].params)["Digits"] == ""


def test_speech_ends_after_its_own_timeout_and_hints_raise_the_confidence() -> None:
    attributes = "action='/keys' input='speech' speechTimeout='2' hints='ja, nein' language='de-CH'"
    params = dict(_gather(attributes, says="ja gerne").fetches[-1].params)
    assert (params["SpeechResult"], params["Confidence"], params["Language"]) == ("ja gerne", "0.99", "de-CH")


def test_partial_results_are_reported_while_somebody_speaks() -> None:
    stage = _gather(f"action='/keys' input='speech' partialResultCallback='{APP}/partial'", says="ja gerne")
    report = next(one for one in stage.reports if one.topic == "gather")
    assert (report.webhook.url, value(report, "StableSpeechResult")) == (f"{APP}/partial", "ja gerne")
    assert value(report, "SequenceNumber") == "0"


def test_speech_is_cut_at_its_longest() -> None:
    stage = _gather("action='/keys' input='speech' maxSpeechTime='1'", says="x" * 100)
    assert dict(stage.fetches[-1].params)["SpeechResult"] == "x" * 15


def test_keys_stop_the_prompt_and_win_over_speech() -> None:
    stage = Stage(people={"+41445550001": AGENT}, pages={f"{APP}/keys": Fetched(body="<Response/>")})
    twiml = f"<Response><Gather input='dtmf speech' action='{APP}/keys'><Say>{'long ' * 40}</Say></Gather></Response>"
    call = stage.call(twiml=twiml)
    stage.run(3.0)
    assert call.receive_input is not None
    call.receive_input("speech", "hello")
    call.receive_input("dtmf", "7#")
    assert not call.is_spoken_to
    assert dict(stage.fetches[-1].params)["Digits"] == "7"
    assert "SpeechResult" not in dict(stage.fetches[-1].params)


def test_document_that_leads_to_itself_does_not_stop_time() -> None:
    stage = Stage(people={"+41445550001": AGENT})
    stage.pages[f"{APP}/answer"] = Fetched(body="<Response><Redirect/></Response>")

    def fetch_now(order: FetchOrder, done: Callable[[Fetched], None]) -> None:
        stage.fetches.append(order)
        stage.board.agenda.put(stage.clock.now(), lambda: done(stage.pages[order.webhook.url]))

    stage.fetch = fetch_now  # type: ignore[method-assign]
    call = stage.call()
    stage.run(30.0)
    assert call.status == "in-progress"
    assert 50 < len(stage.fetches) < 120


def test_update_during_a_prompt_makes_the_person_impatient_again() -> None:
    stage = Stage()
    call = stage.call(twiml=f"<Response><Say>{'long ' * 90}</Say></Response>")
    stage.run(8.0)
    redirect_call(stage.board, call, Program(twiml="<Response><Pause length='60'/></Response>"))
    stage.run(10.0)
    assert call.hung_up_by == "callee"
