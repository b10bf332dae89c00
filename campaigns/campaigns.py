"""Campaigns: create, start, pause, finish, and figures that add up. The one door to a campaign's status.

Leaves the line of contacts to `contact_queue` and everything about calls to the dialer.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns.attempts import RetryRule, retry_rule_from
from campaigns.line_order import LineOrder, line_order_from
from campaigns.tables import (
    Campaign,
    CampaignEvent,
    CampaignStatus,
    Contact,
    ContactList,
    ContactStatus,
    Upload,
    UploadStatus,
)
from foundation.errors import Conflict, Flaw, Invalid, InvalidFields, NotFound
from foundation.ids import new_id
from foundation.marking import N_
from foundation.phone_number import parse_phone_number

# Shorter rings are a nuisance and reach nobody. Sources: 47 CFR 64.1200(a)(6) and Ofcom ask for 15 seconds.
SHORTEST_RING_SECONDS = 15
NAME_TAKEN = N_("There is a campaign named “%(name)s” already. Choose another name.")
_GIVEN_UP = (UploadStatus.CANCELED, UploadStatus.FAILED)
LIMITS: Mapping[str, tuple[float, float]] = {
    "max_attempts": (1, 20),
    "retry_minutes": (1, 60 * 24 * 60),
    "max_attempts_per_number": (1, 20),
    "callback_patience_minutes": (1, 60 * 24 * 7),
    "ring_timeout_seconds": (SHORTEST_RING_SECONDS, 120),
    "wrap_up_seconds": (0, 3600),
    "dial_level": (1.0, 5.0),
    "preview_seconds": (5, 900),
    "most_abandoned_percent": (0.1, 100),
}


@dataclass(frozen=True)
class CampaignDraft:
    """What a manager says of a new campaign. `scripts` is text by language, with `{{field}}` for merge fields."""

    name: str
    caller_number: str
    announced_as: str = ""  # who calls, as the message to an abandoned call says; empty: the campaign's name
    country: str = "CH"
    pacing_mode: str = "progressive"
    dial_level: float = 1.0
    most_abandoned_percent: float | None = None  # its own limit of abandoned calls, below what the country allows
    max_attempts: int = 4
    retry_minutes: int = 1440
    ring_timeout_seconds: int = 25
    wrap_up_seconds: int = 60
    detect_machines: bool = False
    preview_seconds: int = 60  # how long an agent may look at a contact before dialing, in preview
    preview_dials_when_over: bool = False  # whether it is dialed then; otherwise it goes back in line
    allows_live_transfer: bool = False  # whether an agent may put a customer through to a partner
    max_attempts_per_number: int = 20
    retry_rules: Mapping[str, Any] = field(default_factory=dict)  # by ending or disposition, see `attempts.RetryRule`
    callback_patience_minutes: int = 30  # then a callback whose owner is away is anyone's
    scripts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LineRules:
    """How a campaign's line goes on. `mix` is per cent by list id; other lists come when these have nobody."""

    retry_rules: Mapping[str, RetryRule] = field(default_factory=dict)
    order: LineOrder = field(default_factory=LineOrder)
    mix: Mapping[str, int] = field(default_factory=dict)
    max_attempts_per_number: int = 20
    callback_patience_minutes: int = 30
    uses_answer_times: bool = True


@dataclass(frozen=True)
class Figures:
    """Where a campaign's contacts stand. `total` = waiting + reserved + fenced + the sum of `done`."""

    waiting: int = 0
    reserved: int = 0
    fenced: int = 0
    done: Mapping[str, int] = field(default_factory=dict)  # by outcome

    @property
    def total(self) -> int:
        """All contacts of the campaign."""
        return self.waiting + self.reserved + self.fenced + self.done_total

    @property
    def done_total(self) -> int:
        """Contacts that will not be dialed again."""
        return sum(self.done.values())


def create_campaign(session: Session, draft: CampaignDraft, now: datetime) -> Campaign:
    """A new campaign in draft.

    Raises:
        Invalid: the name is empty, the caller number is no phone number, or a limit is out of range.
        Conflict: another campaign has the name.
    """
    settings = _checked(session, draft)
    campaign = Campaign(id=new_id("campaign"), status=CampaignStatus.DRAFT, created_at=now, **settings)
    with _name_is_free(session, campaign.name):
        session.add(campaign)
    return campaign


