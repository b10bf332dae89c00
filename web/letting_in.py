"""A fresh session for a person at a browser, and the cookie that carries it. Leaves who may come in to the pages."""

from fastapi import Response
from sqlalchemy.orm import Session

from accounts import sessions
from dialer.wiring import Parts
from web.access import SESSION_COOKIE


def give_session(session: Session, parts: Parts, user_id: str, answer: Response) -> None:
    """Open a session, never one that the browser brought along, and send its cookie with the answer."""
    # Hours of people, also when a rehearsal's clock runs faster.
    hours = parts.settings.session_hours * parts.settings.clock_speed
    opened = sessions.open_session(session, user_id, hours=hours, now=parts.clock.now())
    answer.set_cookie(
        SESSION_COOKIE,
        opened.token,
        max_age=int(parts.settings.session_hours * 3600),
        httponly=True,
        samesite="lax",
        secure=parts.settings.secure_cookies,
    )
