"""The app for people, put together: pages, JSON API, static files, headers, errors, the live stream's reader."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from dialer.forecasts import Forecaster
from dialer.wiring import Parts
from web.access import refuse_ungated_routes
from web.errors import add_error_answers
from web.headers import SecurityHeaders, content_security_policy
from web.rendering import STATIC
from web.shared_parts import SharedParts
from web.streams import Broadcaster
from web.uploading import ListRouter, keep_uploads_swept

API_PREFIX = "/api/v1"
LARGEST_BODY_BYTES = 25 * 1024 * 1024


class KeptFiles(StaticFiles):
    """Static files. Their addresses change with their content, so browsers may keep them."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response: Response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    async def get_response(self, path: str, scope: Scope) -> Response:
        # Names with a leading dot are marks of the set-up, not for the world.
        if any(part.startswith(".") for part in Path(path).parts):
            return Response(status_code=404)
        return await super().get_response(path, scope)


def create_app(parts: Parts) -> FastAPI:
    """The app for people on these parts."""
    app = FastAPI(
        title="Halali",
        version="1",
        description="Outbound dialer with lead routing. Lists are paged by cursor; errors follow RFC 9457.",
        openapi_url=f"{API_PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        max_body_size=LARGEST_BODY_BYTES,
    )
    stand_on(app, parts)
    largest_list = parts.settings.upload_megabytes * 1024 * 1024
    for router in routers("web.pages"):
        app.include_router(_taking(router, largest_list), include_in_schema=False)
    for router in routers("web.api"):
        app.include_router(_taking(router, largest_list), prefix=API_PREFIX)
    app.mount("/static", KeptFiles(directory=STATIC), name="static")
    add_error_answers(app)
    refuse_ungated_routes(app)
    phone = parts.carrier.browser_phone()
    policy = (
        content_security_policy(phone.hosts, phone.script if phone.is_elsewhere else "")
        if phone
        else content_security_policy()
    )
    app.add_middleware(SecurityHeaders, policy=policy, secure=parts.settings.secure_cookies)
    return app


def stand_on(app: FastAPI, parts: Parts) -> None:
    """Give the app its parts, and what it keeps beside them as long as it serves. Its routes stay as they are."""
    app.state.parts = parts
    app.state.broadcaster = Broadcaster(parts.settings.redis_url)
    app.state.shared_parts = SharedParts()
    app.state.forecaster = Forecaster(parts)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state = app.state
    tasks = [asyncio.create_task(state.broadcaster.run()), asyncio.create_task(keep_uploads_swept(state.parts))]
    yield
    state.forecaster.close()
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _taking(router: APIRouter, largest_list: int) -> APIRouter:
    """The router with its own limit, where it takes contact lists. The form around a file may have 64 KB."""
    if not isinstance(router, ListRouter):
        return router
    around = APIRouter(max_body_size=largest_list + 65536)
    around.include_router(router)
    return around


def routers(package: str) -> list[APIRouter]:
    """The `router` of every module in a package: a page is one file, found here."""
    folder = import_module(package).__path__
    modules = [import_module(f"{package}.{found.name}") for found in sorted(iter_modules(folder), key=lambda m: m.name)]
    return [module.router for module in modules if hasattr(module, "router")]
