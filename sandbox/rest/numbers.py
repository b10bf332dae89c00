"""IncomingPhoneNumbers: the account's own numbers, bought for nothing.

Local, Mobile and TollFree are the same numbers seen apart.
"""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from sandbox.engine.numerals import is_whole
from sandbox.office.accounts import Account
from sandbox.office.countries import CountryTable
from sandbox.office.shelf import Item
from sandbox.rest.addresses import E164
from sandbox.rest.bodies import Body, account_path
from sandbox.rest.context import carrier_of
from sandbox.rest.errors import RestError
from sandbox.rest.filters import keep
from sandbox.rest.forms import (
    Form,
    choice_field,
    flag_field,
    method_field,
    read_fields,
    read_form,
    sid_field,
    text_field,
    url_field,
)
from sandbox.rest.paging import page_of
from sandbox.rest.shelves import Kind, shelf_routes
from sandbox.rest.sign_in import account_of, asker_of, require_active

PARTS = {"Local": "local", "Mobile": "mobile", "TollFree": "toll-free"}
_TOLL_FREE = (
    "1800",
    "1833",
    "1844",
    "1855",
    "1866",
    "1877",
    "1888",
    "41800",
    "49800",
    "43800",
    "33800",
    "39800",
    "44800",
)
NUMBERS = Kind(
    path="IncomingPhoneNumbers",
    key="incoming_phone_numbers",
    shelf=lambda office: office.numbers,
    fields=(
        text_field("FriendlyName", None),
        url_field("VoiceUrl"),
        method_field("VoiceMethod"),
        url_field("VoiceFallbackUrl"),
        method_field("VoiceFallbackMethod"),
        flag_field("VoiceCallerIdLookup"),
        sid_field("VoiceApplicationSid", "AP"),
        choice_field("VoiceReceiveMode", "voice", "fax"),
        url_field("StatusCallback"),
        method_field("StatusCallbackMethod"),
        url_field("SmsUrl"),
        method_field("SmsMethod"),
        url_field("SmsFallbackUrl"),
        method_field("SmsFallbackMethod"),
        sid_field("SmsApplicationSid", "AP"),
        choice_field("EmergencyStatus", "Inactive", "Active"),
        sid_field("EmergencyAddressSid", "AD"),
        sid_field("TrunkSid", "TK"),
        sid_field("IdentitySid", "RI"),
        sid_field("AddressSid", "AD"),
        sid_field("BundleSid", "BU"),
    ),
    fixed={
        "address_requirements": "none",
        "beta": False,
        "capabilities": {"fax": False, "mms": False, "sms": False, "voice": True},
        "origin": "twilio",
        "emergency_address_status": "unregistered",
        "status": "in-use",
    },
)


def number_body(table: CountryTable, item: Item) -> Body:
    """Render a number; one that nobody described has the fields of a new one."""
    start: Body = {one.name: one.start for one in NUMBERS.fields}
    return {**start, **NUMBERS.body(item), "type": type_of(table, str(item.values["phone_number"]))}


def type_of(table: CountryTable, number: str) -> str:
    """Return local, mobile or toll-free."""
    if number.startswith(tuple(f"+{prefix}" for prefix in _TOLL_FREE)):
        return "toll-free"
    place = table.place_of(number)
    return "mobile" if place is not None and place.is_mobile else "local"


async def create_number(request: web.Request) -> web.Response:
    """POST /IncomingPhoneNumbers.json (and /Local, /Mobile, /TollFree): PhoneNumber, or AreaCode for any; 201."""
    form = await read_form(request)
    office, account = carrier_of(request).office, require_active(request)
    number = _read_number(request, form)
    if any(item.values["phone_number"] == number for item in office.numbers.all()):
        raise RestError(21422, f"PhoneNumber {number} is not available")
    values = NUMBERS.read_new(form)
    values["friendly_name"] = values["friendly_name"] or number
    item = office.own_number(account, number, values)
    return web.json_response(_as_shown(request, number_body(office.countries, item)), status=201)