def remove_unused(session: Session, campaign_id: str) -> None:
    """Remove a campaign that never had a list, with what is left of files that were given up.

    Raises:
        NotFound: there is none.
        Conflict: it has a list or one on its way, or was started.
    """
    campaign = lock_campaign(session, campaign_id)
    session.refresh(campaign, with_for_update=True)  # so that nobody refers to it any more
    has_list = session.scalar(select(ContactList.id).where(ContactList.campaign_id == campaign_id).limit(1))
    if campaign.status != CampaignStatus.DRAFT or has_list is not None:
        raise Conflict("This campaign is in use.")
    session.execute(delete(Upload).where(Upload.campaign_id == campaign_id, Upload.status.in_(_GIVEN_UP)))
    if session.scalar(select(Upload.id).where(Upload.campaign_id == campaign_id).limit(1)) is not None:
        raise Conflict("This campaign is in use.")
    session.delete(campaign)
    session.flush()


def change_campaign(session: Session, campaign_id: str, draft: CampaignDraft) -> Campaign:
    """Give a campaign other settings or scripts. They hold from the next tick on, for calls not yet queued.

    Raises:
        NotFound: there is no such campaign.
        Invalid, Conflict: as when it is created.
    """
    campaign = lock_campaign(session, campaign_id)
    settings = _checked(session, draft, but_not=campaign_id)
    with _name_is_free(session, settings["name"]):
        for name, value in settings.items():
            setattr(campaign, name, value)
    return campaign


def limit_abandoned(session: Session, campaign_id: str, percent: float | None) -> Campaign:
    """Give a campaign its own limit of abandoned calls; None takes it away.

    Raises:
        NotFound: there is no such campaign.
        Invalid: the limit is out of range.
    """
    campaign = lock_campaign(session, campaign_id)
    campaign.most_abandoned_percent = percent
    _check_limits(campaign, ("most_abandoned_percent",))
    session.flush()
    return campaign


def change_line(session: Session, campaign_id: str, rules: LineRules) -> Campaign:
    """Other rules for the line. They hold for whoever enters it from now on; see `list_keeping.order_some`.

    Raises:
        NotFound: there is no such campaign, or a list of the mix is not its own.
        Invalid: a rule or a number is out of range.
    """
    campaign = lock_campaign(session, campaign_id)
    _check_limits(rules, ("max_attempts_per_number", "callback_patience_minutes"))
    own = select(ContactList.id).where(ContactList.campaign_id == campaign_id, ContactList.id.in_(sorted(rules.mix)))
    if len(session.scalars(own).all()) != len(rules.mix):
        raise NotFound("There is no such list in this campaign.")
    campaign.retry_rules = {
        word: retry_rule_from(rule.as_record()).as_record() for word, rule in rules.retry_rules.items()
    }
    campaign.line_order = line_order_from(rules.order.as_record()).as_record()
    campaign.list_mix = dict(rules.mix)
    campaign.max_attempts_per_number = rules.max_attempts_per_number
    campaign.callback_patience_minutes = rules.callback_patience_minutes
    campaign.uses_answer_times = rules.uses_answer_times
    session.flush()
    return campaign


def note_answer_times(session: Session, campaign_id: str, record: Mapping[str, Any]) -> None:
    """Keep what was learned about when people answer: `learned_at`, `calls`, and `scores` by segment."""
    lock_campaign(session, campaign_id).answer_times = dict(record)


def _check_limits(values: object, names: Iterable[str]) -> None:
    for name in names:
        lowest, highest = LIMITS[name]
        value = getattr(values, name)
        if value is not None and not lowest <= value <= highest:
            bounds = {"least": f"{lowest:g}", "most": f"{highest:g}"}
            raise InvalidFields([Flaw(name, N_("use a number from %(least)s to %(most)s"), bounds)])


def _checked(session: Session, draft: CampaignDraft, but_not: str = "") -> dict[str, Any]:
    """The draft as columns. `but_not` is the campaign that may keep its own name."""
    name = draft.name.strip()
    if not name or len(name) > 200:
        raise Invalid("Give the campaign a name of 1 to 200 characters.")
    caller = parse_phone_number(draft.caller_number, draft.country)
    # A list may come before the number is known. The launch check is red until there is one.
    lacks_caller = not draft.caller_number and not but_not
    if caller is None and not lacks_caller:
        raise Invalid(
            "The caller number is not a phone number. Write it with its country code, such as +41 44 668 18 00."
        )
    _check_limits(draft, LIMITS)
    same_name = select(Campaign.id).where(Campaign.name == name, Campaign.id != but_not)
    if session.scalar(same_name) is not None:
        raise Conflict(NAME_TAKEN, name=name)
    return asdict(draft) | {
        "name": name,
        "caller_number": caller.e164 if caller else "",
        "announced_as": draft.announced_as.strip()[:200],
        "retry_rules": {word: retry_rule_from(rule).as_record() for word, rule in draft.retry_rules.items()},
        "scripts": {language: text for language, text in draft.scripts.items() if text.strip()},
    }


