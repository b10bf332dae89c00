"""What is asked of a rehearsal or forecast and cannot be is one line and exit code 2, before anything starts."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list of contacts, and one of partners."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    (tmp_path / "list.csv").write_text("Firma;Telefon\nAlpha AG;044 668 18 00\n", encoding="utf-8")
    partners = "name;languages;solutions;weekly_capacity\nEins AG;de;erp;5\n"
    (tmp_path / "partners.csv").write_text(partners, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("missing.csv",),
        ("partners.csv",),
        ("list.csv", "--partners", "list.csv"),
        ("list.csv", "--fault", "nonsense"),
        ("list.csv", "--fault", "nonsense=0.1"),
        ("list.csv", "--fault", "kill=nobody@3"),
        ("list.csv", "--people", "x"),
        ("list.csv", "--count", "ticker=x"),
        ("list.csv", "--count", "web=2"),
        ("list.csv", "--setting", "tick_seconds=x"),
        ("list.csv", "--setting", "log_level=loud"),
        ("list.csv", "--dial-level", "nan"),
        ("list.csv", "--mode", "x"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_rehearsal_that_cannot_be_is_refused(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, ["rehearse", "--partners", "partners.csv", *words])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.usefixtures("folder")
def test_a_database_that_a_rehearsal_leaves_alone_is_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://elsewhere/halali")
    result = CliRunner().invoke(app, ["rehearse", "--partners", "partners.csv", "list.csv", "--people", "x"])
    assert result.stderr.startswith("error: --people x")


@pytest.mark.parametrize(
    "words",
    [("--mode", "x"), ("--agents", "x"), ("--dial-level", "9"), ("--world", "list.csv"), ("--world", "nofile.toml")],
)
@pytest.mark.usefixtures("folder")
def test_a_forecast_that_cannot_be_is_refused(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, ["forecast", "--agents", "5", *words])
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
