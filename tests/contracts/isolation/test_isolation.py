"""Nobody sees, counts, hears or moves what is another's: every operation of the API and the pages, from OpenAPI.

What is another's, what is no more, and what never was answer with the same bytes.
"""

import re
from collections.abc import Iterator
from itertools import product

import httpx
import pytest
from sqlalchemy import select

from accounts.tables import Role
from foundation.database import Table
from tests.contracts.isolation.operations import Operation, operations
from tests.contracts.isolation.two_worlds import OTHERS_MARK, OWN_MARK, Worlds, add_to_others, make_worlds
from tests.databases import SqliteCopies
from tests.web_bench import Bench, running_bench
from web.app import API_PREFIX

# Whose things are their own alone. Staff may see everything; that is their work.
BOUNDED = (Role.PARTNER, Role.AGENT)
NEVER_WAS = "never_was"
# These end the session that asks, or are a stream; what a stream may tell is asked in `test_streams…` below.
LEFT_OUT = {"/sign-out", "/account/sign-out-everywhere", "/account/password", "/events", f"{API_PREFIX}/events"}
OPERATIONS = [one for one in operations() if one.path not in LEFT_OUT]
# 204: a signal of a call that is over is dropped without a word.
REFUSALS = {204, 404, 409}


@pytest.fixture(scope="module")
def worlds(
    _sqlite_copies: SqliteCopies, _redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worlds]:
    """Both sides in one app, whose clock all but stands still so that answers can be compared."""
    folder = tmp_path_factory.mktemp("isolation")
    with running_bench(_sqlite_copies.make(), _redis_server, folder, clock_speed=1e-9) as bench:
        yield make_worlds(bench)


def of_role(role: Role) -> list[Operation]:
    return [one for one in OPERATIONS if role in one.roles]


def naming_things(role: Role) -> list[Operation]:
    return [one for one in of_role(role) if one.ids or one.ids_in_body]


def client_of(worlds: Worlds, one: Operation, role: Role) -> httpx.Client:
    return worlds.client(role, is_page=one.is_page)


def send(
    client: httpx.Client, one: Operation, ids: dict[str, str], query: dict[str, str] | None = None
) -> httpx.Response:
    path = one.path.removeprefix(API_PREFIX) if not one.is_page else one.path
    for name in one.ids:
        path = path.replace(f"{{{name}}}", ids[name])
    body = {name: ids.get(name, value) for name, value in one.body.items()}
    sent = {"json": body} if one.kind == "json" else {"data": body} if one.kind == "form" else {}
    return client.request(one.method, path, params=query, **sent)  # type: ignore[arg-type]


def every_choice(known: dict[str, list[str]], one: Operation) -> list[dict[str, str]]:
    names = (*one.ids, *one.ids_in_body)
    return [dict(zip(names, chosen, strict=True)) for chosen in product(*(known[name] for name in names))]


def without(text: str, ids: dict[str, str]) -> str:
    for each in ids.values():
        text = text.replace(each, "(id)")
    return text


def all_rows(bench: Bench) -> dict[str, list[str]]:
    with bench.parts.database.reading() as session:
        return {
            table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
            for table in Table.metadata.sorted_tables
        }


CASES = [pytest.param(role, one, id=f"{role} {one.name}") for role in BOUNDED for one in naming_things(role)]


@pytest.mark.parametrize(("role", "one"), CASES)
def test_what_is_anothers_looks_like_what_is_gone_and_like_what_never_was(
    worlds: Worlds, role: Role, one: Operation
) -> None:
    client = client_of(worlds, one, role)
    names = (*one.ids, *one.ids_in_body)
    unknown = [name for name in names if name not in worlds.own]
    assert not unknown, f"tests/contracts/isolation/two_worlds.py needs a maker of {unknown}"
    before = all_rows(worlds.bench)
    nothing = dict.fromkeys(names, NEVER_WAS)
    expected = send(client, one, nothing)
    assert expected.status_code in REFUSALS, f"{one.name}: {expected.status_code} {expected.text[:300]}"
    for known in (worlds.others, worlds.gone):
        for ids in every_choice(known, one):
            answer = send(client, one, ids)
            assert answer.status_code == expected.status_code
            assert without(answer.text, ids) == without(expected.text, nothing)
    assert all_rows(worlds.bench) == before


