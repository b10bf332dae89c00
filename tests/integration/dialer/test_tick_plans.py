"""A tick looks at those it dials, however many contacts and calls there are."""

from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import Table, insert, update

from campaigns.tables import Contact, ContactPhone
from dialer.call_states import CallStatus
from dialer.tables import Call
from tests.integration.dialer.floor import Floor
from tests.plans import Asked, listening, read_as_a_whole, refresh_statistics

CONTACTS = 2000
# SQLite is asked for each language by itself; it is no journey there.
MOST_ASKED = {
    False: {"progressive": 20, "predictive": 27},
    True: {"progressive": 26, "predictive": 33},
}
LARGE_TABLES = (
    *("contacts", "calls", "contact_phones", "call_events", "contact_events"),
    *("do_not_call", "register_numbers", "lawful_grounds"),
)


def test_a_tick_reads_no_large_table_as_a_whole(floor: Floor) -> None:
    campaign_id = floor.add_campaign(CONTACTS)
    _add_past(floor, campaign_id)
    for _ in range(5):
        floor.add_ready_agent("de")
    refresh_statistics(floor.database)
    with listening(floor.database) as asked:
        decision = floor.tick(campaign_id)
    assert decision is not None
    assert sum(decision.dial.values()) == 5
    whole = read_as_a_whole(floor.database, asked)
    # SQLite uses an index where there is one; others read small tables as a whole.
    large = ("contacts", "calls") if not floor.database.is_sqlite else LARGE_TABLES
    assert [whole[table] for table in large if table in whole] == []


@pytest.mark.parametrize("mode", ["progressive", "predictive"])
def test_a_tick_asks_as_often_whomever_and_however_many_it_dials(floor: Floor, mode: str) -> None:
    languages = ("de", "fr", "it")
    asked_for = {}
    last: Asked = []
    for agents in (1, 4):
        campaign_id = floor.add_campaign(8 * agents, languages=languages, pacing_mode=mode)
        for language in languages * agents:
            floor.add_ready_agent(language, campaign_id=campaign_id)
        for round_ in range(2):  # the first one begins the rows of lease, pace and pacing
            with listening(floor.database) as asked:
                decision = floor.tick(campaign_id)
            assert decision is not None
            assert sum(decision.dial.values()) == 3 * agents, decision
            last = asked
            for call_id in floor.call_ids():
                if round_ == 0 or floor.call(call_id).status == CallStatus.QUEUED:
                    floor.spoil(Call, call_id, status=CallStatus.NO_ANSWER, ended_at=floor.now)
        asked_for[agents] = len([statement for statement, _ in last if not statement.startswith(("SET", "BEGIN"))])
    assert len(set(asked_for.values())) == 1, asked_for
    assert asked_for[1] <= MOST_ASKED[floor.database.is_sqlite][mode], asked_for


def _add_past(floor: Floor, campaign_id: str) -> None:
    """One ended call to each contact a month ago, and a second number for some. Nearly all are in the hopper."""
    long_ago = floor.now - timedelta(days=30)
    contacts = floor.contacts(campaign_id)
    calls = [
        {
            "id": f"call_past_{number}",
            "kind": "contact",
            "campaign_id": campaign_id,
            "contact_id": contact.id,
            "attempt_number": 1,
            "language": "de",
            "to_number": contact.phone_number,
            "from_number": "+41446681800",
            "status": CallStatus.NO_ANSWER,
            **dict.fromkeys(("status_since", "queued_at", "placing_at", "ended_at"), long_ago),
        }
        for number, contact in enumerate(contacts)
    ]
    phones = [
        {
            "contact_id": contact.id,
            "position": 2,
            "campaign_id": campaign_id,
            "phone_number": f"+4143{number:07}",
            "number_country": "CH",
        }
        for number, contact in enumerate(contacts[::4])
    ]
    in_hopper = update(cast(Table, Contact.__table__)).where(Contact.id < contacts[-20].id)
    with floor.database.transaction() as session:
        session.execute(in_hopper.values(hopper_key="4"))
        session.execute(insert(Call), calls)
        session.execute(insert(ContactPhone), phones)
