"""A week made good: shares as leads came, against what the week as a whole entitled to."""

from datetime import UTC, date, datetime

from leads.settlement import Settlement, settle, week_of, whole_weeks
from leads.yardstick import PastLead, Terms, is_night_of_learning

BOTH = {"a": 800, "b": 700}


def test_what_a_full_partner_was_credited_too_much_is_taken_back_and_goes_to_who_had_room() -> None:
    terms = {"a": Terms(2, 10), "b": Terms(50, 10)}
    leads = [PastLead("2026-09", BOTH)] * 10
    found = settle("2026-09", leads, {"a": 5000, "b": 5000}, terms)
    assert found.week == "2026-09"
    assert abs(found.corrections["a"] + 3000) < 5
    assert abs(found.corrections["b"] - 3000) < 5


def test_leads_that_relations_bound_take_room_of_the_week_and_entitle_nobody() -> None:
    terms = {"a": Terms(2, 1), "b": Terms(50, 1)}
    leads = [PastLead("2026-09", BOTH, bound_to="a"), *[PastLead("2026-09", BOTH)] * 4]
    assert settle("2026-09", leads, {}, terms).corrections == {"a": 1000, "b": 3000}


def test_week_that_came_as_it_was_shared_changes_nothing() -> None:
    terms = {"a": Terms(9, 1), "b": Terms(9, 1)}
    assert settle("2026-09", [PastLead("2026-09", BOTH)] * 2, {"a": 1000, "b": 1000}, terms).corrections == {}
    assert Settlement().corrections == {}


def test_weeks_are_counted_in_switzerland() -> None:
    assert week_of(datetime(2026, 3, 1, 22, 30, tzinfo=UTC)) == "2026-09"
    assert week_of(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)) == "2026-10"


def test_week_of_which_a_part_is_before_the_window_is_no_whole_week() -> None:
    monday = datetime(2026, 3, 1, 23, tzinfo=UTC)  # midnight in Switzerland
    leads = [datetime(2026, 3, 4, 9, tzinfo=UTC), datetime(2026, 3, 11, 9, tzinfo=UTC)]
    assert whole_weeks(leads, monday.replace(minute=1)) == {"2026-11"}
    assert whole_weeks(leads, monday) == {"2026-10", "2026-11"}


def test_nights_teach_in_the_first_fortnight_and_then_on_mondays() -> None:
    wednesday = date(2026, 3, 4)
    assert [day for day in range(3, 32) if is_night_of_learning(wednesday, date(2026, 3, day))] == [
        *range(5, 18),
        *(23, 30),
    ]
