"""Templates to HTML: one environment per language, always escaping. Knows no page."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from campaigns.columns import shown_name
from foundation.phone_number import written_readably
from web.language import LANGUAGES, Formats, translations
from web.reason_view import shown_reasons
from web.words import WORDS, value_in, word

_HERE = Path(__file__).parent
STATIC = _HERE / "static"


@cache
def environment(language: str) -> Environment:
    """The templates with the words, dates and numbers of one language."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    formats = Formats(language)
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    _write_numbers_in_messages(made, formats)
    made.filters |= {
        "word": lambda code: word(translations(language), str(code)),
        "value": lambda value: value_in(language, str(value)),
        "column": lambda name: shown_name(name, translations(language).gettext),
        "moment": formats.moment,
        "moment_in": formats.moment_in,
        "day_value": formats.day_value,
        "local_value": formats.local_value,
        "day": formats.day,
        "until": formats.until,
        "time": formats.time,
        "number": formats.number,
        "span": formats.span,
        "duration": formats.duration,
        "phone": written_readably,
        "share": formats.share,
        "reasons": lambda reasons: shown_reasons(language, reasons),
    }
    made.globals |= {
        "words": WORDS,
        "asset": asset_path,
        "percent": formats.percent,
        "languages": LANGUAGES,
        "language": language,
    }
    return made


def _write_numbers_in_messages(made: Environment, formats: Formats) -> None:
    say: Any = made.globals["gettext"]
    count: Any = made.globals["ngettext"]

    @pass_context
    def gettext(context: Context, message: str, **values: Any) -> Any:
        return say(context, message, **formats.written(values))

    @pass_context
    def ngettext(context: Context, one: str, many: str, number: int, **values: Any) -> Any:
        return count(context, one, many, number, **formats.written({"num": number} | values))

    made.globals |= {"gettext": gettext, "ngettext": ngettext}


def render(template: str, language: str, values: Mapping[str, Any]) -> str:
    """The template filled in. A value that is missing is an error, not a blank."""
    return environment(language).get_template(template).render(values)


@cache
def asset_path(name: str) -> str:
    """The address of a static file, with a mark of its content, so that browsers may keep it for a year."""
    content = (STATIC / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"
