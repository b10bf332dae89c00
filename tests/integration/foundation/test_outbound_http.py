"""Calling out on an outsider's word: never into a private network, whatever name, answer or redirect leads there."""

import socket
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from foundation.errors import Invalid, Unavailable
from foundation.outbound_http import ANSWER_BYTES, Outbound, TargetRefused, check_url
from tests.certificates import certificate_for
from tests.receiver import receiving

HERE = Outbound(anywhere=True, seconds=5, resolve=lambda *_: ["127.0.0.1"])


class Names:
    """A name server that gives one answer after the other, and keeps count."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


def test_a_request_arrives_as_it_was_written() -> None:
    with receiving() as receiver:
        receiver.status, receiver.body = 200, b"thank you"
        answer = HERE.post(f"http://hook.example:{receiver.port}/in?a=1", {"Content-Type": "text/plain"}, b"hello")
    assert (answer.status, answer.body) == (200, b"thank you")
    (request,) = receiver.requests
    assert (request.path, request.body, request.headers["host"]) == (
        "/in?a=1",
        b"hello",
        f"hook.example:{receiver.port}",
    )


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]
)
def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(address: str) -> None:
    names = Names([address])
    with pytest.raises(TargetRefused):
        Outbound(resolve=names).post("https://hook.example/", {}, b"")
    assert names.asked == 1


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    with pytest.raises(TargetRefused):
        Outbound(resolve=Names(["8.8.8.8", "127.0.0.1"])).post("https://hook.example/", {}, b"")


def test_a_name_that_leads_inside_only_later_is_refused_then() -> None:
    names = Names(["127.0.0.1"], ["127.0.0.1"])
    with receiving() as receiver:
        url = f"http://hook.example:{receiver.port}/"
        Outbound(anywhere=True, resolve=names).post(url, {}, b"")
        with pytest.raises(TargetRefused):
            Outbound(resolve=names).post(url.replace("http:", "https:"), {}, b"")
        assert len(receiver.requests) == 1


def test_the_name_is_looked_up_once_and_the_checked_address_is_the_one_that_is_called() -> None:
    # A second look-up would find nobody there.
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    with receiving() as receiver:
        assert Outbound(anywhere=True, resolve=names).post(f"http://a.example:{receiver.port}/", {}, b"").status == 204
    assert names.asked == 1


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with receiving() as inside, receiving() as receiver:
        receiver.status, receiver.headers = 302, {"Location": f"{inside.url}/secret"}
        assert HERE.post(f"http://hook.example:{receiver.port}/", {}, b"").status == 302
        assert inside.requests == []


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert HERE.post(f"http://hook.example:{receiver.port}/", {}, b"").status == 204
        assert proxy.requests == []


def test_a_long_answer_is_read_only_in_part() -> None:
    with receiving() as receiver:
        receiver.status, receiver.body = 200, b"x" * (ANSWER_BYTES * 50)
        assert len(HERE.post(f"http://hook.example:{receiver.port}/", {}, b"").body) == ANSWER_BYTES


def test_an_answer_that_drips_does_not_last_longer_than_the_time_for_all() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                while not ended.wait(0.05):
                    connection.sendall(b"H")
            except OSError:
                return

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        with pytest.raises(Unavailable):
            Outbound(anywhere=True, seconds=0.4).post(f"http://127.0.0.1:{listener.getsockname()[1]}/", {}, b"")
    finally:
        ended.set()
        thread.join()
        listener.close()


def test_nobody_listening_is_said_without_an_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unavailable) as caught:
        HERE.post(f"http://hook.example:{port}/", {}, b"")
    assert "127.0.0.1" not in str(caught.value)


def test_a_certificate_of_another_name_is_not_accepted(tmp_path: Path) -> None:
    server, trust = certificate_for(tmp_path, "hook.example")
    outbound = Outbound(anywhere=True, seconds=5, resolve=HERE.resolve, trust=lambda: trust)
    with receiving(server) as receiver:
        assert outbound.post(f"https://hook.example:{receiver.port}/", {}, b"").status == 204
        with pytest.raises(Unavailable):
            outbound.post(f"https://other.example:{receiver.port}/", {}, b"")
        assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        *("http://hook.example/", "ftp://hook.example/", "hook.example", "https://", "https:///x", "https://a b/"),
        *("https://me:pw@hook.example/", "https://me@hook.example/", "https://hook.example/#x", "https://h\\@i/"),
        *(
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://127.1/",
            "https://2130706433/",
            "https://h:0/",
            "https://h:x/",
        ),
        *(
            "https://[::ffff:10.0.0.1]/",
            "https://h/\r\nHost: i",
            "https://hook.example/" + "x" * 500,
            "file:///etc/passwd",
        ),
    ],
)
def test_an_address_that_cannot_be_good_is_refused_by_its_form(url: str) -> None:
    with pytest.raises(Invalid):
        check_url(url)


@pytest.mark.parametrize("host", ["0x7f.1", "0177.0.0.1", "localhost"])
def test_other_ways_to_write_loopback_are_found_out_when_called(host: str) -> None:
    # What the system makes of it, without asking a name server.
    def resolve(name: str, port: int) -> Sequence[str]:
        return [socket.inet_ntoa(socket.inet_aton(name))] if name != "localhost" else ["127.0.0.1"]

    with pytest.raises((TargetRefused, Invalid)):
        Outbound(resolve=resolve).post(f"https://{host}/", {}, b"")
