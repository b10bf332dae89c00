"""Everything starts with one command, heals itself, and stops as one."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from cli.ports import Address, check_free
from tests.integration.cli.running_halali import Running, is_alive, running, settings_in, start, wait_until

PROGRAMS = {"redis", "sandbox", "webhooks", "web", "reporter", "ticker", "dial-worker", "worker", "send-worker"}


@pytest.fixture(scope="module")
def halali(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One that runs for all tests which leave it running."""
    with running(settings_in(tmp_path_factory.mktemp("up"))) as up:
        yield up


def test_all_programs_run_and_answer(halali: Running) -> None:
    assert set(halali.pids()) == PROGRAMS
    assert httpx.get(f"{halali.said['public_url']}/health").text == "ok"
    assert httpx.get(f"{halali.said['web_url']}/health").text == "ok"
    assert httpx.get(f"{halali.said['web_url']}/sign-in").status_code == 200


def test_a_data_folder_serves_one_halali_at_a_time(halali: Running) -> None:
    other = settings_in(halali.settings.data_dir.parent)
    attempt = start(other, "up")
    _, errors = attempt.communicate(timeout=60)
    assert attempt.returncode == 1
    assert "running already" in errors


def test_what_is_killed_comes_back_and_no_caller_is_turned_away(halali: Running) -> None:
    before = halali.pids()
    for name in ("webhooks", "redis", "dial-worker", "ticker"):
        os.kill(before[name], signal.SIGKILL)
    # The listening socket is the supervisor's: whoever calls meanwhile waits for the new process.
    assert httpx.get(f"{halali.said['public_url']}/health", timeout=30).text == "ok"
    wait_until(lambda: set(halali.pids()) == PROGRAMS, "complete again")
    after = halali.pids()
    assert {name for name in PROGRAMS if before[name] != after[name]} == {"webhooks", "redis", "dial-worker", "ticker"}


def test_nothing_is_left_after_the_stop_and_only_the_first_start_gives_a_sign_in(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with running(settings) as first:
        assert httpx.get(first.said["sign_in"]).status_code == 200
        pids = first.pids()
        assert first.stop() == 0
        assert not any(is_alive(pid) for pid in pids.values())
        assert not (settings.data_dir / "running.json").exists()
    with running(settings) as second:
        assert second.said["sign_in"] == ""


def test_several_run_under_numbered_names_and_a_killed_supervisor_leaves_none(tmp_path: Path) -> None:
    with running(settings_in(tmp_path), "--count", "ticker=2,dial-worker=2", "--count", "worker=0") as up:
        pids = up.pids()
        assert set(pids) == (PROGRAMS - {"ticker", "dial-worker", "worker"}) | {
            *("ticker.1", "ticker.2", "dial-worker.1", "dial-worker.2")
        }
        up.supervisor.kill()
        up.supervisor.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in pids.values()), "all gone")


def test_a_port_in_use_is_named_and_nothing_is_started(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", settings.webhooks_port))
        taken.listen()
        attempt = start(settings, "up")
        output, errors = attempt.communicate(timeout=60)
    assert attempt.returncode == 1
    assert output == ""
    assert f"Port {settings.webhooks_port}" in errors
    assert "WEBHOOKS_PORT" in errors
    assert "Traceback" not in errors
    assert not (settings.data_dir / "halali.db").exists()
    check_free(Address("127.0.0.1", settings.redis_port, "REDIS_PORT"))


def test_a_setting_that_is_unsafe_stops_the_start(tmp_path: Path) -> None:
    settings = settings_in(tmp_path).model_copy(update={"twilio_api_url": "https://carrier.example"})
    attempt = start(settings, "up")
    _, errors = attempt.communicate(timeout=60)
    assert attempt.returncode == 1
    assert "TWILIO_AUTH_TOKEN" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("count", ["redis=2", "web=2", "nothing=1"])
def test_a_count_that_cannot_work_is_refused(tmp_path: Path, count: str) -> None:
    attempt = start(settings_in(tmp_path), "up", "--count", count)
    _, errors = attempt.communicate(timeout=60)
    assert attempt.returncode == 1
    assert errors.startswith("error: ")
