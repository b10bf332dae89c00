"""One question as a manager enters it on the page, as the document that `leads.forms` checks."""

import re
from typing import Annotated, Any

from pydantic import BaseModel, Field

from foundation.errors import Invalid
from leads.form_changes import key_from
from leads.forms import MOST_CHOICES, Form

LANGUAGES = ("de", "fr", "it", "en")
_STEP = re.compile(r"(\d{1,7})\s*[:=]\s*(\d{1,2})")
_Texts = Annotated[list[str], Field(max_length=MOST_CHOICES + 3)]


class QuestionForm(BaseModel):
    """The fields of one question; those of choices come once for each choice, in order. Blank choices are left out."""

    mark: str = Field("", max_length=16)  # the form that the author saw
    key: str = Field("", max_length=40)
    kind: str = Field("text", max_length=10)
    depth: str = Field("short", max_length=5)
    de: str = Field("", max_length=300)
    fr: str = Field("", max_length=300)
    it: str = Field("", max_length=300)
    en: str = Field("", max_length=300)
    points: str = Field("", max_length=2)
    opens_long: bool = False
    opens_long_from: str = Field("", max_length=7)
    steps: str = Field("", max_length=200)
    choice_key: _Texts = []
    choice_de: _Texts = []
    choice_fr: _Texts = []
    choice_it: _Texts = []
    choice_en: _Texts = []
    choice_points: _Texts = []
    choice_opens: _Texts = []  # the places of those that open the long part

    def as_document(self, form: Form) -> dict[str, Any]:
        """The question's document. Raises Invalid when a number cannot be read."""
        taken = tuple(question.key for question in form.questions)
        document: dict[str, Any] = {
            "key": self.key or key_from(self.en or self.de, taken),
            "kind": self.kind,
            "depth": self.depth,
            "labels": {language: getattr(self, language) for language in LANGUAGES},
        }
        if self.kind in {"choice", "choices"}:
            document["choices"] = self._choices()
        elif self.kind == "yes_no":
            document |= {"points": _number(self.points) or 0, "opens_long": self.opens_long}
        elif self.kind == "number":
            document |= {"steps": _steps(self.steps), "opens_long_from": _number(self.opens_long_from)}
        return document

    def _choices(self) -> list[dict[str, Any]]:
        columns = [getattr(self, f"choice_{name}") for name in ("key", *LANGUAGES, "points")]
        if len({len(column) for column in columns}) != 1:
            raise Invalid("The form is not complete. Load the page again.")
        made: list[dict[str, Any]] = []
        for place, (key, de, fr, it, en, points) in enumerate(zip(*columns, strict=True)):
            if any(text.strip() for text in (de, fr, it, en)):
                taken = tuple(str(choice["key"]) for choice in made)
                made.append(
                    {
                        "key": key or key_from(en or de, taken),
                        "labels": {"de": de, "fr": fr, "it": it, "en": en},
                        "points": _number(points) or 0,
                        "opens_long": str(place) in self.choice_opens,
                    }
                )
        return made


def written_steps(steps: tuple[Any, ...]) -> str:
    """Steps as they are entered: `20:1 100:3` is one point from 20 on, three from 100 on."""
    return " ".join(f"{step.at_least}:{step.points}" for step in steps)


def _steps(text: str) -> list[dict[str, int]]:
    left = _STEP.sub("", text).strip(" ,;")
    if left:
        raise Invalid("Write steps as 20:1 100:3, which is one point from 20 on and three from 100 on.")
    return [{"at_least": int(at_least), "points": int(points)} for at_least, points in _STEP.findall(text)]


def _number(text: str) -> int | None:
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit()):
        raise Invalid("Write whole numbers.")
    return int(text.strip())
