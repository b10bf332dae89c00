"""Complexity, grade and urgency follow from the answers alone, and say why."""

from dataclasses import replace

import pytest
from hypothesis import given

from leads.answers import Answers, read_answers
from leads.assessment import BANDS, assess, band_of, complexity_of
from leads.forms import default_form
from tests.unit.leads.form_strategies import answers_to_default

FORM = default_form()
GOOD = {"need": "new books", "decider": "yes", "time_frame": "3-6", "budget": "10k_50k"}


def grade(evidence: dict[str, str] | None = None, **changes: str) -> str:
    return assess(FORM, read_answers(FORM, GOOD | changes, evidence or {})).grade


@given(answers_to_default())
def test_each_part_says_what_the_band_would_be_without_it(answers: Answers) -> None:
    complexity = complexity_of(FORM, answers)
    for part in complexity.parts:
        fewer = {key: value for key, value in answers.values.items() if key != part.key}
        without = complexity_of(FORM, Answers(fewer)).band
        assert (without or 1) == part.band_without
    assert complexity.points == sum(part.points for part in complexity.parts)


@given(answers_to_default())
def test_one_more_answer_never_makes_it_simpler(answers: Answers) -> None:
    whole = complexity_of(FORM, answers).band or 0
    for key in answers.values:
        fewer = {other: value for other, value in answers.values.items() if other != key}
        assert (complexity_of(FORM, Answers(fewer)).band or 0) <= whole


@given(answers_to_default())
def test_what_would_lift_the_grade_lifts_it(answers: Answers) -> None:
    judged = assess(FORM, answers)
    for one in judged.criteria:
        if one.lifts_to:
            better = {"need": "x", "decider": "yes", "time_frame": "0-3", "budget": "over_200k"}[one.key]
            lifted = Answers({**answers.values, one.key: better}, {**answers.evidence, one.key: "said"})
            assert assess(FORM, lifted).grade == one.lifts_to < judged.grade


@given(answers_to_default())
def test_how_sure_an_answer_is_changes_no_complexity(answers: Answers) -> None:
    assert complexity_of(FORM, answers) == complexity_of(FORM, Answers(answers.values))


def test_bands_go_from_one_to_five() -> None:
    assert [band_of(points) for points in BANDS] == [1, 2, 3, 4, 5]
    assert band_of(BANDS[-1] + 50) == 5


def test_nothing_that_weighs_is_no_complexity_and_few_seats_are_plain() -> None:
    assert complexity_of(FORM, Answers({"need": "x"})).band is None
    plain = complexity_of(FORM, Answers({"seats": 3}))
    assert (plain.band, plain.parts) == (1, ())


def test_the_answers_that_moved_the_band_are_named() -> None:
    complexity = complexity_of(FORM, Answers({"solutions": ["erp"], "seats": 60, "sites": 2}))
    assert (complexity.band, complexity.points) == (3, 5)
    assert complexity.moved_by == ("solutions", "seats")


@pytest.mark.parametrize(
    ("answers", "opens"),
    [
        ({"seats": 99}, False),
        ({"seats": 100}, True),
        ({"solutions": ["erp", "cloud", "security", "infrastructure"], "seats": 50}, True),
        ({"solutions": ["erp"], "seats": 20}, False),
        ({"pain": "two people for weeks"}, True),
    ],
)
def test_the_long_part_opens_from_a_hundred_seats_or_complexity_four(answers: dict[str, object], opens: bool) -> None:
    assert assess(FORM, Answers(answers)).opens_long is opens


def test_a_form_may_leave_the_long_part_to_answers_alone() -> None:
    answers = Answers({"solutions": ["erp", "cloud", "security", "infrastructure"], "seats": 99})
    assert assess(FORM, answers).opens_long
    assert not assess(FORM.model_copy(update={"long_from_complexity": None}), answers).opens_long


def test_grades() -> None:
    assert grade() == "A"
    assert grade(budget="unknown") == "A"  # money is often not known on a first call
    assert grade(decider="unknown") == "B"
    assert grade(time_frame="12+") == "B"
    assert grade(decider="no", budget="unknown") == "B"
    assert grade(decider="unknown", time_frame="12+", budget="unknown") == "C"
    assert assess(FORM, Answers()).grade == "C"


def test_what_was_only_inferred_counts_less() -> None:
    assert grade(dict.fromkeys(GOOD, "inferred")) == "B"
    assert grade({"need": "inferred"}) == "A"
    assert grade({"decider": "unknown"}) == "B"


def test_hot_is_soon_with_whoever_decides_or_what_the_agent_says() -> None:
    soon = read_answers(FORM, GOOD | {"time_frame": "0-3"})
    assert assess(FORM, soon).urgency == "hot"
    assert assess(FORM, replace(soon, evidence={"decider": "unknown"})).urgency == "normal"
    assert assess(FORM, read_answers(FORM, GOOD)).urgency == "normal"
    assert assess(FORM, read_answers(FORM, GOOD), is_hot=True).urgency == "hot"


def test_an_assessment_holds_codes_and_numbers_and_no_answer() -> None:
    secret = "Erika Musterfrau"
    answers = read_answers(FORM, {"need": secret, "champion": secret, "seats": 300})
    assert secret not in str(assess(FORM, answers).to_json())
