"""Requests that other sites make a browser send are told apart from our own."""

import pytest

from web.forgery import Forged, check_origin, check_token


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": "https://halali.example", "host": "halali.example"},
        {"origin": "http://127.0.0.1:8000", "host": "127.0.0.1:8000"},
    ],
)
def test_our_own_pages_may_ask(headers: dict[str, str]) -> None:
    check_origin(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site", "origin": "https://halali.example", "host": "halali.example"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example", "host": "halali.example"},
        {"origin": "null", "host": "halali.example"},
        {"origin": "https://halali.example.evil.example", "host": "halali.example"},
    ],
)
def test_other_sites_may_not(headers: dict[str, str]) -> None:
    with pytest.raises(Forged):
        check_origin(headers)


@pytest.mark.parametrize(
    "given", [{}, {"x-csrf-token": ""}, {"x-csrf-token": "hc_other"}, {"x-csrf-token": "hc_rightx"}]
)
def test_a_request_without_the_pages_token_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(Forged):
        check_token(given, "hc_right")


def test_the_pages_token_opens() -> None:
    check_token({"x-csrf-token": "hc_right"}, "hc_right")
