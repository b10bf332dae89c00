"""Counts of a week's offers."""

from datetime import UTC, datetime, timedelta

from leads.week_figures import Counts, OfferRow, anonymous_median, by_partner, count_offers

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def offer(number: int, partner: str, status: str, minutes: int | None = None, lead: str = "lead_1") -> OfferRow:
    return OfferRow(lead, partner, number, status, AT, None if minutes is None else AT + timedelta(minutes=minutes))


OFFERS = (
    offer(1, "a", "declined"),
    offer(2, "b", "accepted", 30),
    offer(1, "b", "accepted", 10, "lead_2"),
    offer(1, "a", "timed_out", None, "lead_3"),
    offer(2, "b", "live", None, "lead_3"),
    offer(1, "a", "withdrawn", None, "lead_4"),
    offer(1, "c", "recalled", None, "lead_5"),
)


def test_offers_that_are_over_count_and_the_live_and_withdrawn_do_not() -> None:
    counts = count_offers(OFFERS)
    assert (counts.offers, counts.accepted, counts.declined, counts.timed_out, counts.leads) == (5, 3, 1, 1, 4)
    assert (counts.acceptance_milli, counts.first_acceptance_milli) == (600, 500)
    assert counts.again_milli == 250
    assert (counts.minutes_of(0.5), counts.minutes_of(0.9)) == (30, 30)


def test_of_nothing_nothing_is_said() -> None:
    counts = Counts()
    assert (counts.acceptance_milli, counts.again_milli, counts.minutes_of(0.5)) == (None, None, None)


def test_each_partner_has_its_own_counts() -> None:
    assert {name: one.accepted for name, one in by_partner(OFFERS).items()} == {"a": 0, "b": 2, "c": 1}


def test_median_is_told_from_five_partners_on() -> None:
    assert anonymous_median([1, 2, 3, 4, None]) is None
    assert anonymous_median([5, 1, 2, None, 3, 4]) == 3
