"""What the repository as a whole must keep: documented settings, locks that name no index, nothing copied in."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from foundation.settings import Settings
from tests.architecture.source_tree import ROOT

# Joined here, so that this file does not contain what it looks for.
INDEX_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pypi", "python", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("packages", "debian", "org"),
        ("piwheels", "org"),
    )
)
INDEX_LINE = re.compile(r"^\s*(-i|--index-url|--extra-index-url|-f|--find-links)\b|\"resolved\":", re.MULTILINE)
LOCKS = ("requirements.lock", "requirements-dev.lock", "package-lock.json")


@cache
def kept_files() -> tuple[Path, ...]:
    """All files that are, or would be, under version control."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())


def test_no_file_names_a_package_index() -> None:
    hosts = re.compile("|".join(re.escape(host) for host in INDEX_HOSTS))
    named = [path.relative_to(ROOT).as_posix() for path in kept_files() if hosts.search(_text(path))]
    assert not named


def test_no_merge_was_left_half_done() -> None:
    marks = re.compile("^(" + "|".join(sign * 7 for sign in "<>") + ") ", re.MULTILINE)
    assert not [path.relative_to(ROOT).as_posix() for path in kept_files() if marks.search(_text(path))]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_says_what_and_not_where_from(name: str) -> None:
    assert not INDEX_LINE.search((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_hashes(name: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip())
    assert len(entries) > 50
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_what_runs_is_locked_alike_for_tests() -> None:
    runtime, dev = (set(_pins(name)) for name in ("requirements.lock", "requirements-dev.lock"))
    assert runtime <= dev


def test_the_lock_serves_the_oldest_python_that_is_supported() -> None:
    # redis asks for it only before Python 3.11.3; a lock compiled on a newer one without care leaves it out.
    assert any(pin.startswith("async-timeout==") for pin in _pins("requirements.lock"))


def test_every_setting_is_documented_and_nothing_else() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    documented = re.findall(r"^#? ?([A-Z][A-Z0-9_]*)=", text, re.MULTILINE)
    assert sorted(documented) == sorted(name.upper() for name in Settings.model_fields)


def test_no_library_is_copied_into_the_repository() -> None:
    copied = [path.relative_to(ROOT).as_posix() for path in kept_files() if re.search(r"\.min\.(js|css)$", path.name)]
    assert not copied


def test_no_big_file_slips_in() -> None:
    big = [path.relative_to(ROOT).as_posix() for path in kept_files() if path.stat().st_size > 1_500_000]
    assert not big


def _pins(name: str) -> list[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line.removesuffix(" \\") for line in lines if re.match(r"[A-Za-z0-9]", line)]


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def test_every_decision_is_in_the_index_in_its_order() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"^\| \[\d{4}\]\((\S+)\)", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))


def test_the_glossary_has_each_word_once() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = [word.strip() for word in re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)]
    repeated = {word for word in words if words.count(word) > 1}
    assert repeated == {"word"}, "the heads of the tables alone repeat"
