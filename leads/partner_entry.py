"""One partner entered by hand: read and checked as a row of a file is. Files are `import_partners`' affair."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import Flaw, InvalidFields
from foundation.marking import N_
from leads.customer_identity import CustomerMark, company_key
from leads.partner_cells import read_partner
from leads.partners import lock_partners, save_partner
from leads.relation_evidence import WHEN_ADDED
from leads.tables import Partner, PartnerRelation

NAME_TAKEN = N_("there is a partner of this name: change that one")


def add_partner(session: Session, written: Mapping[str, str], now: datetime) -> Partner:
    """Add the partner of these cells by column, as a file has them.

    Raises:
        InvalidFields: a cell cannot be used, or a partner of this name is there; it says which, and what to do.
    """
    row, problems = read_partner(0, written)
    flaws = [problem.flaw for problem in problems]
    lock_partners(session)
    key = company_key(row.profile.name)
    if key and session.scalar(select(Partner.id).where(Partner.name_key == key)) is not None:
        flaws.append(Flaw("name", NAME_TAKEN, found=row.profile.name))
    if flaws:
        raise InvalidFields(flaws)
    partner = save_partner(session, row.profile, row.email, now).partner
    add_relations(session, partner.id, row.known_customers, WHEN_ADDED, now)
    return partner


def add_relations(
    session: Session, partner_id: str, customers: Iterable[CustomerMark], evidence: str, now: datetime
) -> int:
    """Note that a partner serves these customers; how many of them were not known of it before."""
    rows = session.execute(
        select(PartnerRelation.known_by, PartnerRelation.customer_key).where(PartnerRelation.partner_id == partner_id)
    )
    known = {CustomerMark(known_by, key) for known_by, key in rows}
    new = [mark for mark in customers if mark not in known]
    session.add_all(
        PartnerRelation(
            partner_id=partner_id,
            known_by=mark.known_by,
            customer_key=mark.key,
            evidence=evidence,
            since=now.date(),
            recorded_at=now,
        )
        for mark in new
    )
    session.flush()
    return len(new)
