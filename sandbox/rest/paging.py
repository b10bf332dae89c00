"""Cuts a list into Twilio's pages: PageSize, Page, PageToken, next_page_uri.

A page goes on after a SID, so new rows do not shift it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiMapping

from sandbox.engine.numerals import is_whole
from sandbox.rest.bodies import Body
from sandbox.rest.errors import RestError

Row = TypeVar("Row")
LARGEST_PAGE, USUAL_PAGE = 1000, 50


def page_of(
    key: str, path: str, query: MultiMapping[str], rows: Iterable[Row], look: Callable[[Row], tuple[str, Body]]
) -> Body:
    """Render one page. `look` gives a row's SID and body; rows come in their final order."""
    size = _whole(query, "PageSize", USUAL_PAGE)
    number = _whole(query, "Page", 0)
    size = min(max(size, 1), LARGEST_PAGE)
    seen: Iterable[tuple[str, Body]] = (look(row) for row in rows)
    token = query.get("PageToken", "")
    if token:
        seen = _after(seen, token.removeprefix("PA"))
    elif number:
        seen = islice(seen, number * size, None)
    found = list(islice(seen, size + 1))
    has_more, found = len(found) > size, found[:size]
    start = number * size

    def uri(page: int, after: str = "") -> str:
        kept = [(name, value) for name, value in query.items() if name not in ("Page", "PageSize", "PageToken")]
        ends = [("PageSize", str(size)), ("Page", str(page))] + ([("PageToken", f"PA{after}")] if after else [])
        return f"{path}?{urlencode(kept + ends)}"

    return {
        key: [body for _, body in found],
        "end": start + len(found) - 1 if found else start,
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1, found[-1][0]) if has_more else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": uri(number - 1) if number else None,
        "start": start,
        "uri": uri(number, token.removeprefix("PA")),
    }


def page_with_meta(
    request: web.Request, key: str, rows: Iterable[Row], look: Callable[[Row], tuple[str, Body]]
) -> Body:
    """Render one page as the newer products do: with whole addresses, under `meta`."""
    page = page_of(key, f"{request.scheme}://{request.host}{request.path}", request.query, rows, look)
    meta = {
        name.replace("_uri", "_url"): page[name] for name in ("first_page_uri", "next_page_uri", "previous_page_uri")
    }
    return {
        key: page[key],
        "meta": {**meta, "url": page["uri"], "key": key, **{k: page[k] for k in ("page", "page_size")}},
    }


def _after(seen: Iterable[tuple[str, Body]], sid: str) -> Iterable[tuple[str, Body]]:
    is_past = False
    for row in seen:
        if is_past:
            yield row
        elif row[0] == sid:
            is_past = True


def _whole(query: MultiMapping[str], key: str, default: int) -> int:
    text = query.get(key, "")
    if not text:
        return default
    if not is_whole(text):
        raise RestError(20422, f"{key} must be a whole number")
    return int(text)
