"""Partners from a CSV file: all of it, or nothing and a list of every bad row. Reading is `partner_rows`' affair."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.database import Database
from foundation.errors import Invalid
from leads.customer_identity import CustomerMark
from leads.partner_rows import PartnerRow, RowProblem, read_partners
from leads.partners import lock_partners, save_partner
from leads.tables import PartnerRelation

_SHOWN_PROBLEMS = 50


@dataclass(frozen=True)
class PartnersReport:
    """What an import did: `rows` = `added` + `changed` + `unchanged`."""

    rows: int
    added: int
    changed: int
    unchanged: int
    relations_added: int
    partner_ids: tuple[str, ...]


class UnusablePartnerFile(Invalid):
    """The partner file has rows that cannot be used; nothing was imported."""

    def __init__(self, problems: tuple[RowProblem, ...]) -> None:
        self.problems = problems
        lines = [problem.sentence() for problem in problems[:_SHOWN_PROBLEMS]]
        if len(problems) > _SHOWN_PROBLEMS:
            lines.append(f"and {len(problems) - _SHOWN_PROBLEMS} more")
        super().__init__("nothing was imported; mend these and import again:\n" + "\n".join(lines))


def import_partners(database: Database, content: bytes, now: datetime) -> PartnersReport:
    """Add the partners of a file, or change those whose name is known. A partner that the file does not name stays.

    Raises:
        UnusablePartnerFile: at least one row cannot be used. Nothing has been written.
    """
    read = read_partners(content)
    if read.problems:
        raise UnusablePartnerFile(read.problems)
    with database.transaction() as session:
        lock_partners(session)
        changes: list[str] = []
        ids: list[str] = []
        relations = 0
        for row in read.partners:
            saved = save_partner(session, row.profile, row.email, now, row.given)
            changes.append(saved.change)
            ids.append(saved.partner.id)
            relations += _add_relations(session, saved.partner.id, row, now)
    return PartnersReport(
        rows=len(changes),
        added=changes.count("added"),
        changed=changes.count("changed"),
        unchanged=changes.count("unchanged"),
        relations_added=relations,
        partner_ids=tuple(ids),
    )


def _add_relations(session: Session, partner_id: str, row: PartnerRow, now: datetime) -> int:
    rows = session.execute(
        select(PartnerRelation.known_by, PartnerRelation.customer_key).where(PartnerRelation.partner_id == partner_id)
    )
    known = {CustomerMark(known_by, key) for known_by, key in rows}
    new = [mark for mark in row.known_customers if mark not in known]
    session.add_all(
        PartnerRelation(
            partner_id=partner_id,
            known_by=mark.known_by,
            customer_key=mark.key,
            evidence="named in the partner file",
            since=now.date(),
            recorded_at=now,
        )
        for mark in new
    )
    session.flush()
    return len(new)
