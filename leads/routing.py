"""Routes one lead: gathers the facts, lets `ranking` choose, keeps what it rested on, and carries it out."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from leads import credit_book, kept_inputs
from leads.candidates import Gathered, gather
from leads.credit_journal import Entry
from leads.delivery import Reach, tell_incumbent
from leads.facts import Policy
from leads.lead_book import Note, give_to_human, lock_lead, write_event
from leads.lead_states import LeadStatus
from leads.offers import Making, Standing, make_offer
from leads.ranking import TURN, WHOLE_LEAD_MILLI, Choice, Inputs, choose
from leads.replay import keep_roster
from leads.roster import Roster
from leads.standings_copy import remember
from leads.tables import Lead, Offer, RoutingPolicy, RoutingRound

OFFERS_USED_UP = "OFFERS_USED_UP"
# Written once: putting a statement together takes as long as running it.
_KNOWN_POLICY = select(RoutingPolicy.mark).where(RoutingPolicy.mark == bindparam("mark"))


@dataclass(frozen=True)
class Routed:
    """What became of a lead: its status, whether this run changed it, and the partner that was offered it, if any."""

    lead_id: str
    status: LeadStatus
    changed: bool
    partner_id: str = ""


@dataclass(frozen=True)
class LiveTerms:
    """The policy that decides, and until when a call that offers a lead may take."""

    policy: Policy
    until: datetime


def route(session: Session, lead_id: str, policy: Policy, now: datetime) -> Routed:
    """Offer an open lead to the next partner, or give it to a person. A lead that is not open, or that an undecided
    dispute freezes, stays as it is.

    Raises:
        NotFound: there is no such lead.
    """
    lead = lock_lead(session, lead_id)
    if lead.status != LeadStatus.OPEN:
        return Routed(lead_id, LeadStatus(lead.status), changed=False)
    gathered = gather(session, lead, policy, now)
    if gathered.before.is_frozen:
        remember(session, gathered.copy, gathered.hold, Entry())
        return Routed(lead_id, LeadStatus.OPEN, changed=False)
    if gathered.before.offers_lost >= policy.max_offers:
        remember(session, gathered.copy, gathered.hold, Entry())
        give_to_human(session, lead, OFFERS_USED_UP, now)
        return Routed(lead_id, LeadStatus.WITH_HUMAN, changed=True)
    choice = _decide(session, gathered, now)
    _tell_passed_over(session, lead, choice, now)
    if not choice.partner_id:
        give_to_human(session, lead, choice.human_reason, now)
        return Routed(lead_id, LeadStatus.WITH_HUMAN, changed=True)
    standing = _standing(session, gathered, choice)
    make_offer(session, lead, choice.partner_id, Making(choice.basis, policy, now, standing=standing))
    return Routed(lead_id, LeadStatus.OFFERED, changed=True, partner_id=choice.partner_id)


def route_live(session: Session, lead_id: str, terms: LiveTerms, now: datetime) -> Offer | None:
    """Offer an open lead, whose customer is on the line, by a call to whoever takes it now; None where nobody does.

    By the same rules and the same worth, and kept as any decision is. The lead stays open when nobody is left; it
    goes the usual way then.

    Raises:
        NotFound: there is no such lead.
    """
    lead = lock_lead(session, lead_id)
    if lead.status != LeadStatus.OPEN:
        return None
    gathered = gather(session, lead, terms.policy, now, is_live=True)
    if gathered.before.is_frozen:
        remember(session, gathered.copy, gathered.hold, Entry())
        return None
    choice = _decide(session, gathered, now)
    if not choice.partner_id:
        write_event(session, lead.id, Note("nobody_live", now, facts={"reason": choice.human_reason}))
        return None
    _tell_passed_over(session, lead, choice, now)
    making = Making(
        choice.basis, terms.policy, now, by_call_until=terms.until, standing=_standing(session, gathered, choice)
    )
    return make_offer(session, lead, choice.partner_id, making)


def _decide(session: Session, gathered: Gathered, now: datetime) -> Choice:
    """Choose, and keep what it rested on. Whoever is chosen is offered the lead under the same hold, which books it."""
    choice = choose(gathered.inputs)
    copy = gathered.copy
    if copy.without_row:
        credit_book.begin_rows(session, choice, {copy.roster.ids[place] for place in copy.without_row}, now)
    _keep(session, gathered, choice)
    marks = frozenset({gathered.inputs.policy.mark, copy.roster.mark})
    entry = _entry(choice, copy.roster, now, is_first=not gathered.before.has_entitled)
    remember(session, replace(copy, kept=marks), gathered.hold, entry)
    return choice


def _entry(choice: Choice, roster: Roster, now: datetime, *, is_first: bool) -> Entry:
    """What booking a choice, and the offer that follows it, change of credit and room."""
    is_turn = choice.basis == TURN
    return Entry(
        partner_id=choice.partner_id,
        credit_milli=-WHOLE_LEAD_MILLI if is_turn else 0,
        places=1 if choice.partner_id else 0,
        offered_at=now if choice.partner_id else None,
        roster=roster.mark if is_turn and is_first else "",
        shares=[(roster.places[name], share) for name, share in choice.shares if share] if is_turn and is_first else (),
    )


def _standing(session: Session, gathered: Gathered, choice: Choice) -> Standing:
    roster = gathered.copy.roster
    booking = credit_book.booking_of(session, choice, is_first=not gathered.before.has_entitled)
    place = roster.places[choice.partner_id]
    reach = Reach(gathered.copy.has_email[place], gathered.copy.endpoints.get(choice.partner_id, ()))
    return Standing(roster.profiles[place], gathered.before.offers_made, booking, reach)


def _keep(session: Session, gathered: Gathered, choice: Choice) -> None:
    """Written with the next flush, together with the offer."""
    inputs, copy = gathered.inputs, gathered.copy
    if inputs.policy.mark not in copy.kept:
        _keep_policy(session, inputs)
    if copy.roster.mark not in copy.kept:
        keep_roster(session, copy.roster, inputs.now)
    plain = kept_inputs.written(inputs)
    session.add(
        RoutingRound(
            lead_id=inputs.lead.lead_id,
            number=gathered.before.rounds + 1,
            at=inputs.now,
            partner_id=choice.partner_id,
            basis=choice.basis,
            policy_mark=inputs.policy.mark,
            inputs=kept_inputs.pack(plain),
            digest=kept_inputs.digest_of(plain, choice),
        )
    )


def _keep_policy(session: Session, inputs: Inputs) -> None:
    # Routing is one at a time, under the lock of credit, so nobody else writes the row between look and write.
    policy = inputs.policy
    if session.scalar(_KNOWN_POLICY, {"mark": policy.mark}) is None:
        session.add(
            RoutingPolicy(mark=policy.mark, version=policy.version, dials=policy.to_json(), first_used_at=inputs.now)
        )
        session.flush()


def _tell_passed_over(session: Session, lead: Lead, choice: Choice, now: datetime) -> None:
    for incumbent in choice.incumbents:
        codes = [exclusion.code for exclusion in incumbent.excluded_by]
        # Whoever had the lead before them and let it go needs no telling.
        if incumbent.verdict != "excluded" or "HAD_IT_BEFORE" in codes:
            continue
        # Its own values only: what was wanted would tell more of the customer than an offer does.
        facts = {"excluded_by": [{"code": one.code, "found": one.found} for one in incumbent.excluded_by]}
        if tell_incumbent(session, lead, incumbent.partner_id, facts, now):
            noted = Note("incumbent_passed_over", now, partner_id=incumbent.partner_id, facts={"codes": codes})
            write_event(session, lead.id, noted)
