"""Structured logs with stable event names, on standard error. Never a name, a number or a secret in them."""

import logging
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import structlog.stdlib


def configure_logs(level: str = "INFO", *, program: str = "halali") -> None:
    """Set up logging for this process: readable on a terminal, JSON otherwise."""
    import structlog

    renderer: Any = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    structlog.contextvars.bind_contextvars(program=program)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    # At INFO the carrier's client prints request bodies, phone numbers included.
    logging.getLogger("twilio").setLevel(logging.WARNING)


def get_logger(name: str) -> "structlog.stdlib.BoundLogger":
    """A logger whose first argument is an event name such as `call_placed`."""
    return cast("structlog.stdlib.BoundLogger", _LateLogger(name))


class _LateLogger:
    """Loads the library with the first event. It takes its time, and most commands have nothing to log."""

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def _logger(self) -> Any:
        import structlog

        return structlog.get_logger(self._name)

    def __getattr__(self, method: str) -> Any:
        return getattr(self._logger, method)
