"""What every disposition keeps to, also one that is added tomorrow."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaigns.tables import ContactStatus
from compliance import do_not_call
from dialer.dispositions import DISPOSITIONS, Disposition, Then
from foundation.errors import Conflict
from leads.tables import Lead
from tests.grounds import no_key
from tests.integration.dialer.floor import Floor

every_disposition = pytest.mark.parametrize("disposition", DISPOSITIONS.values(), ids=lambda each: each.code)


def say(floor: Floor, call_id: str, disposition: Disposition) -> None:
    """Say it, with what it needs."""
    match disposition.then:
        case Then.CALLBACK:
            floor.say(call_id, disposition.code, callback_at=floor.now + timedelta(hours=1))
        case Then.OTHER_LANGUAGE:
            floor.say(call_id, disposition.code, language="fr")
        case _:
            floor.say(call_id, disposition.code)


def finished_talk(floor: Floor, max_attempts: int = 4) -> str:
    """A call after a talk, in wrap-up."""
    floor.add_ready_agent("de")
    call_id = floor.talk(floor.add_campaign(max_attempts=max_attempts))
    floor.hang_up(call_id)
    return call_id


def test_each_has_a_key_of_its_own_on_the_desk() -> None:
    keys = [disposition.key for disposition in DISPOSITIONS.values()]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 1 for key in keys)


def test_each_is_filed_under_its_code_and_has_words_to_show() -> None:
    for code, disposition in DISPOSITIONS.items():
        assert code == disposition.code
        assert len(code) <= 40
        assert disposition.label.strip()


def test_one_at_least_opens_a_lead_and_one_blocks_the_number() -> None:
    assert any(disposition.opens_lead for disposition in DISPOSITIONS.values())
    assert any(disposition.blocks_number for disposition in DISPOSITIONS.values())


@every_disposition
def test_it_decides_about_the_contact_and_sets_the_agent_free(floor: Floor, disposition: Disposition) -> None:
    call_id = finished_talk(floor)
    say(floor, call_id, disposition)
    contact = floor.contact_of(call_id)
    done = disposition.then is Then.DONE
    assert contact.status == (ContactStatus.DONE if done else ContactStatus.WAITING)
    assert contact.outcome == (disposition.code if done else "")
    assert contact.attempts_made == 1
    assert floor.call(call_id).disposition == disposition.code
    assert floor.agent(floor.call(call_id).agent_id or "").status == "ready"


@every_disposition
def test_it_opens_a_lead_and_blocks_the_number_exactly_when_it_says_so(floor: Floor, disposition: Disposition) -> None:
    call_id = finished_talk(floor)
    say(floor, call_id, disposition)
    with floor.database.reading() as session:
        leads = session.scalar(select(func.count()).select_from(Lead))
        blocked = do_not_call.is_blocked(session, floor.call(call_id).to_number, "", floor.now, no_key)
    assert leads == int(disposition.opens_lead)
    assert blocked == disposition.blocks_number


@every_disposition
def test_it_holds_once_said(floor: Floor, disposition: Disposition) -> None:
    call_id = finished_talk(floor)
    say(floor, call_id, disposition)
    before = floor.contact_history(floor.call(call_id).contact_id or "")
    say(floor, call_id, disposition)
    other = next(each for each in DISPOSITIONS.values() if each is not disposition)
    with pytest.raises(Conflict):
        say(floor, call_id, other)
    assert floor.contact_history(floor.call(call_id).contact_id or "") == before
    assert floor.call(call_id).disposition == disposition.code


@every_disposition
def test_it_never_goes_on_for_ever(floor: Floor, disposition: Disposition) -> None:
    """With its attempts used up, a contact is dialed again only for a promise or another language."""
    call_id = finished_talk(floor, max_attempts=1)
    say(floor, call_id, disposition)
    asked_for = disposition.then in {Then.CALLBACK, Then.OTHER_LANGUAGE}
    assert floor.contact_of(call_id).status == (ContactStatus.WAITING if asked_for else ContactStatus.DONE)
