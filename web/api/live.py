"""Live news and the board in the API."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from accounts.api_tokens import user_of_token
from web.access import person_of
from web.board_view import look_at_board
from web.caller import AnyCaller, Caller, StaffCaller
from web.streams import HEADERS, Broadcaster, program_stream
from web.topics import allowed_topics

router = APIRouter(tags=["live"])


class BoardOut(BaseModel):
    """What happens now: agents and calls by status, and the day so far."""

    agents: dict[str, int]
    calls: dict[str, int]
    running_campaign_ids: list[str]
    today: dict[str, int]


@router.get("/board")
def get_board(caller: StaffCaller) -> BoardOut:
    """The board."""
    with caller.parts.database.reading() as session:
        board = look_at_board(session, caller.now)
    return BoardOut(
        agents=board.agents_by_status,
        calls=board.calls_by_status,
        running_campaign_ids=[campaign.id for campaign in board.running],
        today=vars(board.today),
    )


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Server-sent events with JSON"}},
)
async def stream_events(caller: AnyCaller, topics: str) -> Response:
    """News of `topics` (comma-separated: board, leads, campaign:…, agent:…, partner:…) as they come.

    The first event, `listening`, says that nothing after it is missed.
    """
    broadcaster: Broadcaster = caller.request.app.state.broadcaster
    wanted = allowed_topics(caller.person, topics)

    async def still_allowed() -> bool:
        return await run_in_threadpool(_is_unchanged, caller)

    async def stream() -> AsyncIterator[str]:
        with broadcaster.listening(wanted) as listener:
            async for text in program_stream(listener, still_allowed):
                yield text

    return StreamingResponse(stream(), media_type="text/event-stream", headers=dict[str, Any](HEADERS))


def _is_unchanged(caller: Caller) -> bool:
    with caller.parts.database.reading() as session:
        user = user_of_token(session, caller.secret, caller.parts.clock.now())
    return user is not None and person_of(user) == caller.person
