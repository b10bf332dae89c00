"""Loads a command's code. The many objects that code consists of are kept for good, so nobody looks through them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Load modules within this block: a fifth faster without looks for circular garbage, of which they leave none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
