"""What people do about disputes: partners file and withdraw, reviewers take up and decide. In the caller's transaction.

A decision is carried out at once: the lead is offered anew, shared, or the partner gets credit.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import Conflict, Forbidden, Invalid, NotFound
from foundation.queue import QueueName
from foundation.runtime import Runtime
from foundation.settings import Settings
from leads import credit_book, offers
from leads.business_clock import HOURS_OF_A_DAY, BusinessCalendar, after_hours
from leads.delivery import DISPUTE_DECIDED, Notice, notify
from leads.dispute_book import Filing, Step, add_dispute, lock_dispute, move_dispute
from leads.dispute_states import DisputeKind, DisputeMove, DisputeOutcome
from leads.dispute_tables import CoDelivery, Dispute
from leads.job_names import ROUTE_LEAD
from leads.lead_book import Note, lock_lead, write_event
from leads.lead_states import LeadStatus
from leads.news import tell_browsers
from leads.policy import current_policy
from leads.policy_tables import TASK, PolicyChange
from leads.recall import recall
from leads.tables import Lead, LeadEvent, Partner, RoutingRound
from leads.why import candidacies

FILE_WITHIN_DAYS, DECIDE_WITHIN_DAYS = 10, 3
MOST_COMPENSATION_MILLI = 2000
RECALL_REASON = "dispute"


@dataclass(frozen=True)
class Ruling:
    """How a reviewer decides. `precedent` and `task` are read by all partners, so they name nobody.

    `compensation_milli` goes with `compensated`, `task` with `rule_mended`.
    """

    outcome: DisputeOutcome
    reasoning: str
    precedent: str = ""
    rule: str = ""
    compensation_milli: int = 0
    task: str = ""


def office_calendar(settings: Settings) -> BusinessCalendar:
    """The working days by which disputes are filed and decided: those of the staff's canton."""
    return BusinessCalendar(settings.office_canton)


def file_until(settings: Settings, decided_at: datetime) -> datetime:
    """Until when a decision can be disputed."""
    return after_hours(decided_at, FILE_WITHIN_DAYS * HOURS_OF_A_DAY, office_calendar(settings))


def who_took_part(session: Session, lead_id: str) -> frozenset[str]:
    """The users who did something to a lead: they may not judge it."""
    actors = session.scalars(select(LeadEvent.actor).where(LeadEvent.lead_id == lead_id, LeadEvent.actor != ""))
    return frozenset(actors)


