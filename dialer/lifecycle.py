"""A call's life from top to bottom, one function per step.

tick → place → report → answer → hang up → disposition → lead. Each step is one transaction over rows that it locks in
the order call, agent, contact; whatever crashes between two steps is found by the sweep.
"""

from datetime import datetime, timedelta
from typing import assert_never

from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.scripts import fill_in_script, merge_fields, script_for
from campaigns.tables import Campaign, CampaignStatus, Contact
from compliance import ground_uses, rule_files
from dialer import (
    agent_legs,
    agents,
    calls,
    dialing,
    endings,
    gate_check,
    given_up,
    job_names,
    leases,
    limits,
    live_transfers,
    meetings,
    pace,
    pacing_facts,
    rooms,
    steering,
)
from dialer.call_states import FINAL, CallStatus, What
from dialer.calls import Change
from dialer.endings import MESSAGE_PLAYED
from dialer.lawful_message import lawful_message, recorded_message
from dialer.pacing import POLICIES
from dialer.pacing.policy import Decision
from dialer.pacing_facts import CarrierState
from dialer.reasons import Reason
from dialer.steering import Steering
from dialer.tables import Agent, Call, CarrierPace
from dialer.wiring import Parts
from foundation.logs import get_logger
from foundation.queue import QueueName
from telephony.carrier import (
    AskAgain,
    CallReport,
    HangUp,
    Instruction,
    JoinRoom,
    OutcomeUnknown,
    Placed,
    PlaceOrder,
    PlaceResult,
    Rejected,
    Reported,
    SayAndHangUp,
    Throttled,
)

log = get_logger(__name__)

LEASE_SECONDS = 10.0
# What a tick has counted serves brief looks so long.
FOUND_LASTS_SECONDS = 2.0
SAME_NUMBER_REST = timedelta(minutes=5)
# How far ahead a slot may be claimed: a call that waits longer should wait in the queue, where the gate looks again.
SLOT_AHEAD_SECONDS = 2.0
# So long somebody who answered waits in silence before we look for an agent again. Carriers count whole seconds.
WAIT_SECONDS = 1


# --- tick: who is dialed next ---------------------------------------------------------------------------------------


def dial_due_contacts(
    parts: Parts, campaign_id: str, ticker: str, now: datetime, found: Steering | None = None
) -> Decision | None:
    """Decide how many contacts to dial, reserve them and queue their calls; None while another ticker has the lease.

    `found`: what a tick has just found, which is then not counted again; see `look_again`.
    """
    with parts.database.transaction(relaxed=True) as session:
        lease = leases.take_lease(session, campaign_id, ticker, parts.clock.real_seconds(LEASE_SECONDS), now)
        campaign = session.get(Campaign, campaign_id)
        if lease is None or campaign is None:
            return None
        closed = gate_check.closed_until(campaign, now)
        if closed is not None:
            return Decision(why=(Reason("outside_hours", {"moment": closed.isoformat(timespec="minutes")}),))
        # Agents may serve several campaigns: whoever decides must be the only one deciding.
        slots = pace.lock_pace(session, parts.settings.twilio_account_sid, now)
        steered = _steered(session, campaign, found, now)
        facts = pacing_facts.gather_facts(session, campaign, _carrier_state(parts, slots), now, steered)
        decision = POLICIES[campaign.pacing_mode].decide(facts)
        given_up.give_up_late(parts, session, decision.cancel, now)
        halted = dialing.carry_out(parts, session, campaign, decision, facts, now)
        if found is None:
            steers = campaign.pacing_mode in steering.STEERS
            steering.keep_found(campaign_id, steered if steers else None, facts, decision.dial)
        if halted:
            endings.pause_afterwards(parts, session, campaign_id, Reason(halted), now)
    return decision


def look_again(parts: Parts, campaign_id: str, ticker: str, now: datetime) -> Decision | None:
    """Decide once more between two ticks: lines and talks are older than they were, which is all that is looked at
    anew. None where the last tick found nothing that a brief look could change.
    """
    found = steering.found_lately(campaign_id, now - parts.clock.real_seconds(FOUND_LASTS_SECONDS))
    return dial_due_contacts(parts, campaign_id, ticker, now, found) if found is not None else None


def _steered(session: Session, campaign: Campaign, found: Steering | None, now: datetime) -> Steering | None:
    if not steering.is_watched(campaign):
        return None
    return found if found is not None else steering.bring_up_to_date(session, campaign, now)


