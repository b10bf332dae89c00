"""A form is changed question by question; every change gives a form that hangs together, or says why not."""

import pytest

from foundation.errors import Invalid, NotFound
from leads.form_changes import key_from, moved_question, opening_from, with_question, without_question
from leads.forms import Form, default_form

WORDS = {"de": "a", "fr": "b", "it": "c", "en": "d"}
FORM = default_form()
COLOUR = {"key": "colour", "kind": "text", "labels": WORDS, "depth": "long"}


def keys(depth: str, form: Form = FORM) -> list[str]:
    return [question.key for question in form.of_depth(depth)]


def test_a_question_is_added_last_and_another_put_in_its_place() -> None:
    more = with_question(FORM, COLOUR)
    assert keys("long", more)[-1] == "colour"
    other = with_question(more, COLOUR | {"labels": WORDS | {"en": "Which?"}}, instead_of="colour")
    assert [question.labels.en for question in other.questions][-1] == "Which?"
    assert len(other.questions) == len(more.questions)


def test_a_question_is_taken_out_and_the_last_one_is_not() -> None:
    assert "budget" not in keys("short", without_question(FORM, "budget"))
    one = FORM.model_copy(update={"questions": FORM.questions[:1]})
    with pytest.raises(Invalid):
        without_question(one, "need")


def test_a_question_moves_within_its_own_part_and_stops_at_its_ends() -> None:
    assert keys("short", moved_question(FORM, "solutions", -1))[:2] == ["solutions", "need"]
    assert keys("short", moved_question(FORM, "need", -1)) == keys("short")
    assert keys("long", moved_question(FORM, "sites", -1)) == keys("long")
    down = moved_question(FORM, "sites", 2)
    assert keys("long", down)[:3] == ["migration", "integrations", "sites"]
    assert keys("short", down) == keys("short")


def test_the_long_part_opens_from_another_complexity_or_by_answers_alone() -> None:
    assert opening_from(FORM, 5).long_from_complexity == 5
    assert opening_from(FORM, None).long_from_complexity is None
    assert opening_from(opening_from(FORM, None), 4).mark == FORM.mark
    with pytest.raises(Invalid):
        opening_from(FORM, 1)


def test_a_question_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(NotFound):
        with_question(FORM, COLOUR, instead_of="colour")
    with pytest.raises(NotFound):
        without_question(FORM, "colour")
    with pytest.raises(NotFound):
        moved_question(FORM, "colour", 1)


def test_keys_are_made_of_words_and_never_twice() -> None:
    assert key_from("Number of sites?") == "number_of_sites"
    assert key_from("Wie?", ("wie", "wie_2")) == "wie_3"
    assert key_from("???") == "question"
    assert len(key_from("x" * 300, ("x" * 40,))) <= 40
