"""What the country of a campaign allows of abandoned calls, and how much of that is used: for the pacing and the board.

All rules in force are kept to, and the campaign's own limit where it is lower; the one with the least left decides.
Counting is `abandonment`'s.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from campaigns.tables import Campaign
from compliance.calling_hours import Place
from compliance.jurisdictions import find_jurisdiction
from compliance.rule_rows import Abandonment
from compliance.rules import abandonment_rules
from dialer import abandonment
from dialer.abandonment import Counts
from dialer.gate_check import hours_left_today
from dialer.pacing.policy import Account, Limit

# Of the people who answer, machine detection takes so many for machines: carriers
# name 94 % accuracy, and about half of the errors fall on people.
MACHINE_ERROR_SHARE = 0.03
# How long somebody who answered waits for an agent before the message, whatever the law would bear.
GRACE_SECONDS = 1.0


@dataclass(frozen=True)
class Standing:
    """The limit that decides, what is used of it, the rule that says so, and the counts by language in its window and
    since midnight. `lawful_share` is the rule's share, of which the campaign may allow itself less.
    """

    limit: Limit
    account: Account
    rule_id: str = ""
    lawful_share: float = 0.0
    by_language: dict[str, Counts] = field(default_factory=dict)
    today: dict[str, Counts] = field(default_factory=dict)


def zone_of(campaign: Campaign) -> ZoneInfo:
    """The zone whose midnights a campaign's days are counted by; UTC where the country is unknown."""
    jurisdiction = find_jurisdiction(campaign.country)
    return ZoneInfo(jurisdiction.time_zones[0]) if jurisdiction else ZoneInfo("UTC")


def day_began_at(campaign: Campaign, now: datetime) -> datetime:
    """The campaign's last local midnight."""
    zone = zone_of(campaign)
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


def standing_of(session: Session, campaign: Campaign, now: datetime) -> Standing:
    """Where a campaign stands. No rule known: nobody may be abandoned."""
    zone = zone_of(campaign)
    rules = abandonment_rules(campaign.country, Place(), now.astimezone(zone).date())
    if not rules or not all(rule.predictive_allowed for _, rule in rules):
        return Standing(_limit(0.0, [rule for _, rule in rules]), Account())
    counted: dict[datetime, dict[str, Counts]] = {}
    standings = []
    for rule_id, rule in rules:
        if rule.limit_percent is None:
            continue
        began_at = abandonment.window_began_at(rule, zone, now)
        if began_at not in counted:
            counted[began_at] = abandonment.count_since(session, campaign, began_at, zone)
        account = _account(campaign, rule, counted[began_at], now)
        lawful, own = rule.limit_percent / 100, campaign.most_abandoned_percent
        limit = _limit(lawful if own is None else min(lawful, own / 100), [each for _, each in rules])
        standings.append(Standing(limit, account, rule_id, lawful, counted[began_at]))
    midnight = day_began_at(campaign, now)
    today = counted[midnight] if midnight in counted else abandonment.count_since(session, campaign, midnight, zone)
    if not standings:
        return Standing(_limit(0.0, [rule for _, rule in rules]), Account())
    return replace(min(standings, key=_left), today=today)


def lawful_share(campaign: Campaign, now: datetime) -> float:
    """The share of abandoned calls that every rule of the campaign's country bears; 0 where none may be abandoned."""
    rules = [rule for _, rule in abandonment_rules(campaign.country, Place(), now.astimezone(zone_of(campaign)).date())]
    if not all(rule.predictive_allowed for rule in rules):
        return 0.0
    return min((rule.limit_percent / 100 for rule in rules if rule.limit_percent is not None), default=0.0)


def left_by_detector(campaign: Campaign, now: datetime) -> tuple[float, float] | None:
    """The lowest share of people who may find nobody where a rule counts those whom a machine detector takes for
    machines, and what the detector's errors leave of it; below 0 they break it alone. None: they count nowhere.
    """
    rules = abandonment_rules(campaign.country, Place(), now.astimezone(zone_of(campaign)).date())
    counting = [rule.limit_percent / 100 for _, rule in rules if rule.counts_false_positives and rule.limit_percent]
    if not counting:
        return None
    own = campaign.most_abandoned_percent
    share = min(counting) if own is None else min(*counting, own / 100)
    return share, share - MACHINE_ERROR_SHARE


def may_play_message(campaign: Campaign, now: datetime) -> bool:
    """Whether a message may be played instead of a person, by every rule of the campaign's country."""
    rules = abandonment_rules(campaign.country, Place(), now.astimezone(zone_of(campaign)).date())
    return _limit(0.0, [rule for _, rule in rules]).may_play_message


def grace_seconds(campaign: Campaign, now: datetime) -> float:
    """How long after picking up a person must have an agent or the message, by the strictest rule; 0 without rules."""
    rules = abandonment_rules(campaign.country, Place(), now.astimezone(zone_of(campaign)).date())
    return min((rule.seconds for _, rule in rules), default=0.0)


def _left(standing: Standing) -> float:
    """Calls that may still be abandoned under a rule; negative where it is overdrawn."""
    return standing.limit.abandoned_share * standing.account.answered - standing.account.abandoned


def _limit(share: float, rules: list[Abandonment]) -> Limit:
    seconds = min((rule.seconds for rule in rules), default=2.0)
    return Limit(
        abandoned_share=share,
        min_ring_seconds=float(max((rule.min_ring_seconds for rule in rules), default=15)),
        answer_grace_seconds=min(GRACE_SECONDS, max(0.0, seconds - GRACE_SECONDS)),
        may_play_message=bool(rules) and all(rule.agentless_allowed for rule in rules),
    )


def _account(campaign: Campaign, rule: Abandonment, counts: dict[str, Counts], now: datetime) -> Account:
    total = sum(counts.values(), Counts())
    errors = 0.0
    if rule.counts_false_positives:
        # Of all people whom the detector listened to, this share was hung up on as machines: those seen are the rest.
        errors = total.screened * MACHINE_ERROR_SHARE / (1.0 - MACHINE_ERROR_SHARE)
    return Account(
        answered=abandonment.answers_as_counted(total, rule) + errors,
        abandoned=total.abandoned + errors,
        machine_errors=errors,
        # A window of many days does not end this evening: tomorrow goes on with what is left of it.
        seconds_left=hours_left_today(campaign, now) * 3600 if rule.window_days == 1 else None,
    )
