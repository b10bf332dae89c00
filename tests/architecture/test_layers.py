"""The layers: every package stands under a contract, and rows refer down or sideways within a package, never up."""

import importlib
import tomllib
from functools import cache
from typing import Any

import pytest

from foundation.database import Table
from tests.architecture.source_tree import ROOT, paths_of

# From the bottom up; siblings share a line.
LAYERS = (
    {"foundation"},
    {"campaigns", "leads", "telephony", "compliance", "accounts", "events"},
    {"dialer"},
    {"migrations"},
    {"webhooks", "web", "cli"},
)
# Deciding is pure: facts in, a decision out.
PURE = (
    "dialer/call_states.py",
    "dialer/agent_states.py",
    "dialer/dispositions.py",
    "dialer/correction_rules.py",
    "dialer/pacing",
    "campaigns/attempts.py",
    "compliance/rules.py",
    "compliance/jurisdictions",
    "leads/rules",
    "leads/ranking.py",
    "leads/explanation.py",
    "leads/worth.py",
    "leads/yardstick.py",
    "leads/optimum.py",
    "leads/lead_states.py",
    "events/seat_states.py",
    "events/room.py",
)


@cache
def contracts() -> dict[str, dict[str, Any]]:
    """The contracts of import-linter by their ids."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return {"": settings} | {contract["id"]: contract for contract in settings["contracts"]}


def test_every_package_is_looked_at() -> None:
    beside = {"tests", "benchmarks", "scripts"}
    on_disk = {path.parent.name for path in ROOT.glob("*/__init__.py")} - beside
    assert set(contracts()[""]["root_packages"]) == on_disk


def test_every_package_has_its_layer() -> None:
    layers = [{name.strip(" ()") for name in line.split("|")} for line in contracts()["layers"]["layers"]]
    assert list(reversed(layers)) == list(LAYERS)


@pytest.mark.parametrize("path", PURE)
def test_every_pure_module_is_kept_pure(path: str) -> None:
    assert (ROOT / path).exists(), f"{path} is said to be pure and is not there"
    assert path.removesuffix(".py").replace("/", ".") in contracts()["pure"]["source_modules"]


def test_rows_refer_down() -> None:
    for path in paths_of(*(package for layer in LAYERS for package in layer)):
        if path.endswith("tables.py"):
            importlib.import_module(path.removesuffix(".py").replace("/", "."))
    package_of = {mapper.class_.__tablename__: mapper.class_.__module__.split(".")[0] for mapper in mappers()}
    height = {package: number for number, layer in enumerate(LAYERS) for package in layer}
    upward = [
        f"{table.name}.{key.parent.name} -> {key.target_fullname}"
        for table in Table.metadata.tables.values()
        for key in table.foreign_keys
        if package_of[table.name] != package_of[key.column.table.name]
        and height[package_of[table.name]] <= height[package_of[key.column.table.name]]
    ]
    assert not upward, f"foreign keys point down; these do not: {', '.join(upward)}"


def mappers() -> list[Any]:
    """All mapped classes, as SQLAlchemy keeps them."""
    return sorted(Table.registry.mappers, key=lambda mapper: str(mapper.class_.__name__))
