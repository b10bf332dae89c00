"""Trials of policies as rows: asked for, made by a worker, adopted; and the policy's log. The sums are in `lab`."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.many_values import is_one_of
from foundation.queue import QueueName
from foundation.runtime import Runtime
from leads.credit_book import lock_credits
from leads.facts import PartnerFacts, Policy
from leads.job_names import RUN_LAB
from leads.lab import Refusal, Trial, try_policy
from leads.lead_states import OfferStatus
from leads.nightly import holders_and_terms
from leads.offers import cost_of_refusal
from leads.partners import profile_of
from leads.policy import ADOPTED, current_policy
from leads.policy_tables import TASK, LabRun, PolicyChange
from leads.replay import inputs_of
from leads.tables import Offer, Partner, RoutingPolicy, RoutingRound

MOST_LEADS = 3000
_PATIENCE = timedelta(minutes=2)


@dataclass(frozen=True)
class LogEntry:
    """A line of the policy's log as one reader may see it. `own` is leads before and after; None: nothing known."""

    at: datetime
    what: str
    text: str
    mark: str
    dials: dict[str, Any]
    measures: dict[str, dict[str, int]]
    leads: int
    id: int = 0
    done_at: datetime | None = None
    done_by: str = ""  # a user's id; staff may see it
    own: tuple[int, int] | None = None


@dataclass(frozen=True)
class Asking:
    """Who asks, when, and over how many of the last leads."""

    leads: int
    actor: str
    at: datetime


def ask_for_trial(runtime: Runtime, session: Session, policy: Policy, asking: Asking) -> LabRun:
    """Ask for a trial over past leads; a worker makes it.

    Raises:
        Invalid: no leads, or more than can be tried at once.
    """
    run = _add_run(session, policy, asking)
    runtime.queue.put_after_commit(session, QueueName.WORK, RUN_LAB, run.id)
    return run


def keep_trial(session: Session, policy: Policy, trial: Trial, asking: Asking) -> LabRun:
    """Keep a trial that was made already."""
    run = _add_run(session, policy, asking)
    run.result, run.made_at = trial.to_json(), asking.at
    session.flush()
    return run


def make_trial(runtime: Runtime, lab_id: str, now: datetime) -> None:
    """Make a trial that was asked for, once."""
    with runtime.database.reading() as session:
        run = session.get(LabRun, lab_id)
        if run is None or run.made_at is not None:
            return
        found = trial_of(session, Policy.from_json(run.dials), run.leads).to_json()
    with runtime.database.transaction() as session:
        run = session.get_one(LabRun, lab_id, with_for_update=True)
        if run.made_at is None:
            run.result, run.made_at = found, now
            runtime.live.publish_after_commit(session, "leads", lab=lab_id)


def trial_of(session: Session, policy: Policy, leads: int) -> Trial:
    """Try a policy over the first decisions of the last so many leads."""
    rounds = session.scalars(
        select(RoutingRound).where(RoutingRound.number == 1).order_by(RoutingRound.lead_id.desc()).limit(leads)
    ).all()
    _, terms = holders_and_terms(session)
    # Who was at the phone is no affair of a policy: each lead is tried as one that goes the usual way.
    past = [inputs_of(session, kept) for kept in reversed(rounds)]
    past = [replace(one, lead=replace(one.lead, live_hours="")) for one in past]
    return try_policy(past, terms, policy, _refusals(session, [kept.lead_id for kept in rounds]))


def _refusals(session: Session, lead_ids: Collection[str]) -> dict[str, dict[str, Refusal]]:
    """Who declined each of these leads, or let it lapse, by lead and partner."""
    let_go = select(Offer).where(
        is_one_of(Offer.lead_id, lead_ids),
        Offer.status.in_([OfferStatus.DECLINED, OfferStatus.TIMED_OUT]),
        Offer.by_call.is_(False),
    )
    found: dict[str, dict[str, Refusal]] = {}
    for offer in session.scalars(let_go):
        refusal = Refusal(offer.status, cost_of_refusal(offer))
        found.setdefault(offer.lead_id, {})[offer.partner_id] = refusal
    return found


def left_trials(session: Session, now: datetime) -> list[str]:
    """Trials whose bell was missed: asked for a while ago, and not made."""
    query = select(LabRun.id).where(LabRun.made_at.is_(None), LabRun.asked_at <= now - _PATIENCE)
    return list(session.scalars(query.order_by(LabRun.asked_at).limit(5)))


