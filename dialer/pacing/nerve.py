"""How much risk a predictive campaign takes: the realised share of abandoned calls steers it. Pure.

Two loops. The nerve learns from every answer which predicted risk makes which share; it is slow and survives the day.
The account says which share is wanted for the rest of the window, so that the window ends just below its limit:
hardly other than the limit in the morning, firm in the evening.
"""

from math import exp, sqrt

from dialer.pacing.policy import Account, Limit

# Without a near end of the window the account is to be level after so many abandoned calls more, as few as the limit
# allows: at a tenth of it one call is as much of the account as ten are.
_HORIZON_CALLS = 12.0
_FEWEST_TO_COME = 20.0
# Kept back, as lines that ring in the last minutes were dialed when more was left: so many times the root of what is
# allowed in all, and no more than so many calls.
_RESERVE_ROOTS, _RESERVE_CALLS = 0.2, 2.0
# Of so many calls that are left to be abandoned half are risked; nearly all of many, next to nothing of the last.
_HALF_RISKED_CALLS = 1.5
# One answer's lesson.
_STEP = 0.00015
_LEAST, _MOST = -4.0, 4.0
# Of the limit: the predicted risk of one more line that makes about that share, before anything was learned.
_RISK_PER_SHARE = 0.65
_HIGHEST_RISK = 0.6
# Of the limit: where the machine detector's errors take more, nothing is left to dial ahead with.
_DETECTOR_MAY_USE = 0.9


def horizon_answers(limit: Limit) -> float:
    """How many answers ahead the account is made level, where its window does not end before."""
    return _HORIZON_CALLS / limit.abandoned_share


def wanted_share(limit: Limit, account: Account, answers_to_come: float) -> float:
    """The share of further answers that pacing may leave without an agent, between 2 % and 4 times the limit.

    What the machine detector's errors will cost is left out of it.
    """
    allowed = limit.abandoned_share
    to_come = min(horizon_answers(limit), max(_FEWEST_TO_COME, answers_to_come))
    whole = allowed * (account.answered + to_come)
    kept_back = min(_RESERVE_CALLS, _RESERVE_ROOTS * sqrt(whole))
    errors = account.machine_errors / account.answered if account.answered > 100.0 else 0.0
    left = max(0.0, whole - kept_back - account.abandoned - errors * to_come)
    risked = left * left / (left + _HALF_RISKED_CALLS)
    return min(4.0 * allowed, max(0.02 * allowed, risked / to_come))


def risk_allowed(nerve: float, limit: Limit, wanted: float) -> float:
    """The greatest chance that one more answer finds nobody at which a line is still dialed."""
    allowed = limit.abandoned_share
    if allowed <= 0.0 or wanted <= 0.0:
        return 0.0
    return min(_HIGHEST_RISK, _RISK_PER_SHARE * wanted * exp(nerve))


def steer(nerve: float, limit: Limit, account: Account, *, was_abandoned: bool) -> float:
    """The nerve after one more answer: up a little when it found an agent, down much more when it did not.

    Measured by the share that was wanted then, so that a window that is being made good does not embolden.
    """
    if limit.abandoned_share <= 0.0:
        return nerve
    wanted = wanted_share(limit, account, horizon_answers(limit))
    expected = min(2.0, max(0.3, wanted / limit.abandoned_share)) * limit.abandoned_share
    return min(_MOST, max(_LEAST, nerve + _STEP * (1.0 - was_abandoned / expected)))


def detector_leaves_little(limit: Limit, account: Account) -> bool:
    """Whether people taken for machines use up the limit by themselves, but for less than a tenth of it."""
    allowed = limit.abandoned_share * account.answered
    return account.machine_errors > _DETECTOR_MAY_USE * allowed


def is_overdrawn(limit: Limit, account: Account, agents: int) -> bool:
    """Whether so much was abandoned that the model must be wrong, whatever it says."""
    return account.abandoned > 1.1 * limit.abandoned_share * account.answered + 4.0 + 0.15 * agents
