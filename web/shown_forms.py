"""Forms, answers and what they come to, as the API and the pages show them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, field_serializer

from leads.forms import Form


def asked_in(form: Form, language: str) -> dict[str, str]:
    """The words of each question of a form."""
    return {question.key: question.labels.said_in(language) for question in form.questions}


class FormInUseOut(BaseModel):
    """The form that a campaign asks by. Version 0 is the shipped one; a mark always stands for the same form."""

    model_config = ConfigDict(from_attributes=True)

    mark: str
    version: int
    made_at: datetime | None
    form: Form

    @field_serializer("form")
    def _as_document(self, form: Form) -> dict[str, Any]:
        return form.to_json()


class DraftOut(BaseModel):
    """What an agent has noted of a call so far."""

    model_config = ConfigDict(from_attributes=True)

    form_mark: str
    answers: dict[str, Any]
    evidence: dict[str, str]
    wish: str
    is_hot: bool
    notes: str


class PartOut(BaseModel):
    """What one answer adds to the complexity, and which band there would be without it."""

    key: str
    points: int
    band_without: int


class ComplexityOut(BaseModel):
    """1 (plain) to 5 with its parts; null where nothing that weighs was answered."""

    band: int | None
    points: int
    parts: list[PartOut]


class CriterionOut(BaseModel):
    """How well one thing is known: strong, fair or weak, why, and to which grade it alone would lift the lead."""

    key: str
    level: str
    why: str
    lifts_to: str


class AssessmentOut(BaseModel):
    """What answers come to. `opened_by` are the questions whose answers call for the long part of the form."""

    complexity: ComplexityOut
    grade: str
    criteria: list[CriterionOut]
    urgency: str
    opens_long: bool
    opened_by: list[str]


class AnswerOut(BaseModel):
    """One answer in the words of the form that was asked; `evidence` is said, inferred or unknown."""

    model_config = ConfigDict(from_attributes=True)

    key: str
    kind: str
    question: str
    answer: str
    evidence: str
