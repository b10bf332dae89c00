"""Which lines that rang as long as they must are given up: those whose answer would find nobody, and those in whose
place a new line is worth more. Pure; the chances are `balances`'.
"""

from itertools import takewhile

from dialer.pacing.balances import Balances
from dialer.pacing.policy import DialedLine, PacingFacts


def late_lines_to_give_up(balances: Balances, allowed: float) -> tuple[str, ...]:
    """Calls that, answered now, would find nobody with more than the chance that is taken: the oldest first, so many
    that it holds for no further one.
    """
    given_up: list[str] = []
    for kind in balances.late_lines:
        for lines, _ in takewhile(lambda pair: pair[1] > allowed, balances.risks_now(kind)):
            given_up += (line.call_id for line in lines)
    return tuple(given_up)


def line_to_trade(
    facts: PacingFacts, balances: Balances, allowed: float, given_up: frozenset[str]
) -> DialedLine | None:
    """A late line to be given up for a new one, when none may be dialed beside it; None where that gains nothing.

    What an answer is worth beyond its risk is what the risk falls short of `allowed`. A late line has little of its
    chance left and next to no risk; a new one has all of its chance, and its risk.
    """
    for kind, lines in balances.late_lines.items():
        oldest = next((line for line in lines if line.call_id not in given_up and not line.is_promised), None)
        if oldest is None or facts.due.get(kind.language, 0) <= 0:
            continue
        if balances.risk_instead_of(oldest) < allowed * (1.0 - balances.worth_left(oldest)):
            return oldest
    return None
