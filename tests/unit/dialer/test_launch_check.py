"""What must be there before a campaign may dial, and that everything that is missing is named."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.launch_check import TEXTS, Demand, LaunchFacts, launch_check, reds

FIGURES = ("missing", "words", "hours", "languages", "moment", "places", "own", "lawful", "errors", "limit")
READY = LaunchFacts(
    waiting=frozenset({"de", "fr"}),
    agents={"de": 3, "fr": 1},
    scripts=frozenset({"de", "fr"}),
    messages=frozenset({"de", "fr", "it", "en"}),
    announced_as="Muster AG",
    hours_left=3.5,
    opens_at=None,
    has_rules=True,
    spend_cap=100.0,
    spent_today=12.0,
    calls_cost=True,
    ground=Demand(is_needed=True),
    directory=Demand(is_needed=True),
    numbered=frozenset({"de", "fr"}),
)


def red_codes(**changes: Any) -> set[str]:
    return {finding.code for finding in reds(launch_check(replace(READY, **changes)))}


def test_contacts_abroad_without_a_ground_are_named_and_hold_up_nobody() -> None:
    findings = launch_check(replace(READY, ground=Demand(is_needed=True, abroad=18)))
    assert not [finding for finding in findings if not finding.is_green]
    assert next(one.plain for one in findings if one.code == "ground_abroad").endswith("not called: 18.")
    assert "ground" not in {finding.code for finding in findings}


@pytest.mark.parametrize(("missing", "said"), [(1, ": 1."), (1000, ": 1,000."), (1001, ": more than 1,000.")])
def test_who_lacks_a_ground_is_counted_only_so_far_and_said_so(missing: int, said: str) -> None:
    findings = launch_check(replace(READY, ground=Demand(is_needed=True, missing=missing, abroad=missing)))
    assert f"Contacts without a lawful ground{said}" in next(one.plain for one in findings if one.code == "ground")
    assert next(one.plain for one in findings if one.code == "ground_abroad").endswith(f"not called{said}")


def test_a_directory_abroad_that_lacks_our_numbers_is_named_and_holds_up_nobody() -> None:
    findings = launch_check(replace(READY, directory=Demand(is_needed=False, abroad=1, places=("CH",))))
    assert not [finding for finding in findings if not finding.is_green]
    assert [finding.code for finding in findings if finding.is_note] == ["directory_abroad"] == [findings[0].code]
    assert "directory of CH" in next(one.plain for one in findings if one.code == "directory_abroad")


def test_a_campaign_with_everything_is_green() -> None:
    assert red_codes() == set()
    assert {finding.code for finding in launch_check(READY)} == {
        *("numbers", "ground", "directory", "hours", "mode", "number_language"),
        *("agents", "scripts", "message", "spend_left"),
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"waiting": frozenset()}, "numbers"),
        ({"ground": Demand(is_needed=True, missing=7)}, "ground"),
        ({"directory": Demand(is_needed=True, missing=1)}, "directory"),
        ({"hours_left": 0.0, "opens_at": datetime(2026, 3, 3, 7, tzinfo=UTC)}, "hours"),
        ({"has_rules": False}, "rules"),
        ({"mode_refusal": "needs_human"}, "mode"),
        ({"numbered": frozenset({"fr"})}, "number_language"),
        ({"agents": {"de": 3}}, "agents"),
        ({"agents": {"de": 3, "fr": 0}}, "agents"),
        ({"scripts": frozenset({"fr"})}, "scripts"),
        ({"announced_as": "  "}, "message"),
        ({"messages": frozenset({"de"})}, "message_language"),
        ({"spend_cap": 0.0}, "spend_cap"),
        ({"spent_today": 100.0}, "spend_left"),
    ],
)
def test_each_thing_that_is_missing_is_red_by_itself_and_says_how_to_mend_it(
    changes: dict[str, Any], code: str
) -> None:
    (red,) = reds(launch_check(replace(READY, **changes)))
    assert red.code == code
    assert red.mend
    assert "%(" not in red.plain


def test_what_the_law_does_not_ask_for_is_not_shown() -> None:
    asked_for_nothing = replace(READY, ground=Demand(is_needed=False, missing=9), directory=Demand(is_needed=False))
    assert not {"ground", "directory"} & {finding.code for finding in launch_check(asked_for_nothing)}


def test_a_limit_of_its_own_is_said_and_holds_up_nobody() -> None:
    findings = launch_check(replace(READY, own_limit="1", lawful_limit="3"))
    assert not reds(findings)
    (own,) = [finding.plain for finding in findings if finding.code == "own_limit"]
    assert own == "At most 1 % of those who answer may find nobody, less than the 3 % that the law allows."


def test_detector_that_breaks_the_limit_by_itself_keeps_a_campaign_from_starting() -> None:
    (red,) = reds(launch_check(replace(READY, detector_limit="1", detector_left=-2.0, detector_errors="3")))
    assert red.plain == (
        "Recognising answering machines takes about 3 % of people for machines; at most 1 % may be. "
        "Switch off “Recognise answering machines”."
    )


@pytest.mark.parametrize(("left", "code"), [(0.0, "detector_slows"), (0.5, "detector")])
def test_detector_that_only_slows_a_campaign_is_said_and_holds_up_nobody(left: float, code: str) -> None:
    findings = launch_check(replace(READY, detector_limit="3", detector_left=left, detector_errors="3"))
    assert not reds(findings)
    assert code in {finding.code for finding in findings}


def test_the_languages_that_nobody_speaks_are_named() -> None:
    (red,) = reds(launch_check(replace(READY, agents={})))
    assert red.languages == ("de", "fr")
    assert "No agent speaks de, fr." in red.plain


def test_a_rehearsal_without_a_bill_needs_no_cap() -> None:
    assert red_codes(spend_cap=0.0, calls_cost=False) == set()


def test_every_text_can_be_filled_in_by_the_findings_that_use_it() -> None:
    values = dict.fromkeys(FIGURES, "x")
    for texts in TEXTS.values():
        for text in texts[:3]:
            assert "%(" not in text % values


@given(
    waiting=st.frozensets(st.sampled_from(["de", "fr", "it", "en"])),
    agents=st.dictionaries(st.sampled_from(["de", "fr", "it", "en"]), st.integers(0, 3)),
    scripts=st.frozensets(st.sampled_from(["de", "fr", "it", "en"])),
    hours=st.floats(0, 24),
    missing=st.integers(0, 5),
)
def test_green_means_that_every_waiting_language_has_all_it_needs(
    waiting: frozenset[str], agents: dict[str, int], scripts: frozenset[str], hours: float, missing: int
) -> None:
    facts = replace(
        READY, waiting=waiting, agents=agents, scripts=scripts, hours_left=hours, ground=Demand(True, missing)
    )
    findings = launch_check(facts)
    assert [finding.is_green for finding in findings] == sorted(finding.is_green for finding in findings)
    if not reds(findings):
        assert waiting
        assert waiting <= scripts
        assert all(agents[language] > 0 for language in waiting)
        assert hours > 0
        assert missing == 0