def find_trial(session: Session, lab_id: str) -> LabRun:
    """A trial.

    Raises:
        NotFound: there is no such trial.
    """
    run = session.get(LabRun, lab_id)
    if run is None:
        raise NotFound("there is no such trial")
    return run


def policy_of_trial(run: LabRun) -> Policy:
    """The policy that a trial tries."""
    return Policy.from_json(run.dials)


def list_trials(session: Session, limit: int = 20) -> list[LabRun]:
    """The latest trials, the newest first."""
    return list(session.scalars(select(LabRun).order_by(LabRun.id.desc()).limit(limit)))


def adopt(runtime: Runtime, session: Session, lab_id: str, text: str, asking: Asking) -> PolicyChange:
    """Make a tried policy the one that decides from now on, with its effects in the log.

    Raises:
        NotFound: there is no such trial.
        Invalid: without words for the partners.
        Conflict: the trial is not made yet, or this policy is in force already.
    """
    if not text.strip():
        raise Invalid("tell the partners in a few words what changes and why")
    lock_credits(session)  # so that no decision falls between two policies
    run = find_trial(session, lab_id)
    policy = policy_of_trial(run)
    if run.made_at is None:
        raise Conflict("this trial is not made yet")
    if policy.mark == current_policy(session, runtime.settings).mark:
        raise Conflict("this policy is in force already")
    if session.get(RoutingPolicy, policy.mark) is None:
        session.add(RoutingPolicy(mark=policy.mark, version=policy.version, dials=run.dials, first_used_at=asking.at))
        session.flush()
    change = PolicyChange(
        at=asking.at, actor=asking.actor, what=ADOPTED, mark=policy.mark, text=text.strip()[:2000], effects=run.result
    )
    session.add(change)
    session.flush()
    runtime.live.publish_after_commit(session, "leads", policy=policy.mark)
    return change


def read_log(session: Session, partner_id: str = "", limit: int = 50) -> list[LogEntry]:
    """The policy's log, the newest first; for a partner with the simulated effect on itself, and on nobody else."""
    holder = _holder(session, partner_id) if partner_id else ""
    rows = session.execute(
        select(PolicyChange, RoutingPolicy.dials)
        .outerjoin(RoutingPolicy, RoutingPolicy.mark == PolicyChange.mark)
        .order_by(PolicyChange.id.desc())
        .limit(limit)
    )
    return [replace(_entry(change, dials or {}), own=_own(change, holder)) for change, dials in rows]


def read_entry(session: Session, change_id: int) -> LogEntry:
    """One line of the log, as staff sees it."""
    change = session.get_one(PolicyChange, change_id)
    policy = session.get(RoutingPolicy, change.mark) if change.mark else None
    return _entry(change, policy.dials if policy else {})


def finish_task(session: Session, change_id: int, actor: str, now: datetime) -> PolicyChange:
    """Note that what a dispute asked to mend is mended.

    Raises:
        NotFound: there is no such task.
        Conflict: somebody has done it already.
    """
    task = session.get(PolicyChange, change_id, with_for_update=True, populate_existing=True)
    if task is None or task.what != TASK:
        raise NotFound("there is no such task")
    if task.done_at is not None:
        raise Conflict("this is done already")
    task.done_at, task.done_by = now, actor
    session.flush()
    return task


def _add_run(session: Session, policy: Policy, asking: Asking) -> LabRun:
    if not 1 <= asking.leads <= MOST_LEADS:
        raise Invalid("try a policy over 1 to 3000 leads")
    run = LabRun(
        id=new_id("lab"), asked_at=asking.at, asked_by=asking.actor, leads=asking.leads, dials=policy.to_json()
    )
    session.add(run)
    session.flush()
    return run


def _entry(change: PolicyChange, dials: dict[str, Any]) -> LogEntry:
    measures: dict[str, dict[str, int]] = {
        side: change.effects[side] for side in ("before", "after") if side in change.effects
    }
    leads = change.effects.get("leads", 0)
    return LogEntry(
        *(change.at, change.what, change.text, change.mark or "", dials, measures, leads),
        *(change.id, change.done_at, change.done_by),
    )


def _own(change: PolicyChange, holder: str) -> tuple[int, int] | None:
    found = change.effects.get("partners", {}).get(holder) if holder else None
    return (found[0], found[1]) if found else None


def _holder(session: Session, partner_id: str) -> str:
    row = session.get(Partner, partner_id)
    return PartnerFacts(row.id, row.revision, profile_of(row)).holder if row is not None else ""
