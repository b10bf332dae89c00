"""Hears missed bells for leads: offers whose time is up, first contacts, protections that lapse, leads nobody routed.

A clock that is due is heard at the next sweep: its patience is the time between two sweeps.
"""

from datetime import datetime
from functools import partial

from sqlalchemy import select

from foundation.logs import get_logger
from foundation.queue import QueueName
from foundation.runtime import Runtime
from leads.dispute_book import undecided
from leads.facts import Policy
from leads.first_contact import due_clocks
from leads.job_names import SEND_DUE
from leads.jobs import route_one
from leads.lead_states import LeadStatus
from leads.news import tell_browsers
from leads.offers import due_offers, time_out
from leads.policy_lab import left_trials, make_trial
from leads.presence import carry_out_plan, due_plans
from leads.protection import lapse, lapsed_windows
from leads.recall import RECALLED, act_on_clock
from leads.sending import something_is_due
from leads.tables import Lead

log = get_logger(__name__)

# How long an open lead waits for its job before the sweep routes it, on the wall.
PATIENCE_SECONDS = 30.0
AT_MOST = 100


def sweep_leads(runtime: Runtime, now: datetime, policy: Policy | None = None) -> int:
    """Time out offers that are due and move their leads on; route open leads past patience. Returns how many it moved.

    The look narrows; each lead is checked again under its lock, so that an answer that came meanwhile stands.
    """
    offer_ids = due_offers(runtime.database, now, AT_MOST)
    due = [partial(_time_out_and_move_on, runtime, offer_id, now, policy) for offer_id in offer_ids]
    clocks = [
        partial(_act_on_clock, runtime, lead_id, offer_id, now, policy)
        for offer_id, lead_id in due_clocks(runtime.database, now, AT_MOST)
    ]
    lapsed = [partial(_lapse, runtime, window_id, now) for window_id in lapsed_windows(runtime.database, now, AT_MOST)]
    plans = [partial(_carry_out, runtime, partner_id, now) for partner_id in due_plans(runtime.database, now, AT_MOST)]
    with runtime.database.reading() as session:
        trials = [partial(_make_trial, runtime, lab_id, now) for lab_id in left_trials(session, now)]
    left = [partial(_route, runtime, lead_id, now, policy) for lead_id in _left_open(runtime, now)]
    moved = 0
    for step in (*due, *clocks, *lapsed, *plans, *trials, *left):
        try:
            moved += step()
        except Exception:  # one lead that cannot be moved must not keep the others from it
            log.exception("sweep_of_lead_failed", step=step.args[1])
    # Retries are rung for here, and notices whose bell was missed. One job sends all that is due.
    if something_is_due(runtime.database, now):
        runtime.queue.put(QueueName.SEND, SEND_DUE)
    return moved


def _time_out_and_move_on(runtime: Runtime, offer_id: str, now: datetime, policy: Policy | None) -> bool:
    with runtime.database.transaction() as session:
        offer = time_out(session, offer_id, now)
        if offer is None:
            return False
        tell_browsers(runtime, session, offer.lead_id, LeadStatus.OPEN, offer.partner_id)
    route_one(runtime, offer.lead_id, now, policy)
    return True


def _act_on_clock(runtime: Runtime, lead_id: str, offer_id: str, now: datetime, policy: Policy | None) -> bool:
    with runtime.database.transaction() as session:
        acted = act_on_clock(session, offer_id, lead_id, now)
        if not acted.deed:
            return False
        status = LeadStatus.OPEN if acted.deed == RECALLED else LeadStatus.ACCEPTED
        tell_browsers(runtime, session, lead_id, status, acted.partner_id)
    # Whoever dies here leaves an open lead, which the sweep routes.
    if acted.deed == RECALLED:
        route_one(runtime, lead_id, now, policy)
    return True


def _lapse(runtime: Runtime, window_id: str, now: datetime) -> bool:
    with runtime.database.transaction() as session:
        window = lapse(session, window_id, now)
        if window is None:
            return False
        tell_browsers(runtime, session, window.lead_id, "", window.partner_id)
    return True


def _carry_out(runtime: Runtime, partner_id: str, now: datetime) -> bool:
    with runtime.database.transaction() as session:
        return carry_out_plan(session, partner_id, now) is not None


def _make_trial(runtime: Runtime, lab_id: str, now: datetime) -> bool:
    make_trial(runtime, lab_id, now)
    return True


def _route(runtime: Runtime, lead_id: str, now: datetime, policy: Policy | None) -> bool:
    return route_one(runtime, lead_id, now, policy).changed


def _left_open(runtime: Runtime, now: datetime) -> list[str]:
    before = now - runtime.clock.real_seconds(PATIENCE_SECONDS)
    with runtime.database.reading() as session:
        return list(
            session.scalars(
                select(Lead.id)
                .where(Lead.status == LeadStatus.OPEN, Lead.status_since <= before, ~undecided(Lead.id))
                .order_by(Lead.status_since)
                .limit(AT_MOST)
            )
        )
