"""What is too long to be a callback is not read to its end, so nobody can fill the memory without a signature."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import pytest
from fastapi import HTTPException, Request

from webhooks.voice import LARGEST_BODY, read_body

Message = MutableMapping[str, Any]


def request_of(pieces: list[bytes], read: list[int]) -> Request:
    """A request whose body comes in pieces; `read` gets the length of each that was taken."""
    left = iter([*pieces, b""])

    async def receive() -> Message:
        piece = next(left)
        read.append(len(piece))
        return {"type": "http.request", "body": piece, "more_body": bool(piece)}

    typed: Callable[[], Awaitable[Message]] = receive
    return Request({"type": "http", "method": "POST", "headers": []}, typed)


def test_body_of_a_callback_is_read_whole_however_it_is_cut() -> None:
    body = bytes(range(256)) * 8
    for size in (1, 100, len(body)):
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        assert asyncio.run(read_body(request_of(pieces, []))) == body


def test_longest_body_that_is_read_is_exactly_the_limit() -> None:
    assert len(asyncio.run(read_body(request_of([b"x" * LARGEST_BODY], [])))) == LARGEST_BODY
    with pytest.raises(HTTPException) as refused:
        asyncio.run(read_body(request_of([b"x" * LARGEST_BODY, b"x"], [])))
    assert refused.value.status_code == 413


def test_reading_stops_where_the_limit_is_passed() -> None:
    read: list[int] = []
    with pytest.raises(HTTPException):
        asyncio.run(read_body(request_of([b"x" * 1024] * 5000, read)))
    assert sum(read) == LARGEST_BODY + 1024
