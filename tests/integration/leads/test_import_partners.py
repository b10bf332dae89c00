"""A partner file becomes rows, all of them or none."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from foundation.database import Database
from foundation.errors import InvalidFields
from leads.import_partners import UnusablePartnerFile, import_partners
from leads.partner_entry import add_partner
from leads.partner_rows import COLUMNS
from leads.partners import set_active
from leads.tables import Partner, PartnerRelation, PartnerRevision
from tests.integration.leads.lead_rows import NOW, add_lead, offers_of, route_now

HEADER = ";".join(COLUMNS)
FIRST = "Muster IT AG;leads@example.ch;de;ZH;;erp cloud;;;5;Beispiel Bau GmbH"
SECOND = "Alpha SA;;fr;GE VD;;crm;10;99;3;"


def load(database: Database, *lines: str) -> tuple[int, int, int, int]:
    report = import_partners(database, "\n".join((HEADER, *lines)).encode(), NOW)
    assert report.rows == report.added + report.changed + report.unchanged
    return report.added, report.changed, report.unchanged, report.relations_added


def count(database: Database, table: type[Partner | PartnerRelation | PartnerRevision]) -> int:
    with database.reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def test_importing_again_changes_only_what_differs(database: Database) -> None:
    assert load(database, FIRST, SECOND) == (2, 0, 0, 1)
    assert load(database, FIRST, SECOND) == (0, 0, 2, 0)
    assert load(database, FIRST.replace("Muster IT AG", "MUSTER IT ag").replace(";5;", ";7;")) == (0, 1, 0, 0)
    assert (count(database, Partner), count(database, PartnerRelation), count(database, PartnerRevision)) == (2, 1, 3)


def test_one_bad_row_keeps_the_whole_file_out(database: Database) -> None:
    bad = [f"P{number};;de;QQ;;erp;;;3;" for number in range(60)]
    with pytest.raises(UnusablePartnerFile) as caught:
        load(database, FIRST, *bad)
    assert len(caught.value.problems) == 60
    message = str(caught.value)
    assert "row 3, cantons “QQ”" in message
    assert message.endswith("and 10 more")
    assert count(database, Partner) == 0


def test_import_does_not_bring_back_a_partner_that_was_made_inactive(database: Database) -> None:
    load(database, FIRST)
    with database.transaction() as session:
        partner_id = session.scalars(select(Partner.id)).one()
        set_active(session, partner_id, NOW + timedelta(hours=1), active=False)
    assert load(database, FIRST) == (0, 0, 1, 0)
    with database.reading() as session:
        assert not session.get_one(Partner, partner_id).is_active


def test_known_customer_of_the_file_is_a_relation_that_routing_honours(database: Database) -> None:
    load(database, FIRST, "Other AG;;de;ZH;;erp;1;99;50;")
    lead_id = add_lead(database)
    route_now(database, lead_id)
    assert offers_of(database, lead_id)[0].basis == "relation"


def test_partner_entered_by_hand_is_what_its_row_in_a_file_would_be(database: Database) -> None:
    written = dict(zip(COLUMNS, FIRST.split(";"), strict=False))
    with database.transaction() as session:
        assert add_partner(session, written, NOW).revision == 1
    assert load(database, FIRST) == (0, 0, 1, 0)
    with pytest.raises(InvalidFields) as caught, database.transaction() as session:
        add_partner(session, {**written, "name": "MUSTER IT", "cantons": "ZH QQ"}, NOW)
    assert [flaw.name for flaw in caught.value.flaws] == ["cantons", "name"]
    assert count(database, Partner) == 1
