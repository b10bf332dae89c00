"""Accounts (fetch), IncomingPhoneNumbers (list) and Notifications (the alert list). Buying numbers is not built."""

from __future__ import annotations

from hashlib import blake2b

from aiohttp import web

from sandbox.engine.records import Alert
from sandbox.engine.reports import API_VERSION, rfc2822
from sandbox.rest.bodies import Body, account_path
from sandbox.rest.context import carrier_of
from sandbox.rest.paging import page_of
from sandbox.rest.sign_in import account_of

_PARTS = {
    "available_phone_numbers": "AvailablePhoneNumbers",
    "calls": "Calls",
    "conferences": "Conferences",
    "incoming_phone_numbers": "IncomingPhoneNumbers",
    "notifications": "Notifications",
    "outgoing_caller_ids": "OutgoingCallerIds",
    "recordings": "Recordings",
    "transcriptions": "Transcriptions",
    "addresses": "Addresses",
    "signing_keys": "SigningKeys",
    "connect_apps": "ConnectApps",
    "sip": "SIP",
    "authorized_connect_apps": "AuthorizedConnectApps",
    "usage": "Usage",
    "keys": "Keys",
    "applications": "Applications",
    "short_codes": "SMS/ShortCodes",
    "queues": "Queues",
    "messages": "Messages",
    "balance": "Balance",
}
_EMPTY_NUMBER_KEYS = (
    "address_sid",
    "identity_sid",
    "trunk_sid",
    "emergency_address_sid",
    "bundle_sid",
    "voice_application_sid",
    "sms_application_sid",
)


async def fetch_account(request: web.Request) -> web.Response:
    """GET /Accounts/{sid}.json."""
    carrier, sid = carrier_of(request), request.match_info["account_sid"]
    created = rfc2822(carrier.started_at)
    body: Body = {
        "auth_token": account_of(request).auth_token,
        "date_created": created,
        "date_updated": created,
        "friendly_name": "Sandbox",
        "owner_account_sid": sid,
        "sid": sid,
        "status": "active",
        "subresource_uris": {key: f"{account_path(sid)}/{name}.json" for key, name in _PARTS.items()},
        "type": "Full",
        "uri": f"{account_path(sid)}.json",
    }
    return web.json_response(body)


async def list_numbers(request: web.Request) -> web.Response:
    """GET /IncomingPhoneNumbers.json: the account's own numbers; filter PhoneNumber.

    Where no numbers are configured every number may call, so a filter finds just the number that it names.
    """
    carrier, account, query = carrier_of(request), request.match_info["account_sid"], request.query
    wanted = query.get("PhoneNumber", "")
    numbers = carrier.settings.caller_numbers or ((wanted,) if wanted else ())
    found = [number for number in numbers if not wanted or number == wanted]
    path = f"{account_path(account)}/IncomingPhoneNumbers.json"
    created = rfc2822(carrier.started_at)

    def look(number: str) -> tuple[str, Body]:
        body = _number_body(account, number, created)
        return str(body["sid"]), body

    return web.json_response(page_of("incoming_phone_numbers", path, query, found, look))


async def list_caller_ids(request: web.Request) -> web.Response:
    """GET /OutgoingCallerIds.json: numbers of others that the account has verified; here there are none."""
    path = f"{account_path(request.match_info['account_sid'])}/OutgoingCallerIds.json"
    return web.json_response(page_of("outgoing_caller_ids", path, request.query, [], lambda _: ("", {})))


def _number_body(account: str, number: str, created: str) -> Body:
    sid = "PN" + blake2b(number.encode(), digest_size=16).hexdigest()
    body: Body = {
        "account_sid": account,
        "address_requirements": "none",
        "api_version": API_VERSION,
        "beta": False,
        "capabilities": {"fax": False, "mms": False, "sms": False, "voice": True},
        "date_created": created,
        "date_updated": created,
        "friendly_name": number,
        "phone_number": number,
        "origin": "twilio",
        "sid": sid,
        "status_callback": "",
        "status_callback_method": "POST",
        "uri": f"{account_path(account)}/IncomingPhoneNumbers/{sid}.json",
        "voice_receive_mode": "voice",
        "voice_caller_id_lookup": False,
        "emergency_status": "Inactive",
        "emergency_address_status": "unregistered",
        "status": "in-use",
        "type": "local",
        "subresource_uris": {
            "assigned_add_ons": f"{account_path(account)}/IncomingPhoneNumbers/{sid}/AssignedAddOns.json"
        },
    }
    body.update(dict.fromkeys(_EMPTY_NUMBER_KEYS))
    for kind in ("sms", "voice"):
        body |= {f"{kind}_fallback_method": "POST", f"{kind}_fallback_url": ""}
        body |= {f"{kind}_method": "POST", f"{kind}_url": ""}
    return body


async def list_notifications(request: web.Request) -> web.Response:
    """GET /Notifications.json: errors and warnings about the application, newest first."""
    carrier, account = carrier_of(request), request.match_info["account_sid"]
    path = f"{account_path(account)}/Notifications.json"
    alerts = list(reversed(carrier.board.alerts))
    look = lambda alert: (alert.sid, _alert_body(account, alert))  # noqa: E731
    return web.json_response(page_of("notifications", path, request.query, alerts, look))


def _alert_body(account: str, alert: Alert) -> Body:
    at = rfc2822(alert.at)
    return {
        "account_sid": account,
        "api_version": API_VERSION,
        "call_sid": alert.call_sid,
        "date_created": at,
        "date_updated": at,
        "error_code": str(alert.code),
        "log": "0" if alert.level == "error" else "1",
        "message_date": at,
        "message_text": alert.text,
        "more_info": f"https://www.twilio.com/docs/errors/{alert.code}",
        "request_method": None,
        "request_url": alert.url,
        "sid": alert.sid,
        "uri": f"{account_path(account)}/Notifications/{alert.sid}.json",
    }
