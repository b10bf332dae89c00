"""Hypothesis strategies for forms and for what is answered to them."""

from typing import Any

from hypothesis import strategies as st

from leads.answers import EVIDENCE, Answers
from leads.forms import Form, Labels, Question, default_form

LABELS = Labels(de="de", fr="fr", it="it", en="en")


def values_of(question: Question) -> st.SearchStrategy[Any]:
    """An answer that the question takes."""
    match question.kind:
        case "number":
            return st.integers(0, 2000)
        case "text":
            return st.text(min_size=1, max_size=30).filter(lambda text: bool(text.strip())).map(str.strip)
        case "choices":
            return st.lists(st.sampled_from(question.choice_keys), min_size=1, unique=True)
        case _:
            return st.sampled_from(question.choice_keys)


@st.composite
def answers_to(draw: st.DrawFn, form: Form) -> Answers:
    """Answers to some questions of a form, each with its evidence."""
    asked = draw(st.lists(st.sampled_from(form.questions), unique_by=lambda one: one.key))
    values = {question.key: draw(values_of(question)) for question in asked}
    return Answers(values, {key: draw(st.sampled_from(EVIDENCE)) for key in values})


def answers_to_default() -> st.SearchStrategy[Answers]:
    """Answers to the form that is shipped."""
    return answers_to(default_form())
