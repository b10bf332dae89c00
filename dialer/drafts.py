"""What an agent has noted of a call so far: kept as they go, so that a page that is loaded anew has lost nothing.

The disposition takes a draft over. It is kept beside it while the agent may correct what they said; the sweep drops
it then, and those of calls about which nobody says anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from dialer import calls
from dialer.draft_tables import CallDraft
from dialer.tables import Call
from dialer.wiring import Parts
from foundation.errors import Conflict, Invalid, NotFound
from foundation.marking import Code
from leads import form_book
from leads.answers import Answers, read_answers
from leads.assessment import Assessment, assess
from leads.forms import Form

KEPT_FOR = timedelta(days=7)
MOST_NOTES = 4000
LONGEST_WISH = 300


@dataclass(frozen=True)
class Noted:
    """What an agent has noted: answers to the form of a mark (empty: the campaign's), with the evidence for each."""

    form_mark: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
    wish: str = ""  # the partner that the customer asks for, word for word
    is_hot: bool = False  # the customer wants to hear from a partner at once
    notes: str = ""


@dataclass(frozen=True)
class Judged:
    """Answers to a form, as they were read, and what they come to."""

    form: Form
    answers: Answers
    assessment: Assessment


def judge(session: Session, campaign_id: str, noted: Noted) -> Judged:
    """What was noted comes to this.

    Raises:
        Invalid: the campaign has no such form, or the form takes no such answer.
    """
    form = form_book.form_asked(session, campaign_id, noted.form_mark)
    answers = read_answers(form, noted.answers, noted.evidence)
    return Judged(form, answers, assess(form, answers, is_hot=noted.is_hot))


def save_draft(parts: Parts, agent_id: str, call_id: str, noted: Noted, now: datetime) -> Judged:
    """Keep what the agent has noted so far, in place of what was kept before.

    Raises:
        NotFound: the call is not this agent's.
        Conflict: what came of the call is recorded already.
        Invalid: as `judge`.
    """
    with parts.database.transaction(relaxed=True) as session:
        call = calls.lock_call(session, call_id)
        if call is None or call.agent_id != agent_id or call.kind != "contact":
            raise NotFound("There is no such call of yours.")
        if call.disposition:
            raise Conflict("This call is recorded already: %(disposition)s.", disposition=Code(call.disposition))
        judged = judge(session, call.campaign_id or "", noted)
        keep(session, call_id, noted, judged, now)
        return judged


def keep(session: Session, call_id: str, noted: Noted, judged: Judged, now: datetime) -> None:
    """What was noted of a locked call and judged so takes the place of what was kept before."""
    draft = session.get(CallDraft, call_id) or CallDraft(call_id=call_id)
    form_book.keep_form(session, judged.form, now)
    as_kept = in_kept_form(noted, judged)
    draft.form_mark, draft.answers, draft.evidence = as_kept.form_mark, dict(as_kept.answers), dict(as_kept.evidence)
    draft.wish, draft.is_hot, draft.notes, draft.saved_at = as_kept.wish, as_kept.is_hot, as_kept.notes, now
    session.add(draft)


def in_kept_form(noted: Noted, judged: Judged) -> Noted:
    """What was noted, as it is read again once it is kept."""
    return Noted(
        judged.form.mark,
        dict(judged.answers.values),
        dict(judged.answers.evidence),
        noted.wish.strip()[:LONGEST_WISH],
        noted.is_hot,
        noted.notes[:MOST_NOTES],
    )


def draft_of(session: Session, call_id: str) -> Noted | None:
    """What was noted of a call so far; None where nothing was."""
    draft = session.get(CallDraft, call_id)
    if draft is None:
        return None
    evidence = {key: str(value) for key, value in draft.evidence.items()}
    return Noted(draft.form_mark, draft.answers, evidence, draft.wish, draft.is_hot, draft.notes)


def noted_before(session: Session, call: Call, form: Form) -> Noted | None:
    """What the contact answered in an earlier talk, as far as this form still asks it; None where they did not.

    Nobody is asked twice after a callback: the agent finds the answers there and may change them.
    """
    earlier = select(Call.answers).where(
        Call.contact_id == call.contact_id, Call.id != call.id, Call.bridged_at.is_not(None)
    )
    for answers in session.scalars(earlier.order_by(Call.queued_at.desc(), Call.id.desc()).limit(3)):
        values = {key: value for key, value in answers.items() if _still_asked(form, key, value)}
        if values:
            return Noted(form.mark, values, dict.fromkeys(values, "said"))
    return None


def _still_asked(form: Form, key: str, value: Any) -> bool:
    try:
        read_answers(form, {key: value})
    except Invalid:
        return False
    return True


def take_over(session: Session, call: Call) -> None:
    """Nobody said what came of a locked call: what was noted of it stays with it all the same."""
    if (noted := draft_of(session, call.id)) is not None:
        call.notes, call.answers = noted.notes, dict(noted.answers)
        end_draft(session, call.id)


def end_draft(session: Session, call_id: str) -> None:
    """The call's disposition has taken over what was noted."""
    session.execute(delete(CallDraft).where(CallDraft.call_id == call_id))


def drop_old_drafts(parts: Parts, now: datetime) -> int:
    """Drop drafts that nobody needs any more; how many there were.

    Those are of calls of which nobody has said anything for days, or of which it is too late to say something else.
    """
    window_began = now - timedelta(minutes=parts.settings.correction_minutes)
    said = select(Call.id).where(
        Call.id == CallDraft.call_id, Call.disposition != "", Call.disposition_at <= window_began
    )
    is_settled = and_(CallDraft.saved_at <= window_began, said.exists())
    with parts.database.transaction(relaxed=True) as session:
        old = select(CallDraft.call_id).where(or_(CallDraft.saved_at < now - KEPT_FOR, is_settled)).limit(200)
        dropped = list(session.scalars(old))
        if dropped:
            session.execute(delete(CallDraft).where(CallDraft.call_id.in_(dropped)))
        return len(dropped)
