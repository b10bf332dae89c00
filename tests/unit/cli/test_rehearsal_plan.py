"""The day of a rehearsal and the people at its desks."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.rehearsal.plan import Plan, changed_settings, end_of_day, opening_moment, team_languages
from compliance.jurisdictions import Jurisdiction
from compliance.rules import find_jurisdiction
from foundation.errors import Invalid

ZURICH = ZoneInfo("Europe/Zurich")


def switzerland() -> Jurisdiction:
    found = find_jurisdiction("CH")
    assert found is not None
    return found


def test_the_day_is_the_next_tuesday_at_nine_local_time() -> None:
    assert opening_moment(switzerland(), date(2026, 11, 23)) == datetime(2026, 11, 24, 9, 0, tzinfo=ZURICH)


def test_a_tuesday_is_never_rehearsed_on_itself() -> None:
    assert opening_moment(switzerland(), date(2026, 11, 24)).date() == date(2026, 12, 1)


def test_a_holiday_in_any_canton_moves_the_day() -> None:
    # The first of December is nobody's holiday; the eighth, Immaculate Conception, is one in many cantons.
    assert opening_moment(switzerland(), date(2026, 12, 2)).date() != date(2026, 12, 8)


def test_the_day_ends_on_itself() -> None:
    origin = opening_moment(switzerland(), date(2026, 11, 23))
    assert end_of_day(origin).date() == origin.date()
    assert end_of_day(origin) > origin


def test_a_shorter_day_ends_after_its_hours() -> None:
    origin = opening_moment(switzerland(), date(2026, 11, 23))
    assert end_of_day(origin, 0.5) == origin.replace(minute=30)


def test_a_changed_setting_is_read_by_its_kind() -> None:
    changed = changed_settings(["SWEEP_SECONDS=0.5", "placing_threads=4", "log_level=INFO"])
    assert changed == {"sweep_seconds": 0.5, "placing_threads": 4, "log_level": "INFO"}


@pytest.mark.parametrize(
    "wrong", ["sweep_seconds", "sweep_seconds=", "sweep_seconds=soon", "twilio_auth_token=x", "x=1"]
)
def test_a_setting_that_is_not_to_be_changed_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid, match="--setting"):
        changed_settings([wrong])


def test_fifteen_agents_are_the_usual_team() -> None:
    team = team_languages(15, ["de", "fr", "it"])
    assert sorted(team) == sorted([("de",)] * 8 + [("fr", "de")] * 3 + [("it", "de")] * 2 + [("fr",)] * 2)


@given(count=st.integers(1, 60), needed=st.sets(st.sampled_from(["de", "fr", "it", "en"])))
def test_somebody_speaks_each_language_that_is_needed(count: int, needed: set[str]) -> None:
    team = team_languages(count, sorted(needed))
    assert len(team) == count
    assert needed <= {language for languages in team for language in languages}
    assert all(languages for languages in team)


@pytest.mark.parametrize(
    "wrong", [{"agents": 0}, {"agents": 501}, {"speed": 0.5}, {"speed": 2000.0}, {"hours": 0.0}, {"hours": 11.0}]
)
def test_a_plan_that_cannot_be_played_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(Invalid):
        Plan(Path("contacts.csv"), Path("partners.csv"), **wrong)  # type: ignore[arg-type]