@contextmanager
def _name_is_free(session: Session, name: str) -> Iterator[None]:
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:  # somebody else has taken it this very moment
        raise Conflict(NAME_TAKEN, name=name) from error


def start(session: Session, campaign_id: str, now: datetime, *, actor: str = "") -> Campaign:
    """Let a campaign dial. Starting one that runs changes nothing.

    Raises:
        NotFound: there is no such campaign.
        Conflict: nobody waits in it.
    """
    campaign = lock_campaign(session, campaign_id)
    if campaign.status == CampaignStatus.RUNNING:
        return campaign
    if not _has_contact(session, campaign_id, ContactStatus.WAITING) and not _is_busy(session, campaign_id):
        raise Conflict("Nobody is left to be dialed in this campaign. Import a contact list first.")
    campaign.started_at = campaign.started_at or now
    campaign.finished_at = None
    campaign.paused_reason, campaign.paused_facts = "", {}
    _move(session, campaign, CampaignStatus.RUNNING, now, actor)
    return campaign


def pause(session: Session, campaign_id: str, now: datetime, *, actor: str = "") -> Campaign:
    """Place no further calls; those in the air go on. Pausing one that does not run changes nothing.

    Raises:
        NotFound: there is no such campaign.
    """
    campaign = lock_campaign(session, campaign_id)
    if campaign.status == CampaignStatus.RUNNING:
        _move(session, campaign, CampaignStatus.PAUSED, now, actor)
    return campaign


def finish_when_done(session: Session, campaign_id: str, now: datetime) -> bool:
    """Finish a running campaign whose contacts are all done; whether it was finished by this."""
    if _has_contact(session, campaign_id, ContactStatus.WAITING) or _is_busy(session, campaign_id):
        return False
    campaign = lock_campaign(session, campaign_id)
    if campaign.status != CampaignStatus.RUNNING:
        return False
    # An import holds the same lock: only now is it certain that nobody was added in between.
    if _has_contact(session, campaign_id, ContactStatus.WAITING) or _is_busy(session, campaign_id):
        return False
    campaign.finished_at = now
    _move(session, campaign, CampaignStatus.FINISHED, now, "")
    return True


def figures(session: Session, campaign_id: str) -> Figures:
    """Where the campaign's contacts stand right now, counted in one look at one index."""
    rows = session.execute(
        select(Contact.status, Contact.outcome, func.count())
        .where(Contact.campaign_id == campaign_id)
        .group_by(Contact.status, Contact.outcome)
    ).all()
    live = {ContactStatus.WAITING: 0, ContactStatus.RESERVED: 0, ContactStatus.FENCED: 0}
    done: dict[str, int] = {}
    for status, outcome, count in rows:
        if status == ContactStatus.DONE:
            done[outcome] = done.get(outcome, 0) + count
        else:
            live[ContactStatus(status)] += count
    return Figures(
        waiting=live[ContactStatus.WAITING],
        reserved=live[ContactStatus.RESERVED],
        fenced=live[ContactStatus.FENCED],
        done=dict(sorted(done.items())),
    )


def lock_campaign(session: Session, campaign_id: str) -> Campaign:
    """The campaign under a row lock.

    Raises:
        NotFound: there is no such campaign.
    """
    # The weaker lock: calls and promises that refer to the campaign are written meanwhile. Whoever writes them holds
    # contacts, for which whoever imports waits.
    campaign = session.get(Campaign, campaign_id, with_for_update={"key_share": True}, populate_existing=True)
    if campaign is None:
        raise NotFound(f"There is no campaign {campaign_id}.")
    return campaign


def _is_busy(session: Session, campaign_id: str) -> bool:
    return any(_has_contact(session, campaign_id, status) for status in (ContactStatus.RESERVED, ContactStatus.FENCED))


def _has_contact(session: Session, campaign_id: str, status: ContactStatus) -> bool:
    # In the order of an index: without it the planner may look for the one row by reading the table from its start.
    one = (
        select(Contact.outcome)
        .where(Contact.campaign_id == campaign_id, Contact.status == status)
        .order_by(Contact.outcome)
        .limit(1)
    )
    return session.scalar(one) is not None


def _move(session: Session, campaign: Campaign, to_status: CampaignStatus, now: datetime, actor: str) -> None:
    session.add(
        CampaignEvent(campaign_id=campaign.id, at=now, from_status=campaign.status, to_status=to_status, actor=actor)
    )
    campaign.status = to_status
