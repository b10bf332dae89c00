"""The dials of the policy as a person turns them: which there are, between what, and a policy from them. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from foundation.errors import Invalid
from foundation.marking import Code
from leads.facts import Policy
from leads.rules import RULES

WHOLE_POINTS = 1000
# Those that give points, the weightiest first, with the most that each gives by itself.
SCORING = {
    name: rule.MAX_POINTS for name, rule in sorted(RULES.items(), key=lambda one: -one[1].MAX_POINTS) if rule.MAX_POINTS
}
# Dial: least and most.
BOUNDS: dict[str, tuple[int, int]] = {
    "credit_points_a_week": (0, 500),
    "credit_weeks_at_most": (1, 52),
    "credit_band_milli": (0, 5000),
    "credit_steepness_milli": (0, 1000),
    "late_credit_milli": (0, 1000),
    "ahead_points_a_week": (0, 500),
    "open_room_points": (0, 500),
    "load_discount_milli": (0, 500),
    "max_offers": (1, 10),
}


def turned(policy: Policy, dials: Mapping[str, int], points: Mapping[str, int]) -> Policy:
    """A policy with these dials; what is not named stays. `points` are all or none of the rules that give some.

    Raises:
        Invalid: a dial is not known or out of its bounds, or the points do not add up to a thousand.
    """
    for name, value in dials.items():
        least, most = BOUNDS.get(name, (1, 0))
        if not least <= value <= most:
            if not most:
                raise Invalid("There is no dial %(dial)s.", dial=name)
            raise Invalid(
                "%(dial)s: use a whole number from %(least)s to %(most)s.",
                dial=Code(f"dial:{name}"),
                least=least,
                most=most,
            )
    changes: dict[str, Any] = dict(dials)
    if points:
        if set(points) != set(SCORING) or min(points.values()) < 0 or sum(points.values()) != WHOLE_POINTS:
            raise Invalid("the points of the rules add up to 1000")
        own = all(points[name] == most for name, most in SCORING.items())
        changes["points"] = () if own else tuple(sorted(points.items()))
    return replace(policy, **changes)


def points_of(policy: Policy) -> dict[str, int]:
    """The most that each rule gives under a policy."""
    return SCORING | dict(policy.points)
