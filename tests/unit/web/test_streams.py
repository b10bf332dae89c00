"""Live streams: who hears what, in which order, how much at most, and when a stream ends. Without Redis."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest

from accounts.tables import Role
from foundation.errors import Forbidden, Invalid
from web.access import Person
from web.streams import (
    WAITING_NEWS_AT_MOST,
    Broadcaster,
    Listener,
    browser_stream,
    names_of_what_changed,
    program_stream,
)
from web.topics import allowed_topics


def person(role: Role) -> Person:
    return Person("user_1", "Someone", role, "en", "agent_1", "partner_1")


async def always() -> bool:
    return True


async def never() -> bool:
    return False


async def first_of(stream: AsyncIterator[str], count: int) -> list[str]:
    taken: list[str] = []
    async for text in stream:
        taken.append(text)
        if len(taken) == count:
            break
    return taken


def test_news_reach_the_listeners_of_their_topic_and_no_one_else() -> None:
    async def run() -> tuple[list[object], list[object]]:
        broadcaster = Broadcaster("redis://unused")
        with broadcaster.listening(["agent:agent_1"]) as mine, broadcaster.listening(["agent:agent_2"]) as other:
            broadcaster.hand_on({"topic": "agent:agent_1", "status": "on_call"})
            return list(await mine.take(0.01)), list(await other.take(0.01))

    assert asyncio.run(run()) == ([{"topic": "agent:agent_1", "status": "on_call"}], [])


def test_a_listener_that_has_left_hears_nothing_and_leaves_nothing_behind() -> None:
    async def run() -> int:
        broadcaster = Broadcaster("redis://unused")
        with broadcaster.listening(["board"]) as listener:
            pass
        broadcaster.hand_on({"topic": "board"})
        broadcaster.tell_everyone()
        return len(await listener.take(0.01))

    assert asyncio.run(run()) == 0


def test_a_listener_that_falls_behind_keeps_the_newest() -> None:
    async def run() -> list[dict[str, object]]:
        listener = Listener(["board"])
        for number in range(WAITING_NEWS_AT_MOST + 10):
            listener.offer({"topic": "board", "number": number})
        return await listener.take(0.01)

    taken = asyncio.run(run())
    assert len(taken) == WAITING_NEWS_AT_MOST
    assert taken[-1]["number"] == WAITING_NEWS_AT_MOST + 9


def test_after_redis_was_away_everyone_is_told_to_look_again() -> None:
    async def run() -> list[dict[str, object]]:
        broadcaster = Broadcaster("redis://unused")
        with broadcaster.listening(["campaign:campaign_1"]) as listener:
            broadcaster.tell_everyone()
            return await listener.take(0.01)

    assert asyncio.run(run()) == [{"topic": "campaign:campaign_1"}]


def test_a_browser_is_first_told_everything_and_then_what_changed_once() -> None:
    async def run() -> list[str]:
        listener = Listener(["board", "campaign:campaign_1"])
        for _ in range(3):
            listener.offer({"topic": "campaign:campaign_1", "secret": "not for the stream"})
        return await first_of(browser_stream(names_of_what_changed(listener, gap_seconds=0), always), 2)

    first, second = asyncio.run(run())
    assert first == "event: board\ndata: {}\n\nevent: campaign\ndata: {}\n\n"
    assert second == "event: campaign\ndata: {}\n\n"


def test_a_program_gets_the_news_themselves() -> None:
    async def run() -> list[str]:
        listener = Listener(["agent:agent_1"])
        listener.offer({"topic": "agent:agent_1", "status": "on_call", "call_id": "call_1"})
        return await first_of(program_stream(listener, always), 2)

    listening, news = asyncio.run(run())
    assert listening.startswith("event: listening\n")
    assert news.startswith('event: agent\ndata: {"topic": "agent:agent_1"')


def test_a_stream_ends_when_the_right_to_listen_ends() -> None:
    async def changes() -> AsyncIterator[set[str]]:
        for _ in itertools.repeat(None):
            yield {"board"}

    async def run() -> list[str]:
        return [text async for text in browser_stream(changes(), never, check_seconds=0)]

    assert asyncio.run(run()) == ["event: signed_out\ndata: {}\n\n"]


@pytest.mark.parametrize(
    ("role", "topics"),
    [
        (Role.ADMIN, "board,leads,campaign:campaign_1,agent:agent_9,partner:partner_9"),
        (Role.MANAGER, "board"),
        (Role.AGENT, "agent:agent_1"),
        (Role.PARTNER, "partner:partner_1"),
    ],
)
def test_each_role_may_listen_to_its_own(role: Role, topics: str) -> None:
    assert allowed_topics(person(role), topics) == frozenset(topics.split(","))


@pytest.mark.parametrize(
    ("role", "topics"),
    [
        (Role.AGENT, "board"),
        (Role.AGENT, "agent:agent_2"),
        (Role.AGENT, "agent:agent_1,leads"),
        (Role.PARTNER, "partner:partner_2"),
        (Role.PARTNER, "leads"),
        (Role.PARTNER, "campaign:campaign_1"),
        (Role.MANAGER, "nonsense"),
    ],
)
def test_no_role_may_listen_to_anything_else(role: Role, topics: str) -> None:
    with pytest.raises(Forbidden):
        allowed_topics(person(role), topics)


@pytest.mark.parametrize("topics", ["", " , ", ",".join(f"campaign:{number}" for number in range(100))])
def test_a_wish_for_nothing_or_everything_is_refused(topics: str) -> None:
    with pytest.raises(Invalid):
        allowed_topics(person(Role.ADMIN), topics)