def _carrier_state(parts: Parts, slots: CarrierPace) -> CarrierState:
    # Distances on the shared clock; a carrier that holds calls back has moved the next slot.
    return CarrierState(parts.settings.calls_in_flight, parts.settings.calls_per_second, slots.next_slot_at)


# --- place: the carrier is asked, once ------------------------------------------------------------------------------


def claim_call(parts: Parts, call_id: str, now: datetime) -> tuple[PlaceOrder, datetime] | datetime | None:
    """Transaction 1 of placing: check everything again under the lock, then `queued → placing`.

    Returns the order and the moment it may leave; or the moment at which to try again; or None when nothing is to be
    done. What has been claimed is never claimed again: this commit comes before the carrier hears anything.
    """
    with parts.database.transaction() as session:
        call = calls.lock_call(session, call_id)
        if call is None or call.status != CallStatus.QUEUED:
            return None
        if not _may_leave(parts, session, call, now):
            return None
        slot_row = pace.lock_pace(session, parts.settings.twilio_account_sid, now)
        lines = pace.lines_beside(session, call)
        if not _still_alone(parts, session, call, lines, now):
            return None
        if lines.in_use >= parts.settings.calls_in_flight:
            return now + parts.clock.real_seconds(SLOT_AHEAD_SECONDS)
        ahead = parts.clock.real_seconds(SLOT_AHEAD_SECONDS)
        slot = pace.claim_slot(slot_row, parts.settings.calls_per_second, now, ahead)
        if slot is None:
            return slot_row.next_slot_at - ahead
        calls.move(session, call, What.CLAIMED, now)
        if ground_id := call.gate_verdict.get("ground"):
            ground_uses.record_use(session, ground_id, call.id, call.campaign_id or "", now)
        order = PlaceOrder(
            call.id, call.to_number, call.from_number, call.ring_timeout_seconds, detect_machines=call.detect_machines
        )
        return order, slot


def _may_leave(parts: Parts, session: Session, call: Call, now: datetime) -> bool:
    if call.kind == "contact":
        return _still_wanted(parts, session, call, now)
    if call.kind == "agent":
        wanted = agent_legs.is_wanted(session, call)
    else:
        wanted = live_transfers.may_be_called(parts, session, call, now)
    if wanted:
        return True
    what_follows(parts, session, calls.move(session, call, What.WITHDRAWN, now), now)
    return False


def _still_alone(parts: Parts, session: Session, call: Call, lines: pace.Lines, now: datetime) -> bool:
    """Whether a call may leave that is claimed under the pace, beside those that left until this moment.

    What it is asked, two who claim at once could both answer wrongly before: each would not see the other.
    """
    if call.kind == "agent":
        return True
    if call.kind == "contact" and lines.to_number:  # one number may stand for two contacts
        endings.withdraw(session, call, now, back_in_line_at=now + SAME_NUMBER_REST)
        return False
    if not endings.spend_cap_is_reached(parts.settings, session, now):
        return True
    if call.kind == "contact" and call.campaign_id:
        endings.withdraw(session, call, now)
        endings.pause_afterwards(parts, session, call.campaign_id, Reason("spend_cap"), now)
    else:
        what_follows(parts, session, calls.move(session, call, What.WITHDRAWN, now), now)
    return False


def _still_wanted(parts: Parts, session: Session, call: Call, now: datetime) -> bool:
    """Whether a queued call may still leave; otherwise it is withdrawn or refused, and its contact put back."""
    assert call.contact_id is not None
    assert call.campaign_id is not None
    campaign = session.get(Campaign, call.campaign_id)
    contact = session.get(Contact, call.contact_id)
    assert campaign is not None
    assert contact is not None
    nobody = not _has_agent_for(session, campaign, call, now)
    if campaign.status != CampaignStatus.RUNNING or nobody:
        endings.withdraw(session, call, now)
        return False
    if calls.is_being_called(session, call):  # before the gate, which would count it as an attempt
        endings.withdraw(session, call, now, back_in_line_at=now + SAME_NUMBER_REST)
        return False
    verdict = gate_check.ask(parts, session, contact, call, now)
    call.gate_verdict = verdict.as_json()
    rule_files.keep_in_use(session, verdict.facts.country, now)
    if not verdict.allows:
        calls.move(session, call, What.GATE_REFUSED, now, reason=verdict.reason)
        endings.put_back_refused(session, contact.id, verdict, now)
        if verdict.halts_campaign:
            endings.pause_afterwards(parts, session, campaign.id, Reason(verdict.reason), now)
        return False
    return True


