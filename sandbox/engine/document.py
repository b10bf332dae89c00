"""A document ready to run: its verbs, and what in it is not TwiML. The same text is read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sandbox.engine.twiml import DocumentFault, Verb, read_document
from sandbox.engine.vocabulary import warnings_of

_LONGEST_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Document:
    """Verbs and warnings."""

    verbs: tuple[Verb, ...]
    warnings: tuple[str, ...]


def read_checked(body: str, content_type: str) -> Document | DocumentFault:
    """Read a document and compare it with the vocabulary."""
    return _read_kept(body, content_type) if len(body) <= _LONGEST_KEPT else _read(body, content_type)


def _read(body: str, content_type: str) -> Document | DocumentFault:
    read = read_document(body, content_type)
    return read if isinstance(read, DocumentFault) else Document(read, tuple(warnings_of(read)))


@lru_cache(maxsize=1024)
def _read_kept(body: str, content_type: str) -> Document | DocumentFault:
    return _read(body, content_type)
