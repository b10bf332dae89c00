"""A carrier whose clock is wrong: dates in what it sends and answers are shifted, in what it is asked shifted back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from sandbox.engine.orders import Params

_RFC2822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")


def shift_timestamp(params: Params, seconds: float) -> Params:
    """Return a callback's parameters with every date `seconds` later."""
    return tuple((key, _shift_text(value, seconds)) for key, value in params)


def shift_dates(body: Any, seconds: float) -> Any:
    """Return a JSON value with every date in it `seconds` later; all else stays."""
    if isinstance(body, str):
        return _shift_text(body, seconds)
    if isinstance(body, list):
        return [shift_dates(one, seconds) for one in body]
    if isinstance(body, Mapping):
        return {key: shift_dates(value, seconds) for key, value in body.items()}
    return body


def _shift_text(text: str, seconds: float) -> str:
    if _RFC2822.fullmatch(text):
        return format_datetime(parsedate_to_datetime(text) + timedelta(seconds=seconds))
    if _ISO.fullmatch(text):
        shifted = datetime.fromisoformat(text) + timedelta(seconds=seconds)
        return shifted.isoformat().replace("+00:00", "Z") if text.endswith("Z") else shifted.isoformat()
    return text


def shift_question(query: Mapping[str, str], seconds: float) -> dict[str, str]:
    """Return filters by date as a carrier with a right clock would be asked; dates without a time stay."""
    return {key: _shift_filter(key, value, seconds) for key, value in query.items()}


def _shift_filter(key: str, value: str, seconds: float) -> str:
    if not key.rstrip("<>").endswith(("Time", "Created", "Updated")) or not _ISO.fullmatch(value):
        return value
    return _shift_text(value, -seconds)
