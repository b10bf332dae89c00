"""A carrier's REST server on loopback that answers as a test says: any status and body, late, or not at all."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Reply:
    """What to do with one request. `wait_seconds` holds the reply back; `hangs_up` closes the connection instead."""

    status: int = 200
    body: bytes = b"{}"
    wait_seconds: float = 0.0
    hangs_up: bool = False


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    form: dict[str, list[str]]


@dataclass
class Stub:
    """The server's address, its next replies, and what it was asked."""

    url: str = ""
    replies: deque[Reply] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def reply(self, status: int, body: object = None, **more: object) -> None:
        """Say what the next request gets; a body that is not bytes is sent as JSON."""
        text = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        self.replies.append(Reply(status, text, **more))  # type: ignore[arg-type]

    def refuse(self, status: int, code: int | None, message: str = "no") -> None:
        """Say that the next request gets an error in the carrier's own form."""
        more = {} if code is None else {"code": code}
        self.reply(status, {"message": message, "status": status, "more_info": "", **more})


@contextmanager
def running_stub() -> Iterator[Stub]:
    """A stub on a free port, until the block ends."""
    stub = Stub()

    class Replies(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
            address = urlsplit(self.path)
            stub.asked.append(Asked(self.command, address.path, parse_qs(address.query), form))
            reply = stub.replies.popleft()
            stub.stopping.wait(reply.wait_seconds)
            if reply.hangs_up:
                self.close_connection = True
                return
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = answer  # noqa: N815 - the names that the server looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Replies)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stub
    finally:
        stub.stopping.set()
        server.shutdown()
        thread.join(10)
        server.server_close()
