"""What an agent does at the desk: go ready, pause, sign off, hang up, say what came of a call, and say otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from accounts import audit
from accounts.audit import Act
from campaigns import contact_queue
from campaigns.tables import Contact, ContactStatus
from compliance import do_not_call
from dialer import (
    agent_legs,
    agents,
    calls,
    corrections,
    drafts,
    endings,
    job_names,
    lead_opening,
    retries,
    transfer_desk,
)
from dialer.call_states import LIVE, CallStatus
from dialer.correction_rules import LeadStands, Refused, may_correct
from dialer.corrections import Recorded
from dialer.dispositions import DISPOSITIONS, Disposition, Then
from dialer.drafts import MOST_NOTES, Judged, Noted
from dialer.tables import Agent, Call
from dialer.wiring import Parts
from foundation.errors import Conflict, Invalid, NotFound
from foundation.marking import Code
from foundation.queue import QueueName
from leads.desk import LeadDesk
from leads.lead_book import Note, write_event
from leads.lead_states import LeadOutcome

_TALKED = frozenset({CallStatus.BRIDGED, CallStatus.COMPLETED})


@dataclass(frozen=True)
class Said:
    """What an agent says of a call. `callback_at` goes with code `callback`, `language` with `other_language`.

    `form_mark` is the form that was before the agent, empty for the campaign's. With `as_drafted`, what was noted on
    the way counts, and the fields for it are not looked at.
    """

    code: str
    notes: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
    wish: str = ""  # the partner that the customer asks for, word for word
    is_hot: bool = False
    form_mark: str = ""
    as_drafted: bool = False
    callback_at: datetime | None = None
    callback_is_mine: bool = False
    language: str = ""


@dataclass(frozen=True)
class Correction:
    """What an agent says of a call instead of `former`, which they had before them; `act` tells the audit trail who."""

    said: Said
    former: str
    act: Act


def go_ready(parts: Parts, agent_id: str, now: datetime) -> None:
    """Take calls; the agent's phone is called first where it is not parked yet."""
    with parts.database.transaction(relaxed=True) as session:
        agent = agents.lock_agent(session, agent_id)
        agents.go_ready(session, agent, is_parked=agent_legs.is_parked(session, agent), now=now)
        if agents.needs_leg(agent):
            agent_legs.call_agent_phone(parts, session, agent, now)
        agent_legs.tell_agent(parts, session, agent)


def pause(parts: Parts, agent_id: str, reason: str, now: datetime) -> None:
    """Take no calls for a stated reason; during a call, as soon as it is over. The phone stays parked."""
    with parts.database.transaction(relaxed=True) as session:
        agent = agents.lock_agent(session, agent_id)
        agents.pause(session, agent, reason, now)
        agent_legs.tell_agent(parts, session, agent)


def sign_off(parts: Parts, agent_id: str, now: datetime) -> None:
    """Go offline and let the agent's phone go; during a call, as soon as it is over."""
    with parts.database.transaction(relaxed=True) as session:
        agent = agents.lock_agent(session, agent_id)
        agents.sign_off(session, agent, now)
        if agents.is_offline(agent):
            agent_legs.drop_unwanted_leg(parts, session, agent)
        agent_legs.tell_agent(parts, session, agent)


def hang_up(parts: Parts, agent_id: str) -> None:
    """End the agent's call with the contact; the agent stays parked. An introduced partner and the contact talk on."""
    with parts.database.transaction(relaxed=True) as session:
        agent = agents.lock_agent(session, agent_id)
        call = session.get(Call, agent.current_call_id) if agent.current_call_id else None
        if call is None or call.status not in LIVE:
            raise Conflict("There is no call to hang up.")
        if transfer_desk.leaves_the_two(parts, session, agent, call.id):
            return
        parts.queue.put_after_commit(session, QueueName.DIAL, job_names.HANG_UP_CALL, call.id)


