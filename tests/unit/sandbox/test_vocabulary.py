"""The vocabulary of TwiML: what is warned of, and that the documentation says the same."""

from pathlib import Path

import pytest

from sandbox.engine.document import read_checked
from sandbox.engine.twiml import DocumentFault
from sandbox.engine.vocabulary import VOCABULARY
from sandbox.twiml_table import table
from tests.unit.sandbox.stage import Stage


def _warnings(twiml: str) -> tuple[str, ...]:
    read = read_checked(f"<Response>{twiml}</Response>", "text/xml")
    assert not isinstance(read, DocumentFault)
    return read.warnings


@pytest.mark.parametrize(
    ("twiml", "warning"),
    [
        ("<Shout>hello</Shout>", "Shout is not allowed inside Response"),
        ("<say>hello</say>", "say is not allowed inside Response"),
        ("<Pay/>", "Pay is not run here"),
        ("<Say colour='red'>hello</Say>", "Say has no attribute colour"),
        ("<Dial recordingConfigurationId='x'>+41445550001</Dial>", "Dial recordingConfigurationId is not run here"),
        ("<Record transcribe='true'/>", "Record transcribe is not run here"),
        ("<Pause length='long'/>", "Pause length='long' is not a whole number from 0 to 86400"),
        ("<Pause length='1²'/>", "Pause length='1²' is not a whole number"),
        (f"<Pause length='{'9' * 5000}'/>", "Pause length='999"),
        ("<Redirect method='PUT'>/a</Redirect>", "Redirect method='PUT' is none of GET, POST"),
        ("<Gather><Dial>+41445550001</Dial></Gather>", "Dial is not allowed inside Gather"),
        ("<Number>+41445550001</Number>", "Number is not allowed inside Response"),
        ("<Dial><Conference beep='loud'>a</Conference></Dial>", "Conference beep='loud' is none of"),
        (
            "<Dial><Number machineDetectionTimeout='61'>+41445550001</Number></Dial>",
            "Number machineDetectionTimeout='61'",
        ),
    ],
)
def test_what_is_not_twiml_is_warned_of(twiml: str, warning: str) -> None:
    (found,) = _warnings(twiml)
    assert found.startswith(warning)


@pytest.mark.parametrize(
    "twiml",
    [
        "<Say>one <break time='1s'/> two <emphasis><w role='x'>three</w></emphasis></Say>",
        "<Gather input='speech dtmf' finishOnKey='' speechTimeout='auto'><Say/><Play>/a</Play><Pause/></Gather>",
        "<Dial><Client><Identity>ann</Identity><Parameter name='a' value='b'/></Client></Dial>",
        "<Enqueue waitUrl='/a'>line</Enqueue><Leave/><Hangup/>",
        "",
    ],
)
def test_good_twiml_is_not_warned_of(twiml: str) -> None:
    assert _warnings(twiml) == ()


def test_warned_document_runs_all_the_same() -> None:
    stage = Stage()
    call = stage.call(twiml="<Response><Shout/><Say colour='red'>hello</Say></Response>")
    stage.run()
    assert [(alert.code, alert.level) for alert in stage.board.alerts] == [(12200, "warning")] * 2
    assert call.hung_up_by == "program"
    assert any('"verb": "Say"' in line for line in stage.ledger)


def test_each_verb_that_is_said_to_be_done_is_performed() -> None:
    performers = Stage().board.performers
    verbs = [name for name in VOCABULARY["Response"].inside if VOCABULARY[name].state != "not"]
    assert set(verbs) == set(performers)


def test_documentation_holds_the_vocabulary_as_it_is() -> None:
    page = Path(__file__).parents[3] / "docs" / "sandbox.md"
    assert table() in page.read_text(encoding="utf-8"), "run: python -m sandbox.twiml_table"
