"""A message instead of an agent: refused on every way where the law wants a human; elsewhere played once to each."""

from campaigns.tables import Campaign
from compliance import do_not_call
from dialer import keys_pressed, launch
from dialer.reasons import Reason
from telephony.carrier import Reported, SayAndHangUp
from tests.grounds import no_key
from tests.integration.dialer.floor import Floor

SCRIPT = {"de": "Guten Tag {{person|}}, morgen liefern wir an {{company}}."}


def agentless_in_rows(floor: Floor) -> str:
    """A campaign that was agentless before the law forbade it: no page, program or command makes one here."""
    campaign_id = floor.add_campaign(2, scripts=SCRIPT)
    floor.spoil(Campaign, campaign_id, pacing_mode="agentless")
    return campaign_id


def test_where_the_law_wants_a_human_no_message_is_dialed_and_the_campaign_does_not_start(floor: Floor) -> None:
    campaign_id = agentless_in_rows(floor)
    decision = floor.tick(campaign_id)
    assert decision is not None
    assert (decision.total, decision.why) == (0, (Reason("human_wanted"),))
    with floor.database.reading() as session:
        findings = launch.look_before_launch(floor.settings, session, session.get_one(Campaign, campaign_id), floor.now)
    assert not next(finding for finding in findings if finding.code == "mode").is_green


def test_message_that_was_queued_before_the_law_changed_does_not_leave(floor: Floor) -> None:
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign(2, scripts=SCRIPT)
    call_id = floor.queue_one(campaign_id)
    floor.spoil(Campaign, campaign_id, pacing_mode="agentless")
    floor.carrier.orders.clear()
    floor.place(call_id)
    assert floor.carrier.orders == []
    assert (floor.call(call_id).status, floor.contact_of(call_id).status) == ("withdrawn", "waiting")


def test_whoever_answers_hears_the_message_once_with_its_fields_and_how_to_stop_it(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    campaign_id = floor.add_campaign(1, scripts=SCRIPT)
    call_id = floor.ring(campaign_id)
    floor.spoil(Campaign, campaign_id, pacing_mode="agentless")
    said = floor.answer(call_id)
    assert isinstance(said, SayAndHangUp)
    contact = floor.contact_of(call_id)
    assert said.text.startswith(f"Guten Tag …, morgen liefern wir an {contact.company}.")
    assert "9" in said.text
    assert said.call_id == call_id
    assert floor.answer(call_id) == said  # the carrier has not heard us, and asks again
    floor.report(call_id, Reported.COMPLETED)
    contact = floor.contact_of(call_id)
    assert (contact.status, contact.outcome, contact.attempts_made) == ("done", "message_played", 1)
    assert floor.agent(agent_id).status == "ready"
    assert floor.call(call_id).agent_id is None
    floor.wait(hours=1)
    floor.tick(campaign_id)
    assert floor.call_ids() == [call_id]


def test_key_pressed_during_the_message_ends_all_calls(floor: Floor) -> None:
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign(1, scripts=SCRIPT)
    call_id = floor.ring(campaign_id)
    floor.spoil(Campaign, campaign_id, pacing_mode="agentless")
    floor.answer(call_id)
    assert isinstance(keys_pressed.on_key(floor.parts, call_id, "9", floor.now), SayAndHangUp)
    with floor.database.reading() as session:
        assert do_not_call.is_blocked(session, floor.call(call_id).to_number, campaign_id, floor.now, no_key)
