"""How the test workers share the tests: whichever is free takes the next one, but whole-program tests take turns.

Journeys and browser tests start every process of the program, and wait for them most of the time. Each kind stays with
one worker, in order; so at most two programs run at once, and the other workers use what time is left.
"""

from xdist.scheduler import LoadScopeScheduling

WHOLE_PROGRAM = ("tests/journeys/", "tests/browser/")
# They share one look at the source.
SOURCE_RULES = ("tests/architecture/test_rules.py",)
# They share one reading of Twilio's description, and together they say what was driven.
CARRIER_CONTRACTS = ("tests/contracts/twilio/",)
# They share one look at a program that runs.
RUNNING = (
    "tests/integration/cli/test_up.py",
    "tests/contracts/test_every_page.py",
    "tests/contracts/test_every_link.py",
)


class TakingTurns(LoadScopeScheduling):
    """Each kind of whole-program tests is one lot; so are tests that share something dear to make."""

    def _split_scope(self, nodeid: str) -> str:
        return lot_of(nodeid)


def lot_of(nodeid: str) -> str:
    """The lot that a test belongs to; a lot stays in one worker."""
    if nodeid.startswith(SOURCE_RULES):
        return "source rules"
    if nodeid.startswith(CARRIER_CONTRACTS):
        return "carrier contracts"
    if nodeid.startswith(RUNNING):
        return nodeid.partition("::")[0]
    return next((folder for folder in WHOLE_PROGRAM if nodeid.startswith(folder)), nodeid)