@dataclass(frozen=True)
class DisputeDesk:
    """One person at work on disputes: `actor` is the user's id, `now` the moment of the click."""

    runtime: Runtime
    session: Session
    actor: str
    now: datetime

    def file(self, lead_id: str, partner_id: str, kind: DisputeKind, text: str) -> Dispute:
        """Dispute the latest decision that the partner was a candidate in. Until it is decided, the lead stays put.

        Raises:
            NotFound: there is no such lead, or the partner was no candidate.
            Invalid: without words.
            Conflict: too late, disputed before, or the lead came to this partner.
        """
        text = text.strip()[:2000]
        rounds = candidacies(self.session, partner_id, lead_id)
        if not rounds:
            raise NotFound("there is no such lead")
        if not text:
            raise Invalid("say in a few words what was wrong")
        lead = lock_lead(self.session, lead_id)
        kept = self.session.get_one(RoutingRound, (lead_id, rounds[-1]))
        if kept.partner_id == partner_id:
            raise Conflict("this lead came to you: accept or decline the offer")
        if self.now > file_until(self.runtime.settings, kept.at):
            raise Conflict("the ten working days in which this decision could be disputed are over")
        due_at = after_hours(self.now, DECIDE_WITHIN_DAYS * HOURS_OF_A_DAY, office_calendar(self.runtime.settings))
        filing = Filing(lead_id, kept.number, partner_id, kind, text, self.actor, self.now, due_at)
        dispute = add_dispute(self.session, filing)
        self._note(lead, dispute, "dispute_filed")
        return dispute

    def withdraw(self, dispute_id: str, partner_id: str) -> Dispute:
        """Take back an own dispute.

        Raises:
            NotFound: there is no such dispute, or it is another partner's.
            Conflict: it is settled.
        """
        lead, dispute = lock_dispute(self.session, dispute_id)
        if not partner_id or dispute.partner_id != partner_id:
            raise NotFound("there is no such dispute")
        move_dispute(self.session, dispute, DisputeMove.WITHDRAW, Step(self.actor, self.now))
        self._note(lead, dispute, "dispute_withdrawn")
        self._thaw(lead)
        return dispute

    def take_up(self, dispute_id: str) -> Dispute:
        """Become the reviewer of a dispute.

        Raises:
            NotFound: there is no such dispute.
            Forbidden: this person took part in what is disputed.
            Conflict: somebody has taken it up, or it is settled.
        """
        _, dispute = lock_dispute(self.session, dispute_id)
        self._refuse_whoever_took_part(dispute)
        move_dispute(self.session, dispute, DisputeMove.TAKE_UP, Step(self.actor, self.now))
        dispute.reviewer = self.actor
        self._tell(dispute)
        return dispute

    def decide(self, dispute_id: str, ruling: Ruling) -> Dispute:
        """Decide a dispute and carry the decision out.

        Raises:
            NotFound: there is no such dispute.
            Forbidden: this person took part in what is disputed.
            Invalid: without reasons, or without what the outcome needs.
            Conflict: it is settled, or the lead does not allow the outcome now.
        """
        _check(ruling)
        lead, dispute = lock_dispute(self.session, dispute_id)
        self._refuse_whoever_took_part(dispute)
        step = Step(self.actor, self.now, {"outcome": ruling.outcome.value})
        move_dispute(self.session, dispute, DisputeMove.DECIDE, step)
        dispute.reviewer = self.actor
        dispute.decided_at = self.now
        dispute.outcome = ruling.outcome
        dispute.reasoning = ruling.reasoning.strip()[:2000]
        dispute.precedent = ruling.precedent.strip()[:2000]
        dispute.rule = ruling.rule
        self._carry_out(lead, dispute, ruling)
        self._note(lead, dispute, "dispute_decided", {"outcome": ruling.outcome.value})
        facts = {"dispute_id": dispute.id, "outcome": ruling.outcome.value}
        told = Notice(DISPUTE_DECIDED, dispute.id, dispute.partner_id, lead.id, facts=facts)
        notify(self.session, told, self.now)
        self._thaw(lead)
        return dispute

    def _carry_out(self, lead: Lead, dispute: Dispute, ruling: Ruling) -> None:
        if ruling.outcome is DisputeOutcome.REASSIGNED:
            self._reassign(lead, dispute)
        elif ruling.outcome is DisputeOutcome.SPLIT:
            self._split(lead, dispute)
        elif ruling.outcome is DisputeOutcome.COMPENSATED:
            dispute.compensation_milli = ruling.compensation_milli
            credit_book.compensate(self.session, dispute.partner_id, ruling.compensation_milli, self.now)
        elif ruling.outcome is DisputeOutcome.RULE_MENDED:
            task = PolicyChange(
                at=self.now, actor=self.actor, what=TASK, dispute_id=dispute.id, text=ruling.task.strip()[:2000]
            )
            self.session.add(task)

    def _reassign(self, lead: Lead, dispute: Dispute) -> None:
        partner = self.session.get_one(Partner, dispute.partner_id)
        if not partner.is_active:
            raise Conflict("this partner is not active, so it cannot be offered the lead")
        if lead.status == LeadStatus.CLOSED:
            raise Conflict("this lead is closed, so nobody else can have it: give credit instead")
        if lead.status == LeadStatus.ACCEPTED:
            before = recall(self.session, lead, RECALL_REASON, self.now, self.actor).partner_id
        else:
            withdrawn = offers.withdraw(self.session, lead, self.actor, self.now)
            before = withdrawn.partner_id if withdrawn else ""
        making = offers.Making(
            offers.BY_HAND, current_policy(self.session, self.runtime.settings), self.now, self.actor
        )
        offers.make_offer(self.session, lead, partner.id, making)
        tell_browsers(self.runtime, self.session, lead.id, lead.status, before)

    def _split(self, lead: Lead, dispute: Dispute) -> None:
        if lead.status != LeadStatus.ACCEPTED or lead.partner_id == dispute.partner_id:
            raise Conflict("only a lead that another partner has accepted can be shared")
        self.session.add(
            CoDelivery(lead_id=lead.id, partner_id=dispute.partner_id, since=self.now, dispute_id=dispute.id)
        )
        both = {"with": lead.partner_id, "dispute": dispute.id}
        shared = Note("co_delivery", self.now, self.actor, partner_id=dispute.partner_id, facts=both)
        write_event(self.session, lead.id, shared)
        shown = Note("contact_disclosed", self.now, self.actor, partner_id=dispute.partner_id)
        write_event(self.session, lead.id, shown)
        tell_browsers(self.runtime, self.session, lead.id, lead.status, lead.partner_id or "")

    def _refuse_whoever_took_part(self, dispute: Dispute) -> None:
        if self.actor in who_took_part(self.session, dispute.lead_id):
            raise Forbidden("You took part in what is disputed, so somebody else has to review it.")

    def _thaw(self, lead: Lead) -> None:
        if lead.status == LeadStatus.OPEN:
            self.runtime.queue.put_after_commit(self.session, QueueName.WORK, ROUTE_LEAD, lead.id)

    def _note(self, lead: Lead, dispute: Dispute, what: str, facts: dict[str, str] | None = None) -> None:
        # Without the actor: a reviewer of one dispute may review the next about the same lead.
        noted = Note(what, self.now, partner_id=dispute.partner_id, facts={"dispute": dispute.id} | (facts or {}))
        write_event(self.session, lead.id, noted)
        self._tell(dispute)

    def _tell(self, dispute: Dispute) -> None:
        self.runtime.live.publish_after_commit(self.session, "leads", lead_id=dispute.lead_id)
        self.runtime.live.publish_after_commit(self.session, f"partner:{dispute.partner_id}", lead_id=dispute.lead_id)


def _check(ruling: Ruling) -> None:
    if not ruling.reasoning.strip():
        raise Invalid("give the partner your reasons")
    is_credit = ruling.outcome is DisputeOutcome.COMPENSATED
    if is_credit and not 0 < ruling.compensation_milli <= MOST_COMPENSATION_MILLI:
        raise Invalid("credit is more than nothing and at most two leads")
    if ruling.outcome is DisputeOutcome.RULE_MENDED and not ruling.task.strip():
        raise Invalid("say what is to be changed: all partners read it in the policy's log")