def _has_agent_for(session: Session, campaign: Campaign, call: Call, now: datetime) -> bool:
    """Whether somebody could take the call when it is answered; whoever dials ahead counts agents at work too.

    Where a message is played instead, whether that is lawful.
    """
    if call.keeps_agent:
        return agents.is_ready(session, call.for_agent_id)
    language = call.language
    if not POLICIES[campaign.pacing_mode].needs_agents:
        return limits.may_play_message(campaign, now)
    ahead = campaign.pacing_mode in steering.DIALS_AHEAD
    return agents.has_ready(session, campaign.id, language) or (
        ahead and agents.has_busy(session, campaign.id, language)
    )


def record_placing(parts: Parts, call_id: str, result: PlaceResult, now: datetime) -> None:
    """Transaction 2 of placing: what the carrier answered. Only a certain 'not processed' is ever asked again."""
    with parts.database.transaction(relaxed=True) as session:
        call = calls.lock_call(session, call_id)
        if call is None:
            return
        match result:
            case Placed(carrier_sid, queue_seconds):
                calls.note_carrier_sid(session, call, carrier_sid)
                change = calls.move(session, call, What.PLACED, now)
                if queue_seconds > 0:
                    _rest_carrier(parts, session, now, queue_seconds)
            case Throttled(reason):
                change = calls.move(session, call, What.THROTTLED, now, reason=reason)
                _rest_carrier(parts, session, now, SLOT_AHEAD_SECONDS)
            case OutcomeUnknown(reason):
                change = calls.move(session, call, What.OUTCOME_UNKNOWN, now, reason=reason)
            case Rejected(code, reason):
                call.carrier_code = code
                why = endings.REJECTED_NUMBER if result.number_is_bad else reason
                change = calls.move(session, call, What.REJECTED, now, reason=why)
                if result.stops_all and call.campaign_id:
                    stop = Reason("carrier_refuses", {"words": reason[:200], "number": code})
                    endings.pause_afterwards(parts, session, call.campaign_id, stop, now)
            case _:
                assert_never(result)
        what_follows(parts, session, change, now)


def _rest_carrier(parts: Parts, session: Session, now: datetime, seconds: float) -> None:
    slot_row = pace.lock_pace(session, parts.settings.twilio_account_sid, now)
    pace.hold_back(slot_row, now + parts.clock.real_seconds(min(seconds, 30.0)))


# --- report: the carrier says what happened -------------------------------------------------------------------------


def on_report(parts: Parts, session: Session, report: CallReport, now: datetime) -> Change | None:
    """One report through the one door. Known ones and late ones change nothing, by the table."""
    change = calls.apply_report(session, report, now)
    if change is None:
        log.warning("report_for_unknown_call", call_id=report.call_id, what=report.what)
        return None
    change = meetings.corrected(session, report, change, now)
    if report.what is Reported.MACHINE_HEARD and not change.is_repeat:
        _let_machine_go(parts, session, change.call, report.answered_by)
    what_follows(parts, session, change, now)
    return change


def _let_machine_go(parts: Parts, session: Session, call: Call, answered_by: str) -> None:
    call.answered_by = "fax" if answered_by == "fax" else "machine"  # whatever was thought before
    if call.status not in FINAL:
        parts.queue.put_after_commit(session, QueueName.DIAL, job_names.HANG_UP_CALL, call.id)


def what_follows(parts: Parts, session: Session, change: Change, now: datetime) -> None:
    """What a call's new status means for its agent and its contact, in the same transaction."""
    if not change.moved:
        return
    call = change.call
    if call.kind == "agent":
        agent_legs.follow(parts, session, change, now)
    elif call.kind == "partner":
        live_transfers.follow_partner(parts, session, change, now)
    elif change.after is CallStatus.UNKNOWN and call.contact_id:
        contact_queue.fence(session, call.contact_id, why="outcome_unknown", now=now, call_id=call.id)
    elif change.after is CallStatus.BRIDGED and call.agent_id:
        agents.connect(session, agents.lock_agent(session, call.agent_id), call.id, now)
    elif change.ended and call.kind == "contact":
        endings.follow_contact_call(parts, session, change, now)
    _tell(parts, session, change)


