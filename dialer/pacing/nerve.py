"""How much risk a predictive campaign takes: the realised share of abandoned calls steers it. Pure.

Two loops. The nerve learns from every answer which predicted risk makes which share (slow, survives the day). The
account of the legal window pulls the share to the aim within minutes and forbids what could no longer be made good.
"""

from math import exp

from dialer.pacing.policy import Account, Limit

# Of the limit: what is aimed at, so that the window ends below it.
AIM = 0.985
# The account is judged against this many abandoned calls: with fewer, chance alone would swing the risk.
SLACK_CALLS = 2.4
# One answer's lesson.
_STEP = 0.00015
_LEAST, _MOST = -3.0, 3.0
# Of the aim: the predicted risk of one more line that makes about that share, before anything was learned.
_RISK_PER_AIM = 2.5
_HIGHEST_RISK = 0.6


def steer(nerve: float, limit: Limit, account: Account, *, was_abandoned: bool) -> float:
    """The nerve after one more answer: up a little when it found an agent, down much more when it did not."""
    aimed = aim(limit, account)
    if aimed <= 0.0:
        return nerve
    return min(_MOST, max(_LEAST, nerve + _STEP * (1.0 - was_abandoned / aimed)))


def aim(limit: Limit, account: Account) -> float:
    """The share that pacing may cause: the limit's, less what the machine detector's errors already cost."""
    errors = account.machine_errors / account.answered if account.answered > 100.0 else 0.0
    return max(0.0, AIM * limit.abandoned_share - errors)


def risk_allowed(nerve: float, limit: Limit, account: Account) -> float:
    """The greatest chance that one more answer finds nobody at which a line is still dialed."""
    aimed = aim(limit, account)
    if aimed <= 0.0:
        return 0.0
    saved = AIM * limit.abandoned_share * account.answered - account.abandoned
    pull = 0.5 * min(1.0, max(-3.0, saved / SLACK_CALLS))
    return min(_HIGHEST_RISK, _RISK_PER_AIM * aimed * exp(nerve + pull))


def is_spent(limit: Limit, account: Account, answers_per_second: float) -> bool:
    """Whether one more abandoned call could not be made good in what is left of the window.

    Without a known end the account may be overdrawn by a few calls, and is then made good one to one.
    """
    overdrawn = account.abandoned + 1.0 - limit.abandoned_share * account.answered
    if account.seconds_left is None:
        return overdrawn > 2.0 * SLACK_CALLS
    to_come = answers_per_second * account.seconds_left
    return overdrawn > min(2.0 * SLACK_CALLS, limit.abandoned_share * to_come)
