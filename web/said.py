"""What an agent says of a call, from a form or the API, as the value that the dialer takes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field

from dialer.desk import Said
from foundation.errors import Invalid
from leads.qualification import ANSWER_KEYS

LONGEST_ANSWER = 1000


class DispositionForm(BaseModel):
    """The desk's form. `callback_at` is the contact's local time, as a browser writes it: 2026-11-24T10:00."""

    call_id: str = Field(max_length=40)
    code: str = Field(max_length=40)
    notes: str = Field("", max_length=4000)
    need: str = Field("", max_length=LONGEST_ANSWER)
    solution: str = Field("", max_length=40)
    seats: str = Field("", max_length=10)
    decider: str = Field("", max_length=LONGEST_ANSWER)
    time_frame: str = Field("", max_length=40)
    budget: str = Field("", max_length=40)
    callback_at: str = Field("", max_length=30)
    callback_is_mine: bool = False
    language: str = Field("", max_length=2)

    def as_said(self, time_zone: str) -> Said:
        """The value. Raises Invalid when the moment of the callback cannot be read."""
        answers = {key: value for key in ANSWER_KEYS if (value := getattr(self, key).strip())}
        return Said(
            code=self.code,
            notes=self.notes.strip(),
            answers=answers,
            callback_at=_local_moment(self.callback_at, time_zone) if self.code == "callback" else None,
            callback_is_mine=self.callback_is_mine,
            language=self.language,
        )


class DispositionBody(BaseModel):
    """The API's body. `callback_at` is a moment with its offset; `answers` has the keys of the qualification form."""

    model_config = ConfigDict(extra="forbid")

    call_id: str = Field(max_length=40)
    code: str = Field(max_length=40)
    notes: str = Field("", max_length=4000)
    answers: dict[str, str | int | bool | None] = Field(default_factory=dict, max_length=30)
    callback_at: datetime | None = None
    callback_is_mine: bool = False
    language: str = Field("", max_length=2)

    def as_said(self) -> Said:
        """The value. Raises Invalid when the moment has no offset or an answer's key is unknown."""
        if self.callback_at is not None and self.callback_at.tzinfo is None:
            raise Invalid("callback_at needs an offset, such as 2026-11-24T10:00:00+01:00.")
        unknown = set(self.answers) - set(ANSWER_KEYS)
        if unknown:
            raise Invalid(f"Unknown answers: {', '.join(sorted(unknown))}. Known ones are {', '.join(ANSWER_KEYS)}.")
        return Said(
            code=self.code,
            notes=self.notes,
            answers=self.answers,
            callback_at=self.callback_at,
            callback_is_mine=self.callback_is_mine,
            language=self.language,
        )


def _local_moment(text: str, time_zone: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise Invalid("Say when to call back: day and time.") from error
