"""Reads forms: single parameters, and whole descriptions of fields, refusing values that Twilio refuses.

What an order of a call holds is left to `orders`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from aiohttp import web
from multidict import MultiDict, MultiMapping

from sandbox.engine.numerals import is_whole
from sandbox.engine.orders import Webhook
from sandbox.rest.errors import RestError

Form = MultiMapping[str]
INVALID_PARAMETER = 20422
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


async def read_form(request: web.Request) -> Form:
    """Return the posted parameters; files are not parameters. RestError when the body is not a form."""
    try:
        posted = await request.post()
    except ValueError as error:
        raise RestError(INVALID_PARAMETER, "The body cannot be read as a form in UTF-8") from error
    return MultiDict((key, value) for key, value in posted.items() if isinstance(value, str))


def read_webhook(form: Form, key: str, method_key: str) -> Webhook | None:
    """Read an optional URL and its method."""
    url = form.get(key, "")
    return Webhook(check_url(key, url), read_method(method_key, form.get(method_key, "POST"))) if url else None


def read_flag(form: Form, key: str, default: bool = False) -> bool:
    """Read a true/false parameter in any case."""
    return form[key].strip().lower() == "true" if form.get(key) else default


def read_number(form: Form, key: str, default: float, span: tuple[int, int]) -> float:
    """Read a whole number within a span (both ends included); RestError when it is not one."""
    text = form.get(key, "")
    if not text:
        return default
    lowest, highest = span
    if not is_whole(text) or not lowest <= int(text) <= highest:
        code = 21208 if key == "Timeout" else INVALID_PARAMETER
        raise RestError(code, f"{key} must be a whole number from {lowest} to {highest}")
    return float(text)


def read_needed(form: Form, key: str, code: int = INVALID_PARAMETER) -> str:
    """Read a parameter that must be there."""
    text = form.get(key, "").strip()
    if not text:
        raise RestError(code, f"Missing required parameter {key} in the post body")
    return text


def check_url(key: str, url: str) -> str:
    """Return a URL that can be asked; 21205 for another, 21609 for a status callback with `_` in its host."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if not host or not url.startswith(("http://", "https://")):
        raise RestError(21205, f"{key} is not a valid URL: {url}")
    if key.endswith("StatusCallback") and "_" in host:
        raise RestError(21609, f"{key} has an underscore in its host name: {url}")
    return url


def read_method(key: str, text: str) -> str:
    """Return GET or POST; 21209 for anything else."""
    method = text.upper()
    if method not in ("GET", "POST"):
        raise RestError(21209, f"{key} must be GET or POST")
    return method


# A field's reader: the parameter's name and its text in, the value out.
Reader = Callable[[str, str], object]


@dataclass(frozen=True)
class Field:
    """One parameter of a resource, what a new resource has in its place, and how to read it."""

    key: str
    start: object
    read: Reader

    @cached_property
    def name(self) -> str:
        """Return the key in answers: `VoiceUrl` is `voice_url`."""
        return snake(self.key)


def snake(key: str) -> str:
    """Return a parameter's name as answers write it."""
    return _CAPITAL.sub("_", key).lower()


def read_fields(form: Form, fields: Iterable[Field]) -> dict[str, object]:
    """Return the fields that the form sets, by their key in answers."""
    return {one.name: one.read(one.key, form[one.key]) for one in fields if one.key in form}


def text_field(key: str, start: object = "", longest: int = 64) -> Field:
    """A text of at most so many characters."""

    def read(key: str, text: str) -> object:
        if len(text) > longest:
            raise RestError(INVALID_PARAMETER, f"{key} may have at most {longest} characters")
        return text

    return Field(key, start, read)


def url_field(key: str, start: object = "") -> Field:
    """An address, or nothing."""
    return Field(key, start, lambda key, text: check_url(key, text) if text else start)


def method_field(key: str) -> Field:
    """GET or POST."""
    return Field(key, "POST", read_method)


def flag_field(key: str, start: bool = False) -> Field:
    """A yes or no."""
    return Field(key, start, lambda _, text: text.strip().lower() == "true")


def choice_field(key: str, *choices: str) -> Field:
    """One of a few words; a new resource has the first."""

    def read(key: str, text: str) -> object:
        if text not in choices:
            raise RestError(INVALID_PARAMETER, f"{key} is one of {', '.join(choices)}")
        return text

    return Field(key, choices[0], read)


def sid_field(key: str, prefix: str) -> Field:
    """The SID of another resource, or nothing."""

    def read(key: str, text: str) -> object:
        if text and not re.fullmatch(prefix + "[0-9a-fA-F]{32}", text):
            raise RestError(INVALID_PARAMETER, f"{key} is not a SID that begins with {prefix}")
        return text or None

    return Field(key, None, read)