def _as_shown(request: web.Request, body: Body) -> Body:
    """Local, Mobile and TollFree do not say what they are."""
    return {key: value for key, value in body.items() if key != "type" or "part" not in request.match_info}


def _read_number(request: web.Request, form: Form) -> str:
    number = form.get("PhoneNumber", "").strip()
    if number:
        if not E164.fullmatch(number):
            raise RestError(21421, f"PhoneNumber {number} is invalid")
        return number
    area = form.get("AreaCode", "").strip()
    if not (is_whole(area) and len(area) == 3) or "part" in request.match_info:
        raise RestError(21421, "PhoneNumber is required" if not area else f"AreaCode {area} is not three digits")
    taken = {item.values["phone_number"] for item in carrier_of(request).office.numbers.all()}
    return next(made for made in (f"+1{area}555{line:04d}" for line in range(100, 10_000)) if made not in taken)


async def update_number(request: web.Request) -> web.Response:
    """POST /IncomingPhoneNumbers/{sid}.json: its fields; AccountSid moves it to another account of the same owner."""
    form, item, office = await read_form(request), NUMBERS.find(request), carrier_of(request).office
    office.numbers.change(item, read_fields(form, NUMBERS.fields))
    wanted = form.get("AccountSid", "")
    if wanted and wanted != item.account_sid:
        target = office.book.find(wanted)
        if target is None or not asker_of(request).is_main:
            raise RestError(20404, f"Account {wanted} was not found", 404)
        item.account_sid = target.sid
    return web.json_response(number_body(office.countries, item))


async def fetch_number(request: web.Request) -> web.Response:
    """GET /IncomingPhoneNumbers/{sid}.json."""
    return web.json_response(number_body(carrier_of(request).office.countries, NUMBERS.find(request)))


async def list_numbers(request: web.Request) -> web.Response:
    """GET /IncomingPhoneNumbers.json, or one part of them; filters PhoneNumber, FriendlyName, Beta, Origin.

    Where no numbers were configured every number may call; one that is asked for by name is the account's from then on.
    """
    office, account, query = carrier_of(request).office, account_of(request), request.query
    _adopt(request, account, query.get("PhoneNumber", ""))
    bodies = [number_body(office.countries, item) for item in office.numbers.of(account.sid)]
    part = request.match_info.get("part", "")
    if part:
        bodies = [body for body in bodies if body["type"] == PARTS[part]]
    words = {key: _reader(name) for key, name in _FILTERS.items()}
    path = f"{account_path(account.sid)}/IncomingPhoneNumbers{'/' + part if part else ''}.json"
    found = keep(bodies, query, words)
    return web.json_response(
        page_of(NUMBERS.key, path, query, found, lambda body: (str(body["sid"]), _as_shown(request, body)))
    )


_FILTERS = {"PhoneNumber": "phone_number", "FriendlyName": "friendly_name", "Beta": "beta", "Origin": "origin"}


def _reader(name: str) -> Callable[[Body], object]:
    return lambda body: body[name]


def _adopt(request: web.Request, account: Account, number: str) -> None:
    office = carrier_of(request).office
    if account.any_caller and E164.fullmatch(number) and office.number_item(account.sid, number) is None:
        office.own_number(account, number)


def number_routes(base: str) -> list[web.RouteDef]:
    """Return the paths of the resource."""
    all_numbers, part = (
        f"{base}/IncomingPhoneNumbers.json",
        f"{base}/IncomingPhoneNumbers/{{part:Local|Mobile|TollFree}}.json",
    )
    one = f"{base}/IncomingPhoneNumbers/{{sid}}.json"
    routes = [
        web.get(all_numbers, list_numbers),
        web.post(all_numbers, create_number),
        web.get(part, list_numbers),
        web.post(part, create_number),
        web.get(one, fetch_number),
        web.post(one, update_number),
    ]
    return [*routes, *(route for route in shelf_routes(NUMBERS, base) if route.method == "DELETE")]
