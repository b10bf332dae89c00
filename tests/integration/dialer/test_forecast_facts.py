"""What a forecast is told by rows, and what it is compared with."""

from datetime import timedelta

from campaigns.tables import Campaign
from dialer import forecast_facts
from dialer.forecast.world import Crew
from tests.integration.dialer.floor import Floor


def test_floor_is_as_the_rows_have_it_and_what_they_do_not_tell_is_named(floor: Floor) -> None:
    campaign_id = floor.add_campaign(8, languages=("de", "de", "de", "fr"))
    for languages in (("de",), ("de",), ("de", "fr")):
        floor.add_agent(*languages)
    with floor.database.reading() as session:
        known = forecast_facts.known_world(session, session.get_one(Campaign, campaign_id), floor.now)
    assert set(known.world.crews) == {Crew(2, ("de",)), Crew(1, ("de", "fr"))}
    assert known.world.shares == {"de": 0.75, "fr": 0.25}
    assert known.list_size == 8
    assert known.learned == ()
    assert set(known.assumed) == {"answer_rate", "talk", "wrap_up"}


def test_fact_counts_agents_hours_and_work_from_their_history(floor: Floor) -> None:
    campaign_id = floor.add_campaign(2)
    began_at = floor.now
    floor.add_ready_agent("de")
    floor.wait(minutes=10)
    call_id = floor.talk(campaign_id)
    floor.wait(minutes=20)
    floor.hang_up(call_id)
    floor.say(call_id, "not_interested")
    floor.wait(minutes=10)
    with floor.database.reading() as session:
        campaign = session.get_one(Campaign, campaign_id)
        fact = forecast_facts.fact_since(session, campaign, began_at, floor.now)
        later = forecast_facts.fact_since(session, campaign, floor.now - timedelta(minutes=20), floor.now)
    assert abs(fact.agent_hours - 40 / 60) < 0.02
    assert fact.occupancy is not None
    assert abs(fact.occupancy - 0.5) < 0.02
    assert fact.calls_per_agent_hour is not None
    assert abs(fact.calls_per_agent_hour - 1.5) < 0.1
    assert (fact.answered, fact.abandoned) == (1, 0.0)
    assert later.occupancy is not None
    assert abs(later.occupancy - 0.5) < 0.02


def test_before_anybody_worked_there_is_no_fact(floor: Floor) -> None:
    campaign_id = floor.add_campaign(1)
    floor.add_agent("de")
    with floor.database.reading() as session:
        fact = forecast_facts.fact_since(
            session, session.get_one(Campaign, campaign_id), floor.now - timedelta(hours=1), floor.now
        )
    assert (fact.occupancy, fact.calls_per_agent_hour, fact.abandoned) == (None, None, None)
