"""Simulated people decide by the seed and by what the decision is about, and by nothing else."""

from collections import Counter

from cli.rehearsal.choices import WRAP_UP_MEAN_SECONDS, Talk, Verdict, judge_offer, judge_talk
from dialer.dispositions import DISPOSITIONS
from leads.answers import read_answers
from leads.assessment import assess
from leads.forms import default_form
from leads.lead_states import DeclineReason

NUMBERS = [f"+4144{number:07}" for number in range(3000)]


def judge(seed: int, number: str, language: str = "de", *, agrees: bool | None = None) -> Verdict:
    """A first talk; one in seven says yes, unless it is said who does."""
    is_willing = number.endswith(("1", "8")) and int(number[-2]) < 7 if agrees is None else agrees
    return judge_talk(seed, Talk(number, 0, language, agrees=is_willing))


def test_the_same_seed_says_the_same_of_the_same_talk() -> None:
    assert judge(1, NUMBERS[0]) == judge(1, NUMBERS[0])


def test_another_seed_says_something_else_of_many() -> None:
    assert [judge(1, number).code for number in NUMBERS] != [judge(2, number).code for number in NUMBERS]


def test_every_verdict_is_one_that_the_desk_takes() -> None:
    for verdict in (judge(1, number, "fr") for number in NUMBERS):
        assert verdict.code in DISPOSITIONS
        read_answers(default_form(), verdict.answers, verdict.evidence)
        assert (verdict.callback_in is not None) == (verdict.code == "callback")
        assert (verdict.language in {"de", "it"}) == (verdict.code == "other_language")


def test_leads_of_every_grade_and_complexity_come_out_and_some_are_hot() -> None:
    verdicts = [judge(1, number, agrees=True) for number in NUMBERS]
    answered = [(read_answers(default_form(), one.answers, one.evidence), one) for one in verdicts if one.answers]
    judged = [assess(default_form(), answers, is_hot=verdict.is_hot) for answers, verdict in answered]
    assert {one.grade for one in judged} == {"A", "B", "C"}
    assert {one.complexity.band for one in judged} >= {1, 2, 3, 4, 5}
    assert {one.urgency for one in judged} == {"hot", "normal"}
    assert {one.opens_long for one in judged} == {True, False}


def test_the_shares_are_about_what_they_say() -> None:
    codes = Counter(judge(1, number).code for number in NUMBERS)
    assert 0.09 < codes["qualified"] / len(NUMBERS) < 0.15
    assert 0.01 < codes["do_not_call"] / len(NUMBERS) < 0.05


def test_only_who_says_yes_is_qualified_and_nobody_who_does_is_turned_away() -> None:
    willing = {judge(1, number, agrees=True).code for number in NUMBERS}
    others = {judge(1, number, agrees=False).code for number in NUMBERS}
    assert willing == {"qualified", "callback"}
    assert "qualified" not in others
    assert {"callback", "not_interested", "do_not_call"} <= others


def test_wrap_up_takes_its_mean_on_average() -> None:
    seconds = [judge(1, number).wrap_up_seconds for number in NUMBERS]
    assert abs(sum(seconds) / len(seconds) - WRAP_UP_MEAN_SECONDS) < 1.5


def test_partners_accept_decline_with_a_reason_and_stay_silent() -> None:
    replies = [judge_offer(1, "A partner", number) for number in range(2000)]
    deeds = Counter(reply.deed for reply in replies)
    assert 0.5 < deeds["accept"] / len(replies) < 0.7
    assert set(deeds) == {"accept", "decline", "nothing"}
    assert all((reply.reason in set(DeclineReason)) == (reply.deed == "decline") for reply in replies)
