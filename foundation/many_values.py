"""A condition for many values that travel as one parameter: `column = ANY(array)`, or its like on SQLite.

`IN` with a parameter for each value costs twice as much: all are written out and taken apart each time.
"""

import json
from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    Dialect,
    ScalarSelect,
    Text,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator, TypeEngine


def as_array(values: Collection[Any] | None) -> str:
    """Texts or numbers as PostgreSQL writes an array: one text, whatever the driver would make of them."""
    return f"{{{','.join(map(_written, values or ()))}}}"


def _written(value: Any) -> str:
    if value is None:
        return "NULL"
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _as_document(values: Collection[Any] | None) -> str:
    return json.dumps([*(values or ())])


class _ManyValues(TypeDecorator[Collection[Any]]):
    """A list: an array on PostgreSQL, a JSON document elsewhere."""

    impl = Text
    cache_ok = True
    of: type[TypeEngine[Any]] = Text

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.of()) if dialect.name == "postgresql" else Text())

    def bind_processor(self, dialect: Dialect) -> Callable[[Collection[Any] | None], str]:
        """As one text: drivers take six times as long over the values of a list."""
        return as_array if dialect.name == "postgresql" else _as_document


class TextArray(_ManyValues):
    """Many texts as one parameter."""

    cache_ok = True


class IntegerArray(_ManyValues):
    """Many whole numbers as one parameter."""

    cache_ok = True
    of = BigInteger


def of_any_length(parameter: str, of: type[_ManyValues] = TextArray) -> ScalarSelect[Any]:
    """Many values as one parameter, for PostgreSQL's `unnest`, whose planner does not see how many they are.

    Where it does, it expects a better plan for each number, and plans anew each time.
    """
    return select(bindparam(parameter, type_=of)).scalar_subquery()


class _IsOneOf(ColumnElement[bool]):
    inherit_cache = True
    type = Boolean()
    _traverse_internals = [  # noqa: RUF012 - as SQLAlchemy declares it
        ("column", InternalTraversal.dp_clauseelement),
        ("values", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: Any, values: BindParameter[Any]) -> None:
        self.column = column
        self.values = values

    def self_group(self, against: OperatorType | None = None) -> "_IsOneOf":
        """A condition as it is. With the `= 1` that SQLAlchemy adds where there are no booleans, no index is used."""
        return self


def is_one_of(column: Any, values: Collection[Any] | BindParameter[Any]) -> ColumnElement[bool]:
    """Whether a column of texts or whole numbers holds one of the values; of none, when there are none."""
    if isinstance(values, BindParameter):
        return _IsOneOf(column.__clause_element__(), values)
    of_numbers = bool(values) and all(isinstance(value, int) for value in values)
    sent = bindparam(None, list(values), type_=IntegerArray() if of_numbers else TextArray(), unique=True)
    return _IsOneOf(column.__clause_element__(), sent)


@compiles(_IsOneOf, "postgresql")
def _as_any(element: _IsOneOf, compiler: SQLCompiler, **how: Any) -> str:
    return f"{compiler.process(element.column, **how)} = ANY ({compiler.process(element.values, **how)})"


@compiles(_IsOneOf)
def _as_in(element: _IsOneOf, compiler: SQLCompiler, **how: Any) -> str:
    values = func.json_each(element.values).table_valued("value")
    return str(compiler.process(element.column.in_(select(values.c.value)), **how))
