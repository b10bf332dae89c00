"""The languages of the pages: catalogues, choosing one, and dates and numbers as that language writes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers, units
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LANGUAGES = {"de": "Deutsch", "fr": "Français", "it": "Italiano", "en": "English"}
SOURCE_LANGUAGE = "en"
LOCALES = {"de": "de_CH", "fr": "fr_CH", "it": "it_CH", "en": "en_CH"}
OFFICE_TIME_ZONE = ZoneInfo("Europe/Zurich")
_CATALOGUES = Path(__file__).parent / "locales"


def catalogue_path(language: str) -> Path:
    """Where the translations of a language are kept."""
    return _CATALOGUES / language / "LC_MESSAGES" / "messages.po"


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language, compiled in memory: it can never be older than its source."""
    path = catalogue_path(language)
    if language == SOURCE_LANGUAGE or not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def choose_language(preferred: str, accept_language: str) -> str:
    """The user's own choice where we have it, else the first that the browser likes and we speak, else English."""
    if preferred in LANGUAGES:
        return preferred
    liked: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        name, _, parameters = part.partition(";")
        language = name.strip().split("-")[0].lower()
        if language in LANGUAGES:
            liked.append((_weight(parameters), language))
    # max() keeps the first of equals, and so does the browser's order.
    return max(liked, key=lambda pair: pair[0])[1] if liked else SOURCE_LANGUAGE


def _weight(parameters: str) -> float:
    text = parameters.strip().removeprefix("q=")
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


@dataclass(frozen=True)
class Formats:
    """Writes moments, spans and numbers in one language, on the office's clock."""

    language: str

    @property
    def locale(self) -> Locale:
        """The language with Switzerland's conventions."""
        return Locale.parse(LOCALES[self.language])

    def moment(self, moment: datetime | None) -> str:
        """Date and time to the minute; empty for None."""
        if moment is None:
            return ""
        return dates.format_datetime(moment, "short", tzinfo=OFFICE_TIME_ZONE, locale=self.locale)

    def moment_in(self, moment: datetime, time_zone: str) -> str:
        """Date and time to the minute where somebody is."""
        return dates.format_datetime(moment, "short", tzinfo=ZoneInfo(time_zone or "Europe/Zurich"), locale=self.locale)

    def local_value(self, moment: datetime, time_zone: str) -> str:
        """Date and time where somebody is, as a browser's field wants it."""
        return f"{moment.astimezone(ZoneInfo(time_zone or 'Europe/Zurich')):%Y-%m-%dT%H:%M}"

    def day_value(self, moment: datetime) -> str:
        """The day at the office, as a browser's field wants it."""
        return f"{moment.astimezone(OFFICE_TIME_ZONE):%Y-%m-%d}"

    def day(self, day: date | str | None) -> str:
        """A day, or one in ISO form, as the language writes it; empty for None."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        return dates.format_date(day, "medium", locale=self.locale) if day is not None else ""

    def until(self, moment: datetime, now: datetime) -> str:
        """A moment that is near: the time where it is today, else with its day."""
        there, here = moment.astimezone(OFFICE_TIME_ZONE), now.astimezone(OFFICE_TIME_ZONE)
        pattern = "HH:mm" if there.date() == here.date() else "EEE, d. MMM, HH:mm"
        if self.language != "de":
            pattern = pattern.replace("d.", "d")
        return dates.format_datetime(moment, pattern, tzinfo=OFFICE_TIME_ZONE, locale=self.locale)

    def time(self, moment: datetime | None) -> str:
        """The time of day with seconds; empty for None."""
        if moment is None:
            return ""
        return dates.format_time(moment, "medium", tzinfo=OFFICE_TIME_ZONE, locale=self.locale)

    def number(self, number: float, decimals: int | None = None) -> str:
        """A number with the language's separators; with so many decimals where given, as a column of numbers needs."""
        pattern = None if decimals is None else f"#,##0.{'0' * decimals}"
        return str(numbers.format_decimal(number, pattern, locale=self.locale))

    def written(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What fills a message, with its numbers as the language writes them."""
        return {
            name: self.number(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
            for name, value in values.items()
        }

    def percent(self, part: float, whole: float) -> str:
        """A share in whole percent; of nothing it is 0."""
        return str(numbers.format_percent(part / whole if whole else 0, locale=self.locale))

    def share(self, share: float) -> str:
        """A share in percent, to a tenth."""
        return str(numbers.format_percent(share, "0.# %", locale=self.locale, decimal_quantization=True))

    def span(self, span: timedelta) -> str:
        """Minutes and seconds, or hours, minutes and seconds, as on a stopwatch."""
        seconds = max(0, int(span.total_seconds()))
        hours, rest = divmod(seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    def duration(self, span: timedelta) -> str:
        """A span in words, in the largest unit that makes it a whole number: 60 days, 72 hours, 15 minutes."""
        seconds = int(span.total_seconds())
        # Three days are 72 hours where rules speak of hours.
        units_large_first = (("day", 86_400, 7 * 86_400), ("hour", 3_600, 3_600), ("minute", 60, 0))
        unit, size = next(
            (name, size)
            for name, size, least in units_large_first
            if name == "minute" or (not seconds % size and seconds >= least)
        )
        return units.format_unit(seconds // size, f"duration-{unit}", length="long", locale=self.locale)

    def listed(self, items: Sequence[str]) -> str:
        """Items joined by commas."""
        return ", ".join(items)
