"""What would have changed a decision for one partner: one value of its own changed, the choice run again. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from leads.facts import LeadFacts, PartnerFacts
from leads.qualification import SIZE_BANDS
from leads.ranking import Inputs, choose, judge_all, rank_by_worth
from leads.verdicts import Excluded

MORE_POINTS = "more_points"
ALL_OF_THEM = "all_of_them"
_BEST_LEVEL = 3
_WHOLE_MILLI = 1000
_ALL_DAY = "00:00-24:00"
_ANY = "+41"

# A partner with one value changed, and that value as it may be shown.
Change = Callable[[LeadFacts, PartnerFacts], tuple[PartnerFacts, str]]


@dataclass(frozen=True)
class WhatIf:
    """One change and what it would have led to: the place among those who fit (0: still excluded), and the lead or not.

    `change` is a rule's code, or one of: level, empty_week, settled_credit, best_answers, more_points, all_of_them.
    `value` is what it would have been, in a teaser's words.
    """

    change: str
    value: str
    place: int
    gets_it: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def what_if(inputs: Inputs, partner_id: str) -> tuple[WhatIf, ...]:
    """What each single change would have led to, the best first; none for whoever got the lead, or was no candidate."""
    mine = next((one for one in inputs.partners if one.partner_id == partner_id), None)
    if mine is None or choose(inputs).partner_id == partner_id:
        return ()
    codes = [one.code for one in judge_all(inputs, mine).values() if isinstance(one, Excluded)]
    found = list(_mended(inputs, mine, codes) if codes else _improved(inputs, mine))
    return tuple(sorted(found, key=lambda one: (not one.gets_it, one.place == 0, one.place, one.change)))


def _mended(inputs: Inputs, mine: PartnerFacts, codes: list[str]) -> Iterator[WhatIf]:
    """For whom rules exclude: each of these let pass by itself, then all of them."""
    everything = mine
    for code in codes:
        if code in MENDS:
            changed, value = MENDS[code](inputs.lead, mine)
            everything, _ = MENDS[code](inputs.lead, everything)
            yield _run(inputs, changed, code, value)
    if len(codes) > 1 and all(code in MENDS for code in codes):
        yield _run(inputs, everything, ALL_OF_THEM, "")


def _improved(inputs: Inputs, mine: PartnerFacts) -> Iterator[WhatIf]:
    """For whom the rules admit: what would have brought it further up."""
    ranked, _ = rank_by_worth(inputs)
    place = _place(inputs, mine.partner_id)
    for name, change in _IMPROVEMENTS.items():
        changed, value = change(inputs.lead, mine)
        if changed != mine:
            found = _run(inputs, changed, name, value)
            if found.place < place or found.gets_it:
                yield found
    if place > 1:
        short_by = ranked[0][1].value - dict(ranked)[mine.partner_id].value + 1
        yield _run(inputs, replace(mine, price_milli=mine.price_milli - short_by), MORE_POINTS, str(short_by))


def _run(inputs: Inputs, changed: PartnerFacts, change: str, value: str) -> WhatIf:
    partners = tuple(changed if one.partner_id == changed.partner_id else one for one in inputs.partners)
    again = replace(inputs, partners=partners)
    place = _place(again, changed.partner_id)
    return WhatIf(change, value, place, choose(again).partner_id == changed.partner_id)


def _place(inputs: Inputs, partner_id: str) -> int:
    ranked, _ = rank_by_worth(inputs)
    return next((place for place, (name, _) in enumerate(ranked, 1) if name == partner_id), 0)


def _profile(mine: PartnerFacts, value: str, **changes: Any) -> tuple[PartnerFacts, str]:
    return replace(mine, profile=replace(mine.profile, **changes)), value


def _with_solution(lead: LeadFacts, mine: PartnerFacts) -> tuple[PartnerFacts, str]:
    solutions, levels = mine.profile.solutions, mine.profile.levels
    if levels and len(levels) == len(solutions):
        levels = (*levels, 1)
    return _profile(mine, lead.solution, solutions=(*solutions, lead.solution), levels=levels)


def _with_region(lead: LeadFacts, mine: PartnerFacts) -> tuple[PartnerFacts, str]:
    if lead.canton:
        return _profile(mine, lead.canton, cantons=(*mine.profile.cantons, lead.canton))
    area = lead.postcode[:2]
    return _profile(mine, f"{area}xx", postcodes=(*mine.profile.postcodes, area))


def _band(employees: int | None) -> tuple[int, int | None]:
    """The first and last size of the band that a teaser shows; None: no last."""
    lowest = 1
    for upper, _ in SIZE_BANDS:
        if employees is None or employees <= upper:
            return lowest, upper
        lowest = upper + 1
    return lowest, None


def _with_smaller(lead: LeadFacts, mine: PartnerFacts) -> tuple[PartnerFacts, str]:
    lowest, _ = _band(lead.employees)
    highest = mine.profile.max_employees
    # A band whose ends are the wrong way round would still exclude.
    return _profile(
        mine, f"≥ {lowest}", min_employees=lowest, max_employees=highest and max(highest, lead.employees or 0)
    )


def _with_larger(lead: LeadFacts, mine: PartnerFacts) -> tuple[PartnerFacts, str]:
    _, highest = _band(lead.employees)
    return _profile(mine, f"≤ {highest}" if highest else "", max_employees=highest)


def _with_complexity(lead: LeadFacts, mine: PartnerFacts) -> tuple[PartnerFacts, str]:
    wanted, lowest, highest = lead.complexity or 1, mine.profile.min_complexity, mine.profile.max_complexity
    return _profile(
        mine,
        str(wanted),
        min_complexity=lowest and min(lowest, wanted),
        max_complexity=highest and max(highest, wanted),
    )


def _with_level(lead: LeadFacts, mine: PartnerFacts) -> tuple[PartnerFacts, str]:
    solutions, levels = mine.profile.solutions, mine.profile.levels
    place = solutions.index(lead.solution) if lead.solution in solutions else len(levels)
    if place >= len(levels) or levels[place] >= _BEST_LEVEL:
        return mine, ""
    better = (*levels[:place], _BEST_LEVEL, *levels[place + 1 :])
    return _profile(mine, f"{_BEST_LEVEL}/{_BEST_LEVEL}", levels=better)


# What would have let each excluding rule pass. Having had the lead before cannot be undone, so it is not here.
MENDS: dict[str, Change] = {
    "NOT_ACTIVE": lambda _, mine: _profile(mine, "", is_active=True),
    "ABSENT": lambda _, mine: _profile(mine, "", absent=()),
    "LANGUAGE": lambda lead, mine: _profile(mine, lead.language, languages=(*mine.profile.languages, lead.language)),
    "SOLUTION": _with_solution,
    "REGION": _with_region,
    "TOO_SMALL": _with_smaller,
    "TOO_LARGE": _with_larger,
    "TOO_SIMPLE": _with_complexity,
    "TOO_COMPLEX": _with_complexity,
    "NO_ROOM": lambda _, mine: (replace(mine, room=mine.taken + 1), str(mine.taken + 1)),
    "NOT_LIVE": lambda _, mine: _profile(mine, "", takes_live_calls=True, live_number=_ANY, live_hours=_ALL_DAY),
    "CLOSED_NOW": lambda _, mine: _profile(mine, "", live_hours=_ALL_DAY),
    "EXCLUDED_CUSTOMER": lambda _, mine: (replace(mine, excludes_customer=False), ""),
}
_IMPROVEMENTS: dict[str, Change] = {
    "level": _with_level,
    "empty_week": lambda _, mine: (replace(mine, taken=0), "0"),
    "settled_credit": lambda _, mine: (replace(mine, credit_milli=max(0, mine.credit_milli)), "0"),
    "best_answers": lambda _, mine: (replace(mine, response_milli=_WHOLE_MILLI), f"{_WHOLE_MILLI}‰"),
}
