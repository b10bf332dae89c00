"""What holds for every file that the app for people hands out: no cell of it is a formula to a spreadsheet program."""

import csv
import io
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import insert, update

from accounts.tables import Role
from campaigns.refusals import disarm_cell
from campaigns.tables import Contact, RefusedRow
from dialer.exports import Wanted, contacts_csv
from events.tables import Seat
from leads.tables import Lead, Partner
from tests.databases import SqliteCopies
from tests.web_bench import Bench, running_bench
from web.access import guarded_routes
from web.caller import ApiGate

FORMULA = '=HYPERLINK("http://example.test";"x")'
NUMBER = "+41446681899"


@pytest.fixture(scope="module")
def bench(
    _sqlite_copies: SqliteCopies, _redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    """An app into whose rows somebody has put formulas."""
    folder = tmp_path_factory.mktemp("bench")
    with running_bench(_sqlite_copies.make(), _redis_server, folder) as made:
        with made.parts.database.transaction() as session:
            contact = made.ids["contact"]
            bad = {"company": FORMULA, "notes": "@SUM(A1)", "fields": {"=1+1": "=2"}, "phone_number": NUMBER}
            session.execute(update(Contact).where(Contact.id == contact).values(**bad))
            session.execute(update(Lead).values(company=FORMULA, notes="-1", phone_number=NUMBER))
            accepted = {"partner_id": made.ids["partner"], "status": "accepted"}
            session.execute(update(Lead).where(Lead.id == made.ids["lead_1"]).values(**accepted))
            session.execute(update(Partner).where(Partner.id == made.ids["partner"]).values(email=FORMULA))
            session.execute(update(Seat).values(company=FORMULA, phone_number=NUMBER))
            refused = {"list_id": made.ids["list"], "row_number": 9, "reason": "too_long", "cells": [FORMULA, "\t=1"]}
            session.execute(insert(RefusedRow).values(**refused))
        yield made


def exports(bench: Bench) -> list[tuple[str, bool]]:
    """The paths of all files, and whether programs ask for them."""
    found = [(path, isinstance(gate, ApiGate)) for path, _, gate in guarded_routes(bench.app) if path.endswith(".csv")]
    ids = {f"{kind}_id": bench.ids[kind] for kind in ("campaign", "list", "event")}
    return [(path.removeprefix("/api/v1").format(**ids), api) for path, api in found]


def asking(bench: Bench, role: Role, *, api: bool) -> httpx.Client:
    return bench.program(role) if api else bench.browser(role)


def whose(path: str) -> Role:
    return Role.PARTNER if path.endswith("own-leads.csv") else Role.MANAGER


def test_there_are_files_of_contacts_leads_partners_and_refused_rows_for_people_and_programs(bench: Bench) -> None:
    names = sorted((path.rsplit("/", 1)[-1], api) for path, api in exports(bench))
    wanted = (
        "contacts.csv",
        "disclosures.csv",
        "guests.csv",
        "leads.csv",
        "own-leads.csv",
        "partners.csv",
        "refused.csv",
    )
    assert names == [(name, api) for name in wanted for api in (False, True)]


def test_no_cell_of_any_file_is_a_formula(bench: Bench) -> None:
    for path, api in exports(bench):
        answer = asking(bench, whose(path), api=api).get(path)
        assert answer.status_code == 200, path
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
        cells = [cell for row in rows for cell in row]
        assert [cell for cell in cells if disarm_cell(cell) != cell] == [], path
        assert "'" + FORMULA in cells, path
        if not path.endswith(("refused.csv", "partners.csv", "own-leads.csv", "disclosures.csv")):
            assert "'" + NUMBER in cells, path


def test_agents_get_no_file_and_partners_their_own_leads_alone(bench: Bench) -> None:
    for path, api in exports(bench):
        for role in {Role.AGENT, Role.PARTNER} - {whose(path)}:
            assert asking(bench, role, api=api).get(path).status_code == 403, (path, role)


def test_a_file_holds_what_was_asked_for_alone(bench: Bench) -> None:
    database = bench.parts.database

    def rows(wanted: Wanted) -> int:
        return b"".join(contacts_csv(database, wanted)).count(bench.ids["list"].encode())

    everybody = rows(Wanted(bench.ids["campaign"]))
    assert everybody > 1
    assert rows(Wanted(bench.ids["campaign"], bench.ids["list"])) == everybody
    assert rows(Wanted(bench.ids["campaign"], "list_other")) == 0
    assert rows(Wanted("campaign_other")) == 0
