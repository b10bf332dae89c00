"""What went wrong is said in the reader's language, figures included."""

import io
import json
from datetime import date
from enum import StrEnum
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import DBAPIError

from campaigns.columns import name_of_unnamed, shown_name
from compliance.register_files import read_numbers
from foundation.errors import Conflict, Flaw, Invalid, InvalidFields, NotFound
from foundation.marking import Code
from leads.forms import read_form
from leads.import_partners import UnusablePartnerFile
from leads.partner_rows import read_partners
from web.errors import COLLIDED, add_error_answers, problem_of
from web.language import translations
from web.rendering import render

TEXT = {"key": "pain2", "kind": "text", "labels": {"de": "a", "fr": "b", "it": "c", "en": "d"}}
TOO_LONG = Invalid("The list has more than %(rows)s rows. Split it and upload the parts.", rows=7)


def test_an_error_is_a_text_with_facts_and_in_english_by_itself() -> None:
    assert str(TOO_LONG) == "The list has more than 7 rows. Split it and upload the parts."
    assert str(Conflict("90 % of it")) == "90 % of it"
    assert str(Conflict()) == "This cannot be done in the present state."


def test_a_problem_is_worded_in_the_readers_language_and_in_english_for_programs() -> None:
    problem = problem_of(TOO_LONG)
    said = problem.in_words("de")
    assert said == "Die Liste hat mehr als 7 Zeilen. Teilen Sie sie und laden Sie die Teile hoch."
    assert problem.as_document()["detail"] == str(TOO_LONG)


def test_a_code_among_the_figures_is_said_as_the_word_for_it() -> None:
    problem = problem_of(Conflict("This offer is over already: %(status)s.", status=Code("timed_out")))
    assert problem.in_words("de") == "Dieses Angebot ist schon vorbei: Zeit abgelaufen."
    assert problem.as_document()["detail"] == "This offer is over already: Time ran out."


def test_a_setting_out_of_bounds_is_called_as_its_field_is_and_by_its_name_for_programs() -> None:
    bounds = {"least": "1", "most": "20"}
    problem = problem_of(InvalidFields([Flaw("max_attempts", "use a number from %(least)s to %(most)s", bounds)]))
    assert problem.in_words("de") == "Höchstens so viele Versuche: eine Zahl von 1 bis 20 verwenden"
    assert problem.as_document()["errors"] == [{"field": "max_attempts", "problem": "use a number from 1 to 20"}]


class FromDatabase(Exception):
    """What the driver raises, with the code that the server gave it."""

    def __init__(self, code: str) -> None:
        self.sqlstate = code


@pytest.mark.parametrize("code", ["23505", "40P01"])
def test_two_who_come_at_the_same_moment_are_told_so_in_words(code: str) -> None:
    answer = answer_of_database(code)
    assert answer.status_code == 409
    assert "Somebody else" in json.loads(bytes(answer.body))["detail"]
    assert "Jemand anders" in COLLIDED.in_words("de")


def test_any_other_error_of_the_database_is_unexpected() -> None:
    with pytest.raises(DBAPIError):
        answer_of_database("23502")


def answer_of_database(code: str) -> Response:
    app = FastAPI()
    add_error_answers(app)
    request = Request({"type": "http", "method": "POST", "path": "/api/thing", "headers": []})
    handlers: dict[Any, Any] = app.exception_handlers
    answer: Response = handlers[DBAPIError](request, DBAPIError("INSERT", None, FromDatabase(code)))
    return answer


def test_the_words_do_not_tell_whether_a_thing_is_there() -> None:
    told = problem_of(NotFound("There is no list %(list)s.", list="list_1")).as_document()
    assert told == problem_of(NotFound()).as_document()


def test_flaws_of_fields_are_said_by_the_names_that_people_see_and_told_to_programs_one_by_one() -> None:
    flaws = [Flaw("cantons", "use any of %(words)s", {"words": "ZH BE"}, "QQ"), Flaw("email", "fill it in")]
    problem = problem_of(InvalidFields(flaws))
    said = problem.in_words("de")
    assert said == "Kantone «QQ»: eines von ZH BE verwenden; E-Mail: ausfüllen"
    told = problem.as_document()
    assert told["detail"] == "Cantons “QQ”: use any of ZH BE; E-mail: fill it in"
    assert told["errors"] == [
        {"field": "cantons", "problem": "use any of ZH BE"},
        {"field": "email", "problem": "fill it in"},
    ]


