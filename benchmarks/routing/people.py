"""Partners that are not perfect, and partners that play the system. Each takes a world and says how it answers."""

import random
from dataclasses import replace
from datetime import timedelta

from benchmarks.routing.play import Answer
from benchmarks.routing.world import ComingLead, World
from leads.facts import ProtectionFacts, RelationFacts

_DECLINED, _TIMED_OUT = 0.06, 0.04
_CHERRY_PICKERS = 4
_BRANCHES = 4
_CLAIMANTS, _ASKED = 2, 0.2
_HOARDERS, _HELD_PER_ROOM = 2, 3


def imperfect(world: World, seed: int) -> tuple[World, Answer]:
    """Six in a hundred offers are declined for good reasons, four lapse, and everybody is away for one week."""
    chance = random.Random(seed)
    weeks = 1 + world.leads[-1].week

    def answer(lead: ComingLead, partner_id: str, points: int) -> str:
        drawn = chance.random()
        return "declined" if drawn < _DECLINED else "timed_out" if drawn < _DECLINED + _TIMED_OUT else "accepted"

    first = world.leads[0].at.date()
    partners = []
    for one in world.partners:
        monday = first + timedelta(weeks=chance.randrange(weeks))
        span = (monday.isoformat(), (monday + timedelta(days=6)).isoformat())
        partners.append(replace(one, profile=replace(one.profile, absent=(span,))))
    return _without_the_absent(replace(world, partners=tuple(partners))), answer


def cherry_pickers(world: World, seed: int) -> tuple[World, Answer]:
    """Four partners let every offer lapse that fits them less than their usual one, to wait for better."""
    chance = random.Random(seed)
    pickers = set(chance.sample([one.partner_id for one in world.partners], _CHERRY_PICKERS))
    usual = {}
    for name in pickers:
        seen = sorted(points[name] for points in world.points if name in points)
        usual[name] = seen[len(seen) // 2] if seen else 0

    def answer(lead: ComingLead, partner_id: str, points: int) -> str:
        return "timed_out" if points < usual.get(partner_id, 0) else "accepted"

    return world, answer


def sham_branches(world: World, seed: int) -> tuple[World, Answer]:
    """One partner comes as five, each with the room of the whole, under one owner."""
    chosen = random.Random(seed).choice(world.partners)
    real = replace(chosen, profile=replace(chosen.profile, owner="Holding"))
    copies = [
        replace(real, partner_id=f"{real.partner_id}_{number}", profile=replace(real.profile, name=f"Sham {number}"))
        for number in range(1, _BRANCHES + 1)
    ]
    partners = tuple(real if one.partner_id == real.partner_id else one for one in world.partners)
    names = [one.partner_id for one in copies]
    points = tuple(
        found | dict.fromkeys(names, found[real.partner_id]) if real.partner_id in found else found
        for found in world.points
    )
    return replace(world, partners=(*partners, *copies), points=points), _accept


def claimants(world: World, seed: int) -> tuple[World, Answer]:
    """Two partners claim a relation to every customer, with evidence that looks well.

    In a fifth of the calls the agent asks the customer; the first that denies ends all claims of that partner that
    nobody else has confirmed.
    """
    chance = random.Random(seed)
    liars = chance.sample([one.partner_id for one in world.partners], _CLAIMANTS)
    believed = set(liars)
    leads = []
    for lead in world.leads:
        false = [name for name in liars if name in believed and not lead.relations]
        if false and chance.random() < _ASKED:
            believed.difference_update(false)
            false = []
        claims = (RelationFacts(name, "uid", "own claim", "2024-06-01", "past") for name in false)
        leads.append(replace(lead, relations=(*lead.relations, *claims)))
    return replace(world, leads=tuple(leads)), _accept


def hoarders(world: World, seed: int) -> tuple[World, Answer]:
    """Two partners keep as many customers registered as the cap lets them, three times their week, fitting or not."""
    chance = random.Random(seed)
    held: dict[int, str] = {}
    for one in chance.sample(world.partners, _HOARDERS):
        for number in chance.sample(range(len(world.leads)), _HELD_PER_ROOM * one.profile.weekly_capacity):
            held.setdefault(number, one.partner_id)
    leads = tuple(
        replace(lead, protections=(ProtectionFacts(held[number], "2026-12-31"),)) if number in held else lead
        for number, lead in enumerate(world.leads)
    )
    return replace(world, leads=leads), _accept


def _accept(lead: ComingLead, partner_id: str, points: int) -> str:
    return "accepted"


def _without_the_absent(world: World) -> World:
    away = {one.partner_id: one.profile.absent for one in world.partners}
    points = tuple(
        {name: value for name, value in found.items() if not _is_away(away[name], lead.at.date().isoformat())}
        for lead, found in zip(world.leads, world.points, strict=True)
    )
    return replace(world, points=points)


def _is_away(spans: tuple[tuple[str, str], ...], day: str) -> bool:
    return any(first <= day <= last for first, last in spans)
