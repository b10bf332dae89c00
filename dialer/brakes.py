"""The brake of a campaign: one line per agent before the limit of abandoned calls, nothing at it. Pure.

A policy steers by itself as long as it can; the brake does not trust it. What is counted is `abandonment`'s.
"""

from dataclasses import dataclass

from dialer.pacing.policy import Account, Brake, Limit

# Of the limit: where a campaign that does not steer steps down, and where it may go faster again.
STEPS_DOWN_AT, LETS_GO_AT = 0.9, 0.75
# Before so many answers one abandoned call is a large share of them and says little.
ENOUGH_ANSWERS = 40
# Abandoned calls beyond what the limit allows so far: one is made good one to one, so many are not.
OVERDRAWN_STEPS_DOWN, OVERDRAWN_STOPS = 1.0, 5.0


@dataclass(frozen=True)
class Braking:
    """How far the brake is on, and why, in a manager's words (empty while it is off)."""

    brake: Brake = Brake.OFF
    why: str = ""


def braking(before: Brake, limit: Limit, account: Account, *, steers: bool) -> Braking:
    """The brake after a look at the account. `steers`: the policy keeps to the limit by itself, up to the limit."""
    if limit.abandoned_share <= 0.0:
        return Braking()  # every policy dials one to one there
    overdrawn = account.abandoned - limit.abandoned_share * account.answered
    seen = f"{account.share:.1%} of {account.answered:.0f} answered calls found nobody, {limit.abandoned_share:.1%} may"
    if overdrawn >= OVERDRAWN_STOPS:
        return Braking(Brake.STOP, f"{seen}: nothing is dialed until the count is below the limit")
    if before is Brake.STOP and overdrawn > 0:
        return Braking(Brake.STOP, f"{seen}: nothing is dialed until the count is below the limit")
    if overdrawn >= OVERDRAWN_STEPS_DOWN and not steers:
        return Braking(Brake.ONE_TO_ONE, f"{seen}: one line per agent until it is below {LETS_GO_AT:.0%} of that")
    held = LETS_GO_AT if before is not Brake.OFF else STEPS_DOWN_AT
    near = account.share >= held * limit.abandoned_share and account.abandoned > 0
    if near and not steers and (account.answered >= ENOUGH_ANSWERS or before is not Brake.OFF):
        return Braking(Brake.ONE_TO_ONE, f"{seen}: one line per agent until it is below {LETS_GO_AT:.0%} of that")
    return Braking()
