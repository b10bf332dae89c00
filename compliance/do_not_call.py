"""Who must not be called: numbers, prefixes and companies, from wherever they come; effective at the next look.

The one door to these rows. A block can get stricter; nothing here lifts one. Official registers are `registers`.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, literal, or_, select, union_all
from sqlalchemy.orm import Session

from compliance.tables import DoNotCall, SuppressionKey
from foundation.company_marks import company_key, uid_key
from foundation.database import insert_unless_known
from foundation.errors import Invalid, Unavailable
from foundation.ids import new_id
from foundation.many_values import TextArray, is_one_of
from foundation.utc_datetime import UtcDateTime

KINDS = ("number", "prefix", "uid", "company")
SOURCES = frozenset({"disposition", "ivr", "import", "api", "page", "cli"})
ERASED = "keyed:"
_E164 = re.compile(r"\+[1-9][0-9]{5,14}")
_PREFIX = re.compile(r"\+[1-9][0-9]{1,13}")
_ROWS_AT_ONCE = 1000

# The key with which numbers were erased. Asked for only where some were: making a secret is not a reader's business.
KeyOf = Callable[[], bytes]


class Target(NamedTuple):
    """Whom a block is about: `kind` is number, prefix, uid or company; `value` is as it is compared."""

    kind: str
    value: str


@dataclass(frozen=True)
class Callee:
    """Whom somebody is about to call: all numbers (E.164), and the company as its contact has it."""

    phone_numbers: tuple[str, ...]
    campaign_id: str
    uid: str = ""
    company: str = ""


@dataclass(frozen=True)
class BlockTerms:
    """Where a block comes from and how far it goes: an empty campaign means any, no expiry for good."""

    source: str
    campaign_id: str = ""
    note: str = ""
    added_by: str = ""
    expires_at: datetime | None = None


def read_target(kind: str, text: str) -> Target:
    """Whom these words mean. A number or prefix is E.164; a company is told by its CHE number or by its name.

    Raises:
        Invalid: they mean nobody, or too many.
    """
    words = text.strip()
    match kind:
        case "number" if _E164.fullmatch(words):
            return Target("number", words)
        case "number":
            raise Invalid("Write the number with its country code and without spaces, such as +41446681800.")
        case "prefix" if _PREFIX.fullmatch(plain := words.replace(" ", "")):
            return Target("prefix", plain)
        case "prefix":
            raise Invalid("Write how the numbers begin, with the country code, such as +4144668.")
        case "uid" if key := uid_key(words):
            return Target("uid", key)
        case "uid":
            raise Invalid("Write the company number as CHE-123.456.789.")
        case "company" if len(key := company_key(words)) >= 3:
            return Target("company", key[:300])
        case "company":
            raise Invalid("Write the company's name; three letters are the least.")
        case _:
            raise Invalid("A block is for one of: %(choices)s.", choices=", ".join(KINDS))


def block_target(session: Session, target: Target, terms: BlockTerms, now: datetime) -> DoNotCall:
    """Never call these again, in one campaign or in any.

    Blocking twice keeps the first row; of two expiries the later one counts, and none at all outlasts both.
    """
    there = (
        select(DoNotCall)
        .where(
            DoNotCall.kind == target.kind,
            DoNotCall.value == target.value,
            DoNotCall.campaign_id == terms.campaign_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    # Two who block the same at once are both right: the second one finds the first one's row. Where that was erased
    # between our two statements, there is room for ours.
    blocked = None
    while blocked is None:
        insert_unless_known(session, DoNotCall, [_row(target, terms, now)], _KEY)
        blocked = session.scalar(there)
    if blocked.expires_at is not None and (terms.expires_at is None or terms.expires_at > blocked.expires_at):
        blocked.expires_at = terms.expires_at
    return blocked


def block(  # noqa: PLR0913 - each argument is one column of the row
    session: Session,
    phone_number: str,
    *,
    source: str,
    now: datetime,
    campaign_id: str = "",
    note: str = "",
    added_by: str = "",
    expires_at: datetime | None = None,
) -> DoNotCall:
    """Never dial this number (E.164) again, in one campaign or, when that is empty, in any.

    Raises:
        Invalid: the number is not in E.164 form.
    """
    terms = BlockTerms(source, campaign_id, note, added_by, expires_at)
    return block_target(session, read_target("number", phone_number), terms, now)


def block_many(session: Session, targets: Sequence[Target], terms: BlockTerms, now: datetime) -> None:
    """Block a batch for good at once: what is blocked for a while only stays blocked for good from now on."""
    if terms.expires_at is not None:
        raise Invalid("A batch is blocked for good.")
    if not targets:
        return
    # In the same order by everybody: of two batches with the same numbers one waits for the other.
    insert_unless_known(session, DoNotCall, [_row(target, terms, now) for target in sorted(targets)], _KEY)
    for kind in {target.kind for target in targets}:
        values = [target.value for target in targets if target.kind == kind]
        for row in session.scalars(
            select(DoNotCall).where(
                DoNotCall.kind == kind,
                DoNotCall.value.in_(values),
                DoNotCall.campaign_id == terms.campaign_id,
                DoNotCall.expires_at.is_not(None),
            )
        ):
            row.expires_at = None


def blocks_of(session: Session, callees: Sequence[Callee], now: datetime, key_of: KeyOf) -> list[tuple[str, ...]]:
    """The ids of the blocks that hold for each callee, in one query for all, or two once numbers were erased.

    Raises:
        Unavailable: numbers were erased with another secret, so nobody can tell who asked not to be called.
    """
    marks, rows, values = _look_up(session, callees, now, None)
    if marks:
        _, rows, values = _look_up(session, callees, now, _key_in_use(marks, key_of))
    if not rows:
        return [()] * len(callees)
    prefixes = [row for row in rows if row.kind == "prefix"]
    by_target: dict[Target, list[tuple[str, str]]] = {}
    for row in rows:
        by_target.setdefault(Target(row.kind, row.value), []).append((row.id, row.campaign_id))
    found = []
    for callee, targets in zip(callees, values, strict=True):
        hits = [hit for target in targets for hit in by_target.get(target, ())]
        hits += [(row.id, row.campaign_id) for row in prefixes if _begins(callee.phone_numbers, row.value)]
        found.append(tuple(sorted({id_ for id_, campaign in hits if campaign in {"", callee.campaign_id}})))
    return found


def is_blocked(session: Session, phone_number: str, campaign_id: str, now: datetime, key_of: KeyOf) -> bool:
    """Whether the number (E.164) must not be dialed for this campaign now."""
    return bool(blocks_of(session, [Callee((phone_number,), campaign_id)], now, key_of)[0])


def erase(session: Session, phone_number: str, key: bytes, now: datetime) -> int:
    """Forget a number and keep its blocks: what is left matches it and no longer tells it. How many blocks there were.

    Notes may tell who it was, so they go as well.
    """
    rows = session.scalars(
        select(DoNotCall).where(DoNotCall.kind == "number", DoNotCall.value == phone_number).with_for_update()
    ).all()
    if not rows:
        return 0
    insert_unless_known(session, SuppressionKey, [{"mark": key_mark(key), "first_used_at": now}], ["mark"])
    hidden = _hidden(phone_number, key)
    known = {
        row.campaign_id: row
        for row in session.scalars(select(DoNotCall).where(DoNotCall.kind == "number", DoNotCall.value == hidden))
    }
    for row in rows:
        if (twin := known.get(row.campaign_id)) is not None:
            # Erased before and blocked again since: the longer of the two is kept.
            if row.expires_at is None or (twin.expires_at is not None and row.expires_at > twin.expires_at):
                twin.expires_at = row.expires_at
            session.delete(row)
        else:
            row.value, row.note = hidden, ""
    session.flush()
    return len(rows)


def key_mark(key: bytes) -> str:
    """What tells one key from another without telling either."""
    return hashlib.sha256(b"mark:" + key).hexdigest()[:16]


def key_marks(session: Session) -> frozenset[str]:
    """The marks of the keys by which numbers were erased; none when none was. More than one is never right."""
    return frozenset(session.scalars(select(SuppressionKey.mark)))


_KEY = ["kind", "value", "campaign_id"]
_MARK = "mark of a key"  # no kind of block
_COMPARED = tuple(kind for kind in KINDS if kind != "prefix")  # prefixes are few: all of them are looked at
_NOTHING = literal("")
# Made once: making it costs as much as sending it. The values of each kind come under its name.
_LOOK = union_all(
    select(DoNotCall.id, DoNotCall.kind, DoNotCall.value, DoNotCall.campaign_id).where(
        or_(
            DoNotCall.kind == "prefix",
            *(
                and_(DoNotCall.kind == kind, is_one_of(DoNotCall.value, bindparam(kind, type_=TextArray)))
                for kind in _COMPARED
            ),
        ),
        or_(DoNotCall.expires_at.is_(None), DoNotCall.expires_at > bindparam("now", type_=UtcDateTime)),
    ),
    select(_NOTHING, literal(_MARK), SuppressionKey.mark, _NOTHING),
)


def _row(target: Target, terms: BlockTerms, now: datetime) -> dict[str, object]:
    return {
        "id": new_id("dnc"),
        "kind": target.kind,
        "value": target.value,
        "campaign_id": terms.campaign_id,
        "source": terms.source,
        "note": terms.note[:500],
        "added_at": now,
        "added_by": terms.added_by,
        "expires_at": terms.expires_at,
    }


def _look_up(
    session: Session, callees: Sequence[Callee], now: datetime, key: bytes | None
) -> tuple[frozenset[str], list[Any], list[list[Target]]]:
    """The marks of the keys by which numbers were erased, the rows that may hold, and what was looked for."""
    values = [_values_of(callee, key) for callee in callees]
    wanted: dict[str, set[str]] = {kind: set() for kind in _COMPARED}
    for targets in values:
        for kind, value in targets:
            wanted[kind].add(value)
    rows = session.execute(_LOOK, {**wanted, "now": now}).all()
    found = frozenset(row.value for row in rows if row.kind == _MARK)
    return found, [row for row in rows if row.kind != _MARK], values


def _key_in_use(marks: frozenset[str], key_of: KeyOf) -> bytes:
    key = key_of()
    if marks != {key_mark(key)}:
        raise Unavailable(
            "Numbers on the do-not-call list were erased with another SECRET_KEY. Nobody is dialed until it is back."
        )
    return key


def _values_of(callee: Callee, key: bytes | None) -> list[Target]:
    targets = [Target("number", number) for number in callee.phone_numbers]
    if key is not None:
        targets += [Target("number", _hidden(number, key)) for number in callee.phone_numbers]
    if uid := uid_key(callee.uid):
        targets.append(Target("uid", uid))
    if name := company_key(callee.company):
        targets.append(Target("company", name[:300]))
    return targets


def _begins(phone_numbers: Iterable[str], prefix: str) -> bool:
    return any(number.startswith(prefix) for number in phone_numbers)


def _hidden(phone_number: str, key: bytes) -> str:
    return ERASED + hmac.new(key, phone_number.encode(), hashlib.sha256).hexdigest()
