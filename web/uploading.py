"""Uploads as pages and API need them: where they lie, and work on them beside the answering of requests."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile

from campaigns.upload_sweep import sweep_uploads
from campaigns.uploads import Shelf
from dialer.wiring import Parts
from foundation.errors import Conflict, Invalid
from foundation.logs import get_logger

log = get_logger(__name__)


class ListRouter(APIRouter):
    """Routes to which whole contact lists are sent: they take up to UPLOAD_MEGABYTES, others far less."""


# Reading a long list stands back behind ringing phones on the same machine.
_NICE = 10
_SWEEP_SECONDS = 60.0


def shelf_of(parts: Parts) -> Shelf:
    """Where this installation's uploads lie."""
    return Shelf(
        parts.database,
        parts.settings.data_dir / "uploads",
        parts.clock.now,
        tell=lambda upload_id: parts.live.publish(f"upload:{upload_id}"),
        nice=_NICE,
    )


async def reading_form(request: Request) -> AsyncIterator[FormData]:
    """A form with one file, which lies on disk from its first megabyte on, until the request is answered.

    Read by whoever needs it, not by the framework, which would take it from strangers, too, before it looks who asks.
    """
    async with request.form(max_files=1, max_fields=10) as form:
        yield form


def sent_file(form: FormData) -> UploadFile:
    """The file of a form. Raises Invalid when there is none."""
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise Invalid("Choose a file first.")
    return file


def work_on(step: Callable[..., Any], *arguments: Any) -> threading.Thread:
    """Take a step of an upload in a thread of its own. If this process dies, the sweep finds what is left."""
    thread = threading.Thread(target=_step, args=(step, *arguments), name="upload", daemon=True)
    thread.start()
    return thread


async def keep_uploads_swept(parts: Parts) -> None:
    """Clear up after uploads that nobody goes on with, now and then, until cancelled."""
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        try:
            await asyncio.to_thread(lambda: sweep_uploads(shelf_of(parts), parts.clock.now()))
        except Exception:  # the outermost loop of this task
            log.exception("upload_sweep_failed")


def _step(step: Callable[..., Any], *arguments: Any) -> None:
    try:
        step(*arguments)
    except (Invalid, Conflict):
        return  # the upload's row says what was wrong, or somebody else is at it
    except Exception:  # the outermost loop of this thread
        log.exception("upload_step_failed")
