"""Simulated people decide by the seed and by what the decision is about, and by nothing else."""

from collections import Counter

from cli.rehearsal.choices import WRAP_UP_MEAN_SECONDS, judge_offer, judge_talk
from dialer.dispositions import DISPOSITIONS
from leads.lead_states import DeclineReason
from leads.qualification import ANSWER_KEYS

NUMBERS = [f"+4144{number:07}" for number in range(3000)]


def test_the_same_seed_says_the_same_of_the_same_talk() -> None:
    assert judge_talk(1, NUMBERS[0], 0, "de") == judge_talk(1, NUMBERS[0], 0, "de")


def test_another_seed_says_something_else_of_many() -> None:
    assert [judge_talk(1, number, 0, "de").code for number in NUMBERS] != [
        judge_talk(2, number, 0, "de").code for number in NUMBERS
    ]


def test_every_verdict_is_one_that_the_desk_takes() -> None:
    for verdict in (judge_talk(1, number, 0, "fr") for number in NUMBERS):
        assert verdict.code in DISPOSITIONS
        assert set(verdict.answers) <= set(ANSWER_KEYS)
        assert (verdict.callback_in is not None) == (verdict.code == "callback")
        assert (verdict.language in {"de", "it"}) == (verdict.code == "other_language")


def test_the_shares_are_about_what_they_say() -> None:
    codes = Counter(judge_talk(1, number, 0, "de").code for number in NUMBERS)
    assert 0.09 < codes["qualified"] / len(NUMBERS) < 0.15
    assert 0.01 < codes["do_not_call"] / len(NUMBERS) < 0.05


def test_wrap_up_takes_its_mean_on_average() -> None:
    seconds = [judge_talk(1, number, 0, "de").wrap_up_seconds for number in NUMBERS]
    assert abs(sum(seconds) / len(seconds) - WRAP_UP_MEAN_SECONDS) < 1.5


def test_partners_accept_decline_with_a_reason_and_stay_silent() -> None:
    replies = [judge_offer(1, "A partner", number) for number in range(2000)]
    deeds = Counter(reply.deed for reply in replies)
    assert 0.5 < deeds["accept"] / len(replies) < 0.7
    assert set(deeds) == {"accept", "decline", "nothing"}
    assert all((reply.reason in set(DeclineReason)) == (reply.deed == "decline") for reply in replies)
