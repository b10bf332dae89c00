"""What an agent notes is kept as they go, for their call alone, and ends with the disposition that takes it over."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from dialer import drafts
from dialer.draft_tables import CallDraft
from dialer.drafts import Noted
from dialer.sweep import sweep_undisposed
from foundation.errors import Conflict, Invalid, NotFound
from leads.form_changes import without_question
from leads.forms import default_form
from leads.tables import Lead
from tests.integration.dialer.floor import Floor

NOTED = Noted(
    answers={"solutions": ["erp"], "seats": 120}, evidence={"seats": "inferred"}, wish="Muster AG", notes="Ja."
)


@pytest.fixture
def talking(floor: Floor) -> str:
    """A call in which somebody talks right now."""
    floor.add_ready_agent("de")
    return floor.talk(floor.add_campaign(max_attempts=2))


def save(floor: Floor, call_id: str, noted: Noted = NOTED, agent_id: str = "") -> drafts.Judged:
    return drafts.save_draft(floor.parts, agent_id or str(floor.call(call_id).agent_id), call_id, noted, floor.now)


def kept(floor: Floor, call_id: str) -> Noted | None:
    with floor.database.reading() as session:
        return drafts.draft_of(session, call_id)


def count_drafts(floor: Floor) -> int:
    with floor.database.reading() as session:
        return session.scalar(select(func.count()).select_from(CallDraft)) or 0


def test_what_is_noted_is_kept_and_judged_and_the_latest_counts(floor: Floor, talking: str) -> None:
    assert save(floor, talking, Noted(answers={"seats": 20})).assessment.opens_long is False
    judged = save(floor, talking)
    assert (judged.assessment.opens_long, judged.assessment.complexity.band) == (True, 3)
    noted = kept(floor, talking)
    assert noted is not None
    assert (noted.answers, noted.wish, noted.notes) == (NOTED.answers, "Muster AG", "Ja.")
    assert noted.evidence == {"solutions": "said", "seats": "inferred"}
    assert noted.form_mark == default_form().mark
    assert count_drafts(floor) == 1


def test_a_disposition_may_take_the_draft_as_it_is(floor: Floor, talking: str) -> None:
    save(floor, talking)
    floor.say(talking, "qualified", as_drafted=True)
    with floor.database.reading() as session:
        lead = session.scalars(select(Lead)).one()
    assert (lead.answers, lead.wish, lead.notes) == (NOTED.answers, "Muster AG", "Ja.")
    assert (lead.complexity, lead.grade, lead.form_mark) == (3, "C", default_form().mark)
    assert lead.evidence == {"solutions": "said", "seats": "inferred"}
    assert lead.assessment["opened_by"] == ["seats"]


def test_what_is_said_at_the_end_goes_before_the_draft(floor: Floor, talking: str) -> None:
    save(floor, talking)
    floor.say(talking, "callback", answers={"seats": 5}, callback_at=floor.now + timedelta(days=1))
    assert floor.call(talking).answers == {"seats": 5}


def test_after_the_disposition_nothing_more_is_noted_and_soon_nothing_kept(floor: Floor, talking: str) -> None:
    floor.say(talking, "not_interested")
    with pytest.raises(Conflict):
        save(floor, talking)
    assert drafts.drop_old_drafts(floor.parts, floor.now + timedelta(minutes=11)) == 1
    assert count_drafts(floor) == 0


def test_nobody_notes_anything_of_a_call_of_somebody_else(floor: Floor, talking: str) -> None:
    other = floor.add_ready_agent("fr")
    for call_id in (talking, "call_none"):
        with pytest.raises(NotFound):
            save(floor, call_id, agent_id=other)
    assert count_drafts(floor) == 0


def test_an_answer_that_the_form_does_not_take_records_nothing(floor: Floor, talking: str) -> None:
    with pytest.raises(Invalid):
        save(floor, talking, Noted(answers={"colour": "red"}))
    with pytest.raises(Invalid):
        floor.say(talking, "qualified", answers={"seats": "many"})
    with pytest.raises(Invalid):
        floor.say(talking, "qualified", form_mark="0000000000000000")
    assert floor.call(talking).disposition == ""
    assert count_drafts(floor) == 0


def test_what_was_noted_stays_with_a_call_of_which_nobody_says_anything(floor: Floor, talking: str) -> None:
    save(floor, talking)
    floor.hang_up(talking)
    floor.wait(hours=1)
    assert sweep_undisposed(floor.parts, floor.now) == 1
    call = floor.call(talking)
    assert (call.disposition, call.answers, call.notes) == ("no_disposition", NOTED.answers, "Ja.")
    assert count_drafts(floor) == 0


def test_who_is_called_back_is_not_asked_again(floor: Floor, talking: str) -> None:
    floor.say(
        talking, "callback", answers={"seats": 5, "solutions": ["erp"]}, callback_at=floor.now + timedelta(days=1)
    )
    call = floor.call(talking)
    call.id = "call_next"
    with floor.database.reading() as session:
        noted = drafts.noted_before(session, call, default_form())
        other = without_question(default_form(), "seats")
        fewer = drafts.noted_before(session, call, other)
        call.contact_id = "contact_other"
        assert drafts.noted_before(session, call, default_form()) is None
    assert noted is not None
    assert noted.answers == {"seats": 5, "solutions": ["erp"]}
    assert fewer is not None
    assert (fewer.answers, fewer.form_mark) == ({"solutions": ["erp"]}, other.mark)


def test_old_drafts_are_dropped(floor: Floor, talking: str) -> None:
    save(floor, talking)
    assert drafts.drop_old_drafts(floor.parts, floor.now) == 0
    assert drafts.drop_old_drafts(floor.parts, floor.now + drafts.KEPT_FOR + timedelta(hours=1)) == 1
    assert count_drafts(floor) == 0


@pytest.mark.parametrize(("country", "needed"), [("CH", True), ("DE", True), ("US", False), ("XX", True)])
def test_a_lead_needs_a_receipt_where_the_law_asks_for_a_ground(
    floor: Floor,
    talking: str,
    country: str,
    needed: bool,
) -> None:
    seen = {"country": country, "place": {"region": "", "time_zones": [], "party": "businesses"}}
    floor.spoil(type(floor.call(talking)), talking, gate_verdict={"facts": seen})
    floor.say(talking, "qualified")
    with floor.database.reading() as session:
        assert session.scalars(select(Lead)).one().needs_receipt is needed
