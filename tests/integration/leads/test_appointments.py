"""Appointments of accepted leads: agreed, moved, called off, and told each time."""

from datetime import timedelta

import pytest

from foundation.database import Database
from foundation.errors import Conflict, Invalid, NotFound
from leads.appointments import Agreed, AppointmentWay, By, agree, call_off, list_appointments, view_appointment
from leads.lead_book import Note, close_lead, lock_lead
from leads.lead_states import LeadOutcome
from leads.offers import Reply, accept
from tests.integration.leads.delivery_rows import deliveries
from tests.integration.leads.lead_rows import NOW, add_lead, add_partner, history_of, offers_of, route_now

TOMORROW = NOW + timedelta(days=1)


def accepted(database: Database) -> tuple[str, By]:
    add_partner(database, "Alpha")
    lead_id = add_lead(database)
    route_now(database, lead_id)
    (offer,) = offers_of(database, lead_id)
    with database.transaction() as session:
        accept(session, offer.id, Reply(offer.partner_id, "user_1", NOW))
    return lead_id, By(offer.partner_id, "user_1", NOW)


def test_a_moved_appointment_is_the_same_one_with_the_next_number(database: Database) -> None:
    lead_id, by = accepted(database)
    with database.transaction() as session:
        assert agree(session, lead_id, Agreed(TOMORROW), by).sequence == 0
        assert agree(session, lead_id, Agreed(TOMORROW), by).sequence == 0  # said twice
        assert agree(session, lead_id, Agreed(TOMORROW, 30, AppointmentWay.VIDEO), by).sequence == 1
        assert call_off(session, lead_id, by).sequence == 2
        assert call_off(session, lead_id, by).sequence == 2
        assert list_appointments(session, by.partner_id) == []
        assert agree(session, lead_id, Agreed(TOMORROW), by).sequence == 3
        assert view_appointment(session, lead_id, by.partner_id).canceled_at is None
    told = [row.facts["sequence"] for row in deliveries(database, "portal") if row.notice == "appointment_set"]
    assert told == [0, 1, 2, 3]
    assert history_of(database, lead_id)[-2:] == ["appointment_called_off", "appointment_agreed"]


def test_only_the_partner_that_has_the_lead_agrees_on_anything(database: Database) -> None:
    lead_id, by = accepted(database)
    other = By(add_partner(database, "Beta"), "user_2", NOW)
    with database.transaction() as session:
        agree(session, lead_id, Agreed(TOMORROW), by)
        for nobody in (other, By("", "user_2", NOW)):
            with pytest.raises(NotFound, match="there is no such lead"):
                agree(session, lead_id, Agreed(TOMORROW), nobody)
            with pytest.raises(NotFound, match="there is no such lead"):
                call_off(session, lead_id, nobody)
            with pytest.raises(NotFound):
                view_appointment(session, lead_id, nobody.partner_id)


@pytest.mark.parametrize(
    "agreed",
    [Agreed(NOW), Agreed(NOW - timedelta(1)), Agreed(NOW + timedelta(400)), Agreed(TOMORROW, 0), Agreed(TOMORROW, 481)],
)
def test_what_makes_no_sense_is_refused(database: Database, agreed: Agreed) -> None:
    lead_id, by = accepted(database)
    with database.transaction() as session, pytest.raises(Invalid):
        agree(session, lead_id, agreed, by)


def test_a_closed_lead_has_no_new_appointment(database: Database) -> None:
    lead_id, by = accepted(database)
    with database.transaction() as session:
        close_lead(session, lock_lead(session, lead_id), LeadOutcome.LOST, "", Note("lead_closed", NOW))
        with pytest.raises(Conflict):
            agree(session, lead_id, Agreed(TOMORROW), by)
