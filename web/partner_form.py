"""A partner's fields from a page or program, read as a partner file is: the same words, the same mistakes named."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.tables import User
from foundation.errors import Flaw, InvalidFields, NotFound
from foundation.postcodes import CANTONS
from leads.facts import LANGUAGES, SOLUTIONS, Profile
from leads.partner_cells import COLUMNS, read_partner
from leads.partner_file import cells_of
from leads.tables import Partner
from web.marking import N_

# What a form changes; presence, marks of customers and taking part have their own switches.
_NOT_HERE = frozenset({"known_customers", "absent", "closed_days", "is_active", "id"})
FORM_COLUMNS = tuple(name for name in COLUMNS if name not in _NOT_HERE)
FLAWED = N_("Nothing was saved: see the fields that are marked.")
# The fields in the order of the page, where that is not the file's.
_IN_FORM = ("name", "email", "grade", "staff", "owner", "solutions", *COLUMNS)
# What a new partner is unless the form says something else.
NEW_PARTNER = dict.fromkeys(COLUMNS, "") | {"weight_percent": "100"}


class PartnerForm(BaseModel):
    """The fields of the page, written as in a partner file; lists are boxes that are ticked."""

    name: str = Field(max_length=200)
    weekly_capacity: str = Field(max_length=10)
    email: str = Field("", max_length=300)
    languages: list[str] = []
    cantons: list[str] = []
    solutions: list[str] = []  # such as erp:3
    postcodes: str = Field("", max_length=10_000)
    home_postcode: str = Field("", max_length=10)
    reach_km: str = Field("", max_length=6)
    min_employees: str = Field("", max_length=10)
    max_employees: str = Field("", max_length=10)
    min_complexity: str = Field("", max_length=2)
    max_complexity: str = Field("", max_length=2)
    weight_percent: str = Field("", max_length=4)
    grade: str = Field("", max_length=1)
    staff: str = Field("", max_length=10)
    owner: str = Field("", max_length=200)
    excluded_customers: str = Field("", max_length=10_000)
    takes_live_calls: str = Field("no", max_length=3)
    live_number: str = Field("", max_length=30)
    live_hours: str = Field("", max_length=60)

    def written(self) -> dict[str, str]:
        """The cells by column."""
        return {name: _cell(value) for name, value in self.model_dump().items()}


class NewPartnerForm(PartnerForm):
    """The same for a partner that is new, with whom it serves already."""

    known_customers: str = Field("", max_length=10_000)


def _cell(value: str | list[str]) -> str:
    return value if isinstance(value, str) else " ".join(one for one in value if one)


def read_form(session: Session, partner_id: str, said: Mapping[str, str]) -> tuple[dict[str, Any], str | None]:
    """What changes of the profile, by its fields, and the e-mail address. What is not said stays as it is by then.

    Raises:
        NotFound: there is no such partner.
        InvalidFields: a value cannot be used; it says which, and what it should be.
    """
    partner = session.get(Partner, partner_id)
    if partner is None:
        raise NotFound("there is no such partner")
    before = cells_of(partner)
    written = {name: said.get(name, before[name]) for name in FORM_COLUMNS}
    row, problems = read_partner(0, written)
    if problems:
        raise InvalidFields([problem.flaw for problem in problems])
    changed = {name for name in FORM_COLUMNS if name in said}
    changed |= {"levels"} if "solutions" in changed else set()
    fields = changed & set(Profile.__dataclass_fields__)
    return {name: getattr(row.profile, name) for name in fields}, row.email if "email" in said else None


def shown_fields(say: Callable[..., str], cells: Mapping[str, str], flaws: Sequence[Flaw] = ()) -> dict[str, Any]:
    """What the fields of the page are filled with, and what is wrong with each."""
    wrong: dict[str, list[str]] = {}
    for flaw in flaws:
        advice = say(flaw.what_to_do, **flaw.facts)
        is_part = flaw.found and flaw.found != cells.get(flaw.name, "").strip()
        wrong.setdefault(flaw.name, []).append(f"{flaw.found}: {advice}" if is_part else advice)
    return {
        "cells": cells,
        "flaws": wrong,
        "first_flaw": next((name for name in _IN_FORM if name in wrong), ""),
        "levels": _levels(cells["solutions"]),
        "all_languages": LANGUAGES,
        "all_cantons": CANTONS,
        "all_solutions": SOLUTIONS,
    }


def _levels(solutions: str) -> dict[str, str]:
    """The level of each solution of such a cell; where no levels are known, by the place in the partner's order."""
    parted = [word.partition(":") for word in solutions.split()]
    return {name: level or str(max(1, 3 - place)) for place, (name, _, level) in enumerate(parted)}


def people_of(session: Session, partner_id: str) -> Sequence[User]:
    """Who signs in for a partner."""
    return session.scalars(select(User).where(User.partner_id == partner_id).order_by(User.id)).all()
