"""The sandbox installed by itself, with aiohttp and nothing else, and the examples of its chapter, as printed."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import quote_plus

import pytest
import requests
from packaging.requirements import Requirement
from twilio.rest import Client

from tests.integration.sandbox.bench import ACCOUNT_SID, AUTH_TOKEN, FROM, LocalClient, Sandbox, wait_until

ROOT = Path(__file__).resolve().parents[3]
CHAPTER = ROOT / "docs" / "sandbox.md"
TO = "+41445550001"


def _needed(name: str, found: dict[str, set[str]]) -> dict[str, set[str]]:
    """The folders and files of a distribution and of those that it needs, by distribution."""
    package = distribution(name)
    found[name] = {
        path.parts[0] for path in package.files or () if path.parts[0] != ".." and path.parts[0] != "__pycache__"
    }
    for requirement in map(Requirement, package.requires or ()):
        is_wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if is_wanted and requirement.name not in found:
            _needed(requirement.name, found)
    return found


@pytest.fixture(scope="module")
def lonely_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sandbox, installed from its own pyproject.toml, and with aiohttp and what that needs."""
    place, source = tmp_path_factory.mktemp("alone"), tmp_path_factory.mktemp("source") / "sandbox"
    shutil.copytree(ROOT / "sandbox", source, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--target", str(place), str(source)], check=True, capture_output=True, timeout=120)
    for name, parts in _needed("aiohttp", {}).items():
        base = Path(str(distribution(name).locate_file("")))
        for part in parts:
            if not (place / part).exists():
                (place / part).symlink_to(base / part)
    return place


def _command(place: Path, *words: str) -> list[str]:
    # -S: no site-packages, so that nothing else can be imported.
    return [sys.executable, "-S", str(place / "bin" / "halali-sandbox"), *words]


def test_sandbox_runs_with_nothing_but_aiohttp(lonely_place: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(lonely_place)}
    known = [
        sys.executable,
        "-S",
        "-c",
        "import importlib.util as i; print([i.find_spec(n) for n in ('foundation', 'twilio')])",
    ]
    assert subprocess.check_output(known, env=environment, cwd=tmp_path, text=True).strip() == "[None, None]"
    process = subprocess.Popen(
        _command(lonely_place, "--port", "0", "--speed", "50", "--calls-per-second", "0"),
        env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        words = process.stdout.readline().split()
        http = LocalClient(words[3])
        client = Client(words[5], "sandbox-token", http_client=http)
        call = client.calls.create(to="client:ann", from_=FROM, twiml="<Response><Say>Good day.</Say></Response>")
        wait_until(lambda: client.calls(call.sid).fetch().status == "completed")
        page = http.session.get(words[3], timeout=10)
        assert page.status_code == 200
        http.session.close()
    finally:
        process.terminate()
        assert process.wait(10) == 0
        process.stdout.close()


def test_every_command_explains_itself_when_installed_alone(lonely_place: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(lonely_place)}
    command = _command(lonely_place, "people", "--describe")
    shown = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert tomllib.loads(shown.stdout)["human"] == 0.25


def test_own_project_file_lists_every_package_and_its_data() -> None:
    project = tomllib.loads((ROOT / "sandbox" / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "sandbox").rglob("*.py")}
    assert sorted(project["tool"]["setuptools"]["packages"]) == sorted(".".join(path.parts) for path in folders)
    data = [path for path in (ROOT / "sandbox").rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
    inside = {path.relative_to(ROOT / "sandbox") for path in data} - {Path("pyproject.toml")}
    patterns = project["tool"]["setuptools"]["package-data"]["sandbox"]
    assert all(any(path.match(pattern) for pattern in patterns) for path in inside)


def _example(language: str, first_line: str) -> str:
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", CHAPTER.read_text(encoding="utf-8"), re.DOTALL)
    return next(block for block in blocks if block.startswith(first_line))


@contextmanager
def _application(command: list[str], folder: Path, **environment: str) -> Iterator[None]:
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def _play(sandbox: Sandbox, port: int) -> None:
    """Call somebody who presses 1, and see that the example heard of it."""
    wait_until(lambda: _listens(port))
    sandbox.script(TO, answer_seconds=5, presses="1", patience_seconds=600)
    app = f"http://127.0.0.1:{port}"
    call = sandbox.client.calls.create(to=TO, from_=FROM, url=f"{app}/answer", status_callback=f"{app}/status")
    wait_until(lambda: sandbox.client.calls(call.sid).fetch().status == "completed")
    wait_until(lambda: sandbox.get("summary")["pending_callbacks"] == 0)
    heard = [
        f"{entry['kind']} {entry['url'].rpartition('/')[2]} {entry['status']}"
        for entry in sandbox.get(f"ledger?sid={call.sid}")["entries"]
        if entry["kind"] in ("twiml_fetched", "callback_tried")
    ]
    assert heard == ["twiml_fetched answer 200", "twiml_fetched choice 200", "callback_tried status 204"]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_flask_example_of_the_chapter_works_as_printed(fast_sandbox: Sandbox, tmp_path: Path, free_port: int) -> None:
    (tmp_path / "app.py").write_text(_example("python", "# app.py"), encoding="utf-8")
    command = [sys.executable, "-m", "flask", "run", "--port", str(free_port)]
    with _application(command, tmp_path):
        _play(fast_sandbox, free_port)


def test_express_example_of_the_chapter_works_as_printed(fast_sandbox: Sandbox, tmp_path: Path, free_port: int) -> None:
    (tmp_path / "app.js").write_text(_example("js", "// app.js"), encoding="utf-8")
    modules = str(ROOT / "node_modules")
    with _application(["node", "app.js"], tmp_path, NODE_PATH=modules, PORT=str(free_port)):
        _play(fast_sandbox, free_port)


def test_curl_command_of_the_chapter_places_the_call_as_printed(sandbox: Sandbox) -> None:
    found = re.search(r"^AC=.*?(?=^```)", CHAPTER.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert found is not None
    printed = found[0].replace("\\\n", " ").replace("$AC", ACCOUNT_SID)
    words = iter(shlex.split(printed.replace("http://127.0.0.1:8900", sandbox.address))[1:])
    url, body = "", []
    for word in words:
        if word.startswith(sandbox.address):
            url = word
        elif word == "-d":
            body.append(next(words))
        elif word == "--data-urlencode":
            name, _, value = next(words).partition("=")
            body.append(f"{name}={quote_plus(value)}")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(url, data="&".join(body), headers=form, auth=(ACCOUNT_SID, AUTH_TOKEN), timeout=10)
    assert answer.status_code == 201, answer.text
    assert sandbox.get("summary")["placed_by_number"] == {TO: 1}


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
