"""Keeps small languages from starving: agents who speak one that is behind its share are set aside for it. Pure.

Most agents speak the common language. Without this its answers take every agent as soon as one comes free, and people
of a rarer language are hardly dialed.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from dialer.pacing.policy import BusyAgent, PacingFacts, ReadyAgent

Someone = TypeVar("Someone", ReadyAgent, BusyAgent)

# A language may lack so many talks before agents are set aside for it: less is chance.
_TOLERANCE_TALKS = 1.0


def shares(facts: PacingFacts) -> Mapping[str, float]:
    """The share of each language that is due, by who waits in all; by who is due where that was not counted."""
    due = {language: facts.waiting_by_language.get(language, 0) for language, count in facts.due.items() if count > 0}
    if not sum(due.values()):
        due = {language: count for language, count in facts.due.items() if count > 0}
    whole = sum(due.values())
    # Somebody who has become due since the last count is not nobody.
    return {language: max(1, count) / whole for language, count in due.items()}


def behind(facts: PacingFacts) -> frozenset[str]:
    """The languages that are due and have had fewer talks today than their share of all."""
    wanted = shares(facts)
    talks = {language: facts.talks_today.get(language, 0) for language in wanted}
    whole = sum(talks.values())
    return frozenset(each for each, share in wanted.items() if talks[each] + _TOLERANCE_TALKS < whole * share)


def set_aside(facts: PacingFacts) -> PacingFacts:
    """The facts as seen by whoever dials: agents who speak a language that is behind speak only such languages."""
    wanted = behind(facts)
    if not wanted:
        return facts
    return replace(facts, ready=_only(facts.ready, wanted), busy=_only(facts.busy, wanted))


def _only(agents: tuple[Someone, ...], wanted: frozenset[str]) -> tuple[Someone, ...]:
    return tuple(agent._replace(languages=(agent.languages & wanted) or agent.languages) for agent in agents)
