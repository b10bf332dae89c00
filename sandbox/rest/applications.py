"""Applications: named sets of addresses that a call may be ordered with."""

from __future__ import annotations

from aiohttp import web

from sandbox.rest.context import carrier_of
from sandbox.rest.forms import flag_field, method_field, read_form, text_field, url_field
from sandbox.rest.shelves import Kind, shelf_routes
from sandbox.rest.sign_in import account_of

APPLICATIONS = Kind(
    path="Applications",
    key="applications",
    shelf=lambda office: office.applications,
    fields=(
        text_field("FriendlyName", None),
        url_field("VoiceUrl"),
        method_field("VoiceMethod"),
        url_field("VoiceFallbackUrl"),
        method_field("VoiceFallbackMethod"),
        flag_field("VoiceCallerIdLookup"),
        url_field("StatusCallback"),
        method_field("StatusCallbackMethod"),
        url_field("SmsUrl"),
        method_field("SmsMethod"),
        url_field("SmsFallbackUrl"),
        method_field("SmsFallbackMethod"),
        url_field("SmsStatusCallback"),
        url_field("MessageStatusCallback"),
        flag_field("PublicApplicationConnectEnabled"),
    ),
)


async def create_application(request: web.Request) -> web.Response:
    """POST /Applications.json; 201."""
    form = await read_form(request)
    carrier = carrier_of(request)
    sid = carrier.board.mint.make("AP")
    item = carrier.office.applications.add(sid, account_of(request).sid, APPLICATIONS.read_new(form))
    return web.json_response(APPLICATIONS.body(item), status=201)


def application_routes(base: str) -> list[web.RouteDef]:
    """Return the paths of the resource."""
    return [web.post(f"{base}/Applications.json", create_application), *shelf_routes(APPLICATIONS, base)]
