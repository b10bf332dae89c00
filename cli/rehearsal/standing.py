"""Where a rehearsal stands, read from the database, and what is left at the end of its day."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from campaigns import campaigns, contact_queue
from campaigns.tables import Contact, ContactStatus
from dialer.call_states import LIVE
from dialer.tables import Call, InboxEntry
from foundation.runtime import Runtime
from leads.lead_states import LeadStatus
from leads.tables import Lead

ANOTHER_DAY = "due_another_day"
_UNSETTLED = (LeadStatus.OPEN, LeadStatus.OFFERED)
_BATCH = 200


@dataclass(frozen=True)
class Standing:
    """Counts of this moment."""

    waiting: int
    waiting_today: int
    held: int  # reserved or fenced
    done: int
    live_calls: int
    leads: int
    leads_unsettled: int

    @property
    def only_another_day_is_left(self) -> bool:
        """Whether all who still wait are due on another day, which a rehearsal does not have."""
        return self.waiting > 0 and not self.waiting_today and not self.held and not self.live_calls

    @property
    def is_done(self) -> bool:
        """Whether every contact has its final state and every lead is settled."""
        return not (self.waiting or self.held or self.live_calls or self.leads_unsettled)


def look(runtime: Runtime, campaign_id: str, day_end: datetime) -> Standing:
    """How it stands now."""
    with runtime.database.reading() as session:
        figures = campaigns.figures(session, campaign_id)
        today = select(func.count()).where(
            Contact.campaign_id == campaign_id,
            Contact.status == ContactStatus.WAITING,
            Contact.not_before < day_end,
        )
        live = select(func.count()).where(Call.kind == "contact", Call.status.in_(sorted(LIVE)))
        by_status = session.execute(select(Lead.status, func.count()).group_by(Lead.status))
        leads = {str(status): count for status, count in by_status}
        return Standing(
            waiting=figures.waiting,
            waiting_today=session.scalar(today) or 0 if figures.waiting else 0,
            held=figures.reserved + figures.fenced,
            done=figures.done_total,
            live_calls=session.scalar(live) or 0,
            leads=sum(leads.values()),
            leads_unsettled=sum(leads.get(status, 0) for status in _UNSETTLED),
        )


def reports_waiting(runtime: Runtime) -> int:
    """Callbacks that are kept and not applied yet."""
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).where(InboxEntry.applied_at.is_(None))) or 0


def leave_for_another_day(runtime: Runtime, campaign_id: str) -> None:
    """Take those who still wait out of the line: their next attempt is due on a day that is not rehearsed."""
    waiting = select(Contact.id).where(Contact.campaign_id == campaign_id, Contact.status == ContactStatus.WAITING)
    while True:
        with runtime.database.transaction() as session:
            # Under their locks: dialing goes on meanwhile, and who has just been reserved is not to be taken.
            some = session.scalars(waiting.limit(_BATCH).with_for_update(skip_locked=True)).all()
            for contact_id in some:
                now = runtime.clock.now()
                contact_queue.finish(session, contact_id, outcome=ANOTHER_DAY, now=now, attempted=False)
        if not some:
            return
