"""Copies of official do-not-call registers: which editions there are, and whether a number stands in one.

Reading their files is `register_files`; who has to ask which register is said by the rules.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from compliance.jurisdictions import all_jurisdictions
from compliance.rule_rows import Register
from compliance.tables import RegisterEdition, RegisterNumber
from foundation.many_values import is_one_of

ALL = ("tps", "ctps", "us_national", "ca_dncl")


@lru_cache(maxsize=64)
def registers_of(country: str) -> frozenset[str]:
    """The registers that a country's rules name, at whatever date."""
    jurisdiction = all_jurisdictions().get(country)
    rules = jurisdiction.rules if jurisdiction else ()
    return frozenset(rule.terms.register for rule in rules if isinstance(rule.terms, Register))


def newest_editions(session: Session, registers: Collection[str], now: datetime) -> dict[str, datetime]:
    """The date of the newest copy of each register; registers of which there is none are left out."""
    if not registers:
        return {}
    rows = session.execute(
        select(RegisterEdition.register, func.max(RegisterEdition.as_of).label("as_of"))
        .where(RegisterEdition.register.in_(registers), RegisterEdition.as_of <= now)
        .group_by(RegisterEdition.register)
    )
    return {row.register: row.as_of for row in rows}


def registered(session: Session, phone_numbers: Sequence[str], registers: Collection[str]) -> dict[str, list[str]]:
    """In which of these registers each number (E.164) stands, in one query; only numbers that stand in one."""
    if not registers or not phone_numbers:
        return {}
    rows = session.execute(
        select(RegisterNumber.number, RegisterNumber.register).where(
            is_one_of(RegisterNumber.number, [int(number.lstrip("+")) for number in phone_numbers]),
            RegisterNumber.register.in_(registers),
        )
    )
    found: dict[str, list[str]] = {}
    for number, register in rows:
        found.setdefault(f"+{number}", []).append(register)
    return found
