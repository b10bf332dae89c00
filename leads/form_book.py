"""Which form a campaign asks by: reads it, gives it another version, and finds the form that a lead was asked by.

The one door to rows of forms. Documents are kept under their mark and never change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.errors import Conflict, Invalid
from leads.answers import AnswerInWords, Answers, in_words, older_answers
from leads.form_tables import CampaignForm, QualificationForm
from leads.forms import Form, default_form, read_form


class Asked(Protocol):
    """A lead, or what a partner sees of one: its answers, and by which form they were asked."""

    @property
    def form_mark(self) -> str: ...
    @property
    def answers(self) -> dict[str, Any]: ...
    @property
    def evidence(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class FormInUse:
    """The form of a campaign. Version 0 is the one that is shipped."""

    form: Form
    mark: str
    version: int = 0
    made_at: datetime | None = None
    made_by: str = ""


@dataclass(frozen=True)
class FormChange:
    """A new version of a campaign's form. `instead_of` is the mark that the author saw; empty: whatever there is."""

    form: Form
    author: str = ""
    instead_of: str = ""


def form_of_campaign(session: Session, campaign_id: str) -> FormInUse:
    """The form that the campaign asks by now; for no campaign (empty) the one that is shipped."""
    newest = select(CampaignForm).where(CampaignForm.campaign_id == campaign_id).order_by(CampaignForm.version.desc())
    row = session.scalar(newest.limit(1))
    if row is None:
        return FormInUse(default_form(), default_form().mark)
    return FormInUse(form_by_mark(session, row.mark), row.mark, row.version, row.made_at, row.made_by)


def versions_of(session: Session, campaign_id: str) -> list[CampaignForm]:
    """All versions that the campaign has had of its own, the newest first."""
    of_campaign = select(CampaignForm).where(CampaignForm.campaign_id == campaign_id)
    return list(session.scalars(of_campaign.order_by(CampaignForm.version.desc())))


def form_by_mark(session: Session, mark: str) -> Form:
    """The form that a mark stands for.

    Raises:
        Invalid: nobody was ever asked by such a form.
    """
    if mark == default_form().mark:
        return default_form()
    row = session.get(QualificationForm, mark)
    if row is None:
        raise Invalid("There is no such form.")
    return read_form(row.document)


def form_asked(session: Session, campaign_id: str, mark: str) -> Form:
    """The form that an agent of this campaign had before them: the present one, or one that was changed meanwhile.

    Raises:
        Invalid: the campaign never had such a form.
    """
    now = form_of_campaign(session, campaign_id)
    if mark in {"", now.mark, default_form().mark}:
        return now.form if mark in {"", now.mark} else default_form()
    own = select(CampaignForm.mark).where(CampaignForm.campaign_id == campaign_id, CampaignForm.mark == mark)
    if session.scalar(own.limit(1)) is None:
        raise Invalid("There is no such form.")
    return form_by_mark(session, mark)


def change_form(session: Session, campaign_id: str, change: FormChange, now: datetime) -> FormInUse:
    """Let a campaign ask by this form from the next call on. The same form again changes nothing.

    Raises:
        Conflict: somebody else has changed it meanwhile.
    """
    before = form_of_campaign(session, campaign_id)
    if change.instead_of not in {"", before.mark}:
        raise Conflict("Somebody else has changed this form. Load it again.")
    if change.form.mark == before.mark:
        return before
    keep_form(session, change.form, now)
    row = CampaignForm(
        campaign_id=campaign_id,
        version=before.version + 1,
        mark=change.form.mark,
        made_at=now,
        made_by=change.author,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Conflict("Somebody else has changed this form. Load it again.") from error
    return FormInUse(change.form, row.mark, row.version, row.made_at, row.made_by)


def keep_form(session: Session, form: Form, now: datetime) -> str:
    """Keep a form for good, so that answers to it can be read; its mark."""
    if session.get(QualificationForm, form.mark) is None:
        try:
            with session.begin_nested():
                session.add(QualificationForm(mark=form.mark, document=form.to_json(), kept_at=now))
        except IntegrityError:  # another process keeps the very same
            pass
    return form.mark


def question_words(forms: Mapping[str, Form], lead: Asked, language: str) -> dict[str, str]:
    """The words of each question that could be asked of a lead."""
    form = forms.get(lead.form_mark, default_form())
    return {question.key: question.labels.said_in(language) for question in form.questions}


def forms_of(session: Session, marks: Iterable[str]) -> dict[str, Form]:
    """The forms of several marks. One that is not known is left out."""
    wanted = {mark for mark in marks if mark}
    rows = session.scalars(select(QualificationForm).where(QualificationForm.mark.in_(sorted(wanted))))
    return {row.mark: read_form(row.document) for row in rows}


def answers_in_words(forms: Mapping[str, Form], lead: Asked, language: str) -> tuple[AnswerInWords, ...]:
    """A lead's answers in the words of the form that was asked. `forms` are those of `forms_of`."""
    form = forms.get(lead.form_mark)
    if form is None:
        return in_words(default_form(), Answers(older_answers(lead.answers)), language)
    evidence: Mapping[str, Any] = lead.evidence
    return in_words(form, Answers(lead.answers, {key: str(value) for key, value in evidence.items()}), language)