def record_disposition(parts: Parts, agent_id: str, call_id: str, said: Said, now: datetime) -> Call:
    """What came of a call: it decides about the contact, may open a lead, and frees the agent once the talk is over.

    Said while the talk goes on, it ends the talk. Saying the same again changes nothing.

    Raises:
        NotFound: the call is not this agent's.
        Conflict: nobody was talked to, or another disposition is recorded.
        Invalid: the disposition is unknown, lacks what it needs, or brings an answer that the form does not take.
    """
    disposition = _checked(said, now)
    with parts.database.transaction() as session:
        call = calls.lock_call(session, call_id)
        if call is None or call.agent_id != agent_id or call.kind != "contact":
            raise NotFound("There is no such call of yours.")
        if call.disposition == said.code:
            return call
        if call.disposition:
            raise Conflict("This call is recorded already: %(disposition)s.", disposition=Code(call.disposition))
        if call.status not in _TALKED:
            raise Conflict("This call was never connected; there is nothing to record.")
        call.disposition, call.disposition_at = said.code, now
        noted = _noted(session, call, said)
        judged = drafts.judge(session, call.campaign_id or "", noted)
        _take_over(parts, session, call, noted, judged, now)
        agent = agents.lock_agent(session, agent_id)
        keeps_lead = disposition.opens_lead
        talks_on = transfer_desk.end_agents_part(parts, session, call, agent, now, keeps_lead=keeps_lead)
        if call.status in LIVE and not talks_on:  # one key ends the talk and says what came of it
            parts.queue.put_after_commit(session, QueueName.DIAL, job_names.HANG_UP_CALL, call.id)
        _decide_about_contact(session, call, disposition, said, now)
        if disposition.opens_lead:
            lead = lead_opening.draft_of_lead(session, call, judged, noted.wish, now)
            lead_opening.open_lead(parts, session, call, lead, now)
        _free_agent(parts, session, agent, call, now)
        parts.live.publish_after_commit(session, f"campaign:{call.campaign_id}")
        return call


def correct_disposition(parts: Parts, agent_id: str, call_id: str, correction: Correction, now: datetime) -> Call:
    """Something else came of a call: what the former disposition led to is taken back, and the new one counts alone.

    The call is as if the new one had been said in the first place. Saying the same again changes nothing.

    Raises:
        NotFound: the call is not this agent's.
        Conflict: it may not be corrected (`correction_rules` says why), or was corrected meanwhile.
        Invalid: as `record_disposition`.
    """
    said, disposition = correction.said, _checked(correction.said, now)
    with parts.database.transaction() as session:
        call = corrections.own_call(session, agent_id, call_id, locks=True)
        noted = _noted(session, call, said)
        judged = drafts.judge(session, call.campaign_id or "", noted)
        before, after = corrections.recorded_of(session, call), _as_recorded(said, disposition, noted, judged)
        if before == after:
            return call
        if call.disposition != correction.former and not disposition.blocks_number:
            raise Conflict(
                "This call is recorded otherwise by now: %(disposition)s.", disposition=Code(call.disposition)
            )
        agent = agents.lock_agent(session, agent_id)
        past = corrections.look_back(session, call, correction_window(parts), now, locks=True)
        verdict = may_correct(past, disposition)
        if isinstance(verdict, Refused):
            raise Conflict(verdict.why)
        corrections.note(session, call, said.code, now)
        call.disposition = said.code  # its moment stays: so long the agent has taken, and from then on it is too late
        _take_over(parts, session, call, noted, judged, now)
        if replace(before, noted=noted) != replace(after, noted=noted):
            if verdict.moves_contact:
                corrections.put_back_in_hand(session, call, past.former, now)
                _decide_about_contact(session, call, disposition, said, now)
            else:
                _stop_calling(parts, session, call, now)
        if verdict.closes_lead:
            LeadDesk(parts.runtime, session, agent_id, now).close(call.lead_id, LeadOutcome.DISQUALIFIED, "")
        elif disposition.opens_lead:
            lead_opening.open_lead(
                parts, session, call, lead_opening.draft_of_lead(session, call, judged, noted.wish, now), now
            )
        elif past.lead is LeadStands.SEEN:  # whoever decides about it finds it there
            told = Note("call_corrected", now, agent_id, facts={"from": before.code, "to": said.code})
            write_event(session, call.lead_id, told)
        agent_legs.tell_agent(parts, session, agent)
        parts.live.publish_after_commit(session, f"campaign:{call.campaign_id}")
        audit.record(session, replace(correction.act, facts={"from": before.code, "to": said.code}), now)
        return call


def correction_window(parts: Parts) -> timedelta:
    """So long after a disposition the agent may say otherwise; zero: never."""
    return timedelta(minutes=parts.settings.correction_minutes)


