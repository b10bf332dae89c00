"""The page of people: what changes somebody's rights is asked first."""

import re
from datetime import UTC, datetime

from sqlalchemy import select

from accounts.tables import AuditEntry, Role, User
from dialer.tables import Agent
from foundation.database import Database
from tests.meanwhile import meanwhile
from tests.web_bench import Bench
from web.new_people import NewPerson, add_person


def test_a_role_is_changed_by_a_button_that_asks_first_and_says_what_changes(small_bench: Bench) -> None:
    browser, manager = small_bench.browser(Role.ADMIN), small_bench.ids["user_manager"]
    page = browser.get("/people").text
    assert "data-submit-on-change" not in page
    (asked,) = re.findall(rf'hx-post="/people/{manager}/role" hx-confirm="([^"]+)"', page)
    assert asked.startswith("Make Test manager an administrator? They may then also add people")
    answer = browser.post(f"/people/{manager}/role", data={"role": "admin"})
    assert "Make Test manager a manager?" in answer.text
    with small_bench.parts.database.reading() as session:
        assert session.get_one(User, manager).role == Role.ADMIN
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()
    assert (last.action, last.subject, last.facts) == ("role_changed", manager, {"role": "admin"})


def test_two_agents_of_one_name_who_are_added_at_once_have_a_browser_each(postgres_database: Database) -> None:
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    one, other = (NewPerson(f"{who}@example.ch", "Anna", "agent", languages=frozenset({"de"})) for who in ("a", "b"))

    def add_other() -> None:
        with postgres_database.transaction() as session:
            add_person(session, other, now)

    meanwhile(postgres_database, lambda session: add_person(session, one, now), add_other)
    with postgres_database.reading() as session:
        assert sorted(session.scalars(select(Agent.endpoint))) == ["client:anna", "client:anna_2"]
