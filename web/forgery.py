"""Refuses requests that another site makes a signed-in browser send. Pure; bearer tokens need none of this."""

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from foundation.errors import Forbidden
from web.words import N_

CSRF_HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


FORGED = N_("This request did not come from one of our pages. Load the page again and repeat it.")


class Forged(Forbidden):
    """The request was made by another site."""

    def __init__(self) -> None:
        super().__init__(FORGED)


def check_origin(headers: Mapping[str, str]) -> None:
    """Raise Forged when the browser says that another site made this request, or says nothing at all."""
    site = headers.get("sec-fetch-site", "")
    if site:
        if site not in {"same-origin", "none"}:
            raise Forged
        return
    origin = headers.get("origin", "")
    if not origin or urlsplit(origin).netloc != headers.get("host", ""):
        raise Forged


def check_token(headers: Mapping[str, str], expected: str) -> None:
    """Raise Forged unless the request carries the token that only our own pages know."""
    given = headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise Forged
