"""What answers come to: complexity with the answers that made it, a grade with its reasons, and urgency. Pure.

Nobody types any of it in. Points are the form's; the bands and what makes a grade are here.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

from leads.answers import Answers
from leads.forms import Form, Question
from leads.qualification import GRADES

# The fewest points of complexity 1 (plain) to 5.
BANDS = (0, 2, 4, 7, 10)
LEVELS = ("strong", "fair", "weak")
# What is asked before a lead is worth a partner's time: a need, somebody who decides, a date, and money.
CRITERIA = ("need", "decider", "time_frame", "budget")
_WORTH = {"strong": 2, "fair": 1, "weak": 0}
_A_FROM, _B_FROM = 6, 3
_SOON, _FAR = ("0-3", "3-6"), ("6-12",)


@dataclass(frozen=True)
class Part:
    """What one answer adds to the complexity, and which band there would be without it."""

    key: str
    points: int
    band_without: int


@dataclass(frozen=True)
class Complexity:
    """1 (plain) to 5, the sum behind it and its parts, the largest first. None: nothing that weighs was answered."""

    band: int | None
    points: int = 0
    parts: tuple[Part, ...] = ()

    @property
    def moved_by(self) -> tuple[str, ...]:
        """The questions without whose answer the band would be lower."""
        return tuple(part.key for part in self.parts if self.band is not None and part.band_without < self.band)


@dataclass(frozen=True)
class Criterion:
    """How well one thing is known: strong, fair or weak, and to which grade it alone would lift the lead, if any.

    `why` is a code: said, inferred, not_known, not_decider, soon, later, far.
    """

    key: str
    level: str
    why: str
    lifts_to: str = ""


@dataclass(frozen=True)
class Assessment:
    """All that is made of the answers. `opened_by` are the questions that call for the long part."""

    complexity: Complexity
    grade: str
    criteria: tuple[Criterion, ...]
    urgency: str  # hot, normal
    opens_long: bool
    opened_by: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For the lead's row and the API. Codes and numbers only."""
        return asdict(self)


def assess(form: Form, answers: Answers, *, is_hot: bool = False) -> Assessment:
    """Judge the answers to a form. `is_hot`: the agent says that the customer wants to talk at once."""
    complexity = complexity_of(form, answers)
    criteria = tuple(_criterion(key, answers) for key in CRITERIA)
    grade = _grade(criteria)
    opened_by = _opened_by(form, answers)
    by_band = form.long_from_complexity is not None and (complexity.band or 0) >= form.long_from_complexity
    is_answered = any(question.key in answers.values for question in form.of_depth("long"))
    return Assessment(
        complexity=complexity,
        grade=grade,
        criteria=tuple(_with_lift(criteria, place, grade) for place in range(len(criteria))),
        urgency="hot" if is_hot or _is_urgent(answers) else "normal",
        opens_long=bool(opened_by) or by_band or is_answered,
        opened_by=opened_by,
    )


def complexity_of(form: Form, answers: Answers) -> Complexity:
    """The complexity that the answers add up to."""
    weighed = [question for question in form.questions if question.is_weighed and question.key in answers.values]
    if not weighed:
        return Complexity(None)
    points = {question.key: _points(question, answers.values[question.key]) for question in weighed}
    total = sum(points.values())
    parts = [Part(key, own, band_of(total - own)) for key, own in points.items() if own]
    return Complexity(band_of(total), total, tuple(sorted(parts, key=lambda part: -part.points)))


def band_of(points: int) -> int:
    """The complexity of so many points."""
    return sum(points >= fewest for fewest in BANDS)


def _points(question: Question, value: Any) -> int:
    match question.kind:
        case "number":
            return max((step.points for step in question.steps if value >= step.at_least), default=0)
        case "yes_no":
            return question.points if value == "yes" else 0
        case _:
            chosen = value if isinstance(value, list | tuple) else [value]
            return sum(choice.points for choice in question.choices if choice.key in chosen)


def _opened_by(form: Form, answers: Answers) -> tuple[str, ...]:
    return tuple(
        question.key
        for question in form.questions
        if (value := answers.values.get(question.key)) is not None and _opens(question, value)
    )


def _opens(question: Question, value: Any) -> bool:
    if question.kind == "number":
        return question.opens_long_from is not None and value >= question.opens_long_from
    if question.kind == "yes_no":
        return question.opens_long and value == "yes"
    chosen = value if isinstance(value, list | tuple) else [value]
    return any(choice.opens_long for choice in question.choices if choice.key in chosen)


def _criterion(key: str, answers: Answers) -> Criterion:
    value, evidence = answers.values.get(key), answers.evidence_of(key)
    if value is None or value == "unknown" or evidence == "unknown":
        return Criterion(key, "weak", "not_known")
    level, why = "strong", evidence
    if key == "decider" and value == "no":
        level, why = "fair", "not_decider"
    elif key == "time_frame":
        level, why = ("strong", "soon") if value in _SOON else ("fair", "later") if value in _FAR else ("weak", "far")
    if evidence == "inferred" and level == "strong":
        return Criterion(key, "fair", evidence)
    return Criterion(key, level, why)


def _grade(criteria: tuple[Criterion, ...]) -> str:
    worth = sum(_WORTH[one.level] for one in criteria)
    # Money is often not known on a first call; a lead without a need, a decider or a date is no A.
    has_gap = any(one.level == "weak" and one.key != "budget" for one in criteria)
    if worth >= _A_FROM and not has_gap:
        return "A"
    return "B" if worth >= _B_FROM else "C"


def _with_lift(criteria: tuple[Criterion, ...], place: int, grade: str) -> Criterion:
    one = criteria[place]
    lifted = (*criteria[:place], replace(one, level="strong"), *criteria[place + 1 :])
    better = _grade(lifted)
    return replace(one, lifts_to=better) if GRADES.index(better) < GRADES.index(grade) else one


def _is_urgent(answers: Answers) -> bool:
    """The customer wants to buy within three months, and we talk to whoever decides."""
    wanted = {"time_frame": "0-3", "decider": "yes"}
    return all(
        answers.values.get(key) == value and answers.evidence_of(key) != "unknown" for key, value in wanted.items()
    )
