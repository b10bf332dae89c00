"""What a jurisdiction's rules say of a callee at a moment: allowed, deferred until, or blocked. Pure: facts to verdict.

Several rules of a kind are intersected, so each of them can only tighten. Gathering the facts is the gate's.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from compliance.calling_hours import (
    NoOpening,
    Place,
    closing_rules,
    moment_of,
    next_opening,
    rules_for,
    zones_of,
)
from compliance.gate_facts import GateFacts, HeldGround, Past
from compliance.jurisdictions import Jurisdiction, find_jurisdiction
from compliance.rule_rows import Abandonment, Attempts, CallerNumber, Gap, Ground, Register, Rule
from compliance.verdicts import Allowed, Blocked, Deferred, Verdict

# A year's rest and the closed days after it are the longest that a deferral can be.
_ROUNDS = 400

__all__ = ["NoOpening", "Place", "abandonment_rules", "decide", "find_jurisdiction", "judge", "next_permitted"]


def decide(facts: GateFacts) -> Verdict:
    """May the callee be dialed at the facts' moment? What is not known to be allowed is blocked."""
    jurisdiction = find_jurisdiction(facts.country)
    return Blocked("no_jurisdiction", ()) if jurisdiction is None else judge(jurisdiction, facts)


def judge(jurisdiction: Jurisdiction, facts: GateFacts) -> Verdict:
    """What this jurisdiction's rules say to the facts."""
    if facts.blocks:
        return Blocked("do_not_call", ("do_not_call",))
    try:
        today = facts.at.astimezone(zones_of(jurisdiction, facts.place)[0]).date()
        asked = rules_for(jurisdiction, facts.place, today)
        if (refused := _refused(asked, facts)) is not None:
            return refused
        return _at_this_moment(jurisdiction, asked, facts)
    except NoOpening:
        return Blocked("no_opening", tuple(rule.id for rule in jurisdiction.rules))
    except (ZoneInfoNotFoundError, ValueError):
        # A malformed key is a ValueError, a well-formed unknown one is not found.
        return Blocked("unknown_time_zone", ())


def next_permitted(jurisdiction: Jurisdiction, facts: GateFacts) -> datetime:
    """The first moment from the facts' on at which both hours and history allow, in UTC.

    Raises:
        NoOpening: there is none in sight.
    """
    moment = facts.at.astimezone(UTC)
    for _ in range(_ROUNDS):
        later = next_opening(jurisdiction, facts.place, _rested(jurisdiction, facts, moment))
        if later == moment:
            return moment
        moment = later
    raise NoOpening(f"{jurisdiction.country} allows no attempt in sight of {facts.at.date()}")


def abandonment_rules(country: str, place: Place, day: date) -> tuple[tuple[str, Abandonment], ...]:
    """The rules on abandoned calls that apply in a place on a day, by id. All must be kept: the strictest decides."""
    jurisdiction = find_jurisdiction(country)
    if jurisdiction is None:
        return ()
    rules = rules_for(jurisdiction, place, day, "abandonment")
    return tuple((rule.id, rule.terms) for rule in rules if isinstance(rule.terms, Abandonment))


def accepted_grounds(country: str, place: Place, day: date) -> dict[str, int] | None:
    """Which grounds are good there, with their days (0: no end by themselves); None where no ground is asked for."""
    jurisdiction = find_jurisdiction(country)
    rules = rules_for(jurisdiction, place, day, "ground") if jurisdiction else ()
    accepted = [rule.terms.accepts for rule in rules if isinstance(rule.terms, Ground)]
    if not accepted:
        return None
    kinds = set(accepted[0]).intersection(*accepted)
    return {kind: min((one[kind] for one in accepted if one[kind]), default=0) for kind in sorted(kinds)}


def ground_that_holds(rule: Rule, facts: GateFacts) -> HeldGround | None:
    """The ground that this rule accepts at the facts' moment, the latest of several; None where it accepts none."""
    assert isinstance(rule.terms, Ground)
    holding = [ground for ground in facts.grounds if _holds(rule.terms, ground, facts.at)]
    return max(holding, key=lambda ground: (ground.expires_at is None, ground.as_of, ground.id), default=None)


