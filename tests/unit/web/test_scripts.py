"""Scripts with merge fields, and what an agent's form becomes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.scripts import FIELDS, GAP, fill_in_script, merge_fields, unknown_fields
from campaigns.tables import Campaign, Contact
from foundation.errors import Invalid
from web.said import DispositionBody, DispositionForm, NotedForm


def test_fields_are_filled_in_whatever_their_case_and_spaces() -> None:
    script = "Guten Tag {{ Person }}, hier ist {{agent}}. {{COMPANY}}?"
    values = {"person": "Herr Muster", "agent": "Anna", "company": "Muster AG"}
    assert fill_in_script(script, values) == "Guten Tag Herr Muster, hier ist Anna. Muster AG?"


def test_a_gap_is_shown_where_nothing_is_known() -> None:
    assert fill_in_script("{{person}} {{nothing}}", {"person": "  "}) == f"{GAP} {GAP}"


def test_fields_that_no_list_has_are_named_once_as_they_are_written() -> None:
    scripts = {"de": "{{Person|Sie}} {{ Branche }} {{Frima}}", "fr": "{{frima|}} {{Frima}} {{agent}}"}
    assert unknown_fields(scripts, {"branche"}) == ["Frima", "frima"]


def test_the_fields_of_every_contact_are_those_that_are_filled_in() -> None:
    assert merge_fields(Contact(fields={}), Campaign(name="Spring")).keys() == FIELDS


def test_what_stands_behind_the_bar_is_said_where_nothing_is_known() -> None:
    script = "Guten Tag {{person|Damen und Herren}}, {{ Branche | }}"
    assert fill_in_script(script, {}) == f"Guten Tag Damen und Herren, {GAP}"
    assert fill_in_script(script, {"person": "Frau Muster", "branche": "Bau"}) == "Guten Tag Frau Muster, Bau"


def test_a_value_is_never_looked_at_for_fields_again() -> None:
    assert fill_in_script("{{company}}", {"company": "{{agent}}", "agent": "Anna"}) == "{{agent}}"


def test_what_is_no_field_stays_as_it_is() -> None:
    assert fill_in_script("{company} {{}} }} {{", {"company": "x"}) == "{company} {{}} }} {{"


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_any_script_and_any_values_give_text(script: str, values: dict[str, str]) -> None:
    assert isinstance(fill_in_script(script, values), str)


def test_the_callbacks_time_is_the_contacts() -> None:
    form = DispositionForm(call_id="call_1", code="callback", callback_at="2026-07-01T10:00")
    assert form.as_said("Europe/Zurich").callback_at == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


def test_the_suggested_callback_is_nobodys_wish_for_other_dispositions() -> None:
    form = DispositionForm(call_id="call_1", code="not_interested", callback_at="2026-07-01T10:00")
    assert form.as_said("Europe/Zurich").callback_at is None


@pytest.mark.parametrize("moment", ["", "tomorrow", "2026-13-01T10:00"])
def test_a_callback_without_a_readable_moment_is_refused(moment: str) -> None:
    form = DispositionForm(call_id="call_1", code="callback", callback_at=moment)
    with pytest.raises(Invalid):
        form.as_said("Europe/Zurich")


def test_empty_answers_are_left_out() -> None:
    fields = {"q.solutions": "cloud", "q.seats": " ", "e.seats": "unknown", "e.solutions": ""}
    form = DispositionForm.model_validate({"call_id": "call_1", "code": "qualified", "notes": " Ruft an. "} | fields)
    said = form.as_said("Europe/Zurich")
    assert (said.answers, said.evidence) == ({"solutions": "cloud"}, {"seats": "unknown"})
    assert said.notes == "Ruft an."


def test_choices_come_in_the_order_in_which_they_were_made() -> None:
    fields = {"q.solutions": ["erp", "crm", "cloud"], "o.solutions": "cloud erp"}
    form = NotedForm.model_validate({"call_id": "call_1"} | fields)
    assert form.as_noted().answers == {"solutions": ["cloud", "erp", "crm"]}


def test_a_form_with_too_much_in_it_is_refused() -> None:
    for fields in ({f"q.{number}": "x" for number in range(300)}, {"q.need": "x" * 1001}):
        with pytest.raises(Invalid):
            NotedForm.model_validate({"call_id": "call_1"} | fields).as_noted()


def test_the_api_refuses_moments_without_offset() -> None:
    with pytest.raises(Invalid, match="offset"):
        DispositionBody(call_id="call_1", code="callback", callback_at=datetime(2026, 7, 1)).as_said()  # noqa: DTZ001
