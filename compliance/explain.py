"""What applies to a callee at a moment, and why: each rule with what it says then, and those that begin later. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from compliance.calling_hours import closing_rules, known_region, open_windows, zones_of
from compliance.gate_facts import GateFacts
from compliance.jurisdictions import Jurisdiction
from compliance.rule_rows import CallerNumber, Ground, Register, Remark, Rule, Window
from compliance.rules import caller_number_is_met, ground_that_holds, judge, register_is_met, rests
from compliance.verdicts import Verdict

# What a rule says at the moment: it lets the call pass, it stops it, or only people can keep it.
ALLOWS, STOPS, TELLS = "allows", "stops", "tells"
# Why a rule does not apply.
LATER, OVER, OTHER_PARTY, OTHER_REGION = "later", "over", "other_party", "other_region"


@dataclass(frozen=True)
class RuleSaid:
    """A rule that applies, and what it says; `until` is when a rest ends that it asks for."""

    rule: Rule
    says: str  # allows, stops, tells
    until: datetime | None = None


@dataclass(frozen=True)
class RuleAside:
    """A rule that does not apply, and why: later, over, other_party or other_region."""

    rule: Rule
    why: str


@dataclass(frozen=True)
class Explanation:
    """The verdict, the local hours of that day by time zone, the rules that apply, and those that do not."""

    verdict: Verdict
    region: str  # empty: unknown, so that the rules of all regions apply
    windows: tuple[tuple[str, date, tuple[Window, ...]], ...]
    applying: tuple[RuleSaid, ...]
    aside: tuple[RuleAside, ...]


def explain(jurisdiction: Jurisdiction, facts: GateFacts) -> Explanation:
    """What this jurisdiction's rules say to the facts, rule by rule.

    Raises:
        zoneinfo.ZoneInfoNotFoundError, ValueError: a zone of the callee does not exist.
    """
    zones = zones_of(jurisdiction, facts.place)
    day = facts.at.astimezone(zones[0]).date()
    region = known_region(jurisdiction, facts.place.region)
    closing = {rule.id for rule in closing_rules(jurisdiction, facts.place, facts.at)}
    resting: dict[str, datetime] = {}
    for rule, until in rests(jurisdiction, facts, facts.at):
        if until > facts.at:
            resting[rule.id] = max(until, resting.get(rule.id, until))
    applying, aside = [], []
    for rule in jurisdiction.rules:
        if why := _why_aside(rule, day, region, facts.place.party):
            aside.append(RuleAside(rule, why))
        else:
            stops = rule.id in closing or rule.id in resting or not _is_met(rule, facts)
            says = TELLS if isinstance(rule.terms, Remark) or (rule.kind == "abandonment" and not stops) else ALLOWS
            applying.append(RuleSaid(rule, STOPS if stops else says, resting.get(rule.id)))
    windows = tuple(
        (zone.key, local, open_windows(jurisdiction, facts.place, local))
        for zone in zones
        for local in (facts.at.astimezone(zone).date(),)
    )
    return Explanation(judge(jurisdiction, facts), region, windows, tuple(applying), tuple(aside))


def rules_of_day(jurisdiction: Jurisdiction, day: date) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """A country's rules in force on a day, and those that begin after it, the soonest first."""
    now = tuple(rule for rule in jurisdiction.rules if rule.is_in_force(day))
    later = (rule for rule in jurisdiction.rules if rule.in_force_from > day)
    return now, tuple(sorted(later, key=lambda rule: rule.in_force_from))


def _why_aside(rule: Rule, day: date, region: str, party: str) -> str:
    if rule.in_force_from > day:
        return LATER
    if not rule.is_in_force(day):
        return OVER
    if region and rule.regions and region not in rule.regions:
        return OTHER_REGION
    return "" if rule.is_for(party) else OTHER_PARTY


def _is_met(rule: Rule, facts: GateFacts) -> bool:
    match rule.terms:
        case Ground():
            return ground_that_holds(rule, facts) is not None
        case Register():
            return register_is_met(rule, facts)
        case CallerNumber():
            return caller_number_is_met(rule, facts)
        case _:
            return True
