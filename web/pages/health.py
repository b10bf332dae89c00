"""Whether this process can do its work, for whoever watches it. Tells nothing else, and nobody need sign in."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse

from web.access import Public, parts_of

router = APIRouter()


@router.get("/health", dependencies=[Depends(Public())])
def health(request: Request) -> PlainTextResponse:
    """Answer only if the database does."""
    parts_of(request).database.answers()
    return PlainTextResponse("ok")
