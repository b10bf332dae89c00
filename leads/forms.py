"""The qualification form as a document: questions in four languages, what they weigh, when the long part opens. Pure.

Which document a campaign uses is `form_book`'s affair; what is answered is read by `answers`, judged by `assessment`.
"""

import hashlib
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from foundation.errors import Invalid
from foundation.marking import N_
from leads.form_flaws import Flaw, flaws_of
from leads.qualification import BUDGETS, SOLUTIONS, TIME_FRAMES

FORMAT: Literal["halali-form/1"] = "halali-form/1"
KINDS = ("choice", "choices", "number", "text", "yes_no")
YES_NO = ("yes", "no", "unknown")
MOST_QUESTIONS = 60
MOST_CHOICES = 30
LARGEST_NUMBER = 1_000_000
# Routing, teasers and grades read these answers, so the questions keep their kind and offer no other choices.
FIXED: dict[str, tuple[str, tuple[str, ...]]] = {
    "need": ("text", ()),
    "decider": ("yes_no", ()),
    "time_frame": ("choice", TIME_FRAMES),
    "budget": ("choice", BUDGETS),
    "solutions": ("choices", SOLUTIONS),
    "seats": ("number", ()),
}
# Answers of before there were forms had one solution under this key.
_TAKEN = frozenset({"solution"})

_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
_Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_+-]{0,39}$")]
_Points = Annotated[int, Field(ge=0, le=10)]


class _Piece(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Labels(_Piece):
    """One text in the four languages of the program."""

    de: _Words
    fr: _Words
    it: _Words
    en: _Words

    def said_in(self, language: str) -> str:
        """The text in a language; German where it is another one, as most of our contacts speak it."""
        said = str(getattr(self, language, self.de))
        # Forms are typed with the straight apostrophe; the pages are set with the curly one.
        return said.replace("'", "’") if language in {"fr", "it"} else said


YES_NO_LABELS = {
    "yes": Labels(de="ja", fr="oui", it="sì", en="yes"),
    "no": Labels(de="nein", fr="non", it="no", en="no"),
    "unknown": Labels(de="nicht bekannt", fr="pas connu", it="non noto", en="not known"),
}


class Choice(_Piece):
    """One answer that can be picked. `points` is what it adds to the complexity."""

    key: _Key
    labels: Labels
    points: _Points = 0
    opens_long: bool = False


class Step(_Piece):
    """From this number on, a number adds so many points to the complexity. The highest step that is reached counts."""

    at_least: Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
    points: _Points


class Question(_Piece):
    """One question. Choices belong to `choice` and `choices`, steps to `number`, `points` to a yes of `yes_no`."""

    key: _Key
    kind: Literal["choice", "choices", "number", "text", "yes_no"]
    depth: Literal["short", "long"] = "short"
    labels: Labels
    choices: Annotated[tuple[Choice, ...], Field(max_length=MOST_CHOICES)] = ()
    steps: Annotated[tuple[Step, ...], Field(max_length=10)] = ()
    points: _Points = 0
    opens_long: bool = False  # a yes does
    opens_long_from: Annotated[int, Field(ge=1, le=LARGEST_NUMBER)] | None = None

    @property
    def choice_keys(self) -> tuple[str, ...]:
        """What can be answered to a question with choices, or to one that wants a yes or no."""
        return YES_NO if self.kind == "yes_no" else tuple(choice.key for choice in self.choices)

    @property
    def is_weighed(self) -> bool:
        """Whether an answer can add to the complexity."""
        return bool(self.points or self.steps or any(choice.points for choice in self.choices))

    @property
    def options(self) -> tuple[tuple[str, Labels], ...]:
        """What can be picked, with its words, in order."""
        if self.kind == "yes_no":
            return tuple(YES_NO_LABELS.items())
        return tuple((choice.key, choice.labels) for choice in self.choices)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        picks = self.kind in {"choice", "choices"}
        if picks and len(self.choices) < 2:
            raise Flaw(N_("offer at least two choices"))
        if not picks and self.choices:
            raise Flaw(N_("a question of kind %(kind)s has no choices"), kind=self.kind)
        if twice := _twice(self.choice_keys):
            raise Flaw(N_("the choice %(choice)s is there twice"), choice=twice)
        if self.kind != "number" and (self.steps or self.opens_long_from is not None):
            raise Flaw(N_("only numbers have steps"))
        if self.kind != "yes_no" and (self.points or self.opens_long):
            raise Flaw(N_("points and opens_long of a question belong to a yes; give them to choices or steps"))
        if self.key in _TAKEN:
            raise Flaw(N_("the key %(key)s is taken"), key=self.key)
        self._check_fixed()
        return self

    def _check_fixed(self) -> None:
        kind, known = FIXED.get(self.key, (self.kind, ()))
        if self.kind != kind:
            raise Flaw(N_("%(key)s is of kind %(kind)s, as routing and grades read it"), key=self.key, kind=kind)
        if known and (foreign := [key for key in self.choice_keys if key not in known]):
            raise Flaw(
                N_("%(key)s has no choice %(choice)s; routing and grades know %(known)s"),
                key=self.key,
                choice=foreign[0],
                known=", ".join(known),
            )


class Form(_Piece):
    """A whole form. The long part opens by an answer that says so, or from this complexity on (None: by answers)."""

    format: Literal["halali-form/1"] = FORMAT
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]
    long_from_complexity: Annotated[int, Field(ge=2, le=5)] | None = 4

    @model_validator(mode="after")
    def _has_no_twins(self) -> Self:
        if twice := _twice([question.key for question in self.questions]):
            raise Flaw(N_("the question %(key)s is there twice"), key=twice)
        return self

    @property
    def mark(self) -> str:
        """A short hash of the whole document: two forms with one mark are the same."""
        written = json.dumps(self.to_json(), sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """The document, without what is as usual."""
        return self.model_dump(mode="json", exclude_defaults=True) | {"format": FORMAT}

    def question(self, key: str) -> Question | None:
        """The question of this key."""
        return next((question for question in self.questions if question.key == key), None)

    def of_depth(self, depth: str) -> tuple[Question, ...]:
        """The questions of the short or the long part, in order."""
        return tuple(question for question in self.questions if question.depth == depth)


def read_form(document: Any) -> Form:
    """The form that a document describes.

    Raises:
        Invalid: it is no such document; the message says where and why.
    """
    try:
        return Form.model_validate(document)
    except ValidationError as error:
        raise Invalid("This is no form: %(problems)s.", problems=flaws_of(error)) from error


@cache
def default_form() -> Form:
    """The form of campaigns that have none of their own."""
    return read_form(json.loads((Path(__file__).parent / "default_form.json").read_text(encoding="utf-8")))


def _twice(keys: tuple[str, ...] | list[str]) -> str:
    return next((key for key, count in Counter(keys).items() if count > 1), "")
