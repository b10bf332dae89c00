"""The dialer's reasons where they are shown: as a line in the language of a page, and as code, figures and English."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from pydantic import BaseModel

from dialer.reasons import Fact, Reasons, in_english, phrased
from foundation.phone_number import written_readably
from web.language import Formats, translations
from web.words import word_in


class ReasonOut(BaseModel):
    """One reason: its code, and the figures that go with it."""

    code: str
    facts: Mapping[str, float | str | list[str]]


class ReasonsOut(BaseModel):
    """Why, as codes with figures, and all of it in English."""

    text: str
    reasons: list[ReasonOut]


def reasons_out(reasons: Reasons) -> ReasonsOut:
    """The reasons as the API gives them."""
    given = [
        ReasonOut(
            code=reason.code,
            facts={
                name: value if isinstance(value, str | int | float) else list(value)
                for name, value in reason.facts.items()
            },
        )
        for reason in reasons
    ]
    return ReasonsOut(text=in_english(reasons), reasons=given)


def shown_reasons(language: str, reasons: Reasons) -> str:
    """The reasons as one line in the language of a page; empty without any."""
    formats = Formats(language)

    def write(name: str, value: Fact) -> str:
        if isinstance(value, str):
            return formats.moment(datetime.fromisoformat(value)) if name == "moment" else value
        if isinstance(value, int | float):
            return formats.share(value) if name.endswith("_share") else formats.number(value)
        written = written_readably if name == "numbers" else partial(word_in, language)
        return formats.listed([written(each) for each in value])

    return phrased(reasons, translations(language).gettext, write)
