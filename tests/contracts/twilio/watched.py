"""The Python SDK as it is, but for the base address, with every answer that it got kept for comparison."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from twilio.http.http_client import TwilioHttpClient

from tests.contracts.twilio.openapi import Answer
from tests.integration.sandbox.bench import with_base


class WatchedClient(TwilioHttpClient):  # type: ignore[misc]
    """Sends every product's requests to the sandbox: the path alone tells the products apart."""

    def __init__(self, address: str) -> None:
        super().__init__(timeout=10)
        self.address = address
        self.answers: list[Answer] = []

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        answer = super().request(method, with_base(url, self.address), *args, **kwargs)
        self.answers.append(Answer(method, urlsplit(url).path, answer.status_code, answer.text))
        return answer
