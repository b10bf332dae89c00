"""The live stream of a page: one per tab, told only what its person may see."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from accounts.tables import Role
from web.access import Person, find_browser
from web.streams import HEADERS, Broadcaster, browser_stream, names_of_what_changed
from web.topics import allowed_topics
from web.visit import PageGate, Visit

router = APIRouter()

# A desk must move at once; lists and boards are read, not watched for a tenth of a second.
GAP_SECONDS = {Role.AGENT: 0.0}
USUAL_GAP_SECONDS = 1.0


@router.get("/events")
async def stream_events(visit: Annotated[Visit, Depends(PageGate(*Role))], topics: str) -> Response:
    """Server-sent events: the names of what has changed among `topics` (comma-separated), never content."""
    broadcaster: Broadcaster = visit.request.app.state.broadcaster
    wanted = allowed_topics(visit.person, topics)

    async def still_allowed() -> bool:
        return await run_in_threadpool(_is_unchanged, visit)

    async def stream() -> AsyncIterator[str]:
        with broadcaster.listening(wanted) as listener:
            gap = GAP_SECONDS.get(visit.person.role, USUAL_GAP_SECONDS)
            async for text in browser_stream(names_of_what_changed(listener, gap_seconds=gap), still_allowed):
                yield text

    return StreamingResponse(stream(), media_type="text/event-stream", headers=HEADERS)


def _is_unchanged(visit: Visit) -> bool:
    """Whether the session is still open and its person may still see what the stream tells."""
    with visit.parts.database.reading() as session:
        browser = find_browser(session, visit.request, visit.parts.clock.now())
    return browser is not None and _rights(browser.person) == _rights(visit.person)


def _rights(person: Person) -> tuple[str, str, str]:
    return person.role, person.agent_id, person.partner_id
