"""What holds for every field map: it fills what its system insists on, and from values that there are."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest

from campaigns.refusals import disarm_cell
from leads.hand_over import PLAIN, VALUES, Layout, layouts, split_name, values_of
from leads.partner_view import DisclosedLead

LEAD = {
    "lead_id": "lead_1",
    "status": "accepted",
    "accepted_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
    "company": "Beispiel Bau AG",
    "person": "Herr Dr. Jean-Luc van Beispiel",
    "phone_number": "+41446681800",
    "email": "jean@example.ch",
    "language": "fr",
    "postcode": "8005",
    "canton": "ZH",
    "employees": 40,
    "answers": {"solution": "erp", "need": "new books", "seats": "20"},
    "notes": "=HYPERLINK(1)",
    "outcome": "",
    "outcome_reason": "",
}
KNOWN = [pytest.param(one, id=code) for code, one in layouts().items() if code != PLAIN]


def lead(**changes: object) -> DisclosedLead:
    wanted = {name: value for name, value in (LEAD | changes).items() if name in DisclosedLead.__dataclass_fields__}
    missing = set(DisclosedLead.__dataclass_fields__) - set(wanted)
    return DisclosedLead(**wanted, **dict.fromkeys(missing))  # type: ignore[arg-type]


def test_the_systems_are_those_that_partners_have() -> None:
    assert set(layouts()) == {PLAIN, "hubspot", "salesforce", "dynamics365"}


@pytest.mark.parametrize("layout", KNOWN)
def test_every_column_is_filled_from_a_value_or_a_constant(layout: Layout) -> None:
    assert all(filler in VALUES or filler.startswith("=") for filler in layout.columns.values())
    assert set(layout.required) <= set(layout.columns)
    assert set(layout.own_columns) <= set(layout.columns)
    assert "lead_id" in layout.columns.values()
    assert layout.source.startswith("https://")
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in layout.columns)


@pytest.mark.parametrize("layout", KNOWN)
@pytest.mark.parametrize("bare", [False, True])
def test_what_a_system_insists_on_is_there_even_when_little_is_known(layout: Layout, bare: bool) -> None:
    empty: dict[str, object] = (
        {"company": "", "person": "", "answers": {}, "employees": None, "notes": ""} if bare else {}
    )
    values = values_of(lead(**empty))
    row = dict(zip(layout.columns, layout.row(values), strict=True))
    assert all(row[name] for name in layout.required), row


def test_the_plain_layout_has_every_value_under_its_own_name() -> None:
    values = values_of(lead())
    assert set(values) == set(VALUES)
    assert layouts()[PLAIN].row(values) == [values[name] for name in VALUES]


def test_no_value_of_a_whole_lead_needs_disarming_but_what_people_wrote() -> None:
    values = values_of(lead())
    assert [name for name, value in values.items() if disarm_cell(value) != value] == ["notes"]
    assert values["phone"] == "0041446681800"


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("Herr Dr. Jean-Luc van Beispiel", ("Jean-Luc van", "Beispiel")),
        ("Mme Exemple", ("", "Exemple")),
        ("Kim", ("", "Kim")),
        ("  ", ("", "")),
        ("Herr", ("", "")),
    ],
)
def test_a_name_is_split_without_its_titles(person: str, expected: tuple[str, str]) -> None:
    assert split_name(person) == expected


def test_rows_survive_quotes_and_lines() -> None:
    target = io.StringIO()
    csv.writer(target).writerow(layouts()["salesforce"].row(values_of(lead(notes='a "b"\n;c,d'))))
    assert next(csv.reader(io.StringIO(target.getvalue())))[-2].endswith('a "b"\n;c,d')
