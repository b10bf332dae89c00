"""The people in words: their settings as a TOML file to start from, and a sample of them counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from sandbox.engine.behaviour import Behaviour
from sandbox.people.draw import Town
from sandbox.people.settings import People

MEANINGS = {
    "human": "share of calls that a person answers",
    "machine": "share of calls that a voicemail answers",
    "busy": "share of calls that meet a busy line",
    "fax": "share of calls that a fax answers",
    "screened": "share of calls that a screening service answers: it asks who is calling",
    "unreachable": "share of numbers that do not exist",
    "human_by_hour": '24 factors of `human` by local hour, or a table such as {"12-14" = 0.6}; empty: always 1',
    "time_zone": "whose hours these are",
    "ring_mean_seconds": "until a person answers, set-up included (gamma)",
    "ring_shape": "shape of that gamma distribution",
    "fail_base_seconds": "until a busy or missing number is known, at least",
    "fail_mean_seconds": "and this much more on average (exponential)",
    "machine_ring_min_seconds": "a voicemail answers after at least",
    "machine_ring_max_seconds": "and at most (uniform)",
    "hello_mean_seconds": "a person's hello (lognormal)",
    "long_hello": "share of people who say a long one",
    "long_hello_mean_seconds": "the long hello",
    "greeting_mean_seconds": "a voicemail's greeting (lognormal)",
    "greeting_cv": "its coefficient of variation",
    "beep": "share of voicemails that beep",
    "message_seconds": "a voicemail records for",
    "screening_question_seconds": "a screening service speaks for",
    "screening_wait_seconds": "then waits so long for somebody to say who is calling",
    "screening_decision_seconds": "then the person decides within",
    "screening_connects": "share of screened calls that the person takes",
    "patience_base_seconds": "a person who hears nobody stays for at least",
    "patience_mean_seconds": "and this much more on average (exponential)",
    "hold_patience_seconds": "patience on hold and in a queue",
    "talk_mean_seconds": "a talk (lognormal), counted while somebody can be heard",
    "talk_cv": "its coefficient of variation",
    "agree": "share of people who would say yes; the same at each call",
    "agent_answer_min_seconds": "an agent's phone answers after at least",
    "agent_answer_max_seconds": "and at most (uniform)",
    "agent_miss": "share of calls that an agent's phone does not answer",
    "agent_drop_mean_seconds": "an agent's line breaks after (exponential); 0: never",
    "agents": "phones of agents: numbers, or patterns with * at the end",
    "by_hand": "numbers that ring until somebody answers by hand",
    "groups": "settings of their own for numbers like a pattern, the first that fits",
    "numbers": "one number's script; `calls` is a list for its first, second … call",
}


def as_toml(people: People) -> Iterator[str]:
    """Yield the lines of a file that describes these people, each setting with its meaning."""
    tables = []
    for one in fields(People):
        value = getattr(people, one.name)
        if isinstance(value, Mapping):
            tables.append((one.name, value))
        else:
            yield f"{one.name} = {_value(value)}  # {MEANINGS[one.name]}"
    for name, entries in tables:
        yield f"\n# {name}: {MEANINGS[name]}"
        for key, table in entries.items():
            yield f"[{name}.{json.dumps(key)}]"
            yield from (f"{setting} = {_value(value)}" for setting, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(key))} = {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def describe_sample(town: Town, numbers: list[str], at: float) -> Iterator[str]:
    """Yield lines that count what these numbers do on their first call."""
    drawn = [town.draw(number, 1, at) for number in numbers]
    for outcome, count in Counter(one.outcome for one in drawn).most_common():
        some = [one for one in drawn if one.outcome == outcome]
        yield f"{outcome:<12}{count:>8}  {count / len(drawn):6.1%}  {_means(outcome, some)}"


def _means(outcome: str, some: list[Behaviour]) -> str:
    until = sum(one.setup_seconds + one.answer_seconds for one in some) / len(some)
    if outcome in ("no_answer", "unreachable"):
        return (
            "" if outcome == "no_answer" else f"known after {sum(one.setup_seconds for one in some) / len(some):.1f} s"
        )
    words = f"{'known' if outcome == 'busy' else 'answers'} after {until:.1f} s"
    if outcome == "machine":
        words += f", greets for {sum(one.greeting_seconds for one in some) / len(some):.1f} s"
    if outcome == "human":
        talk = sum(one.talk_seconds or 0.0 for one in some) / len(some)
        agreeing = sum(one.agrees for one in some) / len(some)
        words += f", talks for {talk:.0f} s, {agreeing:.0%} agree"
    return words


def describe_person(town: Town, number: str, calls: int, at: float) -> Iterator[str]:
    """Yield what one number does on its first calls."""
    for count in range(1, calls + 1):
        person = town.draw(number, count, at)
        traits = {one.name: getattr(person, one.name) for one in fields(Behaviour)}
        words = ", ".join(
            f"{name} {round(value, 1) if isinstance(value, float) else value}"
            for name, value in traits.items()
            if value not in (None, "", False)
        )
        yield f"call {count}: {words}"
