"""The baseline for callbacks: an app in the style of ours that verifies the signature, parses the form and forgets it.

Run as a program it serves on WEBHOOKS_PORT, through the same server with the same settings.
"""

from fastapi import APIRouter, FastAPI, Request, Response

from cli import ports
from cli.programs import webhooks_address
from cli.serving import serve
from foundation.settings import Settings, load_settings
from telephony.carrier import JoinRoom
from telephony.twilio.addresses import Addresses
from telephony.twilio.signature import SIGNATURE_HEADER, SignatureCheck
from telephony.twilio.twiml import render


def create_app(settings: Settings) -> FastAPI:
    """An app with the routes of the real one; it keeps nothing, and each answered call joins the same room."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    router = APIRouter(prefix="/twilio")
    check = SignatureCheck.from_settings(settings)
    addresses = Addresses(settings.public_url)

    async def is_genuine(request: Request) -> bool:
        body = await request.body()
        return check.read(request.url.path, body, request.headers.get(SIGNATURE_HEADER, "")) is not None

    @router.post("/answer/{call_id}")
    async def answer(call_id: str, request: Request) -> Response:
        if not await is_genuine(request):
            return Response(status_code=403)
        return Response(render(JoinRoom("room", call_id), addresses), media_type="application/xml")

    @router.post("/{kind}/{call_id}")
    async def report(kind: str, call_id: str, request: Request) -> Response:
        return Response(status_code=204 if await is_genuine(request) else 403)

    app.include_router(router)
    return app


def main() -> None:
    """Serve until told to stop."""
    settings = load_settings()
    serve(create_app(settings), ports.listen(webhooks_address(settings)), lambda: None)


if __name__ == "__main__":
    main()
