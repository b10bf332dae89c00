"""Offers: made, accepted, declined, timed out, withdrawn.

Every change of status goes through `lead_book`; who is offered a lead is decided by `ranking`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from foundation.database import Database
from foundation.errors import Conflict, Forbidden, Invalid, NotFound
from foundation.flushing import Beside, flush_at_once
from leads import credit_book, delivery, first_contact, protection
from leads.business_clock import after_hours
from leads.dispute_book import is_frozen
from leads.facts import Policy, Profile
from leads.lead_book import Note, OfferTerms, add_offer, end_offer, live_offer, lock_offer, offers_made, write_event
from leads.lead_facts import facts_of
from leads.lead_states import DeclineReason, OfferMove, OfferStatus
from leads.partner_calendar import calendar_of
from leads.partners import profile_of
from leads.ranking import WHOLE_LEAD_MILLI
from leads.tables import Lead, Offer, Partner
from leads.teaser import teaser_of

BY_HAND = "by_hand"
_USUAL = Policy()


@dataclass(frozen=True)
class Reply:
    """A partner's answer to an offer: whose (`partner_id`), given by which user, when."""

    partner_id: str
    actor: str
    at: datetime


@dataclass(frozen=True)
class Decline:
    """Why a partner declines. `text` is needed with OTHER."""

    reason: DeclineReason
    text: str = ""


@dataclass(frozen=True)
class Standing:
    """The chosen partner's profile, how many offers the lead had before, what books the choice, and how to tell."""

    profile: Profile
    offers_made: int
    booking: Beside | None = None
    reach: delivery.Reach | None = None


@dataclass(frozen=True)
class Making:
    """How an offer comes about: its basis (relation, turn, by_hand), its policy, and the user who made it, if any."""

    basis: str
    policy: Policy
    at: datetime
    actor: str = ""
    by_call_until: datetime | None = None  # the customer is on the line, for so long at most
    standing: Standing | None = None  # what a decision under the credit lock knows of the lead and the partner


def make_offer(session: Session, lead: Lead, partner_id: str, making: Making) -> Offer:
    """Offer a locked lead to a partner, with the notice that tells it.

    Raises:
        Conflict: the lead has a live offer, or is accepted or closed.
    """
    standing = making.standing or _look_at(session, lead, partner_id, making.at)
    calendar = calendar_of(standing.profile, making.policy)
    terms = OfferTerms(
        partner_id=partner_id,
        basis=making.basis,
        expires_at=making.by_call_until or after_hours(making.at, making.policy.ttl_hours(lead.urgency), calendar),
        teaser=teaser_of(facts_of(lead), lead.answers, grade=lead.grade, urgency=lead.urgency),
        by_call=making.by_call_until is not None,
        number=standing.offers_made + 1,
    )
    offer = add_offer(session, lead, terms, Note("offer_made", making.at, making.actor))
    if not offer.by_call:
        delivery.notify_of_offer(session, offer, making.at, standing.reach)
    flush_at_once(session, standing.booking)
    return offer


def _look_at(session: Session, lead: Lead, partner_id: str, now: datetime) -> Standing:
    """For offers that no decision stands behind: they take room as well."""
    credit_book.take_place(session, partner_id, now)
    return Standing(profile_of(session.get_one(Partner, partner_id)), offers_made(session, lead.id))


def assign_by_hand(session: Session, lead: Lead, partner_id: str, making: Making) -> Offer:
    """Offer a locked lead to the partner that a manager picked. The rules advise; here a person decides.

    Raises:
        NotFound: there is no such partner.
        Conflict: the partner is not active, or the lead cannot be offered now, or a dispute about it is undecided.
    """
    partner = session.get(Partner, partner_id)
    if partner is None:
        raise NotFound("there is no such partner")
    if not partner.is_active:
        raise Conflict("this partner is not active: pick another, or make it active first")
    if is_frozen(session, lead.id):
        raise Conflict("a dispute about this lead is undecided: decide it first")
    return make_offer(session, lead, partner_id, making)


def accept(session: Session, offer_id: str, reply: Reply, policy: Policy = _USUAL) -> Lead:
    """Take the lead. From now on the partner sees the contact, and the history says who was shown it when.

    The customer is protected for the partner, and the clock of the first contact runs.

    Raises:
        NotFound: there is no such offer, or it is another partner's.
        Conflict: it is too late: the offer is over or its time is up.
    """
    lead, offer = _own_offer(session, offer_id, reply)
    _refuse_late(offer, reply.at)
    end_offer(session, lead, offer, OfferMove.ACCEPT, Note("offer_accepted", reply.at, reply.actor))
    write_event(session, lead.id, Note("contact_disclosed", reply.at, reply.actor, offer.id, offer.partner_id))
    first_contact.start_clock(session, offer, policy, reply.at)
    protection.protect_lead(session, lead, offer.partner_id, reply.at)
    return lead


