"""The reference of the JSON API for whoever writes programs. Staff sees all of it, others what they may do."""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Response

from accounts.tables import Role
from foundation.errors import NotFound
from web.access import guarded_routes
from web.api_reference import Topic, topics
from web.visit import PageGate, Visit

router = APIRouter(prefix="/api-reference")

Anyone = Annotated[Visit, Depends(PageGate(*Role))]
Roles = dict[tuple[str, str], frozenset[Role]]


@router.get("")
def show_reference(visit: Anyone, topic: str = "") -> Response:
    """How to begin, and all requests in a line each; or the requests of one topic with all their fields."""
    known = _topics_for(visit)
    if not topic:
        return visit.page("api_reference.html", topics=known, address=visit.parts.settings.web_url)
    for one in known:
        if one.slug == topic:
            return visit.page("api_topic.html", topic=one, roles=_roles(visit.request.app))
    raise NotFound("there is no such topic")


def _topics_for(visit: Visit) -> list[Topic]:
    app: FastAPI = visit.request.app
    roles = _roles(app)
    person = visit.person
    return topics(app.openapi(), lambda method, path: person.is_staff or person.role in roles[method, path])


def _roles(app: FastAPI) -> Roles:
    """Who may make which request, by method and path."""
    return {
        (method, path): gate.roles
        for path, route, gate in guarded_routes(app)
        if gate is not None
        for method in route.methods or ()
    }
