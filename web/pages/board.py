"""The board: agents and calls now. One rendering a second serves everyone who watches."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse

from accounts.tables import Role
from web.board_view import look_at_board
from web.desk_view import seconds_since
from web.rendering import render
from web.shared_parts import SharedParts
from web.visit import PageGate, Visit

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]


@router.get("/board")
def show_board(visit: Staff) -> Response:
    """The whole page."""
    return visit.page("board.html", board_html=_board_html(visit))


@router.get("/board/now")
def show_now(visit: Staff) -> Response:
    """What changes on it."""
    return HTMLResponse(_board_html(visit))


def _board_html(visit: Visit) -> str:
    shared: SharedParts = visit.request.app.state.shared_parts

    def make() -> str:
        with visit.parts.database.reading() as session:
            board = look_at_board(session, visit.now)
        since = {one.agent.id: seconds_since(one.agent.status_since, visit.now) for one in board.agents}
        values = {"board": board, "since": since, "speed": visit.parts.settings.clock_speed, "now": visit.now}
        return render("parts/board.html", visit.language, values)

    return shared.get(("board", visit.language), make)
