"""Answers are what the form takes, each with its evidence, and can be told in the form's words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import Invalid
from leads.answers import Answers, in_words, older_answers, read_answers
from leads.forms import default_form
from tests.unit.leads.form_strategies import answers_to_default

FORM = default_form()


@given(answers_to_default())
def test_what_a_form_takes_is_read_unchanged(answers: Answers) -> None:
    read = read_answers(FORM, answers.values, answers.evidence)
    assert read.values == answers.values
    assert read.evidence == answers.evidence
    assert [one.key for one in in_words(FORM, read, "fr")] == [q.key for q in FORM.questions if q.key in answers.values]


@given(
    st.dictionaries(st.sampled_from([q.key for q in FORM.questions]), st.one_of(st.none(), st.text(), st.booleans()))
)
def test_anything_else_is_refused_or_read_and_never_breaks(values: dict[str, Any]) -> None:
    try:
        read = read_answers(FORM, values)
    except Invalid:
        return
    assert set(read.values) <= set(values)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("colour", "red"), ("decider", "perhaps"), ("budget", "a lot"), ("solutions", ["erp", "voip"]), ("seats", "-3"),
        ("seats", "about 12"), ("seats", 2_000_000), ("seats", True), ("need", "x" * 1001), ("time_frame", ["0-3"]),
    ],
)  # fmt: skip
def test_an_answer_that_the_form_does_not_take_is_refused(key: str, value: Any) -> None:
    with pytest.raises(Invalid):
        read_answers(FORM, {key: value})


def test_numbers_are_read_from_text_yes_from_true_and_blanks_are_left_out() -> None:
    read = read_answers(FORM, {"seats": " 12 ", "decider": True, "solutions": "erp", "need": "  ", "budget": ""})
    assert read.values == {"seats": 12, "decider": "yes", "solutions": ["erp"]}
    assert set(read.evidence.values()) == {"said"}


def test_asked_and_not_known_is_told_apart_from_not_asked() -> None:
    read = read_answers(FORM, {"seats": 5}, {"budget": "unknown", "decider": "inferred"})
    assert read.evidence == {"seats": "said", "budget": "unknown"}
    words = in_words(FORM, read, "de")
    assert [(one.key, one.answer, one.evidence) for one in words] == [("seats", "5", "said"), ("budget", "", "unknown")]


def test_evidence_is_one_of_three_words() -> None:
    with pytest.raises(Invalid, match="evidence for seats"):
        read_answers(FORM, {"seats": 5}, {"seats": "guessed"})


def test_the_words_are_those_of_the_form_in_the_language_that_is_asked_for() -> None:
    read = read_answers(FORM, {"solutions": ["security", "erp"], "decider": "no"})
    assert [one.answer for one in in_words(FORM, read, "fr")] == ["Sécurité, ERP", "non"]
    assert in_words(FORM, read, "it")[0].question == "Di quali ambiti si tratta?"


def test_answers_of_before_there_were_forms_are_told_too() -> None:
    older = Answers(older_answers({"solution": "erp", "seats": "about 20", "need": "", "budget": "voip"}))
    assert [(one.key, one.answer) for one in in_words(FORM, older, "en")] == [
        ("solutions", "ERP"), ("seats", "about 20"), ("budget", "voip"),
    ]  # fmt: skip
