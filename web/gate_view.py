"""What the gate said of a call as pages show it: the rule that decided it first, the others after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from compliance.jurisdictions import find_jurisdiction
from compliance.rule_rows import Rule
from compliance.tables import LawfulGround


@dataclass(frozen=True)
class GateShown:
    """The verdict (allowed, deferred, blocked), why it is no, and the kind of ground where it is yes and rests on one.

    `deciding` is the rule that forbade it or that the ground met; `others` are those that were asked beside it.
    `unknown` are ids that the present rules no longer have, or that name what is blocked.
    """

    verdict: str
    reason: str
    ground: str
    deciding: Rule | None
    others: tuple[Rule, ...]
    unknown: tuple[str, ...]


def shown_gate(session: Session, said: Mapping[str, Any]) -> GateShown | None:
    """What a call's row keeps of the gate; None where it was not asked."""
    if not said.get("verdict"):
        return None
    jurisdiction = find_jurisdiction(said.get("facts", {}).get("country", ""))
    by_id = {rule.id: rule for rule in jurisdiction.rules} if jurisdiction else {}
    asked = [str(name) for name in said.get("rules", ())]
    known = [by_id[name] for name in asked if name in by_id]
    # A no names the rules that forbid it; a yes names all, of which one asks for a ground.
    forbids = said["verdict"] != "allowed"
    deciding = next((rule for rule in known if forbids or rule.kind == "ground"), None)
    ground = session.get(LawfulGround, said["ground"]) if said.get("ground") else None
    return GateShown(
        verdict=str(said["verdict"]),
        reason=str(said.get("reason", "")),
        ground=ground.kind if ground else "",
        deciding=deciding,
        others=tuple(rule for rule in known if rule is not deciding),
        unknown=tuple(name for name in asked if name not in by_id),
    )
