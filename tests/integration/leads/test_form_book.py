"""A campaign asks by the newest version of its form; what was asked by an older one can always be read in its words."""

import copy
from typing import Any

import pytest

from foundation.database import Database
from foundation.errors import Conflict, Invalid
from leads import form_book
from leads.form_book import FormChange, FormInUse
from leads.forms import Form, default_form, read_form
from leads.tables import Lead
from tests.integration.leads.lead_rows import NOW, add_lead, lead_row


def changed_form(words: str) -> Form:
    document: dict[str, Any] = copy.deepcopy(default_form().to_json())
    document["questions"][2]["labels"]["en"] = words
    return read_form(document)


def change(database: Database, words: str, campaign_id: str = "campaign_1", instead_of: str = "") -> FormInUse:
    with database.transaction() as session:
        change = FormChange(changed_form(words), "user_1", instead_of)
        return form_book.change_form(session, campaign_id, change, NOW)


def seats_in_words(database: Database, lead: Lead) -> str:
    with database.reading() as session:
        forms = form_book.forms_of(session, [lead.form_mark])
        return next(one.question for one in form_book.answers_in_words(forms, lead, "en") if one.key == "seats")


def test_a_campaign_without_a_form_of_its_own_asks_by_the_shipped_one(database: Database) -> None:
    with database.reading() as session:
        found = form_book.form_of_campaign(session, "campaign_1")
    assert (found.form, found.version) == (default_form(), 0)


def test_each_change_is_a_version_and_the_same_again_is_none(database: Database) -> None:
    assert [change(database, words).version for words in ("One?", "One?", "Two?")] == [1, 1, 2]
    with database.reading() as session:
        assert form_book.form_of_campaign(session, "campaign_1").form == changed_form("Two?")
        assert form_book.form_of_campaign(session, "campaign_2").version == 0
        assert [row.version for row in form_book.versions_of(session, "campaign_1")] == [2, 1]


def test_two_campaigns_may_ask_by_one_form(database: Database) -> None:
    assert change(database, "One?").mark == change(database, "One?", "campaign_2").mark


def test_who_changes_what_somebody_else_has_changed_is_told(database: Database) -> None:
    before = change(database, "One?").mark
    change(database, "Two?")
    with pytest.raises(Conflict):
        change(database, "Three?", instead_of=before)


def test_a_lead_is_read_in_the_words_in_which_it_was_asked(database: Database) -> None:
    mark = change(database, "How many?").mark
    change(database, "How many desks?")
    asked = add_lead(database, 1, form_mark=mark, answers={"seats": 20}, evidence={"seats": "said"})
    older = add_lead(database, 2, answers={"solution": "erp", "seats": "20"})
    assert seats_in_words(database, lead_row(database, asked)) == "How many?"
    assert seats_in_words(database, lead_row(database, older)) == default_form().questions[2].labels.en


def test_an_agent_answers_the_form_that_was_before_them_and_no_other_campaigns(database: Database) -> None:
    mark = change(database, "One?").mark
    change(database, "Two?")
    with database.reading() as session:
        assert form_book.form_asked(session, "campaign_1", mark) == changed_form("One?")
        assert form_book.form_asked(session, "campaign_1", "") == changed_form("Two?")
        assert form_book.form_asked(session, "campaign_1", default_form().mark) == default_form()
        for other in (mark, "0000000000000000"):
            with pytest.raises(Invalid):
                form_book.form_asked(session, "campaign_2", other)


def test_a_form_that_is_kept_twice_at_once_is_there_once(database: Database) -> None:
    with database.transaction() as session:
        assert form_book.keep_form(session, default_form(), NOW) == form_book.keep_form(session, default_form(), NOW)
    with database.reading() as session:
        assert form_book.forms_of(session, ["", default_form().mark, "none"]) == {default_form().mark: default_form()}
