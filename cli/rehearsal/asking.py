"""Whether what is asked of a rehearsal can be done, found before anything starts. The carrier itself is asked by its
command about its people and faults; playing is `performance`'s affair.
"""

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from campaigns.guarded_reader import read_head
from campaigns.mapping import mapping_from
from cli.procfile import check_known
from cli.rehearsal.faults import CarrierFault, Kill
from cli.rehearsal.plan import Plan
from cli.rehearsal.stage import settings_of
from cli.up import OWN_PROCFILE, Wanted, programs_of
from foundation.errors import Invalid
from leads.partner_rows import read_partners

_PATIENCE_SECONDS = 30.0


def check_asked(plan: Plan, partners: bytes, origin: datetime, country: str) -> None:
    """Look at the files, the options and the names in them.

    Raises:
        Invalid: one of them cannot be used; it says which.
    """
    _check_programs(plan, origin)
    head = read_head(plan.contacts_file, plan.contacts_file.name, country)
    mapping_from(head.guessed.columns, head.guessed.fields)
    if problems := read_partners(partners).problems:
        more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise Invalid(f"--partners {plan.partners_file}: {problems[0].sentence()}{more}.")
    if plan.people:
        _ask_carrier("--people", plan.people, "--people-set", plan.people)
    for fault in plan.faults:
        if isinstance(fault, CarrierFault):
            _check_carrier_fault(fault)


def _check_programs(plan: Plan, origin: datetime) -> None:
    given = os.environ.get("DATABASE_URL", "")
    # As on the stage: anything but a PostgreSQL is left alone, and a file of its own is used.
    database_url = given if given.startswith("postgres") else ""
    try:
        settings = settings_of(plan, Path(), origin, database_url, os.environ.get("REDIS_URL", ""))
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise Invalid(f"--setting {' '.join(plan.changes)}: {reason}.") from error
    programs = programs_of(settings, Wanted(OWN_PROCFILE, counts=plan.counts))
    names = [entry.name for entry in programs]
    for fault in plan.faults:
        if isinstance(fault, Kill):
            check_known([fault.program.partition(".")[0]], names)


def _check_carrier_fault(fault: CarrierFault) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
        rule = fault.as_rule()
        file.writelines(["[[faults]]\n", *(f"{name} = {json.dumps(value)}\n" for name, value in rule.items())])
        file.flush()
        _ask_carrier("--fault", fault.name, "--faults", file.name)


def _ask_carrier(option: str, given: str, *words: str) -> None:
    """Whether the sandbox would start with these words; it starts nothing. The reader knows them as `option`."""
    command = [sys.executable, "-m", "sandbox", "--check", *words]
    asked = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False)  # noqa: S603 - our own words
    if asked.returncode:
        reason = asked.stderr.strip().rpartition("\n")[2].partition("error: ")[2].partition(" (--help")[0]
        raise Invalid(f"{option} {given}: {reason.removeprefix(f'{words[-1]}: ')}.")
