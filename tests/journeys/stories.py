"""The journeys: each plays one call to its end, acting for the people on the line, and says what must have come of it.

They hold whatever happens to callbacks on the way, so nothing here waits for one.
"""

from collections.abc import Awaitable, Callable

from tests.journeys.one_call import Journey
from tests.journeys.theatre import seen

ANSWERS = {
    "need": "wants to renew this within the year",
    "solutions": ["cloud"],
    "seats": 20,
    "decider": "yes",
    "time_frame": "0-3",
    "budget": "10k_50k",
}
# Whoever is called so stays on the line until somebody acts for them.
_WAITS_TO_BE_PICKED_UP = {"outcome": "human", "answer_seconds": 600.0, "patience_seconds": 3600.0}
_TALKS = {"outcome": "human", "answer_seconds": 5.0, "patience_seconds": 3600.0, "talk_seconds": 3600.0}


async def _dial_whoever_talks(one: Journey) -> None:
    await one.hands.script(one.number, **_TALKS)
    one.prepare()
    await one.begin()


async def _customer_talks_with_the_agent(one: Journey) -> str:
    """From the first dial to a talk that lasts until somebody ends it; the customer's line at the carrier."""
    await _dial_whoever_talks(one)
    await one.agent_is("on_call")
    await one.call_is("bridged")
    return await one.hands.line_of(one.number, "in-progress")


async def a_qualified_talk_becomes_a_lead_that_a_partner_accepts(one: Journey) -> None:
    await _dial_whoever_talks(one)
    line = await one.hands.line_of(one.number, "in-progress")
    await one.agent_is("on_call")
    await one.hands.act(line, "hang_up")
    await one.agent_is("wrapping_up")
    await one.say("qualified", answers=ANSWERS)
    call = await one.ends("qualified", "completed")
    assert call.bridged_at is not None
    offer = await seen(one.live_offer, "an offer")
    await one.partner(offer.partner_id).post(f"/offers/{offer.id}/accept")
    lead = one.lead()
    assert lead is not None
    assert (lead.status, [each.status for each in one.offers()]) == ("accepted", ["accepted"])
    await one.agent_is("ready")


async def one_key_ends_the_talk_and_says_what_came_of_it(one: Journey) -> None:
    await _dial_whoever_talks(one)
    await one.agent_is("on_call")
    await one.say("not_interested")
    call = await one.ends("not_interested", "completed")
    assert call.disposition == "not_interested"
    assert one.lead() is None
    await one.agent_is("ready")


async def a_busy_number_is_over_and_frees_nobody_because_nobody_was_taken(one: Journey) -> None:
    await one.hands.script(one.number, outcome="busy")
    one.prepare()
    await one.begin()
    call = await one.ends("busy", "busy")
    assert (call.answered_at, call.agent_id) == (None, None)
    await one.agent_is("ready")


async def a_phone_that_rings_out_was_an_attempt(one: Journey) -> None:
    await one.hands.script(one.number, outcome="no_answer")
    one.prepare()
    await one.begin()
    call = await one.ends("no_answer", "no_answer")
    assert one.contact().attempts_made == 1
    assert (call.answered_at, call.agent_id) == (None, None)
    await one.agent_is("ready")


async def a_recognised_machine_costs_the_agent_no_wrap_up(one: Journey) -> None:
    await one.hands.script(
        one.number, outcome="machine", answer_seconds=5.0, greeting_seconds=25.0, message_seconds=1200.0
    )
    one.prepare(detect_machines=True)
    await one.begin()
    # Recognised before or after it was put through: both happen, and it is a machine either way.
    call = await one.ends("machine", "completed", "abandoned", "hung_up_before_bridge")
    assert call.answered_by == "machine"
    await one.agent_is("ready")


async def whoever_hangs_up_at_once_leaves_the_agent_first_in_line(one: Journey) -> None:
    await one.hands.script(one.number, outcome="human", answer_seconds=5.0, patience_seconds=0.0)
    one.prepare()
    await one.begin()
    # Told before or after we had an agent for them: it is the same second, and both are the truth.
    call = await one.call_is("hung_up_before_bridge", "abandoned")
    await one.ends(call.status, call.status)
    assert call.bridged_at is None
    await one.agent_is("ready")


async def a_person_for_whom_nobody_is_left_hears_the_lawful_message(one: Journey) -> None:
    await one.hands.script(one.number, **_WAITS_TO_BE_PICKED_UP)
    one.prepare()
    await one.begin()
    line = await one.hands.line_of(one.number, "ringing")
    await one.agent.post("/agents/me/pause", {"reason": "lunch"})
    await one.hands.act(line, "answer")
    call = await one.ends("abandoned", "abandoned")
    assert call.agent_id is None
    assert await one.hands.verbs_of_ended(line) == ["Gather", "Hangup"]  # spoken while a key may be pressed
    await one.agent_is("paused")


async def whoever_comes_as_the_agents_line_is_lost_has_found_nobody_and_hears_so(one: Journey) -> None:
    await one.hands.script(one.number, **_WAITS_TO_BE_PICKED_UP)
    one.prepare()
    await one.begin()
    line = await one.hands.line_of(one.number, "ringing")
    leg = await one.hands.line_of(one.phone, "in-progress")
    await one.hands.script(one.phone, outcome="busy")  # nobody comes back
    await one.hands.act(leg, "hang_up")
    await one.hands.act(line, "answer")
    # Told before or after we sent them into the room: either way nobody was there.
    call = await one.ends("abandoned", "abandoned")
    assert call.bridged_at is None
    assert (await one.hands.verbs_of_ended(line))[-2:] == ["Gather", "Hangup"]
    await seen(lambda: one.agent_row().status in {"offline", "paused"}, "the agent without a phone")


