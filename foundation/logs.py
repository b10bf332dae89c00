"""Structured logs with stable event names, on standard error. Never a name, a number or a secret in them."""

import logging
import sys
from typing import Any, cast

import structlog


def configure_logs(level: str = "INFO", *, program: str = "halali") -> None:
    """Set up logging for this process: readable on a terminal, JSON otherwise."""
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
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(program=program)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    # At INFO the carrier's client prints request bodies, phone numbers included.
    logging.getLogger("twilio").setLevel(logging.WARNING)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose first argument is an event name such as `call_placed`."""
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(name))
