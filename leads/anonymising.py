"""Takes the person out of a lead and leaves what routing has to be judged by: codes, bands, moments, decisions.

Kept decisions replay as before: see decision 0039. Which leads, and when, is decided elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foundation.logs import get_logger
from leads import kept_inputs
from leads.appointment_tables import Appointment
from leads.claim_tables import Claim, ClaimMark
from leads.customer_identity import company_key
from leads.delivery import INCUMBENT_TOLD
from leads.dispute_tables import Dispute
from leads.facts import PartnerFacts
from leads.promise_tables import ProtectionWindow
from leads.qualification import BUDGETS, DECIDERS, SOLUTIONS, TIME_FRAMES, choice_of, seats_of, solutions_of
from leads.ranking import Choice, Inputs, choose
from leads.replay import inputs_of
from leads.standings import partner_named
from leads.tables import Delivery, Lead, Offer, PartnerRelation, Protection, RoutingRound

log = get_logger(__name__)

# What stands for a name that no partner has. Never a partner's name: it has no letter that a name could be made of.
NOBODY_OF_OURS = "0"
_PERSONAL = ("company", "person", "phone_number", "email", "uid", "existing_partner", "wish", "notes", "outcome_reason")


def anonymise_lead(session: Session, lead: Lead, now: datetime) -> None:
    """Take the person out of a locked lead, its offers and its decisions. Once is enough; again changes nothing."""
    if lead.anonymised_at is not None:
        return
    _forget_around(session, lead)
    for name in _PERSONAL:
        setattr(lead, name, "")
    lead.postcode = lead.postcode[:2]
    lead.answers = _codes_of(lead.answers)
    lead.evidence = {key: value for key, value in lead.evidence.items() if key in lead.answers}
    # Nothing leads back to the contact: neither the contact itself nor the call.
    lead.contact_id, lead.call_id, lead.receipt = "", f"gone_{lead.id}"[:40], ""
    lead.anonymised_at = now
    clear = {"teaser": {}, "decline_text": "", "cleared_at": now}
    session.execute(update(Offer).where(Offer.lead_id == lead.id).values(clear))
    told = update(Delivery).where(Delivery.lead_id == lead.id, Delivery.notice == INCUMBENT_TOLD)
    session.execute(told.values(facts={}))
    for kept in session.scalars(select(RoutingRound).where(RoutingRound.lead_id == lead.id).with_for_update()):
        anonymise_round(session, kept)
    session.flush()


def anonymise_round(session: Session, kept: RoutingRound) -> None:
    """Replace what people wrote in a decision's inputs, and seal it anew. Whom it chose, and why, stays."""
    before = inputs_of(session, kept)
    after = without_words(before)
    choice = choose(after)
    if (choice.partner_id, choice.basis) != (kept.partner_id, kept.basis):
        # Then the replay says so, which is right: better an honest gap than a person kept for the sake of a proof.
        log.warning("decision_differs_without_words", lead_id=kept.lead_id, round=kept.number)
    plain = kept_inputs.written(after)
    kept.first_digest = kept.first_digest or kept.digest
    kept.inputs, kept.digest = kept_inputs.pack(plain), kept_inputs.digest_of(plain, choice)


def without_words(inputs: Inputs) -> Inputs:
    """The inputs without a word that somebody wrote. Pure.

    A wish for a partner becomes that partner's own name, any other one a sign that no partner is called by.
    """
    lead = replace(
        inputs.lead,
        wish=_as_partner(inputs.lead.wish, inputs.partners),
        names_partner=_as_partner(inputs.lead.names_partner, inputs.partners),
    )
    return replace(inputs, lead=lead, relations=tuple(replace(one, evidence="") for one in inputs.relations))


def decides_alike(one: Choice, other: Choice) -> bool:
    """Whether two choices are the same but for the words of evidence."""
    return _without_evidence(one.to_json()) == _without_evidence(other.to_json())


def _without_evidence(choice: Mapping[str, Any]) -> dict[str, Any]:
    return {**choice, "incumbents": [one | {"evidence": ""} for one in choice["incumbents"]]}


def _codes_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that are one of our own codes, or a number of seats."""
    kept: dict[str, Any] = {"solutions": [one for one in solutions_of(answers) if one in SOLUTIONS]}
    for key, choices in (("time_frame", TIME_FRAMES), ("budget", BUDGETS), ("decider", DECIDERS)):
        kept[key] = choice_of(answers, key, choices)
    seats = seats_of(answers)
    return {key: value for key, value in (kept | {"seats": seats}).items() if value}


def _as_partner(said: str, partners: Sequence[PartnerFacts]) -> str:
    key = company_key(said)
    if not key:
        return ""
    found = partner_named(partners, key)
    return NOBODY_OF_OURS if found is None else found.profile.name


def _forget_around(session: Session, lead: Lead) -> None:
    """What hangs on this lead alone: its own mark by number, what was written of its protection, words of disputes."""
    own = (Protection.lead_id == lead.id, Protection.known_by == "phone")
    session.execute(delete(Protection).where(*own))
    session.execute(delete(Appointment).where(Appointment.lead_id == lead.id))
    windows = update(ProtectionWindow).where(ProtectionWindow.lead_id == lead.id)
    session.execute(windows.values(activity="", extension_reason=""))
    session.execute(update(Dispute).where(Dispute.lead_id == lead.id).values(text="", reasoning=""))


def lock_claims(session: Session, phone_number: str) -> None:
    """Let nobody decide about claims of this number until the transaction ends: whoever does waits for credit then."""
    session.scalars(
        select(Claim.id).where(Claim.phone_number == phone_number).order_by(Claim.id).with_for_update()
    ).all()


def forget_number(session: Session, phone_number: str) -> None:
    """Take a number, and the person behind it, out of what partners claim. Claims by company stay: firms' matters."""
    for table in (PartnerRelation, Protection, ClaimMark):
        session.execute(delete(table).where(table.known_by == "phone", table.customer_key == phone_number))
    claims = update(Claim).where(Claim.phone_number == phone_number)
    session.execute(claims.values(phone_number="", person="", evidence="", reason=""))