def decline(session: Session, offer_id: str, why: Decline, reply: Reply) -> Lead:
    """Pass. The lead is open again, for the next partner.

    Raises:
        NotFound: there is no such offer, or it is another partner's.
        Invalid: OTHER came without words.
        Conflict: the offer is over.
    """
    text = why.text.strip()[:1000]
    if why.reason is DeclineReason.OTHER and not text:
        raise Invalid("say in a few words why: the reason OTHER needs them")
    lead, offer = _own_offer(session, offer_id, reply)
    if offer.status != OfferStatus.LIVE:
        _refuse_late(offer, reply.at)
    noted = Note("offer_declined", reply.at, reply.actor, facts={"reason": why.reason.value})
    end_offer(session, lead, offer, OfferMove.DECLINE, noted)
    offer.decline_reason = why.reason
    offer.decline_text = text
    credit_book.give_back(session, offer, WHOLE_LEAD_MILLI - cost_of_refusal(offer))
    session.flush()
    return lead


def withdraw(session: Session, lead: Lead, actor: str, now: datetime) -> Offer | None:
    """Take back a locked lead's live offer; None when it has none."""
    offer = live_offer(session, lead.id)
    if offer is not None:
        end_offer(session, lead, offer, OfferMove.WITHDRAW, Note("offer_withdrawn", now, actor))
        credit_book.give_back(session, offer, WHOLE_LEAD_MILLI)
    return offer


def refund(session: Session, lead: Lead) -> None:
    """Give back what a locked lead cost the partner that accepted it: it was none after all."""
    accepted = session.scalar(select(Offer).where(Offer.lead_id == lead.id, Offer.status == OfferStatus.ACCEPTED))
    if accepted is not None:
        credit_book.give_back(session, accepted, WHOLE_LEAD_MILLI)


def time_out(session: Session, offer_id: str, now: datetime) -> Offer | None:
    """Time out an offer whose time is up; None when it was answered meanwhile or has time left."""
    lead, offer = lock_offer(session, offer_id)
    if offer.status != OfferStatus.LIVE or offer.expires_at > now:
        return None
    end_offer(session, lead, offer, OfferMove.TIME_OUT, Note("offer_timed_out", now))
    credit_book.give_back(session, offer, WHOLE_LEAD_MILLI - cost_of_refusal(offer))
    return offer


def cost_of_refusal(offer: Offer) -> int:
    """What an offer that its partner declined or let lapse costs it, in thousandths of a lead.

    Passing for lack of interest, or letting offers lapse, costs half a lead: else waiting for better ones would pay.
    Not to come to the phone is no letting lapse.
    """
    if offer.by_call or (offer.status == OfferStatus.DECLINED and offer.decline_reason != DeclineReason.NOT_INTERESTED):
        return 0
    return WHOLE_LEAD_MILLI // 2


def end_call_offer(session: Session, lead: Lead, offer_id: str, move: OfferMove, now: datetime) -> bool:
    """Nobody took a locked lead by this call: declined, timed out or withdrawn; whether the offer was live still.

    It costs the partner nothing, and the lead may still be offered to it in the usual way.
    """
    offer = session.get(Offer, offer_id, populate_existing=True)
    if offer is None or offer.lead_id != lead.id or offer.status != OfferStatus.LIVE:
        return False
    words = {OfferMove.DECLINE: "offer_declined", OfferMove.WITHDRAW: "offer_withdrawn"}
    end_offer(session, lead, offer, move, Note(words.get(move, "offer_timed_out"), now))
    credit_book.give_back(session, offer, WHOLE_LEAD_MILLI)
    return True


def is_an_answer() -> ColumnElement[bool]:
    """Offers that say something of a partner: all but calls that it did not take."""
    # Not by `in_`, which is put together anew each time that it is asked.
    return or_(Offer.by_call.is_(False), Offer.status == OfferStatus.ACCEPTED, Offer.status == OfferStatus.RECALLED)


def due_offers(database: Database, now: datetime, at_most: int) -> list[str]:
    """The ids of live offers whose time is up, the longest overdue first."""
    with database.reading() as session:
        return list(
            session.scalars(
                select(Offer.id)
                .where(Offer.status == OfferStatus.LIVE, Offer.expires_at <= now)
                .order_by(Offer.expires_at)
                .limit(at_most)
            )
        )


def _refuse_late(offer: Offer, now: datetime) -> None:
    """Late answers lose, in words that blame nobody."""
    is_live = offer.status == OfferStatus.LIVE
    if offer.status == OfferStatus.TIMED_OUT or (is_live and now >= offer.expires_at):
        raise Conflict("the time for this offer is up, so the lead has gone on to another partner")
    if offer.status == OfferStatus.WITHDRAWN:
        raise Conflict("this offer was taken back before you answered")
    if not is_live:
        raise Conflict("this offer was answered before")


def _own_offer(session: Session, offer_id: str, reply: Reply) -> tuple[Lead, Offer]:
    if not reply.partner_id:
        raise Forbidden("only a partner's own people answer its offers")
    lead, offer = lock_offer(session, offer_id)
    # The same words as for an offer that does not exist: another partner's offers are not to be found out.
    if offer.partner_id != reply.partner_id:
        raise NotFound("there is no such offer")
    return lead, offer