def _as_recorded(said: Said, disposition: Disposition, noted: Noted, judged: Judged) -> Recorded:
    """What is said, as `corrections.recorded_of` reads it again."""
    is_callback, is_language = disposition.then is Then.CALLBACK, disposition.then is Then.OTHER_LANGUAGE
    return Recorded(
        said.code,
        drafts.in_kept_form(noted, judged),
        said.callback_at if is_callback else None,
        callback_is_mine=is_callback and said.callback_is_mine,
        language=said.language if is_language else "",
    )


def _stop_calling(parts: Parts, session: Session, call: Call, now: datetime) -> None:
    """Never again, though the contact has gone on: a line that rings is given up, and the gate stops what is queued."""
    _block_number(session, call, now)
    for ringing in corrections.ringing_since(session, call):
        parts.queue.put_after_commit(session, QueueName.DIAL, job_names.GIVE_UP_CALL, ringing)
    contact = session.get_one(Contact, call.contact_id)
    if contact.status == ContactStatus.WAITING:
        contact_queue.finish(session, contact.id, outcome=call.disposition, now=now, call_id=call.id, attempted=False)


def _take_over(  # noqa: PLR0913, PLR0917 - the call, and what was noted of it
    parts: Parts, session: Session, call: Call, noted: Noted, judged: Judged, now: datetime
) -> None:
    """What was noted is the call's; all of it is kept beside it while the agent may say otherwise."""
    call.notes, call.answers = noted.notes[:MOST_NOTES], dict(judged.answers.values)
    if correction_window(parts):
        drafts.keep(session, call.id, noted, judged, now)
    else:
        drafts.end_draft(session, call.id)


def _block_number(session: Session, call: Call, now: datetime) -> None:
    do_not_call.block(session, call.to_number, source="disposition", now=now, added_by=call.agent_id or "", note="")


def _noted(session: Session, call: Call, said: Said) -> Noted:
    drafted = drafts.draft_of(session, call.id) if said.as_drafted else None
    return drafted or Noted(said.form_mark, said.answers, said.evidence, said.wish, said.is_hot, said.notes)


def _checked(said: Said, now: datetime) -> Disposition:
    disposition = DISPOSITIONS.get(said.code)
    if disposition is None:
        raise Invalid(
            "There is no disposition %(code)s. Choose one of: %(choices)s.",
            code=said.code,
            choices=", ".join(DISPOSITIONS),
        )
    if disposition.then is Then.CALLBACK and (said.callback_at is None or said.callback_at <= now):
        raise Invalid("Say when to call back, at a moment that is still to come.")
    if disposition.then is Then.OTHER_LANGUAGE and said.language not in agents.LANGUAGES:
        raise Invalid("Say which language the contact speaks: de, fr, it or en.")
    return disposition


def _decide_about_contact(session: Session, call: Call, disposition: Disposition, said: Said, now: datetime) -> None:
    assert call.contact_id is not None
    contact_id = call.contact_id
    match disposition.then:
        case Then.DONE:
            contact_queue.finish(session, contact_id, outcome=said.code, now=now, call_id=call.id, attempted=True)
        case Then.CALLBACK:
            assert said.callback_at is not None
            contact_queue.promise_callback(
                session,
                contact_id,
                at=said.callback_at,
                agent_id=(call.agent_id or "") if said.callback_is_mine else "",
                now=now,
                call_id=call.id,
            )
        case Then.OTHER_LANGUAGE:
            contact_queue.give_back(
                session,
                contact_id,
                not_before=now,
                why=said.code,
                now=now,
                attempted=True,
                talked=True,
                call_id=call.id,
                language=said.language,
            )
        case Then.RETRY:
            retries.put_back_after_talk(session, call, said.code, now)
    if disposition.blocks_number:  # the contact before the block, everywhere
        _block_number(session, call, now)


def _free_agent(parts: Parts, session: Session, agent: Agent, call: Call, now: datetime) -> None:
    agents.finish_wrap_up(session, agent, call.id, now)
    endings.call_again_if_wanted(parts, session, agent.id, now)
    if agents.is_offline(agent) and not agents.needs_leg(agent):
        agent_legs.drop_unwanted_leg(parts, session, agent)
    agent_legs.tell_agent(parts, session, agent)
