"""Partners from a CSV file: all of it, or nothing and a list of every bad row. Reading is `partner_rows`' affair."""

from dataclasses import dataclass
from datetime import datetime

from foundation.database import Database
from foundation.errors import Invalid
from foundation.marking import N_, Said
from leads.partner_entry import add_relations
from leads.partner_rows import RowProblem, read_partners
from leads.partners import lock_partners, save_partner
from leads.relation_evidence import IN_FILE

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
        lines = [problem.as_message() for problem in problems[:_SHOWN_PROBLEMS]]
        if len(problems) > _SHOWN_PROBLEMS:
            lines.append((N_("and %(count)s more"), {"count": len(problems) - _SHOWN_PROBLEMS}))
        message = N_("nothing was imported; mend these and import again:\n%(problems)s")
        super().__init__(message, problems=Said(*lines, between="\n"))


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
            relations += add_relations(session, saved.partner.id, row.known_customers, IN_FILE, now)
    return PartnersReport(
        rows=len(changes),
        added=changes.count("added"),
        changed=changes.count("changed"),
        unchanged=changes.count("unchanged"),
        relations_added=relations,
        partner_ids=tuple(ids),
    )
