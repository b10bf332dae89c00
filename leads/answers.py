"""What was answered to a form: read and checked, with the evidence for each, and told in the form's words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from foundation.errors import Invalid
from leads.forms import LARGEST_NUMBER, Form, Question

# How sure an answer is: the customer said it, the agent concluded it, or it was asked and nobody knows.
EVIDENCE = ("said", "inferred", "unknown")
LONGEST_TEXT = 1000


@dataclass(frozen=True)
class Answers:
    """Answers by question: a choice's key, a list of them (the main one first), a whole number, or text."""

    values: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)

    def evidence_of(self, key: str) -> str:
        """The evidence for one answer; empty where the question was not asked."""
        return self.evidence.get(key, "said" if key in self.values else "")


@dataclass(frozen=True)
class AnswerInWords:
    """One answer as the form words it. `kind` and `evidence` are codes; `answer` is empty where nobody knows."""

    key: str
    kind: str
    question: str
    answer: str
    evidence: str


def read_answers(form: Form, values: Mapping[str, Any], evidence: Mapping[str, str] | None = None) -> Answers:
    """What was answered, without blanks. Only questions of the form can be answered.

    Raises:
        Invalid: there is no such question, or an answer or its evidence is none that the form takes.
    """
    unknown = sorted((set(values) | set(evidence or {})) - {question.key for question in form.questions})
    if unknown:
        known = ", ".join(question.key for question in form.questions)
        raise Invalid(
            "Unknown answers: %(unknown)s. Known ones are: %(known)s.", unknown=", ".join(unknown), known=known
        )
    read: dict[str, Any] = {}
    sure: dict[str, str] = {}
    for question in form.questions:
        value = _value(question, values.get(question.key))
        said = (evidence or {}).get(question.key, "")
        if said and said not in EVIDENCE:
            raise Invalid(
                "The evidence for %(question)s is one of: %(choices)s.",
                question=question.key,
                choices=", ".join(EVIDENCE),
            )
        if value is not None:
            read[question.key] = value
            sure[question.key] = said or "said"
        elif said == "unknown":
            sure[question.key] = said
    return Answers(read, sure)


def in_words(form: Form, answers: Answers, language: str) -> tuple[AnswerInWords, ...]:
    """Every question that was asked, in the order of the form."""
    return tuple(
        AnswerInWords(
            question.key,
            question.kind,
            question.labels.said_in(language),
            _said(question, answers.values.get(question.key), language),
            answers.evidence_of(question.key),
        )
        for question in form.questions
        if answers.evidence_of(question.key)
    )


def older_answers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Answers of before there were forms, as the form that is shipped has them."""
    kept = {key: value for key, value in values.items() if key != "solution" and value is not None and value != ""}
    return kept | ({"solutions": [values["solution"]]} if values.get("solution") else {})


def _value(question: Question, given: Any) -> Any:
    match question.kind:
        case "choices":
            return _chosen(question, given)
        case "number":
            return _number(question, given)
        case "text":
            text = str(given if given is not None else "").strip()
            if len(text) > LONGEST_TEXT:
                raise Invalid(
                    "The answer to %(question)s has at most %(most)s characters.",
                    question=question.key,
                    most=LONGEST_TEXT,
                )
            return text or None
        case _:
            return None if given is None or given == "" else _choice(question, _as_key(given))


def _as_key(given: Any) -> str:
    return {True: "yes", False: "no"}[given] if isinstance(given, bool) else str(given).strip()


def _choice(question: Question, key: str) -> str:
    if key not in question.choice_keys:
        raise Invalid(
            "The answer to %(question)s is one of: %(choices)s.",
            question=question.key,
            choices=", ".join(question.choice_keys),
        )
    return key


def _chosen(question: Question, given: Any) -> list[str] | None:
    wanted: Sequence[Any] = given if isinstance(given, list | tuple) else [given] if given else []
    return list(dict.fromkeys(_choice(question, str(one)) for one in wanted)) or None


def _number(question: Question, given: Any) -> int | None:
    text = str(given if given is not None else "").strip()
    if not text:
        return None
    if isinstance(given, bool) or not (text.isascii() and text.isdigit()) or int(text[:8]) > LARGEST_NUMBER:
        raise Invalid(
            "The answer to %(question)s is a whole number from 0 to %(most)s.",
            question=question.key,
            most=LARGEST_NUMBER,
        )
    return int(text)


def _said(question: Question, value: Any, language: str) -> str:
    if value is None:
        return ""
    chosen = value if isinstance(value, list | tuple) else [value]
    words = dict(question.options)
    return ", ".join(words[str(one)].said_in(language) if str(one) in words else str(one) for one in chosen)
