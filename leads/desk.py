"""What people do to leads, from a page or the API: one call each, in the caller's transaction.

Each ends with news for browsers and, where a lead is open again, with a job that finds its next partner.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.errors import Conflict, NotFound
from foundation.marking import Code
from foundation.queue import QueueName
from foundation.runtime import Runtime
from leads import first_contact, offers, protection
from leads.credit_book import lock_credits
from leads.facts import Policy
from leads.job_names import ROUTE_LEAD
from leads.lead_book import Note, close_lead, lock_lead, put_back_in_line
from leads.lead_states import LeadOutcome, LeadStatus
from leads.news import tell_browsers
from leads.policy import current_policy
from leads.tables import Lead, Offer

# How a lead may end once a partner has it, and before.
AFTER_ACCEPTANCE = frozenset({LeadOutcome.WON, LeadOutcome.LOST, LeadOutcome.DISQUALIFIED})
BEFORE_ACCEPTANCE = frozenset({LeadOutcome.NOT_PLACED, LeadOutcome.DISQUALIFIED})
# A customer that was won stays protected until its day.
_ENDS_PROTECTION = frozenset({LeadOutcome.LOST, LeadOutcome.DISQUALIFIED})
# So many leads in so long a time does a partner's own word that they were none give credit back for.
OWN_REFUNDS, _REFUND_WINDOW = 2, timedelta(days=30)


@dataclass(frozen=True)
class LeadDesk:
    """One person at work on leads: `actor` is the user's id, `now` the moment of the click."""

    runtime: Runtime
    session: Session
    actor: str
    now: datetime

    def accept_offer(self, offer_id: str, partner_id: str) -> Lead:
        """Take a lead for a partner; see `offers.accept` for what may be wrong."""
        lead = offers.accept(self.session, offer_id, offers.Reply(partner_id, self.actor, self.now), self._policy)
        self._tell(lead, partner_id)
        return lead

    def confirm_first_contact(self, lead_id: str, partner_id: str) -> Lead:
        """Stop the clock for a partner; see `first_contact.confirm` for what may be wrong."""
        lead = first_contact.confirm(self.session, lead_id, partner_id, self.actor, self.now)
        self._tell(lead, partner_id)
        return lead

    def decline_offer(self, offer_id: str, partner_id: str, why: offers.Decline) -> Lead:
        """Pass for a partner; see `offers.decline` for what may be wrong."""
        lead = offers.decline(self.session, offer_id, why, offers.Reply(partner_id, self.actor, self.now))
        self._find_next(lead, partner_id)
        return lead

    def withdraw_offer(self, lead_id: str) -> Lead:
        """Take a lead back from the partner that has it before them, and let the next one have it.

        Raises:
            NotFound: there is no such lead.
            Conflict: it has no live offer.
        """
        lead = lock_lead(self.session, lead_id)
        offer = offers.withdraw(self.session, lead, self.actor, self.now)
        if offer is None:
            raise Conflict("this lead has no live offer")
        self._find_next(lead, offer.partner_id)
        return lead

    def assign_by_hand(self, lead_id: str, partner_id: str) -> Offer:
        """Offer a lead to the partner that a manager picked; see `offers.assign_by_hand` for what may be wrong."""
        lead = lock_lead(self.session, lead_id)
        making = offers.Making(offers.BY_HAND, self._policy, self.now, self.actor)
        offer = offers.assign_by_hand(self.session, lead, partner_id, making)
        self._tell(lead, partner_id)
        return offer

    def route_again(self, lead_id: str) -> Lead:
        """Put a lead that waits for a person back in line, as when new partners have come.

        Raises:
            NotFound: there is no such lead.
            Conflict: it does not wait for a person.
        """
        lead = lock_lead(self.session, lead_id)
        put_back_in_line(self.session, lead, self.actor, self.now)
        self._find_next(lead)
        return lead

    def close(self, lead_id: str, outcome: LeadOutcome, reason: str) -> Lead:
        """Close a lead as a manager; a live offer is withdrawn first.

        Raises:
            NotFound: there is no such lead.
            Conflict: it is closed already, or the outcome does not suit where it stands.
        """
        lead = lock_lead(self.session, lead_id)
        withdrawn = offers.withdraw(self.session, lead, self.actor, self.now)
        self._close(lead, outcome, reason)
        if outcome is LeadOutcome.DISQUALIFIED:
            offers.refund(self.session, lead)
        self._tell(lead, withdrawn.partner_id if withdrawn else lead.partner_id or "")
        return lead

    def report_outcome(self, lead_id: str, partner_id: str, outcome: LeadOutcome, reason: str) -> Lead:
        """Close a lead as the partner that accepted it.

        Raises:
            NotFound: there is no such lead, or it is another partner's.
            Conflict: it is closed already, or the outcome does not suit.
        """
        lead = lock_lead(self.session, lead_id)
        if not partner_id or lead.partner_id != partner_id:
            raise NotFound("there is no such lead")
        self._close(lead, outcome, reason)
        if outcome is LeadOutcome.DISQUALIFIED and self._may_refund_itself(partner_id):
            offers.refund(self.session, lead)
        self._tell(lead, partner_id)
        return lead

    def _may_refund_itself(self, partner_id: str) -> bool:
        # Under the credit lock, as two may be reported at once. This one is among them. Without a cap, taking leads to
        # look at them would cost nothing.
        lock_credits(self.session)
        said = select(func.count()).where(
            Lead.partner_id == partner_id,
            Lead.outcome == LeadOutcome.DISQUALIFIED,
            Lead.closed_at > self.now - _REFUND_WINDOW,
        )
        return self.session.scalars(said).one() <= OWN_REFUNDS

    def _close(self, lead: Lead, outcome: LeadOutcome, reason: str) -> None:
        suits = AFTER_ACCEPTANCE if lead.status == LeadStatus.ACCEPTED else BEFORE_ACCEPTANCE
        if lead.status != LeadStatus.CLOSED and outcome not in suits:
            raise Conflict(
                "As it is now, this lead cannot be closed as: %(outcome)s.", outcome=Code(f"outcome:{outcome.value}")
            )
        facts = {"outcome": outcome.value}
        noted = Note("lead_closed", self.now, self.actor, partner_id=lead.partner_id or "", facts=facts)
        close_lead(self.session, lead, outcome, reason.strip(), noted)
        first_contact.stop_clock(self.session, lead, self.now)
        if outcome in _ENDS_PROTECTION:
            protection.end_of_lead(self.session, lead.id, outcome.value, self.now)

    @property
    def _policy(self) -> Policy:
        return current_policy(self.session, self.runtime.settings)

    def _find_next(self, lead: Lead, partner_id: str = "") -> None:
        self.runtime.queue.put_after_commit(self.session, QueueName.WORK, ROUTE_LEAD, lead.id)
        self._tell(lead, partner_id)

    def _tell(self, lead: Lead, partner_id: str) -> None:
        tell_browsers(self.runtime, self.session, lead.id, lead.status, partner_id)