def test_what_is_wrong_with_a_partner_file_is_said_in_the_readers_language_line_by_line() -> None:
    read = read_partners(b"name;languages;solutions;weekly_capacity\nA;xx;erp;0\nB;de;erp;\n")
    refused = UnusablePartnerFile(read.problems)
    assert str(refused).splitlines()[1:] == [problem.sentence() for problem in read.problems]
    said = problem_of(refused).in_words("de")
    assert said.splitlines() == [
        "nichts wurde importiert; dies berichtigen und wieder importieren:",
        "Zeile 2, languages «xx»: eines von de fr it en verwenden",
        "Zeile 2, weekly_capacity «0»: eine ganze Zahl ab 1 verwenden",
        "Zeile 3, weekly_capacity: ausfüllen",
    ]


@pytest.mark.parametrize(("facts", "shown"), [({"problem_facts": {"rows": 7}}, "als 7 Zeilen"), ({}, "")])
def test_why_a_file_is_no_list_is_said_in_the_readers_language(facts: dict[str, object], shown: str) -> None:
    text = TOO_LONG.text if facts else "A text from before there were facts, 90 percent."
    upload = SimpleNamespace(status="failed", problem=text, options=facts)
    assert (shown or text) in render("parts/upload.html", "de", {"upload": upload})


def test_a_column_without_a_name_is_called_by_its_number_in_each_language() -> None:
    assert shown_name(name_of_unnamed(3), translations("fr").gettext) == "Colonne 3"
    assert shown_name("column of smoke", translations("fr").gettext) == "column of smoke"


@pytest.mark.parametrize(
    ("document", "german"),
    [
        ({}, "questions: fehlt"),
        ({"questions": []}, "questions: braucht mindestens 1"),
        ({"questions": [1]}, "questions 1: muss ein Objekt mit Namen sein"),
        ({"questions": [TEXT, TEXT]}, "die Frage pain2 steht zweimal da"),
        ({"questions": [TEXT | {"key": "Not a key"}]}, "darf nur Kleinbuchstaben, Ziffern"),
        ({"questions": [TEXT | {"points": 11}]}, "questions 1 points: darf höchstens 10 sein"),
        ({"questions": [TEXT | {"kind": "choice"}]}, "mindestens zwei Antworten"),
        ({"format": "other"}, "format: muss 'halali-form/1' sein"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_in_the_readers_language(document: dict[str, Any], german: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_form(document)
    said = problem_of(refused.value).in_words("de")
    assert said.startswith("Das ist kein Formular: ")
    assert german in said
    assert german not in str(refused.value)


class _Size(StrEnum):
    SMALL, LARGE = "small", "large"


class _Form(BaseModel):
    company: Annotated[str, Field(min_length=1)]
    rows: Annotated[int, Field(le=1_000_000)]
    size: _Size
    since: date = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("filled", "german"),
    [
        ({"company": "", "rows": 2_000_000, "size": "huge"}, "Firma: ist leer; rows: darf höchstens 1’000’000 sein"),
        ({"company": "A", "rows": "many", "size": "small"}, "rows: muss eine ganze Zahl sein"),
        ({"company": "A", "rows": 1, "size": "huge"}, "size: muss eines davon sein: small, large"),
        ({"company": "A", "rows": 1, "size": "small", "since": "May"}, "since: muss ein Tag sein, etwa 2026-03-02"),
        ({"rows": 1, "size": "small"}, "Firma: fehlt"),
    ],
)
def test_what_is_wrong_with_a_field_is_said_in_the_readers_language(filled: dict[str, Any], german: str) -> None:
    with pytest.raises(ValidationError) as refused:
        _Form.model_validate(filled)
    found = [{**one, "loc": ("body", *one["loc"])} for one in refused.value.errors()]
    problem = problem_of(RequestValidationError(found))
    assert problem.in_words("de").startswith(german)
    assert [one["problem"] for one in problem.as_document()["errors"]] == [one["msg"] for one in found]


def test_what_is_wrong_with_xml_is_said_in_the_readers_language_with_its_line() -> None:
    with pytest.raises(Invalid) as refused:
        list(read_numbers(io.BytesIO(b"<list>\n<ac val='212'></list>"), "us_national"))
    said = problem_of(refused.value).in_words("de")
    assert said.endswith("etwas wird unter einem anderen Namen geschlossen als geöffnet (Zeile 2).")
