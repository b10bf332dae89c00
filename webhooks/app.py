"""The webhooks' app. Separate from the pages, so that a slow page never delays a ringing phone."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException
from fastapi.responses import PlainTextResponse

from dialer.inbox import InboxWriter
from dialer.wiring import Parts
from webhooks.voice import answer_barely, voice_router


def create_app(parts: Parts) -> FastAPI:
    """The app for these parts. One inbox writer lives as long as it."""
    writer = InboxWriter(parts.database, parts.live)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        writer.close()

    app = FastAPI(title="Halali webhooks", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    logging.getLogger("uvicorn.access").disabled = True
    app.include_router(voice_router(parts, writer))
    app.add_exception_handler(HTTPException, answer_barely)

    @app.get("/health")
    def health() -> PlainTextResponse:
        """Whether this process can do its work: it answers only if the database does."""
        parts.database.answers()
        return PlainTextResponse("ok")

    return app
