"""Which countries an account may call: the Voice product's DialingPermissions (v1). A call elsewhere is 21215."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from sandbox.office.accounts import Account
from sandbox.office.countries import Country
from sandbox.rest.bodies import Body
from sandbox.rest.context import carrier_of
from sandbox.rest.errors import RestError, not_found
from sandbox.rest.filters import keep
from sandbox.rest.forms import read_form, read_needed
from sandbox.rest.paging import page_with_meta
from sandbox.rest.sign_in import account_of

_PATH = "/v1/DialingPermissions"


def _body(request: web.Request, account: Account, country: Country) -> Body:
    url = f"{request.scheme}://{request.host}{_PATH}/Countries/{country.iso_code}"
    may_call = account.countries is None or country.iso_code in account.countries
    codes = sorted({"+1" if code.startswith("1") else f"+{code}" for code in country.codes})
    return {
        "iso_code": country.iso_code,
        "name": country.name,
        "continent": country.continent,
        "country_codes": codes,
        "low_risk_numbers_enabled": may_call,
        "high_risk_special_numbers_enabled": False,
        "high_risk_tollfraud_numbers_enabled": False,
        "url": url,
        "links": {"highrisk_special_prefixes": f"{url}/HighRiskSpecialPrefixes"},
    }


async def list_countries(request: web.Request) -> web.Response:
    """GET Countries: filters IsoCode, Continent, CountryCode, LowRiskNumbersEnabled."""
    account, countries = account_of(request), carrier_of(request).office.countries.countries.values()
    code = request.query.get("CountryCode", "").removeprefix("+")
    bodies = (_body(request, account, one) for one in countries)
    found = keep(
        (body for body in bodies if not code or f"+{code}" in _codes(body)),
        request.query,
        {
            "IsoCode": lambda body: body["iso_code"],
            "Continent": lambda body: body["continent"],
            "LowRiskNumbersEnabled": lambda body: body["low_risk_numbers_enabled"],
        },
    )
    return web.json_response(page_with_meta(request, "content", found, lambda body: (str(body["iso_code"]), body)))


def _codes(body: Body) -> list[object]:
    codes = body["country_codes"]
    return codes if isinstance(codes, list) else []


async def fetch_country(request: web.Request) -> web.Response:
    """GET Countries/{iso code}."""
    country = carrier_of(request).office.countries.countries.get(request.match_info["iso_code"].upper())
    if country is None:
        raise not_found(request.path)
    return web.json_response(_body(request, account_of(request), country))


async def update_countries(request: web.Request) -> web.Response:
    """POST BulkCountryUpdates: UpdateRequest is a JSON list of countries with `low_risk_numbers_enabled`; 201."""
    text = read_needed(await read_form(request), "UpdateRequest")
    account, known = account_of(request), carrier_of(request).office.countries.countries
    changes = _read_changes(text, set(known))
    allowed = set(known) if account.countries is None else account.countries
    for iso_code, is_on in changes.items():
        allowed = allowed | {iso_code} if is_on else allowed - {iso_code}
    account.countries = None if allowed == set(known) and account.countries is None else allowed
    return web.json_response({"update_count": len(changes), "update_request": text}, status=201)


def _read_changes(text: str, known: set[str]) -> dict[str, bool]:
    try:
        rows: list[dict[str, Any]] = json.loads(text)
        changes = {str(row["iso_code"]).upper(): _is_on(row["low_risk_numbers_enabled"]) for row in rows}
    except (ValueError, KeyError, TypeError) as error:
        raise RestError(20001, "UpdateRequest is a JSON list of {iso_code, low_risk_numbers_enabled}") from error
    unknown = changes.keys() - known
    if unknown:
        raise RestError(20001, f"Countries that are not known: {', '.join(sorted(unknown))}")
    return changes


def _is_on(value: object) -> bool:
    return str(value).lower() == "true"


def permission_routes() -> list[web.RouteDef]:
    """Return the paths of the resource."""
    return [
        web.get(f"{_PATH}/Countries", list_countries),
        web.get(f"{_PATH}/Countries/{{iso_code}}", fetch_country),
        web.post(f"{_PATH}/BulkCountryUpdates", update_countries),
    ]
