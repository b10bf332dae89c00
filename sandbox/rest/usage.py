"""Usage records: what an account used, by category, over all time, a span, or day by day, month by month, year by year.

Days are those of UTC.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from aiohttp import web
from multidict import MultiMapping

from sandbox.engine.reports import API_VERSION
from sandbox.office.billing import Tally
from sandbox.rest.bodies import Body, account_path, money
from sandbox.rest.context import carrier_of
from sandbox.rest.errors import RestError
from sandbox.rest.paging import page_of
from sandbox.rest.sign_in import account_of

# Category: description, unit of counting, unit of usage.
CATEGORIES = {
    "answering-machine-detection": ("Answering Machine Detection", "calls", "calls"),
    "calls": ("Voice Minutes", "calls", "minutes"),
    "calls-client": ("Client Minutes", "calls", "minutes"),
    "calls-inbound": ("Inbound Voice Minutes", "calls", "minutes"),
    "calls-outbound": ("Outbound Voice Minutes", "calls", "minutes"),
    "calls-recordings": ("Call Recording Minutes", "calls", "minutes"),
    "calls-sip": ("SIP Minutes", "calls", "minutes"),
    "lookups": ("Lookups", "lookups", "lookups"),
    "totalprice": ("Total Price", "", "usd"),
}
_PARTS = ("AllTime", "Daily", "LastMonth", "Monthly", "ThisMonth", "Today", "Yearly", "Yesterday")
_Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class _Record:
    category: str
    span: _Span
    tally: Tally


async def list_records(request: web.Request) -> web.Response:
    """GET /Usage/Records.json and its parts; filters Category, StartDate, EndDate, IncludeSubaccounts."""
    carrier, account, query = carrier_of(request), account_of(request), request.query
    today, part = datetime.fromtimestamp(carrier.board.now(), UTC).date(), request.match_info.get("part", "")
    category = query.get("Category", "")
    if category and category not in CATEGORIES:
        return _answer(request, part, [])
    opened = datetime.fromtimestamp(account.created_at, UTC).date()
    first, last = _span_of(part, today, opened)
    span = _read_day(query, "StartDate", first, today), _read_day(query, "EndDate", last, today)
    pieces = list(_cut(span, _STEPS[part])) if part in _STEPS else [span]
    totals = _add_up(request, pieces)
    wanted = [category] if category else list(CATEGORIES)
    records = (
        _Record(name, piece, totals.get((name, piece[0]), Tally())) for piece in reversed(pieces) for name in wanted
    )
    return _answer(request, part, records)


def _add_up(request: web.Request, pieces: list[_Span]) -> dict[tuple[str, date], Tally]:
    """Return the totals by category and first day of a piece; the pieces are in order."""
    account, office = account_of(request), carrier_of(request).office
    sids = [account.sid]
    if account.is_main and request.query.get("IncludeSubaccounts", "true").lower() != "false":
        sids = [one.sid for one in office.book.newest_first()]
    starts = [first for first, _ in pieces]
    totals: dict[tuple[str, date], Tally] = {}
    for sid in sids:
        for name, day, tally in office.billing.used(sid):
            place = bisect_right(starts, day) - 1
            if place >= 0 and day <= pieces[place][1]:
                totals.setdefault((name, starts[place]), Tally()).add(tally)
    return totals


def _answer(request: web.Request, part: str, records: Iterable[_Record]) -> web.Response:
    account, at = account_of(request).sid, carrier_of(request).board.now()
    path = f"{account_path(account)}/Usage/Records{'/' + part if part else ''}.json"
    look = lambda one: (f"{one.category}{one.span[0]}", _body(account, path, one, at))  # noqa: E731
    return web.json_response(page_of("usage_records", path, request.query, records, look))


def _span_of(part: str, today: date, opened: date) -> _Span:
    first = today.replace(day=1)
    spans = {
        "Today": (today, today),
        "Yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "ThisMonth": (first, today),
        "LastMonth": ((first - timedelta(days=1)).replace(day=1), first - timedelta(days=1)),
    }
    return spans.get(part, (opened, today))


def _read_day(query: MultiMapping[str], key: str, usual: date, today: date) -> date:
    """Read YYYY-MM-DD, or an offset from today such as -30days."""
    text = query.get(key, "")
    if not text:
        return usual
    try:
        if text.endswith("days"):
            return today + timedelta(days=int(text.removesuffix("days")))
        return date.fromisoformat(text[:10])
    except (ValueError, OverflowError) as error:
        raise RestError(20001, f"{key} is not a date: {text}") from error


def _cut(span: _Span, end_of: Callable[[date], date]) -> Iterator[_Span]:
    first, last = span
    while first <= last:
        end = min(end_of(first), last)
        yield first, end
        if end == last:
            return
        first = end + timedelta(days=1)


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


_STEPS: dict[str, Callable[[date], date]] = {
    "Daily": lambda day: day,
    "Monthly": _month_end,
    "Yearly": lambda day: day.replace(month=12, day=31),
}


def _body(account: str, path: str, record: _Record, at: float) -> Body:
    description, count_unit, usage_unit = CATEGORIES[record.category]
    first, last = (day.isoformat() for day in record.span)
    records = f"{account_path(account)}/Usage/Records"
    price = money(record.tally.price)
    return {
        "account_sid": account,
        "api_version": API_VERSION,
        "as_of": datetime.fromtimestamp(int(at), UTC).isoformat(),
        "category": record.category,
        "count": str(record.tally.count) if count_unit else None,
        "count_unit": count_unit or None,
        "description": description,
        "end_date": last,
        "price": price,
        "price_unit": "usd",
        "start_date": first,
        "subresource_uris": {_snake(part): f"{records}/{part}.json?Category={record.category}" for part in _PARTS},
        "uri": f"{path}?Category={record.category}&StartDate={first}&EndDate={last}",
        "usage": str(record.tally.usage) if count_unit else price,
        "usage_unit": usage_unit,
    }


def _snake(part: str) -> str:
    return {"AllTime": "all_time", "LastMonth": "last_month", "ThisMonth": "this_month"}.get(part, part.lower())


def usage_routes(base: str) -> list[web.RouteDef]:
    """Return the paths of the resource."""
    return [
        web.get(f"{base}/Usage/Records.json", list_records),
        web.get(f"{base}/Usage/Records/{{part:{'|'.join(_PARTS)}}}.json", list_records),
    ]