def _tell(parts: Parts, session: Session, change: Change) -> None:
    call = change.call
    agent_id = call.agent_id or (call.for_agent_id if call.keeps_agent else "")
    if agent_id:
        parts.live.publish_after_commit(
            session, f"agent:{agent_id}", call_id=call.id, kind=call.kind, status=call.status
        )
    parts.live.publish_after_commit(session, "board")
    if change.after in FINAL or change.after is CallStatus.BRIDGED:
        parts.live.ring_after_commit(session, "tick")


# --- answer: a person has picked up ---------------------------------------------------------------------------------


def on_answered(parts: Parts, call_id: str, report: CallReport, now: datetime) -> Instruction:
    """What to do with a call that was answered, in one transaction: an agent, or the lawful message.

    Asked again (the carrier repeats what it did not hear), it answers the same.
    """
    with parts.database.transaction(relaxed=True) as session:
        change = calls.apply_report(session, report, now)
        if change is None:
            return HangUp()
        what_follows(parts, session, change, now)
        call = change.call
        if call.kind == "partner":
            return live_transfers.instruct(session, call, now)
        if call.status == CallStatus.ANSWERED:
            agent = _take_answered(parts, session, call, now)
            if agent is None and call.status == CallStatus.ANSWERED:
                return AskAgain(WAIT_SECONDS, call.id)
            return _instruction_for(session, call, agent)
        return _instruction_for(session, call, None)


def _take_answered(parts: Parts, session: Session, call: Call, now: datetime) -> Agent | None:
    if call.kind == "agent":
        what_follows(parts, session, calls.move(session, call, What.TAKEN, now), now)
        return None
    campaign = session.get_one(Campaign, call.campaign_id)
    if not POLICIES[campaign.pacing_mode].needs_agents:
        what_follows(parts, session, calls.move(session, call, What.PLAYED, now), now)
        return None
    candidates = pacing_facts.candidates_for(session, call, now)
    agent = agents.reserve_first(session, candidates, call, now)
    call.agent_id = agent.id if agent else None
    if agent is None and _may_wait(session, campaign, call, now):
        return None
    change = calls.move(session, call, What.TAKEN if agent else What.NO_AGENT, now)
    what_follows(parts, session, change, now)
    return agent


def _may_wait(session: Session, campaign: Campaign, call: Call, now: datetime) -> bool:
    """Whether somebody who answered may wait a moment: agents are about to be ready, and the law leaves the time."""
    if campaign.pacing_mode not in steering.DIALS_AHEAD or call.answered_at is None:
        return False
    waited = (now - call.answered_at).total_seconds()
    grace = limits.grace_seconds(campaign, now)
    return waited + WAIT_SECONDS <= grace and agents.has_busy(session, campaign.id, call.language)


def _instruction_for(session: Session, call: Call, agent: Agent | None) -> Instruction:
    if call.status in {CallStatus.CONNECTING, CallStatus.BRIDGED}:
        if call.kind == "agent":
            return agent_legs.instruct(session, call)
        room = rooms.room_of_leg(session, agent.leg_call_id) if agent is not None else rooms.room_of(session, call)
        # The agent's phone went away in this very moment: nobody is left hanging in an empty room.
        return JoinRoom(room, call.id) if room else HangUp()
    if call.status == CallStatus.COMPLETED and call.disposition == MESSAGE_PLAYED and call.campaign_id:
        return _play_message(session, call)
    if call.status == CallStatus.ABANDONED and call.campaign_id:
        campaign = session.get(Campaign, call.campaign_id)
        assert campaign is not None
        name = campaign.announced_as or campaign.name
        return SayAndHangUp(lawful_message(call.language, name, call.from_number), call.language, call.id)
    return HangUp()


def _play_message(session: Session, call: Call) -> SayAndHangUp:
    """The campaign's script, spoken instead of a talk."""
    campaign = session.get_one(Campaign, call.campaign_id)
    contact = session.get_one(Contact, call.contact_id)
    language, script = script_for(campaign.scripts, call.language)
    text = fill_in_script(script, merge_fields(contact, campaign))
    return SayAndHangUp(recorded_message(language, text), language, call.id)
