"""Answers of leads in the words of the forms that were asked, in the visitor's language, for pages and the API."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from leads import form_book
from leads.answers import AnswerInWords
from leads.form_book import Asked


def wording(session: Session, leads: Sequence[Asked], language: str) -> dict[str, Callable[[Asked], Any]]:
    """For templates: `words_of(lead)` are its answers, `asked_of(lead)` the words of its questions by key."""
    forms = form_book.forms_of(session, [lead.form_mark for lead in leads])

    def words_of(lead: Asked) -> tuple[AnswerInWords, ...]:
        return form_book.answers_in_words(forms, lead, language)

    def asked_of(lead: Asked) -> dict[str, str]:
        return form_book.question_words(forms, lead, language)

    return {"words_of": words_of, "asked_of": asked_of}
