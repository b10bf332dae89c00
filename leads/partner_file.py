"""Partners as rows of a file, with the columns that the import reads. Disarming cells is left to whoever writes it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from leads.partner_cells import COLUMNS
from leads.tables import Partner, PartnerRelation


def rows_of(session: Session, after_id: str, at_most: int) -> list[tuple[str, list[str]]]:
    """The next partners in the order of their making: each one's id, and its cells in the order of `COLUMNS`."""
    partners = session.scalars(select(Partner).where(Partner.id > after_id).order_by(Partner.id).limit(at_most)).all()
    known: dict[str, list[str]] = {}
    # What came by a file goes back into one; claims that partners made have their own evidence and end.
    relations = select(PartnerRelation).where(
        PartnerRelation.partner_id.in_([one.id for one in partners]),
        PartnerRelation.kind == "running",
        PartnerRelation.author == "",
    )
    for row in session.scalars(relations.order_by(PartnerRelation.id)):
        known.setdefault(row.partner_id, []).append(_mark(row.known_by, row.customer_key))
    return [(one.id, [cells_of(one, known.get(one.id, []))[name] for name in COLUMNS]) for one in partners]


def cells_of(partner: Partner, known_customers: Sequence[str] = ()) -> dict[str, str]:
    """A partner's cells by column."""
    return {
        "name": partner.name,
        "email": partner.email,
        "languages": " ".join(partner.languages),
        "cantons": " ".join(partner.cantons),
        "postcodes": " ".join(partner.postcodes),
        "solutions": solutions_written(partner.solutions, partner.levels),
        "min_employees": _number(partner.min_employees),
        "max_employees": _number(partner.max_employees),
        "weekly_capacity": str(partner.weekly_capacity),
        "known_customers": "|".join(known_customers),
        "home_postcode": partner.home_postcode,
        "reach_km": _number(partner.reach_km),
        "min_complexity": _number(partner.min_complexity),
        "max_complexity": _number(partner.max_complexity),
        "owner": partner.owner,
        "grade": partner.grade,
        "staff": _number(partner.staff),
        "weight_percent": str(partner.weight_percent),
        "excluded_customers": "|".join(partner.excluded_customers),
        "absent": " ".join(f"{first}/{last}" for first, last in partner.absent),
        "closed_days": " ".join(partner.closed_days),
        "is_active": "yes" if partner.is_active else "no",
        "id": partner.id,
        "takes_live_calls": "yes" if partner.takes_live_calls else "no",
        "live_number": partner.live_number,
        "live_hours": partner.live_hours,
    }


def solutions_written(solutions: Iterable[str], levels: Iterable[int]) -> str:
    """Solutions in their order, each with its level where levels are known."""
    names, known = list(solutions), list(levels)
    if len(known) < len(names):
        return " ".join(names)
    return " ".join(f"{name}:{level}" for name, level in zip(names, known, strict=False))


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _mark(known_by: str, key: str) -> str:
    if known_by == "uid" and len(key) == 9:
        return f"CHE-{key[:3]}.{key[3:6]}.{key[6:]}"
    return key