@pytest.mark.parametrize("role", BOUNDED)
def test_another_role_is_refused_whoever_the_thing_belongs_to(worlds: Worlds, role: Role) -> None:
    for one in OPERATIONS:
        if one.roles and role not in one.roles:
            for known in (worlds.own, worlds.others, worlds.gone):
                ids = {name: known.get(name, [NEVER_WAS])[0] for name in (*one.ids, *one.ids_in_body)}
                answer = send(client_of(worlds, one, role), one, ids)
                assert answer.status_code == 403, f"{role} {one.name}: {answer.status_code}"
                assert OTHERS_MARK not in answer.text


@pytest.mark.parametrize("role", BOUNDED)
def test_nothing_of_anothers_is_in_what_one_reads(worlds: Worlds, role: Role) -> None:
    telling = {OTHERS_MARK, OTHERS_MARK.lower()} | worlds.all_of_others()
    for one in of_role(role):
        if one.method == "GET":
            for ids in every_choice(worlds.own, one):
                text = send(client_of(worlds, one, role), one, ids).text
                found = [mark for mark in telling if mark in text]
                assert not found, f"{one.name} tells {found}"


def test_ones_own_is_found_where_it_belongs(worlds: Worlds) -> None:
    """Else the other tests would be content with an app that shows nobody anything."""
    text = "".join(
        send(client_of(worlds, one, Role.PARTNER), one, ids).text
        for one in of_role(Role.PARTNER)
        if one.method == "GET"
        for ids in every_choice(worlds.own, one)
    )
    for mark in (f"Company {OWN_MARK}", f"Notes {OWN_MARK}", *worlds.own["lead_id"], *worlds.own["offer_id"]):
        assert mark in text, mark


@pytest.mark.parametrize("role", BOUNDED)
def test_no_filter_finds_anothers(worlds: Worlds, role: Role) -> None:
    for one in of_role(role):
        if one.method == "GET":
            client = client_of(worlds, one, role)
            for (name, value), ids in product(_asked(worlds, one), every_choice(worlds.own, one)):
                answer, nonsense = (send(client, one, ids, {name: each}) for each in (value, "zzz_nothing_such"))
                # A cursor is a place in one's own list: it may fall between one's own, and nothing else may come.
                if name not in {"cursor", "before"}:
                    assert answer.text.replace(value, "?") == nonsense.text.replace("zzz_nothing_such", "?"), one.name
                assert OTHERS_MARK not in answer.text.replace(value, "?")


def _asked(worlds: Worlds, one: Operation) -> Iterator[tuple[str, str]]:
    for name in one.filters:
        if name != "limit":
            for value in (f"Company {OTHERS_MARK}", *worlds.all_of_others()):
                yield name, value


@pytest.mark.parametrize("role", BOUNDED)
def test_what_others_get_changes_nothing_in_what_one_reads(worlds: Worlds, role: Role) -> None:
    """Counts, lists, exports and pages stay the same to the byte."""

    def all_answers() -> dict[str, str]:
        return {
            f"{one.name} {ids}": re.sub(r"nonce-\S+", "", send(client_of(worlds, one, role), one, ids).text)
            for one in of_role(role)
            if one.method == "GET"
            for ids in every_choice(worlds.own, one)
        }

    before = all_answers()
    add_to_others(worlds.bench, worlds)
    after = all_answers()
    assert {name for name in before if before[name] != after[name]} == set()


@pytest.mark.parametrize("role", BOUNDED)
def test_streams_refuse_anothers_topics(worlds: Worlds, role: Role) -> None:
    topics = ["leads", "board", f"partner:{worlds.others['partner_id'][0]}", f"agent:{worlds.others['agent_id'][0]}"]
    topics += [f"campaign:{worlds.bench.ids['campaign']}", f"upload:{worlds.bench.ids['upload']}"]
    for topic in topics:
        for client in (worlds.bench.program(role), worlds.bench.browser(role)):
            assert client.get("/events", params={"topics": topic}).status_code == 403, topic
