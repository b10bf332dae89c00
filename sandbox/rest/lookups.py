"""Lookups v2: what can be known of a number, worked out from the number and from what its person is like.

A number always gets the same answer. Packages that are not built answer null, as those that were not asked for.
"""

from __future__ import annotations

from hashlib import blake2b

from aiohttp import web

from sandbox.engine.behaviour import Behaviour
from sandbox.office.countries import Place
from sandbox.rest.bodies import Body, formatted
from sandbox.rest.context import carrier_of
from sandbox.rest.errors import RestError
from sandbox.rest.sign_in import require_active

PACKAGES = ("validation", "line_type_intelligence", "caller_name", "line_status", "reassigned_number")
_NOT_BUILT = (
    "sim_swap",
    "call_forwarding",
    "identity_match",
    "sms_pumping_risk",
    "phone_number_quality_score",
    "pre_fill",
)
_CARRIERS = ("Alpine Mobile", "Lakeside Telecom", "Northern Lines")
_FAMILY_NAMES = ("MEIER", "ROSSI", "DUPONT", "SMITH", "KELLER", "BIANCHI", "MARTIN", "BROWN")
_MOBILE_COUNTRY_CODES = {
    "AT": "232",
    "CA": "302",
    "CH": "228",
    "DE": "262",
    "FR": "208",
    "GB": "234",
    "IT": "222",
    "LI": "295",
    "US": "310",
}
NO_DATA = 60600


async def fetch_number(request: web.Request) -> web.Response:
    """GET /v2/PhoneNumbers/{number}?Fields=…: 200 also for a number that is not valid."""
    fields = [one.strip() for one in request.query.get("Fields", "").split(",") if one.strip()]
    unknown = [one for one in fields if one not in (*PACKAGES, *_NOT_BUILT)]
    if unknown:
        raise RestError(60607, f"Invalid field: {unknown[0]}")
    carrier, account = carrier_of(request), require_active(request)
    number = _whole_number(request.match_info["number"], request.query.get("CountryCode", ""))
    place = carrier.office.countries.place_of(number)
    errors = _errors(number, place)
    body: Body = {
        "calling_country_code": place.code if place is not None and not errors else None,
        "country_code": place.country.iso_code if place is not None and not errors else None,
        "phone_number": number,
        "national_format": _national(number, place) if place is not None and not errors else None,
        "valid": not errors,
        "validation_errors": errors,
        **dict.fromkeys((*PACKAGES[1:], *_NOT_BUILT)),
        "url": f"{request.scheme}://{request.host}/v2/PhoneNumbers/{number}",
    }
    if place is not None and not errors:
        person = carrier.draw(number, 1)
        for package in set(fields) & _BUILDERS.keys():
            carrier.office.billing.charge_lookup(account, package, carrier.board.now())
            body[package] = _BUILDERS[package](number, place, person, request)
    return web.json_response(body)


def _whole_number(text: str, iso_code: str) -> str:
    """Return E.164; a number without `+` is a national one, by default of North America."""
    text = "".join(one for one in text if one.isdigit() or one == "+" or one.isalpha())
    if text.startswith("+"):
        return text
    code = {"": "1", "US": "1", "CA": "1", "CH": "41", "DE": "49", "AT": "43", "FR": "33", "IT": "39", "GB": "44"}
    return f"+{code.get(iso_code.upper(), '1')}{text if iso_code.upper() == 'IT' else text.lstrip('0')}"


def _errors(number: str, place: Place | None) -> list[str]:
    if not (number[1:].isascii() and number[1:].isdigit()):
        return ["NOT_A_NUMBER"]
    if place is None:
        return ["INVALID_COUNTRY_CODE"]
    shortest, longest = place.country.digits
    if len(place.national) < shortest:
        return ["TOO_SHORT"]
    return ["TOO_LONG"] if len(place.national) > longest else []


def _national(number: str, place: Place) -> str:
    if place.code == "1":
        return formatted(number)
    return place.national if place.country.iso_code == "IT" else f"0{place.national}"


def _draw(number: str, what: str) -> int:
    return int.from_bytes(blake2b(f"{what}|{number}".encode(), digest_size=4).digest(), "big")


def _line_type(number: str, place: Place, _person: Behaviour, _request: web.Request) -> Body:
    drawn = _draw(number, "line")
    if place.country.mobile_prefixes:
        kind = "mobile" if place.is_mobile else ("fixedVoip" if drawn % 5 == 0 else "landline")
    else:
        kind = ("mobile", "mobile", "mobile", "landline", "nonFixedVoip")[drawn % 5]
    return {
        "mobile_country_code": _MOBILE_COUNTRY_CODES.get(place.country.iso_code) if kind == "mobile" else None,
        "mobile_network_code": f"{1 + drawn % 90:02d}" if kind == "mobile" else None,
        "carrier_name": _CARRIERS[drawn % len(_CARRIERS)],
        "type": kind,
        "error_code": None,
    }


def _caller_name(number: str, place: Place, _person: Behaviour, _request: web.Request) -> Body:
    """Names are known in North America only."""
    if place.code != "1":
        return {"caller_name": None, "caller_type": None, "error_code": NO_DATA}
    drawn = _draw(number, "name")
    is_business = drawn % 10 < 3
    name = _FAMILY_NAMES[drawn % len(_FAMILY_NAMES)] + (" LTD" if is_business else "")
    return {"caller_name": name, "caller_type": "BUSINESS" if is_business else "CONSUMER", "error_code": None}


def _line_status(_number: str, _place: Place, person: Behaviour, _request: web.Request) -> Body:
    return {"status": "inactive" if person.outcome == "unreachable" else "active", "error_code": None}


def _reassigned(number: str, place: Place, _person: Behaviour, request: web.Request) -> Body:
    """Whether a number has changed hands: one in fifty has. Known of the United States only."""
    day = request.query.get("LastVerifiedDate", "")
    text = f"{day[:4]}-{day[4:6]}-{day[6:]}" if len(day) == 8 and day.isascii() and day.isdigit() else None
    if place.country.iso_code != "US" or text is None:
        return {"last_verified_date": text, "is_number_reassigned": "no_data_available", "error_code": None}
    word = "yes" if _draw(number, "owner") % 50 == 0 else "no"
    return {"last_verified_date": text, "is_number_reassigned": word, "error_code": None}


_BUILDERS = {
    "line_type_intelligence": _line_type,
    "caller_name": _caller_name,
    "line_status": _line_status,
    "reassigned_number": _reassigned,
}


def lookup_routes() -> list[web.RouteDef]:
    """Return the path of the resource."""
    return [web.get("/v2/PhoneNumbers/{number}", fetch_number)]
