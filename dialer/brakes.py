"""The brake of a campaign: one line per agent before the limit of abandoned calls, nothing at it. Pure.

A policy steers by itself as long as it can; the brake does not trust it. What is counted is `abandonment`'s.
"""

from dataclasses import dataclass
from math import sqrt

from dialer.pacing.nerve import detector_leaves_little
from dialer.pacing.policy import Account, Brake, Limit
from dialer.reasons import Fact, Reason, Reasons

# Of the limit: where a campaign that does not steer steps down, and where it may go faster again.
STEPS_DOWN_AT, LETS_GO_AT = 0.9, 0.75
# Before so many answers one abandoned call is a large share of them and says little.
ENOUGH_ANSWERS = 40
# Abandoned calls beyond what the limit allows so far: one is made good one to one, so many are not.
OVERDRAWN_STEPS_DOWN, OVERDRAWN_STOPS = 1.0, 5.0
# Where the policy steers, chance takes it beyond now and then: by so many, or by the root of what is allowed so far, as
# counts scatter. It goes on one to one until half of that is made good; twice as many were no chance.
STEERING_STEPS_DOWN = 5.0
# Of calls: an estimate that is the limit to the last digit is not above it.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Braking:
    """How far the brake is on, and why (empty while it is off)."""

    brake: Brake = Brake.OFF
    why: Reasons = ()


def braking(before: Brake, limit: Limit, account: Account, *, steers: bool) -> Braking:
    """The brake after a look at the account. `steers`: the policy keeps to the limit by itself, up to the limit."""
    if limit.abandoned_share <= 0.0:
        return Braking()  # every policy dials one to one there
    detector = _braking_for_detector(limit, account)
    if detector.brake is Brake.STOP:
        return detector
    overdrawn = account.abandoned - limit.abandoned_share * account.answered
    steps_down_at = max(STEERING_STEPS_DOWN, sqrt(limit.abandoned_share * account.answered))
    stops_at = 2.0 * steps_down_at if steers else OVERDRAWN_STOPS
    if overdrawn >= stops_at or (before is Brake.STOP and overdrawn > 0):
        return Braking(Brake.STOP, (Reason("stopped", _figures(limit, account)),))
    if steers and overdrawn >= (steps_down_at if before is Brake.OFF else steps_down_at / 2.0):
        return Braking(Brake.ONE_TO_ONE, (Reason("makes_good", _figures(limit, account)),))
    if not steers and _is_too_near(before, limit, account, overdrawn):
        stepped_down = Reason("stepped_down", {**_figures(limit, account), "release_share": LETS_GO_AT})
        return Braking(Brake.ONE_TO_ONE, (stepped_down,))
    return detector


def _is_too_near(before: Brake, limit: Limit, account: Account, overdrawn: float) -> bool:
    """Whether one line per agent is all that is left to a policy that does not steer."""
    held = LETS_GO_AT if before is not Brake.OFF else STEPS_DOWN_AT
    near = account.share >= held * limit.abandoned_share and account.abandoned > 0
    known = account.answered >= ENOUGH_ANSWERS or before is not Brake.OFF
    return overdrawn >= OVERDRAWN_STEPS_DOWN or (near and known)


def _braking_for_detector(limit: Limit, account: Account) -> Braking:
    """People taken for machines count where the law says so, however few lines are dialed: above the limit nothing is
    lawful but to do without the detector, just below it dialing one to one.
    """
    if account.answered <= 0 or not detector_leaves_little(limit, account):
        return Braking()
    figures = {"error_share": account.machine_errors / account.answered, "limit_share": limit.abandoned_share}
    if account.machine_errors > limit.abandoned_share * account.answered + _ROUNDING:
        return Braking(Brake.STOP, (Reason("detector_stops", figures),))
    return Braking(Brake.ONE_TO_ONE, (Reason("detector_one_to_one", figures),))


def _figures(limit: Limit, account: Account) -> dict[str, Fact]:
    return {
        "abandoned_share": account.share,
        "answered": round(account.answered),
        "limit_share": limit.abandoned_share,
    }
