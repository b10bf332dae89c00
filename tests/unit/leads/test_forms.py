"""A form is a document that says of itself whether it hangs together; the shipped one is complete."""

import copy
import json
from typing import Any

import pytest

from foundation.errors import Invalid
from leads.forms import FIXED, Form, default_form, read_form

WORDS = {"de": "a", "fr": "b", "it": "c", "en": "d"}


def document(**changes: Any) -> dict[str, Any]:
    """A small form with one question, changed."""
    return {"questions": [{"key": "colour", "kind": "text", "labels": WORDS} | changes]}


def test_the_shipped_form_asks_what_a_short_and_a_long_talk_need() -> None:
    form = default_form()
    short = [question.key for question in form.of_depth("short")]
    long = [question.key for question in form.of_depth("long")]
    assert short == ["need", "solutions", "seats", "decider", "time_frame", "budget"]
    assert {"sites", "migration", "integrations", "compliance", "decision_process", "decision_criteria"} <= set(long)
    assert {"economic_buyer", "pain", "champion", "competition"} <= set(long)
    assert set(FIXED) <= {*short, *long}


def test_a_form_written_and_read_again_is_the_same() -> None:
    written = json.loads(json.dumps(default_form().to_json()))
    assert read_form(written) == default_form()
    assert read_form(written).mark == default_form().mark


def test_any_change_gives_another_mark() -> None:
    changed = copy.deepcopy(default_form().to_json())
    changed["questions"][0]["labels"]["de"] += "?"
    assert read_form(changed).mark != default_form().mark


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"kind": "choice"}, "at least two choices"),
        ({"kind": "text", "choices": [{"key": "a", "labels": WORDS}]}, "has no choices"),
        ({"kind": "choices", "choices": [{"key": "a", "labels": WORDS}] * 2}, "there twice"),
        ({"steps": [{"at_least": 1, "points": 1}]}, "only numbers have steps"),
        ({"points": 1}, "belong to a yes"),
        ({"key": "solution"}, "is taken"),
        ({"key": "seats"}, "seats is of kind number"),
        (
            {"key": "budget", "kind": "choice", "choices": [{"key": c, "labels": WORDS} for c in "ab"]},
            "has no choice a",
        ),
        ({"key": "Not a key"}, "key"),
        ({"labels": {"de": "only German"}}, "labels fr"),
        ({"labels": WORDS | {"en": " "}}, "labels en"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_form_that_does_not_hang_together_is_refused_and_says_where(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Invalid, match=complaint):
        read_form(document(**changes))


@pytest.mark.parametrize("other", [None, [], "form", {}, {"questions": []}, {"questions": [1]}, {"format": "other/1"}])
def test_what_is_no_form_at_all_is_refused(other: Any) -> None:
    with pytest.raises(Invalid, match="This is no form"):
        read_form(other)


def test_two_questions_of_one_key_are_refused() -> None:
    twice = document()["questions"] * 2
    with pytest.raises(Invalid, match="the question colour is there twice"):
        read_form({"questions": twice})


def test_every_question_of_the_shipped_form_has_words_in_four_languages() -> None:
    form: Form = default_form()
    for question in form.questions:
        for labels in (question.labels, *(words for _, words in question.options)):
            assert all(labels.said_in(language).strip() for language in ("de", "fr", "it", "en"))
            assert "ß" not in labels.de
