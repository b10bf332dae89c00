"""What an agent says of a call, from a form or the API, as the values that the dialer takes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field

from dialer.desk import Said
from dialer.drafts import LONGEST_WISH, Noted
from foundation.errors import Invalid
from leads.answers import LONGEST_TEXT
from leads.forms import MOST_QUESTIONS

# How the page names the fields of a question: its answer, the evidence for it, and in which order choices were made.
ANSWER, EVIDENCE, ORDER = "q.", "e.", "o."
_MOST_FIELDS = 3 * MOST_QUESTIONS + 20

Answer = str | int | bool | list[str] | None


class NotedForm(BaseModel):
    """What the desk's form holds while the talk goes on. The fields of the questions depend on the campaign's form."""

    model_config = ConfigDict(extra="allow")

    call_id: str = Field(max_length=40)
    form: str = Field("", max_length=16)
    notes: str = Field("", max_length=4000)
    wish: str = Field("", max_length=LONGEST_WISH)
    is_hot: bool = False

    def as_noted(self) -> Noted:
        """The value. Raises Invalid when there are more or longer fields than any form has."""
        fields = _checked(self.model_extra or {})
        answers = {name.removeprefix(ANSWER): value for name, value in fields.items() if name.startswith(ANSWER)}
        for name, value in fields.items():
            if name.startswith(ORDER):
                key = name.removeprefix(ORDER)
                answers[key] = _in_order(answers.get(key), str(value))
        return Noted(
            form_mark=self.form,
            answers={key: value for key, value in answers.items() if value and value != [""]},
            evidence={
                name.removeprefix(EVIDENCE): str(value)
                for name, value in fields.items()
                if name.startswith(EVIDENCE) and value
            },
            wish=self.wish.strip(),
            is_hot=self.is_hot,
            notes=self.notes.strip(),
        )


class DispositionForm(NotedForm):
    """The desk's form when it is sent. `callback_at` is the contact's local time, such as 2026-11-24T10:00."""

    code: str = Field(max_length=40)
    callback_at: str = Field("", max_length=30)
    callback_is_mine: bool = False
    language: str = Field("", max_length=2)

    def as_said(self, time_zone: str) -> Said:
        """The value. Raises Invalid when the moment of the callback cannot be read."""
        noted = self.as_noted()
        return Said(
            code=self.code,
            notes=noted.notes,
            answers=noted.answers,
            evidence=noted.evidence,
            wish=noted.wish,
            is_hot=noted.is_hot,
            form_mark=noted.form_mark,
            callback_at=_local_moment(self.callback_at, time_zone) if self.code == "callback" else None,
            callback_is_mine=self.callback_is_mine,
            language=self.language,
        )


class CorrectionForm(DispositionForm):
    """The desk's form of a call of which something else is said than `former`. The call is in the address."""

    call_id: str = Field("", max_length=40)
    former: str = Field(max_length=40)


class DraftBody(BaseModel):
    """What is noted so far. `answers` and `evidence` (said, inferred, unknown) are by the form's questions."""

    model_config = ConfigDict(extra="forbid")

    call_id: str = Field(max_length=40)
    form: str = Field("", max_length=16, description="the mark of the form that was asked; empty: the campaign's")
    answers: dict[str, Answer] = Field(default_factory=dict, max_length=MOST_QUESTIONS)
    evidence: dict[str, str] = Field(default_factory=dict, max_length=MOST_QUESTIONS)
    wish: str = Field("", max_length=LONGEST_WISH)
    is_hot: bool = False
    notes: str = Field("", max_length=4000)

    def as_noted(self) -> Noted:
        """The value."""
        return Noted(self.form, self.answers, self.evidence, self.wish, self.is_hot, self.notes)


class DispositionBody(BaseModel):
    """The API's body. `callback_at` is a moment with its offset. Without `answers`, what was drafted counts."""

    model_config = ConfigDict(extra="forbid")

    call_id: str = Field(max_length=40)
    code: str = Field(max_length=40)
    form: str = Field("", max_length=16, description="the mark of the form that was asked; empty: the campaign's")
    notes: str = Field("", max_length=4000)
    answers: dict[str, Answer] | None = Field(None, max_length=MOST_QUESTIONS)
    evidence: dict[str, str] = Field(default_factory=dict, max_length=MOST_QUESTIONS)
    wish: str = Field("", max_length=LONGEST_WISH)
    is_hot: bool = False
    callback_at: datetime | None = None
    callback_is_mine: bool = False
    language: str = Field("", max_length=2)

    def as_said(self) -> Said:
        """The value. Raises Invalid when the moment has no offset."""
        if self.callback_at is not None and self.callback_at.tzinfo is None:
            raise Invalid("callback_at needs an offset, such as 2026-11-24T10:00:00+01:00.")
        return Said(
            code=self.code,
            notes=self.notes,
            answers=self.answers or {},
            evidence=self.evidence,
            wish=self.wish,
            is_hot=self.is_hot,
            form_mark=self.form,
            as_drafted=self.answers is None,
            callback_at=self.callback_at,
            callback_is_mine=self.callback_is_mine,
            language=self.language,
        )


def _checked(fields: Mapping[str, Any]) -> dict[str, str | list[str]]:
    if len(fields) > _MOST_FIELDS:
        raise Invalid("The form has too many fields.")
    read: dict[str, str | list[str]] = {}
    for name, value in fields.items():
        several = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str) and len(one) <= LONGEST_TEXT for one in several):
            raise Invalid("An answer has at most %(most)s characters.", most=LONGEST_TEXT)
        read[name] = value if isinstance(value, list) else value.strip()
    return read


def _in_order(chosen: Any, order: str) -> list[str]:
    """Choices as the agent made them, one after the other: the main one comes first."""
    picked = chosen if isinstance(chosen, list) else [chosen] if chosen else []
    made = order.split(" ")
    return sorted(picked, key=lambda one: made.index(one) if one in made else len(made))


def _local_moment(text: str, time_zone: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise Invalid("Say when to call back: day and time.") from error
