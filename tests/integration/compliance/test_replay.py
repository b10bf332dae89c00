"""Old verdicts are decided again from what was kept with them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.calling_hours import Place
from compliance.gate_facts import GateFacts, HeldGround, Past, facts_record, read_facts
from compliance.jurisdictions import all_jurisdictions
from compliance.replay import replay
from compliance.rule_files import editions_in_use, keep_in_use, kept_edition
from compliance.rule_rows import GROUND_KINDS, OUTCOMES
from compliance.rules import decide
from compliance.tables import RuleFile
from compliance.verdicts import verdict_record
from foundation.database import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FACTS = GateFacts(
    "CH", NOW, Place("ZH"), grounds=(HeldGround("ground_1", "consent", NOW),), caller_listed_at=NOW - timedelta(days=1)
)
MOMENTS = st.integers(0, 6 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
ANY_FACTS = st.builds(
    GateFacts,
    country=st.sampled_from([*all_jurisdictions(), "BR"]),
    at=MOMENTS,
    place=st.builds(Place, st.sampled_from(["", "ZH", "TX"]), st.just(()), st.sampled_from(["", "consumers"])),
    history=st.lists(st.builds(Past, MOMENTS, st.sampled_from(["", *OUTCOMES])), max_size=3).map(tuple),
    blocks=st.sampled_from([(), (), (), ("dnc_1",)]),
    grounds=st.lists(
        st.builds(HeldGround, st.just("ground_1"), st.sampled_from(sorted(GROUND_KINDS)), MOMENTS, st.none() | MOMENTS),
        max_size=2,
    ).map(tuple),
    registers=st.dictionaries(st.sampled_from(["tps", "ctps", "us_national", "ca_dncl"]), MOMENTS, max_size=3),
    caller_listed_at=st.none() | MOMENTS,
)


def kept(facts: GateFacts) -> dict[str, object]:
    """What stays with the call, as it comes back out of the database."""
    record = {**verdict_record(decide(facts)), "facts": facts_record(facts), **editions_in_use(facts.country)}
    found = json.loads(json.dumps(record))
    assert isinstance(found, dict)
    return found


@given(ANY_FACTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_facts_lead_to_the_same_verdict(sqlite_database: Database, facts: GateFacts) -> None:
    assert read_facts(facts_record(facts)) == facts
    with sqlite_database.reading() as session:
        again = replay(session, kept(facts))
    assert again is not None
    assert again.agrees
    assert again.rules == "same_rules"


def test_a_verdict_that_was_tampered_with_does_not_agree(sqlite_database: Database) -> None:
    changes: tuple[dict[str, object], ...] = ({"verdict": "blocked"}, {"ground": "ground_2"}, {"rules": []})
    for change in changes:
        with sqlite_database.reading() as session:
            again = replay(session, kept(FACTS) | change)
        assert again is not None
        assert not again.agrees


def test_rules_that_have_changed_since_are_read_as_they_were(database: Database) -> None:
    swiss = all_jurisdictions()["CH"]
    with database.transaction() as session:
        keep_in_use(session, "CH", NOW)
        keep_in_use(session, "CH", NOW)
    with database.reading() as session:
        then = kept_edition(session, swiss.digest)
    assert then == swiss
    content = swiss.content.replace("08:00", "11:30")
    old = replace(FACTS, at=NOW)  # ten in the morning in Zurich
    with database.transaction() as session:
        session.add(RuleFile(digest="f" * 64, country="CH", content=content, first_used_at=NOW))
    record = kept(old) | {"rules_digest": "f" * 64}
    with database.reading() as session:
        again = replay(session, record)
        unknown = replay(session, record | {"rules_digest": "0" * 64})
    assert again is not None
    assert unknown is not None
    assert (again.rules, again.agrees, again.again["verdict"]) == ("kept", False, "deferred")
    assert (unknown.rules, unknown.agrees) == ("missing", False)


def test_a_call_of_an_earlier_version_has_nothing_to_be_replayed(sqlite_database: Database) -> None:
    with sqlite_database.reading() as session:
        assert replay(session, {"verdict": "allowed", "rules": []}) is None
        with pytest.raises(KeyError):
            replay(session, {"verdict": "allowed", "facts": {}})
