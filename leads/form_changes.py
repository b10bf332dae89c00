"""Small changes of a form, each giving a new one: a question added, replaced, moved or taken out. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from foundation.errors import NotFound
from leads.forms import Form, Question, read_form

_MOST_OF_A_KEY = 40


def with_question(form: Form, question: Mapping[str, Any], instead_of: str = "") -> Form:
    """The form with a question in the place of another, or as the last one.

    Raises:
        NotFound: there is no question to put it in the place of.
        Invalid: the form would not hang together.
    """
    asked: list[Any] = list(_documents(form))
    if instead_of:
        asked[_place(form, instead_of)] = dict(question)
    else:
        asked.append(dict(question))
    return read_form(form.to_json() | {"questions": asked})


def without_question(form: Form, key: str) -> Form:
    """The form without a question. What was answered to it stays with its leads.

    Raises:
        NotFound: there is no such question.
        Invalid: it is the last one.
    """
    asked = list(_documents(form))
    del asked[_place(form, key)]
    return read_form(form.to_json() | {"questions": asked})


def moved_question(form: Form, key: str, steps: int) -> Form:
    """The form with a question moved up (negative) or down, past others of its own part; at the end it stays.

    Raises:
        NotFound: there is no such question.
    """
    question = form.questions[_place(form, key)]
    own = list(form.of_depth(question.depth))
    there = max(0, min(len(own) - 1, own.index(question) + steps))
    own.remove(question)
    own.insert(there, question)
    other = form.of_depth("long" if question.depth == "short" else "short")
    in_order = (*own, *other) if question.depth == "short" else (*other, *own)
    return form.model_copy(update={"questions": in_order})


def opening_from(form: Form, complexity: int | None) -> Form:
    """The form whose long part opens from another complexity on; None: by answers alone."""
    return read_form(form.to_json() | {"long_from_complexity": complexity})


def key_from(words: str, taken: tuple[str, ...] = ()) -> str:
    """A key that is made of words and is not taken yet: `Number of sites?` becomes `number_of_sites`."""
    plain = re.sub(r"[^a-z0-9]+", "_", words.casefold()).strip("_")[:_MOST_OF_A_KEY].strip("_") or "question"
    number = 2
    key = plain
    while key in taken:
        key, number = f"{plain[: _MOST_OF_A_KEY - 4]}_{number}", number + 1
    return key


def _documents(form: Form) -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = form.to_json()["questions"]
    return documents


def _place(form: Form, key: str) -> int:
    question: Question | None = form.question(key)
    if question is None:
        raise NotFound("There is no such question.")
    return form.questions.index(question)
