"""Messages with their figures filled in: codes by their words, numbers as a language writes them, messages in messages.

For people in the language of a page, for programs in English with plain numbers.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from foundation.marking import Code, Said
from web.language import Formats, translations
from web.words import WORDS

_Say = Callable[[str, Mapping[str, Any]], str]


def in_words(language: str, text: str, facts: Mapping[str, Any]) -> str:
    """A message in a language of the pages."""
    translate = translations(language).gettext
    if not facts:
        return translate(text)
    worded = _worded(partial(in_words, language), translate, facts)
    return translate(text) % Formats(language).written(worded)


def in_plain_english(text: str, facts: Mapping[str, Any]) -> str:
    """A message as programs get it."""
    return text % _worded(in_plain_english, str, facts) if facts else text


def _worded(say: _Say, translate: Callable[[str], str], facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _one_worded(say, translate, fact) for name, fact in facts.items()}


def _one_worded(say: _Say, translate: Callable[[str], str], fact: Any) -> Any:
    if isinstance(fact, Said):
        return fact.between.join(say(text, facts) for text, facts in fact.parts)
    return _called(translate, fact) if isinstance(fact, Code) else fact


def _called(translate: Callable[[str], str], code: Code) -> str:
    plain = code.rpartition(":")[2]
    known = WORDS.get(code) or WORDS.get(plain)
    return translate(known) if known else plain.replace("_", " ")
