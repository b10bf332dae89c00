"""What went wrong with the application: Notifications (of the account and of a call) and the monitor's Alerts (v1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

from aiohttp import web

from sandbox.engine.records import Alert
from sandbox.engine.reports import API_VERSION, rfc2822
from sandbox.rest.bodies import Body, account_path
from sandbox.rest.context import call_of, carrier_of
from sandbox.rest.errors import not_found
from sandbox.rest.filters import Instants, Words, keep
from sandbox.rest.paging import page_of, page_with_meta
from sandbox.rest.sign_in import account_of

_LOGS = {"error": "0", "warning": "1"}
_WORDS: Words[Alert] = {"Log": lambda alert: _LOGS[alert.level], "LogLevel": lambda alert: alert.level}
_INSTANTS: Instants[Alert] = {"MessageDate": lambda alert: alert.at}


def _alerts_of(request: web.Request) -> Iterator[Alert]:
    """Yield the account's alerts, newest first; below a call's path only those of the call."""
    board, account = carrier_of(request).board, account_of(request).sid
    wanted = call_of(request).sid if "call_sid" in request.match_info else ""
    for alert in reversed(board.alerts):
        owner = alert.account_sid or carrier_of(request).settings.account_sid
        if owner == account and wanted in ("", alert.call_sid):
            yield alert


def _alert_of(request: web.Request) -> Alert:
    found = next((alert for alert in _alerts_of(request) if alert.sid == request.match_info["sid"]), None)
    if found is None:
        raise not_found(request.path)
    return found


def _base(request: web.Request) -> str:
    call_sid = request.match_info.get("call_sid", "")
    part = f"/Calls/{call_sid}" if call_sid else ""
    return f"{account_path(account_of(request).sid)}{part}/Notifications"


async def list_notifications(request: web.Request) -> web.Response:
    """GET /Notifications.json: newest first; filters Log (0 errors, 1 warnings) and MessageDate."""
    rows = keep(_alerts_of(request), request.query, {"Log": _WORDS["Log"]}, _INSTANTS)
    look = lambda alert: (alert.sid, _notification(request, alert))  # noqa: E731
    return web.json_response(page_of("notifications", f"{_base(request)}.json", request.query, rows, look))


async def fetch_notification(request: web.Request) -> web.Response:
    """GET /Notifications/{sid}.json."""
    more: Body = {"request_variables": "", "response_body": "", "response_headers": ""}
    return web.json_response({**_notification(request, _alert_of(request)), **more})


def _notification(request: web.Request, alert: Alert) -> Body:
    at = rfc2822(alert.at)
    return {
        "account_sid": account_of(request).sid,
        "api_version": API_VERSION,
        "call_sid": alert.call_sid,
        "date_created": at,
        "date_updated": at,
        "error_code": str(alert.code),
        "log": _LOGS[alert.level],
        "message_date": at,
        "message_text": _message(alert),
        "more_info": _about(alert),
        "request_method": "POST" if alert.url else None,
        "request_url": alert.url,
        "sid": alert.sid,
        "uri": f"{_base(request)}/{alert.sid}.json",
    }


def _message(alert: Alert) -> str:
    """Return the text as Twilio's debugger writes it: a query string."""
    level = "ERROR" if alert.level == "error" else "WARN"
    return urlencode({"Msg": alert.text, "ErrorCode": alert.code, "LogLevel": level, "url": alert.url})


def _about(alert: Alert) -> str:
    return f"https://www.twilio.com/docs/errors/{alert.code}"


async def list_alerts(request: web.Request) -> web.Response:
    """GET /v1/Alerts (monitor.twilio.com): newest first; filters LogLevel, StartDate, EndDate."""
    query = request.query
    rows = keep(_alerts_of(request), query, {"LogLevel": _WORDS["LogLevel"]})
    first, last = _read_instant(query.get("StartDate", ""), 0.0), _read_instant(query.get("EndDate", ""), float("inf"))
    found = (alert for alert in rows if first <= alert.at <= last)
    return web.json_response(
        page_with_meta(request, "alerts", found, lambda alert: (alert.sid, _alert(request, alert)))
    )


def _read_instant(text: str, usual: float) -> float:
    if not text:
        return usual
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return usual
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()


async def fetch_alert(request: web.Request) -> web.Response:
    """GET /v1/Alerts/{sid}."""
    more: Body = {"request_variables": "", "response_body": "", "response_headers": "", "request_headers": ""}
    return web.json_response({**_alert(request, _alert_of(request)), **more})


def _alert(request: web.Request, alert: Alert) -> Body:
    at = datetime.fromtimestamp(int(alert.at), UTC).isoformat().replace("+00:00", "Z")
    return {
        "account_sid": account_of(request).sid,
        "alert_text": _message(alert),
        "api_version": API_VERSION,
        "date_created": at,
        "date_generated": at,
        "date_updated": at,
        "error_code": str(alert.code),
        "log_level": alert.level,
        "more_info": _about(alert),
        "request_method": "POST" if alert.url else None,
        "request_url": alert.url,
        "resource_sid": alert.call_sid,
        "service_sid": None,
        "sid": alert.sid,
        "url": f"{request.scheme}://{request.host}/v1/Alerts/{alert.sid}",
    }


def alert_routes(base: str) -> list[web.RouteDef]:
    """Return the paths of these resources."""
    paths = (f"{base}/Notifications", f"{base}/Calls/{{call_sid}}/Notifications")
    routes = [web.get("/v1/Alerts", list_alerts), web.get("/v1/Alerts/{sid}", fetch_alert)]
    for path in paths:
        routes += [web.get(f"{path}.json", list_notifications), web.get(f"{path}/{{sid}}.json", fetch_notification)]
    return routes