async def a_talk_goes_on_when_the_agents_browser_is_lost_and_called_again(one: Journey) -> None:
    line = await _customer_talks_with_the_agent(one)
    first_leg = one.agent_row().leg_call_id
    await one.lose_browser()
    await one.line_is("back")
    await one.hands.holds_of(line, "hold", "unhold")
    await one.lose_browser()
    await one.line_is("back", "back")
    assert (one.call().status, one.agent_row().status) == ("bridged", "on_call")
    assert one.agent_row().leg_call_id not in {"", first_leg}
    await one.agent.post("/agents/me/hang-up")
    await one.agent_is("wrapping_up")
    await one.say("decider_absent")
    await one.ends("decider_absent", "completed")
    assert "Say" in await one.hands.verbs_of_ended(line)
    await one.agent_is("ready")


async def a_customer_whose_agent_does_not_come_back_is_told_so_and_promised_a_call(one: Journey) -> None:
    line = await _customer_talks_with_the_agent(one)
    await one.hands.script(one.phone, outcome="busy")
    await one.lose_browser()
    await one.line_is("given_up")
    call = await one.call_is("completed")
    assert (call.disposition, one.contact().status) == ("line_lost", "waiting")
    assert one.contact().callback_agent_id == one.agent_id
    assert (await one.hands.verbs_of_ended(line))[-2:] == ["Say", "Hangup"]
    await seen(lambda: one.agent_row().status in {"offline", "paused"}, "the agent without a phone")
    await one.agent.post("/agents/me/sign-off")  # or the callback would come, in minutes


async def a_hot_customer_is_put_through_and_talks_on_with_the_partner(one: Journey) -> None:
    live_number = one.number.replace("+414466", "+414366")
    await one.hands.script(one.number, **_TALKS)
    await one.hands.script(live_number, **_TALKS, presses="1")
    one.add_live_partner(live_number)
    one.prepare(allows_live_transfer=True)
    await one.begin()
    await one.agent_is("on_call")
    await one.ask_for_partner()
    partner_call_id = (await one.transfer_is("introducing")).partner_call_id
    await one.hand_over()
    await one.agent_is("wrapping_up")
    await one.say("qualified", answers=ANSWERS)
    await one.agent_is("ready")  # on another leg, while the two talk on
    assert one.call().status == "bridged"
    await one.hands.act(await one.hands.line_of(one.number, "in-progress"), "hang_up")
    await one.ends("qualified", "completed")
    await one.transfer_is("done")
    await one.is_over(partner_call_id)
    lead = one.lead()
    assert lead is not None
    assert (lead.status, [each.status for each in one.offers()]) == ("accepted", ["accepted"])
    await one.agent_is("ready")


async def a_message_stands_in_for_an_agent_once_and_takes_nobodys_time(one: Journey) -> None:
    await one.hands.script(one.number, **_WAITS_TO_BE_PICKED_UP)
    one.prepare()
    await one.begin()
    line = await one.hands.line_of(one.number, "ringing")
    one.turn_agentless()  # no country of ours allows it: no campaign can be begun so
    await one.hands.act(line, "answer")
    call = await one.ends("message_played", "completed")
    assert call.agent_id is None
    assert await one.hands.verbs_of_ended(line) == ["Gather", "Hangup"]  # spoken while a key may be pressed
    await one.agent_is("ready")


async def a_customer_on_hold_hears_so_comes_back_and_outlasts_the_agents_browser_on_hold(one: Journey) -> None:
    line = await _customer_talks_with_the_agent(one)
    await one.agent.post("/agents/me/hold")
    await one.hands.holds_of(line, "hold")
    assert (await one.agent.get("/agents/me"))["held_since"]
    await one.agent.post("/agents/me/take-back")
    await one.hands.holds_of(line, "hold", "unhold")
    await one.agent.post("/agents/me/hold")
    await one.hands.holds_of(line, "hold", "unhold", "hold")
    await one.lose_browser()
    await one.line_is("back")
    await one.agent.post("/agents/me/take-back")
    await one.hands.holds_of(line, "hold", "unhold", "hold", "unhold")
    await one.say("decider_absent")
    await one.ends("decider_absent", "completed")
    assert "Say" in await one.hands.verbs_of_ended(line)


STORIES: tuple[Callable[[Journey], Awaitable[None]], ...] = (
    a_qualified_talk_becomes_a_lead_that_a_partner_accepts,
    one_key_ends_the_talk_and_says_what_came_of_it,
    a_busy_number_is_over_and_frees_nobody_because_nobody_was_taken,
    a_phone_that_rings_out_was_an_attempt,
    a_recognised_machine_costs_the_agent_no_wrap_up,
    whoever_hangs_up_at_once_leaves_the_agent_first_in_line,
    a_person_for_whom_nobody_is_left_hears_the_lawful_message,
    whoever_comes_as_the_agents_line_is_lost_has_found_nobody_and_hears_so,
    a_talk_goes_on_when_the_agents_browser_is_lost_and_called_again,
    a_customer_whose_agent_does_not_come_back_is_told_so_and_promised_a_call,
    a_hot_customer_is_put_through_and_talks_on_with_the_partner,
    a_message_stands_in_for_an_agent_once_and_takes_nobodys_time,
    a_customer_on_hold_hears_so_comes_back_and_outlasts_the_agents_browser_on_hold,
)
