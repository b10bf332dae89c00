"""A season of leads and the partners that want them, drawn from a seed: real Swiss postcodes, invented companies.

Leads fall on cantons by population and speak a canton's languages. Partners are as wide or narrow as resellers are:
four work nationwide with modest skill, the rest are regional. Nobody is taken on without demand for what it offers.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import log10
from zoneinfo import ZoneInfo

from foundation.postcodes import all_places
from leads.facts import SOLUTIONS, LeadFacts, PartnerFacts, Policy, Profile, ProtectionFacts, RelationFacts
from leads.ranking import Inputs, admitted_but_for_room

WEEKS = 20
RELATED = 0.35
_SWISS_TIME = ZoneInfo("Europe/Zurich")
_START = datetime(2026, 1, 5, 8, tzinfo=_SWISS_TIME)
_ROOM_FOR_DEMAND = 1.5
_LEAST_A_WEEK = 1.2
# Permanent residents in thousands, Federal Statistical Office, end of 2022.
_PEOPLE = {
    "ZH": 1580, "BE": 1051, "LU": 425, "UR": 37, "SZ": 164, "OW": 39, "NW": 44, "GL": 41, "ZG": 131, "FR": 335,
    "SO": 282, "BS": 197, "BL": 293, "SH": 84, "AR": 56, "AI": 16, "SG": 525, "GR": 203, "AG": 711, "TG": 289,
    "TI": 354, "VD": 830, "VS": 357, "NE": 176, "GE": 514, "JU": 74,
}  # fmt: skip
_FRENCH = {"VD": 0.97, "GE": 0.97, "NE": 0.97, "JU": 0.97, "FR": 0.68, "VS": 0.65, "BE": 0.1}
_WANTED = (0.15, 0.15, 0.25, 0.15, 0.2, 0.1)
_NATIONWIDE = (("ZH", ("de", "it")), ("VD", ("fr", "de")), ("TI", ("it", "de", "fr")), ("BE", ("de", "fr")))
# Employees, complexity, reach in km and weight of a small, a middling and a large partner.
_KINDS = (
    ((1, 100), (1, 3), (40, 90), (2, 4)),
    ((5, 500), (1, 5), (60, 150), (3, 6)),
    ((30, 2000), (2, 5), (120, 350), (4, 8)),
)


@dataclass(frozen=True)
class ComingLead:
    """A lead, when it comes, and the partners of its standing relation and protection, if any."""

    facts: LeadFacts
    at: datetime
    week: int
    relations: tuple[RelationFacts, ...]
    protections: tuple[ProtectionFacts, ...] = ()


@dataclass(frozen=True)
class World:
    """What happens to everybody alike. `points` has, for each lead, those whom the hard rules admit, room aside."""

    leads: tuple[ComingLead, ...]
    partners: tuple[PartnerFacts, ...]
    points: tuple[dict[str, int], ...]


def draw_world(seed: int, leads: int, partners: int, given: Sequence[Profile] = ()) -> World:
    """The world of a seed. `given` partners, if any, stand in for drawn ones, with capacity as they state it."""
    chance = random.Random(seed)
    probe = [draw_lead(chance, number, 600) for number in range(600)]
    if given:
        facts = [PartnerFacts(f"partner_{number:03}", 1, profile) for number, profile in enumerate(given)]
    else:
        facts = _sized(_with_demand(chance, draw_partners(chance, partners), probe, leads), leads)
    coming: list[ComingLead] = []
    points: list[dict[str, int]] = []
    while len(coming) < leads:
        lead = draw_lead(chance, len(coming), leads, [one.partner_id for one in facts])
        admitted = points_of(lead, facts)
        if admitted:
            coming.append(lead)
            points.append(admitted)
    return World(tuple(coming), tuple(facts), tuple(points))


def points_of(lead: ComingLead, partners: Sequence[PartnerFacts]) -> dict[str, int]:
    """The points of all whom the hard rules admit, room left aside."""
    inputs = Inputs(lead.facts, tuple(partners), (), Policy(), lead.at)
    return {one.partner_id: points for one, points in admitted_but_for_room(inputs)}


def _places() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for postcode, places in all_places().items():
        if places[0].canton in _PEOPLE:
            found.setdefault(places[0].canton, []).append(postcode)
    return found


_BY_CANTON = _places()


def _place(chance: random.Random) -> tuple[str, str]:
    canton = chance.choices(list(_PEOPLE), list(_PEOPLE.values()))[0]
    return chance.choice(_BY_CANTON[canton]), canton


def _language(chance: random.Random, canton: str) -> str:
    if canton == "TI":
        return "it"
    if chance.random() < _FRENCH.get(canton, 0.0):
        return "fr"
    return "it" if canton == "GR" and chance.random() < 0.12 else "de"


def draw_lead(chance: random.Random, number: int, of: int, partners: Sequence[str] = ()) -> ComingLead:
    """One lead of so many, by its place in the season; of `partners`, one may have a standing relation."""
    postcode, canton = _place(chance)
    employees = max(1, min(2000, round(chance.lognormvariate(3.2, 1.1))))
    complexity = min(5, max(1, round(1 + log10(employees) * 1.1 + chance.gauss(0, 0.8))))
    facts = LeadFacts(
        lead_id=f"lead_{number:05}",
        language=_language(chance, canton),
        solution=chance.choices(SOLUTIONS, _WANTED)[0],
        postcode=postcode,
        canton=canton,
        employees=employees,
        complexity=complexity,
    )
    related: tuple[RelationFacts, ...] = ()
    if partners and chance.random() < RELATED:
        related = (RelationFacts(chance.choice(partners), "uid", "running contract", "2025-06-01"),)
    week, part = divmod(number * WEEKS / of, 1)
    day, hour = divmod(part * 5, 1)
    at = _START + timedelta(weeks=int(week), days=int(day), hours=hour * 10)
    return ComingLead(facts, at, int(week), related)


def draw_partners(chance: random.Random, count: int) -> list[PartnerFacts]:
    """Partners as they come, before anybody asks whether there is demand for them."""
    found = []
    for number in range(count):
        home, canton = _place(chance)
        employees, complexity, reach, weight = chance.choices(_KINDS, (0.4, 0.4, 0.2))[0]
        languages = dict.fromkeys(
            (_language(chance, canton), *chance.sample(("de", "fr", "it"), chance.random() < 0.55))
        )
        solutions = tuple(chance.sample(SOLUTIONS, chance.randint(3, 5)))
        levels = tuple(chance.choice((1, 2, 2, 3, 3)) for _ in solutions)
        km, size = round(chance.uniform(*reach)), chance.randint(*weight)
        if number < len(_NATIONWIDE):
            canton, spoken = _NATIONWIDE[number]
            home, languages = chance.choice(_BY_CANTON[canton]), dict.fromkeys(spoken)
            solutions, levels = SOLUTIONS, tuple(chance.choice((1, 2)) for _ in SOLUTIONS)
            km, employees, complexity, size = 400, (1, 2000), (1, 5), chance.randint(7, 10)
        profile = Profile(
            name=f"Partner {number}", is_active=True, languages=tuple(languages), cantons=(), postcodes=(),
            solutions=solutions, min_employees=employees[0], max_employees=employees[1], weekly_capacity=size,
            levels=levels, home_postcode=home, reach_km=km, min_complexity=complexity[0], max_complexity=complexity[1],
        )  # fmt: skip
        record, rating = round(chance.gauss(700, 120)), round(chance.gauss(700, 100))
        found.append(PartnerFacts(f"partner_{number:03}", 1, profile, response_milli=record, rating_milli=rating))
    return found


def _with_demand(
    chance: random.Random, partners: list[PartnerFacts], probe: Sequence[ComingLead], leads: int
) -> list[PartnerFacts]:
    """Widen whoever nobody would ask for, as a vendor does not sign partners without demand."""
    a_week = leads / WEEKS
    for _ in range(25):
        due = dict.fromkeys((one.partner_id for one in partners), 0.0)
        weights = {one.partner_id: one.profile.weekly_capacity for one in partners}
        for lead in probe:
            admitted = points_of(lead, partners)
            total = sum(weights[name] for name in admitted)
            for name in admitted:
                due[name] += weights[name] / total * a_week / len(probe)
        weak = {name for name, leads_a_week in due.items() if leads_a_week < max(_LEAST_A_WEEK, 0.35 * weights[name])}
        if not weak:
            break
        partners = [_widened(chance, one) if one.partner_id in weak else one for one in partners]
    return partners


def _widened(chance: random.Random, partner: PartnerFacts) -> PartnerFacts:
    profile = replace(partner.profile, reach_km=round((partner.profile.reach_km or 0) * 1.25))
    missing = [name for name in SOLUTIONS if name not in profile.solutions]
    if missing and chance.random() < 0.4:
        profile = replace(profile, solutions=(*profile.solutions, chance.choice(missing)), levels=(*profile.levels, 2))
    return replace(partner, profile=profile)


def _sized(partners: Sequence[PartnerFacts], leads: int) -> list[PartnerFacts]:
    total = sum(one.profile.weekly_capacity for one in partners)
    each = _ROOM_FOR_DEMAND * leads / WEEKS / total
    return [
        replace(one, profile=replace(one.profile, weekly_capacity=max(1, round(one.profile.weekly_capacity * each))))
        for one in partners
    ]
