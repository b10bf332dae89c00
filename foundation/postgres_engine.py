"""The connections to PostgreSQL: how they are set up, how their transactions begin, and when they are let go.

Sessions and transactions are `database`'s.
"""

import select
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

_BEGIN_RELAXED = "BEGIN; SET LOCAL synchronous_commit TO OFF"


def server_engine(url: str, pool_size: int) -> Engine:
    """An engine whose transactions begin as the execution option `halali_write` says: durable or relaxed."""
    # Errors end up in logs, and parameters are people's names and numbers. "AUTOCOMMIT": we begin by ourselves, so that
    # what a transaction is like is said with its beginning, and not by one more message.
    engine = create_engine(
        url, pool_size=pool_size, max_overflow=pool_size, hide_parameters=True, isolation_level="AUTOCOMMIT"
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: ConnectionPoolEntry) -> None:
        # Our statements are short. To compile one takes 50 ms, and where it is planned once for all it looks long.
        connection.execute("SET jit TO off")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") != "AUTOCOMMIT":
            begin = _BEGIN_RELAXED if options.get("halali_write") == "relaxed" else "BEGIN"
            connection.exec_driver_sql(begin, execution_options={"no_parameters": True})

    @event.listens_for(engine, "do_execute_no_params")
    def _execute(cursor: Any, statement: str, context: Any) -> bool:
        cursor.execute(statement, prepare=False)  # two commands in one message cannot be prepared
        return True

    @event.listens_for(engine, "checkout")
    def _let_dead_connections_go(connection: Any, record: ConnectionPoolEntry, proxy: Any) -> None:
        # An idle connection has nothing to say unless the server has ended it. Looking costs no round trip.
        if connection.closed or _has_something_to_say(connection.fileno()):
            raise DisconnectionError("the server has ended this connection")

    return engine


def _has_something_to_say(file_number: int) -> bool:
    poll = select.poll()
    poll.register(file_number, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(0))
