"""Tells a collision of two who came at the same moment from other errors of the database. Nothing was written then."""

from sqlalchemy.exc import DBAPIError

# What PostgreSQL calls it: the same was added twice; each waited for the other.
_ADDED_TWICE, _IN_A_CIRCLE, _NOT_IN_ORDER = "23505", "40P01", "40001"


def is_collision(error: DBAPIError) -> bool:
    """Whether somebody else was at the same thing at the same moment."""
    return getattr(error.orig, "sqlstate", "") in {_ADDED_TWICE, _IN_A_CIRCLE, _NOT_IN_ORDER}
