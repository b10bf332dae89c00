"""Turns what children write into whole lines with the child's name before them."""

import os
import sys

from cli.output import paint, wants_colour

_COLOURS = ("cyan", "yellow", "green", "magenta", "blue")
_MOST_AT_ONCE = 65536


class LogLines:
    """The log of one child, as it comes out of its pipe."""

    def __init__(self, name: str, place: int, width: int) -> None:
        prefix = f"{name:<{width}} | "
        self._prefix = paint(prefix, _COLOURS[place % len(_COLOURS)], wanted=wants_colour(sys.stderr.isatty()))
        self._rest = b""

    def read(self, pipe: int) -> bool:
        """Pass on what is there; False when there will never be more."""
        try:
            chunk = os.read(pipe, _MOST_AT_ONCE)
        except BlockingIOError:
            return True
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if not chunk and self._rest:
            lines, self._rest = [self._rest], b""
        for line in lines:
            sys.stderr.write(f"{self._prefix}{line.decode(errors='replace')}\n")
        if lines:
            sys.stderr.flush()
        return bool(chunk)
