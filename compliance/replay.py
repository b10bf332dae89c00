"""Decides an old verdict again, from the facts and the rules that were kept with it, and compares."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from compliance.gate_facts import read_facts
from compliance.jurisdictions import find_jurisdiction
from compliance.rule_files import editions_in_use, kept_edition
from compliance.rules import decide, judge
from compliance.verdicts import verdict_record

_SAID = ("verdict", "reason", "until", "rules", "ground")


@dataclass(frozen=True)
class Replay:
    """What was said, what is said again, and by which rules: today's, which are the same, or those kept of then."""

    said: Mapping[str, Any]
    again: Mapping[str, Any]
    rules: str  # same_rules, kept, missing
    same_calendars: bool

    @property
    def agrees(self) -> bool:
        """Whether the same facts lead to the same verdict."""
        return self.rules != "missing" and self.said == self.again


def replay(session: Session, record: Mapping[str, Any]) -> Replay | None:
    """Decide again what a call's `gate_verdict` says; None where it has no facts, as with calls of earlier versions.

    Raises:
        KeyError, TypeError, ValueError: the record was not written by the gate.
    """
    if "facts" not in record:
        return None
    facts = read_facts(record["facts"])
    said = {name: record[name] for name in _SAID if name in record}
    today = editions_in_use(facts.country)
    same_calendars = record["calendars"] == today["calendars"]
    if find_jurisdiction(facts.country) is None and not record["rules_digest"]:
        return Replay(said, verdict_record(decide(facts)), "same_rules", same_calendars)
    if record["rules_digest"] == today["rules_digest"]:
        return Replay(said, verdict_record(decide(facts)), "same_rules", same_calendars)
    then = kept_edition(session, record["rules_digest"])
    if then is None:
        return Replay(said, verdict_record(decide(facts)), "missing", same_calendars)
    return Replay(said, verdict_record(judge(then, facts)), "kept", same_calendars)
