"""Facts for the rules in which everything is in order, unless a test says otherwise."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from compliance.calling_hours import Place
from compliance.gate_facts import GateFacts, HeldGround, Past
from compliance.jurisdictions import Jurisdiction
from compliance.rule_rows import Register


def facts(
    jurisdiction: Jurisdiction,
    now: datetime,
    region: str = "",
    attempts: Iterable[datetime] = (),
    outcome: str = "",
    **changes: Any,
) -> GateFacts:
    """Of a callee who has consented, with all registers and the caller's number looked up just now."""
    registers = {rule.terms.register: now for rule in jurisdiction.rules if isinstance(rule.terms, Register)}
    given: dict[str, Any] = {
        "country": jurisdiction.country,
        "at": now,
        "place": Place(region),
        "history": tuple(Past(at, outcome) for at in attempts),
        "grounds": (HeldGround("ground_1", "consent", now),),
        "registers": registers,
        "caller_listed_at": now,
    }
    return GateFacts(**(given | changes))