def _refused(asked: tuple[Rule, ...], facts: GateFacts) -> Blocked | None:
    """Why the callee may not be called at any hour, as things stand."""
    for kind, reason, is_met in (
        ("ground", "no_ground", _ground_is_met),
        ("register", "register_not_checked", register_is_met),
        ("caller_number", "caller_number_not_listed", caller_number_is_met),
    ):
        unmet = tuple(rule.id for rule in asked if rule.kind == kind and not is_met(rule, facts))
        if unmet:
            return Blocked(reason, unmet)
    return None


def _ground_is_met(rule: Rule, facts: GateFacts) -> bool:
    return ground_that_holds(rule, facts) is not None


def _holds(terms: Ground, ground: HeldGround, now: datetime) -> bool:
    days = terms.accepts.get(ground.kind)
    if days is None or ground.as_of > now or (ground.expires_at is not None and ground.expires_at <= now):
        return False
    return ground.is_extended or days == 0 or now < ground.as_of + timedelta(days=days)


def register_is_met(rule: Rule, facts: GateFacts) -> bool:
    """Whether the register that this rule names was looked up lately enough."""
    assert isinstance(rule.terms, Register)
    checked_at = facts.registers.get(rule.terms.register)
    return checked_at is not None and checked_at <= facts.at < checked_at + timedelta(days=rule.terms.max_age_days)


def caller_number_is_met(rule: Rule, facts: GateFacts) -> bool:
    """Whether the number shown was found in the directory lately enough."""
    assert isinstance(rule.terms, CallerNumber)
    seen = facts.caller_listed_at
    if not rule.terms.must_be_listed:
        return True
    return seen is not None and seen <= facts.at < seen + timedelta(days=rule.terms.check_days)


def _at_this_moment(jurisdiction: Jurisdiction, asked: tuple[Rule, ...], facts: GateFacts) -> Allowed | Deferred:
    until = next_permitted(jurisdiction, facts)
    if until <= facts.at:
        grounds = (ground_that_holds(rule, facts) for rule in asked if rule.kind == "ground")
        return Allowed(
            tuple(rule.id for rule in asked), next((ground.id for ground in grounds if ground is not None), "")
        )
    resting = tuple(rule for rule, rests_until in rests(jurisdiction, facts, facts.at) if rests_until > facts.at)
    closed = closing_rules(jurisdiction, facts.place, facts.at)
    too_many = any(rule.kind == "attempts" for rule in resting)
    reason = "too_many_attempts" if too_many else "too_soon" if resting else "outside_hours"
    return Deferred(until, tuple(rule.id for rule in (*resting, *closed)), reason)


def _rested(jurisdiction: Jurisdiction, facts: GateFacts, moment: datetime) -> datetime:
    """When all rests that hold at `moment` are over; `moment` itself when none holds."""
    return max((until for _, until in rests(jurisdiction, facts, moment)), default=moment)


def rests(jurisdiction: Jurisdiction, facts: GateFacts, moment: datetime) -> Iterator[tuple[Rule, datetime]]:
    """Each rule that looks at earlier calls, with the moment until which it lets the number rest; at least `moment`."""
    if not facts.history:
        return
    for zone in zones_of(jurisdiction, facts.place):
        today = moment.astimezone(zone).date()
        for rule in rules_for(jurisdiction, facts.place, today):
            match rule.terms:
                case Gap(outcomes, rest):
                    yield rule, max(moment, _gap_ends(outcomes, rest, facts.history, moment))
                case Abandonment(recall_lock_hours=hours):
                    rest = timedelta(hours=hours)
                    yield rule, max(moment, _gap_ends(frozenset({"abandoned"}), rest, facts.history, moment))
                case Attempts():
                    yield rule, max(moment, _attempts_end(rule.terms, zone, facts.history, moment))
                case _:
                    pass  # the other kinds do not look back


def _gap_ends(outcomes: frozenset[str], rest: timedelta, history: tuple[Past, ...], moment: datetime) -> datetime:
    return max((past.at + rest for past in history if past.outcome in outcomes), default=moment)


def _attempts_end(terms: Attempts, zone: ZoneInfo, history: tuple[Past, ...], moment: datetime) -> datetime:
    """When one more attempt is within the number: the last `at_most` ones must have left the span that is looked at."""
    counted = sorted((past.at for past in history), reverse=True)
    if len(counted) < terms.at_most:
        return moment
    decisive = counted[terms.at_most - 1]
    if terms.within_hours:
        return decisive + timedelta(hours=terms.within_hours)
    return moment_of(zone, decisive.astimezone(zone).date() + timedelta(days=terms.within_days), 0)
