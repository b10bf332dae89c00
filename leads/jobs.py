"""RQ jobs of leads. Arguments are ids; each may run twice, late, or beside another."""

from datetime import date, datetime

from foundation.runtime import Runtime, process_runtime
from leads import nightly, policy_lab
from leads.facts import Policy
from leads.news import tell_browsers
from leads.policy import current_policy
from leads.routing import Routed, route


def route_lead(lead_id: str) -> None:
    """Offer an open lead to its next partner, in this worker process."""
    runtime = process_runtime()
    route_one(runtime, lead_id, runtime.clock.now())


def run_yardstick(day: str) -> None:
    """Learn from the past weeks, in this worker process."""
    runtime = process_runtime()
    nightly.run_yardstick(runtime, date.fromisoformat(day), runtime.clock.now())


def run_lab(lab_id: str) -> None:
    """Make a trial of a policy, in this worker process."""
    runtime = process_runtime()
    policy_lab.make_trial(runtime, lab_id, runtime.clock.now())


def route_one(runtime: Runtime, lead_id: str, now: datetime, policy: Policy | None = None) -> Routed:
    """Route one lead in a transaction of its own and tell the browsers that watch."""
    with runtime.database.transaction() as session:
        routed = route(session, lead_id, policy or current_policy(session, runtime.settings), now)
        if routed.changed:
            tell_browsers(runtime, session, lead_id, routed.status, routed.partner_id)
    return routed
