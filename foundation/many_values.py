"""A condition for many values that travel as one parameter: `column = ANY(array)`, or its like on SQLite.

`IN` with a parameter for each value costs twice as much: all are written out and taken apart each time.
"""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Boolean, ColumnElement, Dialect, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator, TypeEngine


class _ManyValues(TypeDecorator[Collection[Any]]):
    """A list: an array on PostgreSQL, a JSON document elsewhere."""

    impl = Text
    cache_ok = True
    of: type[TypeEngine[Any]] = Text

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.of()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        values = [*(value or ())]
        return values if dialect.name == "postgresql" else json.dumps(values)


class TextArray(_ManyValues):
    """Many texts as one parameter."""

    cache_ok = True


class IntegerArray(_ManyValues):
    """Many whole numbers as one parameter."""

    cache_ok = True
    of = BigInteger


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
