"""What becomes of a contact after an attempt, from the rows of all its attempts: the facts for `campaigns.attempts`."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import attempts, contact_queue, phones
from campaigns.attempts import AttemptFacts, GiveUp, TryAgain
from campaigns.tables import Campaign, Contact
from campaigns.times_of_day import segment_of
from dialer.call_states import CallStatus
from dialer.tables import Call

REJECTED_NUMBER = "rejected_number"
# After these nobody's phone has rung.
NEVER_RANG = frozenset({CallStatus.NOT_PLACED, CallStatus.WITHDRAWN, CallStatus.REFUSED})
# A machine that is heard early enough is hung up on before it is put through: nobody has lost patience.
_NOBODY_SPOKE = frozenset({CallStatus.ABANDONED, CallStatus.HUNG_UP_BEFORE_BRIDGE})


def put_back_after_ending(session: Session, call: Call, ending: str, now: datetime) -> None:
    """Back in line, or done, by the rule for an attempt that ended so and that no agent has judged."""
    contact, facts = _gather(session, call, ending, now)
    attempted = call.status not in NEVER_RANG
    _carry_out(session, contact, call, attempts.after_attempt(ending, facts), now, attempted=attempted, talked=False)


def put_back_after_talk(session: Session, call: Call, code: str, now: datetime) -> None:
    """Back in line, or done, as an agent said that the contact should be tried again."""
    contact, facts = _gather(session, call, code, now)
    _carry_out(session, contact, call, attempts.after_talk(code, facts), now, attempted=True, talked=True)


def ending_of(call: Call) -> str:
    """How a call ended, as retries and people call it."""
    status = CallStatus(call.status)
    if status is CallStatus.FAILED and call.end_reason == REJECTED_NUMBER:
        return REJECTED_NUMBER
    if status in _NOBODY_SPOKE and call.answered_by in {"machine", "fax"}:
        return "machine"
    return status.value


def _gather(session: Session, call: Call, word: str, now: datetime) -> tuple[Contact, AttemptFacts]:
    campaign = session.get_one(Campaign, call.campaign_id)
    contact = session.get_one(Contact, call.contact_id)
    words, numbers = _earlier(session, contact, call)
    rang = call.status not in NEVER_RANG
    if rang:
        words[word] += 1
        numbers[call.to_number] += 1
    scores = campaign.answer_times.get("scores", {}) if campaign.uses_answer_times else {}
    return contact, AttemptFacts(
        attempts_made=contact.attempts_made + rang,
        max_attempts=campaign.max_attempts,
        retry_minutes=campaign.retry_minutes,
        now=now,
        rule=attempts.rule_for(campaign.retry_rules, word),
        tries_so_far=words[word],
        number=call.to_number,
        tries_of_number={number: numbers[number] for number in phones.numbers_of(session, contact)},
        max_attempts_per_number=campaign.max_attempts_per_number,
        time_zone=contact.time_zone,
        scores=scores.get(segment_of(contact.language, contact.employees), {}),
    )


def _earlier(session: Session, contact: Contact, call: Call) -> tuple[Counter[str], Counter[str]]:
    """The contact's other attempts that count: by how they ended, and by number."""
    counted = select(Call).where(
        Call.contact_id == contact.id,
        Call.id != call.id,
        Call.placing_at.is_not(None),
        Call.status.not_in(sorted(NEVER_RANG)),
    )
    if contact.counts_from is not None:
        counted = counted.where(Call.queued_at >= contact.counts_from)
    words: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    for one in session.scalars(counted):
        words[one.disposition or ending_of(one)] += 1
        numbers[one.to_number] += 1
    return words, numbers


def _carry_out(  # noqa: PLR0913 - the decision and what it rests on
    session: Session,
    contact: Contact,
    call: Call,
    decision: TryAgain | GiveUp,
    now: datetime,
    *,
    attempted: bool,
    talked: bool,
) -> None:
    match decision:
        case TryAgain(at, why, number):
            contact_queue.give_back(
                session,
                contact.id,
                not_before=at,
                why=why,
                now=now,
                attempted=attempted,
                talked=talked,
                call_id=call.id,
                number=number,
            )
        case GiveUp(outcome):
            contact_queue.finish(session, contact.id, outcome=outcome, now=now, attempted=attempted, call_id=call.id)
