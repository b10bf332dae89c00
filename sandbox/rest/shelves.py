"""Endpoints of resources that are settings and nothing more, made from a description of their fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.engine.reports import API_VERSION, rfc2822
from sandbox.office.office import Office
from sandbox.office.shelf import Item, Shelf
from sandbox.rest.bodies import Body, account_path
from sandbox.rest.context import carrier_of
from sandbox.rest.errors import not_found
from sandbox.rest.filters import keep
from sandbox.rest.forms import Field, Form, read_fields, read_form, snake
from sandbox.rest.paging import page_of
from sandbox.rest.sign_in import account_of


@dataclass(frozen=True)
class Kind:
    """One kind of resource: its path and key in lists, its shelf, its fields, and what else its answers hold."""

    path: str
    key: str
    shelf: Callable[[Office], Shelf]
    fields: tuple[Field, ...]
    filters: tuple[str, ...] = ("FriendlyName",)
    fixed: Body = field(default_factory=dict)
    # Keys that most resources have and this one does not.
    without: frozenset[str] = frozenset()

    def body(self, item: Item) -> Body:
        """Render a resource."""
        body: Body = {
            "account_sid": item.account_sid,
            "api_version": API_VERSION,
            "date_created": rfc2822(item.created_at),
            "date_updated": rfc2822(item.updated_at),
            "sid": item.sid,
            "uri": f"{account_path(item.account_sid)}/{self.path}/{item.sid}.json",
            **self.fixed,
            **item.values,
        }
        return {key: value for key, value in body.items() if key not in self.without}

    def read_new(self, form: Form) -> dict[str, object]:
        """Return the values of a new resource."""
        return {one.name: one.start for one in self.fields} | read_fields(form, self.fields)

    def find(self, request: web.Request) -> Item:
        """Return the resource in the path; 404 when the account has none such."""
        shelf = self.shelf(carrier_of(request).office)
        item = shelf.find(account_of(request).sid, request.match_info["sid"])
        if item is None:
            raise not_found(request.path)
        return item


def list_answer(kind: Kind, request: web.Request, path: str = "") -> web.Response:
    """Answer a list, newest first, with the kind's filters. `path` is for lists of a part, such as Local."""
    account = account_of(request)
    rows = kind.shelf(carrier_of(request).office).of(account.sid)
    words = {key: _read_value(snake(key)) for key in kind.filters}
    found = keep(rows, request.query, words)
    uri = f"{account_path(account.sid)}/{path or kind.path}.json"
    return web.json_response(page_of(kind.key, uri, request.query, found, lambda item: (item.sid, kind.body(item))))


def _read_value(name: str) -> Callable[[Item], object]:
    return lambda item: item.values.get(name)


def shelf_routes(kind: Kind, base: str) -> list[web.RouteDef]:
    """Return list, fetch, update and delete of a kind; `base` is the account's path pattern. Creating is its own."""

    async def show_all(request: web.Request) -> web.Response:
        return list_answer(kind, request)

    async def fetch(request: web.Request) -> web.Response:
        return web.json_response(kind.body(kind.find(request)))

    async def update(request: web.Request) -> web.Response:
        item = kind.find(request)
        changes = read_fields(await read_form(request), kind.fields)
        kind.shelf(carrier_of(request).office).change(item, changes)
        return web.json_response(kind.body(item))

    async def delete(request: web.Request) -> web.Response:
        kind.shelf(carrier_of(request).office).take(kind.find(request))
        return web.Response(status=204)

    one = f"{base}/{kind.path}/{{sid}}.json"
    return [
        web.get(f"{base}/{kind.path}.json", show_all),
        web.get(one, fetch),
        web.post(one, update),
        web.delete(one, delete),
    ]
