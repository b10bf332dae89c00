"""TwiML as it is read and run: verbs, fallbacks, alerts."""

from dataclasses import replace

import pytest

from sandbox.engine.lines import hang_up
from sandbox.engine.orders import Program, Webhook
from sandbox.engine.ports import Fetched
from sandbox.engine.twiml import DocumentFault, Verb, read_document
from tests.unit.sandbox.stage import AGENT, APP, Stage


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
