"""Why somebody may be called: attested, revoked, used, and proved."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from compliance import directory, grounds
from compliance.calling_hours import Place
from compliance.directory import Look
from compliance.ground_uses import record_use, verify_ledger
from compliance.grounds import LIST, NUMBER, Attestation, Evidence, Subject
from compliance.rules import accepted_grounds
from compliance.tables import EvidenceFile, GroundUse, LawfulGround
from foundation.database import Database
from foundation.errors import Conflict, HalaliError, Invalid, NotFound
from tests.grounds import found_in_directory, listed_without_star

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
THE_LIST = Subject(LIST, "list_1")
CONSENT = Attestation(
    "consent", NOW - timedelta(days=3), "web form", words="I want to be called.", evidence=Evidence("form.pdf", b"%PDF")
)


def attest(database: Database, said: Attestation, subject: Subject = THE_LIST) -> LawfulGround:
    with database.transaction() as session:
        return grounds.attest(session, subject, said, "user_1", NOW)


def test_a_ground_is_kept_with_its_evidence_and_its_hash(database: Database) -> None:
    ground = attest(database, CONSENT)
    assert ground.evidence_hash == hashlib.sha256(b"%PDF").hexdigest()
    with database.reading() as session:
        kept = session.get_one(EvidenceFile, ground.evidence_hash)
        assert (kept.name, kept.content) == ("form.pdf", b"%PDF")
        assert [one.id for one in grounds.grounds_of(session, [THE_LIST], NOW)[THE_LIST]] == [ground.id]


def test_the_same_evidence_is_kept_once(database: Database) -> None:
    attest(database, CONSENT)
    attest(database, CONSENT, Subject(NUMBER, "+41446681800"))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EvidenceFile)) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "hearsay"}, "one of"),
        ({"as_of": NOW + timedelta(minutes=1)}, "has passed"),
        ({"source": ""}, "directory"),
        ({"words": ""}, "text that was agreed to"),
        ({"evidence": None}, "proves it"),
        ({"evidence": Evidence("form.pdf", b"")}, "proof file"),
        ({"party": "everybody"}, "consumers or businesses"),
        ({"kind": "listed_without_star", "stated_by": " "}, "who looked"),
        ({"extension_reason": "a contract for three years"}, "until when"),
        ({"expires_at": NOW}, "still to come"),
        ({"expires_at": NOW + timedelta(days=1200), "extension_reason": "a long contract"}, "three years"),
        ({"kind": "business_relationship", "words": "customers", "evidence": None}, "in a sentence"),
    ],
)
def test_a_ground_that_lacks_something_is_refused(
    sqlite_database: Database, changes: dict[str, object], says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        attest(sqlite_database, replace(CONSENT, **changes))  # type: ignore[arg-type]


def test_a_revoked_ground_holds_no_longer_and_stays_on_record(database: Database) -> None:
    ground = attest(database, CONSENT)
    with database.transaction() as session:
        grounds.revoke(session, ground.id, "the list seller could not prove it", "user_1", NOW)
    with database.reading() as session:
        assert grounds.grounds_of(session, [THE_LIST], NOW)[THE_LIST] == []
        assert grounds.lists_without_ground(session, ["list_1"], NOW) == ["list_1"]
        assert [one.revoked_reason for one in grounds.history_of(session, THE_LIST)] == [
            "the list seller could not prove it"
        ]
    with pytest.raises(Conflict), database.transaction() as session:
        grounds.revoke(session, ground.id, "again", "user_1", NOW)


@pytest.mark.parametrize(("ground_id", "reason"), [("ground_0", "none"), ("", "none")])
def test_a_ground_that_is_not_there_cannot_be_revoked(sqlite_database: Database, ground_id: str, reason: str) -> None:
    with pytest.raises(NotFound), sqlite_database.transaction() as session:
        grounds.revoke(session, ground_id, reason, "user_1", NOW)


def test_the_lists_with_a_ground_are_found_in_one_query(database: Database) -> None:
    attest(database, CONSENT)
    attest(database, listed_without_star(NOW - timedelta(days=100)), Subject(LIST, "list_2"))  # too old
    attest(database, listed_without_star(NOW), Subject(LIST, "list_3"))
    accepts = accepted_grounds("CH", Place(), NOW.date())
    assert accepts == {"business_relationship": 183, "consent": 0, "listed_without_star": 90}
    with database.reading() as session:
        assert set(session.scalars(grounds.subjects_with_ground(LIST, accepts, NOW))) == {"list_1", "list_3"}
        assert session.scalars(grounds.subjects_with_ground(LIST, {}, NOW)).all() == []


def test_a_list_that_is_split_keeps_its_grounds(database: Database) -> None:
    attest(database, CONSENT)
    with database.transaction() as session:
        grounds.carry_over(session, "list_1", ["list_4", "list_5"], NOW)
    with database.reading() as session:
        assert grounds.lists_without_ground(session, ["list_4", "list_5", "list_6"], NOW) == ["list_6"]


def test_only_what_all_grounds_say_of_the_party_counts() -> None:
    said = [LawfulGround(party=party) for party in ("", "businesses")]
    assert grounds.party_of(said) == "businesses"
    assert grounds.party_of([*said, LawfulGround(party="consumers")]) == ""


def test_the_newest_look_at_a_caller_number_counts(database: Database) -> None:
    number = "+41446681800"
    with database.transaction() as session:
        assert directory.listed_until(session, number, "CH", NOW) is None
        directory.record_look(session, number, found_in_directory(NOW - timedelta(days=2)), "user_1", NOW)
        assert directory.listed_until(session, number, "CH", NOW) == NOW + timedelta(days=88)
        gone = Look(False, "local.ch", "A. Tester", NOW - timedelta(days=1))
        directory.record_look(session, number, gone, "user_1", NOW)
        assert directory.listed_until(session, number, "CH", NOW) is None
        assert directory.listed_until(session, number, "DE", NOW) is not None


@pytest.mark.parametrize(
    "changes", [{"checked_at": NOW + timedelta(1)}, {"directory": ""}, {"checked_by": ""}, {"listed_as": ""}]
)
def test_a_look_that_lacks_something_is_refused(sqlite_database: Database, changes: dict[str, object]) -> None:
    look = replace(found_in_directory(NOW), **changes)  # type: ignore[arg-type]
    with pytest.raises(HalaliError), sqlite_database.transaction() as session:
        directory.record_look(session, "+41446681800", look, "user_1", NOW)


def test_each_use_of_a_ground_is_chained_to_the_one_before_and_recorded_once(database: Database) -> None:
    ground = attest(database, CONSENT)
    with database.transaction() as session:
        for call in ("call_1", "call_2", "call_1", "call_3"):
            record_use(session, ground.id, call, "campaign_1", NOW)
    with database.reading() as session:
        state = verify_ledger(session)
    assert (state.uses, state.broken_at) == (3, 0)
    with database.reading() as session:
        assert verify_ledger(session, known_head=state.head).broken_at == 0
        assert verify_ledger(session, known_head="f" * 64).why == "the known head is gone"


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        (update(GroundUse).where(GroundUse.number == 2).values(ground_id="ground_other"), 2),
        (update(GroundUse).where(GroundUse.number == 3).values(number=9), 3),
    ],
)
def test_a_use_that_was_changed_later_shows(database: Database, change: object, broken_at: int) -> None:
    ground = attest(database, CONSENT)
    with database.transaction() as session:
        for number in range(4):
            record_use(session, ground.id, f"call_{number}", "campaign_1", NOW)
        session.execute(change)  # type: ignore[call-overload]
    with database.reading() as session:
        assert verify_ledger(session).broken_at == broken_at
