"""Campaigns that dial ahead of agents: what is counted, what is given up, who waits a moment, when the brake is on."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from campaigns.tables import Campaign
from compliance.directory import record_look
from dialer import abandonment, launch, lifecycle, limits, steering
from dialer.abandonment import Counts
from dialer.caller_number_rows import NewNumber, add_number
from dialer.forecast.floor import Floor as SimulatedFloor
from dialer.forecast.steered import predictive
from dialer.forecast.world import World
from dialer.given_up import give_up_late
from dialer.pacing.policy import Brake
from dialer.reasons import Reason, from_record, in_english
from dialer.tables import AbandonmentDay, Call, PacingEvent, PacingState
from dialer.ticker import Ticker
from telephony.carrier import AskAgain, JoinRoom, Reported, SayAndHangUp
from tests.grounds import found_in_directory
from tests.integration.dialer.floor import Floor


def abandon(floor: Floor, campaign_id: str, times: int, *, answered: int) -> None:
    """Rows of a past hour: so many answered calls, some of which found nobody."""
    floor.tick(campaign_id)
    with floor.database.transaction() as session:
        one = session.scalars(select(Call).where(Call.campaign_id == campaign_id).order_by(Call.id)).first()
        assert one is not None
        moment = floor.now - timedelta(minutes=30)
        for number in range(answered):
            session.add(
                Call(
                    id=f"call_past_{campaign_id[-6:]}_{number}",
                    kind="contact",
                    campaign_id=campaign_id,
                    contact_id=one.contact_id,
                    attempt_number=100 + number,
                    language="fr" if number % 2 else "de",
                    to_number=one.to_number,
                    from_number=one.from_number,
                    status="abandoned" if number < times else "completed",
                    status_since=moment,
                    queued_at=moment,
                    placing_at=moment,
                    answered_at=moment,
                    bridged_at=None if number < times else moment,
                    ended_at=moment,
                    disposition="" if number < times else "not_interested",
                )
            )


def a_busy_floor(floor: Floor) -> tuple[str, str]:
    """A power campaign with one agent who talks and one line that rings; the campaign's and the ringing call's id."""
    campaign_id = floor.add_campaign(6, pacing_mode="power", dial_level=2.0)
    floor.add_ready_agent("de")
    floor.tick(campaign_id)
    first, second = floor.call_ids()
    for call_id in (first, second):
        floor.place(call_id)
        floor.report(call_id, Reported.RINGING)
    assert isinstance(floor.answer(first), JoinRoom)
    floor.report(first, Reported.JOINED)
    return campaign_id, second


def test_second_answer_waits_a_second_for_an_agent_and_then_hears_who_called(floor: Floor) -> None:
    _, second = a_busy_floor(floor)
    assert floor.answer(second) == AskAgain(1, second)
    assert floor.call(second).status == "answered"
    floor.wait(seconds=1.2)
    assert isinstance(floor.answer(second), SayAndHangUp)
    assert floor.call(second).status == "abandoned"


def test_whoever_waits_is_put_through_to_the_agent_who_gets_free_meanwhile(floor: Floor) -> None:
    campaign_id, second = a_busy_floor(floor)
    first = next(call_id for call_id in floor.call_ids() if call_id != second)
    assert floor.answer(second) == AskAgain(1, second)
    floor.hang_up(first)
    floor.say(first, "not_interested")
    floor.tick(campaign_id)
    assert len([one for one in floor.call_ids() if floor.call(one).status == "queued"]) <= 1  # the agent is spoken for
    floor.wait(seconds=1.1)
    assert isinstance(floor.answer(second), JoinRoom)


def test_line_queued_ahead_leaves_while_the_only_agent_talks(floor: Floor) -> None:
    campaign_id = floor.add_campaign(4, pacing_mode="power", dial_level=2.0)
    floor.add_ready_agent("de")
    floor.tick(campaign_id)
    first, second = floor.call_ids()
    floor.place(first)
    assert isinstance(floor.answer(first), JoinRoom)
    floor.place(second)
    assert floor.call(second).status == "placed"


def test_given_up_line_is_told_to_the_carrier_once_and_may_still_be_answered(floor: Floor) -> None:
    _, second = a_busy_floor(floor)
    with floor.database.transaction() as session:
        give_up_late(floor.parts, session, [second], floor.now)
        give_up_late(floor.parts, session, [second], floor.now)
    assert ("dialer.jobs.give_up_call", second) in floor.take_jobs()
    assert floor.call(second).given_up_at is not None
    floor.report(second, Reported.CANCELED)
    assert floor.call(second).status == "canceled"
    assert floor.contact_of(second).status == "waiting"


def test_brake_steps_down_with_an_event_and_the_reason(floor: Floor) -> None:
    campaign_id = floor.add_campaign(2, pacing_mode="power", dial_level=2.0)
    floor.add_ready_agent("de")
    abandon(floor, campaign_id, 3, answered=100)
    floor.tick(campaign_id)
    with floor.database.reading() as session:
        state = session.get_one(PacingState, campaign_id)
        (event,) = session.scalars(select(PacingEvent)).all()
    assert state.brake == Brake.ONE_TO_ONE
    assert (event.from_brake, event.to_brake) == ("off", "one_to_one")
    assert "3.0% of 100" in in_english(from_record(event.reasons, event.why))
    assert state.brake_reasons == event.reasons


def test_nothing_is_dialed_where_the_limit_is_clearly_passed(floor: Floor) -> None:
    campaign_id = floor.add_campaign(3, pacing_mode="predictive")
    floor.add_ready_agent("de")
    abandon(floor, campaign_id, 13, answered=100)
    decision = floor.tick(campaign_id)
    assert decision is not None
    assert decision.total == 0
    assert decision.why == (Reason("stopped", {"abandoned_share": 0.13, "answered": 100, "limit_share": 0.03}),)


def test_days_that_are_over_are_summed_up_once_and_count_on(floor: Floor) -> None:
    campaign_id = floor.add_campaign(1, pacing_mode="power")
    floor.add_ready_agent("de")
    abandon(floor, campaign_id, 2, answered=10)
    floor.wait(days=1)
    with floor.database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        zone = limits.zone_of(campaign)
        before = abandonment.count_since(session, campaign, floor.now - timedelta(days=2), zone)
        assert abandonment.sum_up_days(session, campaign, zone, floor.now) >= 1
        assert abandonment.sum_up_days(session, campaign, zone, floor.now) == 0
        assert session.scalars(select(AbandonmentDay).where(AbandonmentDay.answered > 0)).all()
        after = abandonment.count_since(session, campaign, floor.now - timedelta(days=2), zone)
    assert before == {name: counts for name, counts in after.items() if counts.answered}
    assert sum(after.values(), Counts()) == Counts(10, 10, 8, 2)


def test_asking_why_changes_nothing(floor: Floor) -> None:
    campaign_id = floor.add_campaign(1, pacing_mode="predictive")
    with floor.database.reading() as session:
        steering.look(session, session.get_one(Campaign, campaign_id), floor.now)
        assert session.get(PacingState, campaign_id) is None


def test_contacts_are_shown_the_pools_numbers_in_turn_within_their_caps(floor: Floor) -> None:
    campaign_id = floor.add_campaign(4)
    for _ in range(4):
        floor.add_ready_agent("de")
    with floor.database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        for number, cap in (("+41445550101", 1), ("+41445550102", 2)):
            add_number(session, campaign, NewNumber(number, daily_cap=cap), floor.now)
            record_look(session, number, found_in_directory(floor.now), "user_1", floor.now)
    floor.tick(campaign_id)
    shown = sorted(floor.call(call_id).from_number for call_id in floor.call_ids())
    assert shown == ["+41445550101", "+41445550102", "+41445550102"]
    floor.tick(campaign_id)
    assert len(floor.call_ids()) == 3


def test_message_names_the_number_that_was_shown_and_not_another_of_the_pool(floor: Floor) -> None:
    _, second = a_busy_floor(floor)
    floor.spoil(Call, second, from_number="+41445550102")
    floor.wait(seconds=5)
    assert floor.answer(second) == AskAgain(1, second)
    floor.wait(seconds=1.2)
    message = floor.answer(second)
    assert isinstance(message, SayAndHangUp)
    digits = "".join(sign for sign in message.text if sign.isdigit())
    assert "445550102" in digits


def test_own_lower_limit_brakes_where_the_law_would_not_yet(floor: Floor) -> None:
    lawful = floor.add_campaign(2, pacing_mode="power", dial_level=2.0)
    careful = floor.add_campaign(2, pacing_mode="power", dial_level=2.0, most_abandoned_percent=1.0)
    for campaign_id in (lawful, careful):
        floor.add_ready_agent("de", campaign_id=campaign_id)
        abandon(floor, campaign_id, 1, answered=100)
        floor.tick(campaign_id)
    with floor.database.reading() as session:
        assert session.get_one(PacingState, lawful).brake == Brake.OFF
        assert session.get_one(PacingState, careful).brake == Brake.ONE_TO_ONE
        session.get_one(Campaign, careful).most_abandoned_percent = 50.0  # as if the law had been tightened since
        standing = limits.standing_of(session, session.get_one(Campaign, careful), floor.now)
    assert standing.limit.abandoned_share == standing.lawful_share == 0.03


def an_experienced_floor(floor: Floor) -> str:
    """A predictive campaign that has learned enough, with three agents of whom none talks yet."""
    learned = predictive("learned")
    simulated = SimulatedFloor(World(hours=0.5), learned, Random(1))
    simulated.run()
    campaign_id = floor.add_campaign(60, pacing_mode="predictive")
    for _ in range(3):
        floor.add_ready_agent("de")
    floor.tick(campaign_id)
    with floor.database.transaction() as session:
        state = session.get_one(PacingState, campaign_id)
        state.habits, state.lines_until = learned.facts(simulated, 1800.0).habits.to_record(), floor.now
    return campaign_id


def test_brief_look_dials_on_what_the_tick_has_counted_and_knows_the_lines_that_were_dialed_since(floor: Floor) -> None:
    an_experienced_floor(floor)
    floor.wait(minutes=1)  # the lease of the one before is over
    ticker = Ticker(floor.parts)
    ticker.tick_all()
    dialed = floor.call_ids()
    assert dialed
    ticker.look_again()
    assert floor.call_ids() == dialed  # the same agents, and more lines
    for call_id in dialed:
        floor.place(call_id)
        floor.report(call_id, Reported.FAILED)
    ticker.look_again()
    assert len(floor.call_ids()) > len(dialed)


def test_nothing_is_looked_at_again_after_a_while_nor_by_another_ticker_nor_for_who_dials_one_to_one(
    floor: Floor,
) -> None:
    campaign_id = an_experienced_floor(floor)
    floor.tick(campaign_id)
    assert lifecycle.look_again(floor.parts, campaign_id, "ticker_2", floor.now) is None
    assert lifecycle.look_again(floor.parts, campaign_id, "ticker_1", floor.wait(seconds=3)) is None
    one_to_one = floor.add_campaign(5)
    floor.tick(one_to_one)
    assert lifecycle.look_again(floor.parts, one_to_one, "ticker_1", floor.now) is None


def test_detector_counts_for_the_calls_that_it_listened_to_and_for_no_others(floor: Floor) -> None:
    campaign_id = floor.add_campaign(3, pacing_mode="power")
    floor.add_ready_agent("de")
    abandon(floor, campaign_id, 0, answered=60)

    def errors(*, detects_now: bool) -> float:
        with floor.database.transaction() as session:
            campaign = session.get_one(Campaign, campaign_id)
            campaign.detect_machines = detects_now
            return limits.standing_of(session, campaign, floor.now).account.machine_errors

    assert errors(detects_now=True) == 0.0
    with floor.database.transaction() as session:
        session.execute(update(Call).values(detect_machines=True))
    assert errors(detects_now=False) == pytest.approx(60 * 0.03 / 0.97)
    floor.wait(days=1)
    with floor.database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        abandonment.sum_up_days(session, campaign, limits.zone_of(campaign), floor.now)
        assert sum(session.scalars(select(AbandonmentDay.screened))) == 60


def test_one_line_per_agent_is_braked_as_well_where_a_detector_alone_breaks_the_limit(floor: Floor) -> None:
    campaign_id = floor.add_campaign(6, pacing_mode="progressive", detect_machines=True, most_abandoned_percent=1.0)
    for _ in range(2):
        floor.add_ready_agent("de")
    abandon(floor, campaign_id, 0, answered=60)
    with floor.database.transaction() as session:
        session.execute(update(Call).values(detect_machines=True))
    decision = floor.tick(campaign_id)
    assert decision is not None
    assert decision.total == 0
    assert [reason.code for reason in decision.why] == ["detector_stops"]


def test_detector_is_weighed_before_the_launch_only_where_it_is_on_and_its_errors_count(floor: Floor) -> None:
    campaign_id = floor.add_campaign(2, pacing_mode="progressive", most_abandoned_percent=1.0)
    with floor.database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        assert launch.gather_launch_facts(floor.settings, session, campaign, floor.now).detector_limit == ""
        campaign.detect_machines = True
        facts = launch.gather_launch_facts(floor.settings, session, campaign, floor.now)
    assert (facts.detector_limit, facts.detector_errors) == ("1", "3")
    assert facts.detector_left == pytest.approx(-2.0)
