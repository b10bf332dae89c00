"""A partner's fields from a page or program, read as a partner file is: the same words, the same mistakes named."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.tables import User
from foundation.errors import Invalid, NotFound
from leads.facts import Profile
from leads.partner_cells import COLUMNS, read_partner
from leads.partner_file import cells_of
from leads.tables import Partner

# What a form changes; presence, marks of customers and taking part have their own switches.
_NOT_HERE = frozenset({"known_customers", "absent", "closed_days", "is_active", "id"})
FORM_COLUMNS = tuple(name for name in COLUMNS if name not in _NOT_HERE)


def read_form(session: Session, partner_id: str, said: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """What changes of the profile, by its fields, and the e-mail address. What is not said stays.

    Raises:
        NotFound: there is no such partner.
        Invalid: a value cannot be used; it says which, and what it should be.
    """
    partner = session.get(Partner, partner_id)
    if partner is None:
        raise NotFound("there is no such partner")
    before = cells_of(partner)
    written = {name: said.get(name, before[name]) for name in FORM_COLUMNS}
    row, problems = read_partner(0, written)
    if problems:
        found = "; ".join(problem.sentence() for problem in problems)
        raise Invalid(found)
    changed = {name for name in FORM_COLUMNS if name in said}
    changed |= {"levels"} if "solutions" in changed else set()
    fields = changed & set(Profile.__dataclass_fields__)
    return {name: getattr(row.profile, name) for name in fields}, row.email


def people_of(session: Session, partner_id: str) -> Sequence[User]:
    """Who signs in for a partner."""
    return session.scalars(select(User).where(User.partner_id == partner_id).order_by(User.id)).all()
