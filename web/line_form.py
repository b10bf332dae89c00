"""What a manager enters about a campaign's line, as the rules that `campaigns` checks."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from campaigns.attempts import RetryRule
from campaigns.campaigns import LineRules
from campaigns.line_order import COLUMNS, LineOrder, SortColumn
from campaigns.list_keeping import RECYCLABLE
from campaigns.tables import Campaign
from campaigns.times_of_day import NAMES
from dialer.answer_times import sizes_first
from dialer.dispositions import DISPOSITIONS, Then
from foundation.errors import Invalid

# The endings and dispositions after which a contact is tried again.
RETRIED = (
    *("busy", "no_answer", "machine", "failed", "canceled", "hung_up_before_bridge", "abandoned"),
    *(code for code, one in DISPOSITIONS.items() if one.then is Then.RETRY),
)


class LineForm(BaseModel):
    """The form: for each outcome one entry in each of the first lists, for each list one share."""

    word: list[str] = Field(default_factory=list, max_length=40)
    delay: list[str] = Field(default_factory=list, max_length=40)
    tries: list[str] = Field(default_factory=list, max_length=40)
    number: list[str] = Field(default_factory=list, max_length=40)
    other_time: list[str] = Field(default_factory=list, max_length=40)
    column: list[str] = Field(default_factory=list, max_length=3)
    new_first: bool = False
    list_id: list[str] = Field(default_factory=list, max_length=200)
    share: list[str] = Field(default_factory=list, max_length=200)
    max_attempts_per_number: int = 20
    callback_patience_minutes: int = 30
    uses_answer_times: bool = False

    def as_rules(self) -> LineRules:
        """The rules. Raises Invalid when a number cannot be read."""
        columns = [one for one in self.column if one]
        return LineRules(
            retry_rules={word: rule for word, rule in self._retries() if rule != RetryRule()},
            order=LineOrder(
                tuple(SortColumn(one.lstrip("-"), descending=one.startswith("-")) for one in columns),
                new_first=self.new_first,
            ),
            mix={
                list_id: share
                for list_id, text in zip(self.list_id, self.share, strict=True)
                if (share := _whole_number(text) or 0) > 0
            },
            max_attempts_per_number=self.max_attempts_per_number,
            callback_patience_minutes=self.callback_patience_minutes,
            uses_answer_times=self.uses_answer_times,
        )

    def _retries(self) -> list[tuple[str, RetryRule]]:
        if not len(self.word) == len(self.delay) == len(self.tries) == len(self.number):
            raise Invalid("The form is not complete. Load the page again.")
        return [
            (word, RetryRule(_whole_number(delay), _whole_number(tries), number, other_time=word in self.other_time))
            for word, delay, tries, number in zip(self.word, self.delay, self.tries, self.number, strict=True)
            if word in RETRIED
        ]


def check_retried(words: Iterable[str]) -> None:
    """Raise Invalid for a word after which nobody is tried again."""
    if set(words) - set(RETRIED):
        raise Invalid("Contacts are tried again after: %(choices)s. Not after others.", choices=", ".join(RETRIED))


def line_choices(campaign: Campaign, now: datetime) -> dict[str, Any]:
    """What the forms offer, and who comes first at this hour."""
    return {
        "retried": RETRIED,
        "recyclable": RECYCLABLE,
        "order_columns": COLUMNS,
        "times_of_day": NAMES,
        "sizes_first": sizes_first(campaign, now),
    }


def _whole_number(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isascii() or not text.strip().isdigit():
        raise Invalid("Write whole numbers.")
    return int(text.strip())
