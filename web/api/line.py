"""A campaign's line in the API: its rules, who is put back in it, and steps on whole lists."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from accounts import audit
from campaigns import campaigns, list_keeping
from campaigns.campaigns import LineRules
from campaigns.line_order import LineOrder, SortColumn
from campaigns.list_keeping import Recycling
from campaigns.tables import Campaign, ContactList
from dialer import job_names, list_steps
from foundation.errors import NotFound
from foundation.queue import QueueName
from web.api.campaigns import find_campaign
from web.api.lists import ListOut, find_list
from web.caller import Caller, StaffCaller
from web.campaign_form import RetrySettings
from web.line_form import check_retried

router = APIRouter(tags=["contact lists"])


class SortColumnSettings(BaseModel):
    """One column to order by. Whoever has no value comes last either way."""

    model_config = ConfigDict(extra="forbid")

    name: Literal["employees", "company", "place", "postcode", "canton"]
    descending: bool = False


class LineSettings(BaseModel):
    """How a campaign's line goes on.

    `columns` order those who are due, `new_first` before that; `mix` is per cent by list id, other lists come when
    these have nobody; `uses_answer_times` lets retries come when people of the same kind have answered, and
    within each group of the order those come first who are likely to answer at the hour.
    """

    model_config = ConfigDict(extra="forbid")

    columns: list[SortColumnSettings] = Field(default_factory=list, max_length=3)
    new_first: bool = False
    mix: dict[str, int] = Field(default_factory=dict, max_length=200)
    retry_rules: dict[str, RetrySettings] = Field(default_factory=dict, max_length=40)
    max_attempts_per_number: int = 20
    callback_patience_minutes: int = 30
    uses_answer_times: bool = True

    def as_rules(self) -> LineRules:
        """The rules. Raises Invalid for a word after which nobody is tried again."""
        check_retried(self.retry_rules)
        return LineRules(
            retry_rules={word: rule.as_rule() for word, rule in self.retry_rules.items()},
            order=LineOrder(
                tuple(SortColumn(one.name, descending=one.descending) for one in self.columns), new_first=self.new_first
            ),
            mix={list_id: share for list_id, share in self.mix.items() if share > 0},
            max_attempts_per_number=self.max_attempts_per_number,
            callback_patience_minutes=self.callback_patience_minutes,
            uses_answer_times=self.uses_answer_times,
        )


class RecyclingIn(BaseModel):
    """Whom to put back in line: by outcome, of one list or of all. `resets_attempts`: earlier ones count no more."""

    model_config = ConfigDict(extra="forbid")

    outcomes: list[str] = Field(min_length=1, max_length=40)
    list_id: str = Field("", max_length=40)
    resets_attempts: bool = False


class SplitIn(BaseModel):
    """Into how many parts of about the same size; with `rows_seen` only while the list has as many rows."""

    model_config = ConfigDict(extra="forbid")

    parts: int
    rows_seen: int | None = None


class PriorityIn(BaseModel):
    """Before others (up to 4) or after them (down to -4)."""

    model_config = ConfigDict(extra="forbid")

    priority: int


class MovedOut(BaseModel):
    """How many contacts left the line or came back to it."""

    contacts: int


class PartsOut(BaseModel):
    """The lists that were split off, and the one that they came from."""

    original: ListOut
    parts: list[ListOut]


@router.get("/campaigns/{campaign_id}/line")
def get_line(caller: StaffCaller, campaign_id: str) -> LineSettings:
    """The rules of the line as they are."""
    with caller.parts.database.reading() as session:
        return _line_of(find_campaign(session, campaign_id))


@router.put("/campaigns/{campaign_id}/line")
def change_line(caller: StaffCaller, campaign_id: str, body: LineSettings) -> LineSettings:
    """Other rules, at once; those who wait are ordered anew behind the scenes. What is left out is the default."""
    rules = body.as_rules()
    with caller.parts.database.transaction() as session:
        campaign = campaigns.change_line(session, campaign_id, rules)
        audit.record(session, caller.act("line_changed", campaign_id), caller.now)
        caller.parts.queue.put_after_commit(session, QueueName.WORK, job_names.ORDER_LINE, campaign_id)
        _tell(caller, session, campaign_id)
        return _line_of(campaign)


@router.post("/campaigns/{campaign_id}/recycle")
def recycle(caller: StaffCaller, campaign_id: str, body: RecyclingIn) -> MovedOut:
    """Put contacts that are done back in line, by outcome. Who said no stays where they are."""
    with caller.parts.database.reading() as session:
        find_campaign(session, campaign_id)
        if body.list_id and find_list(session, body.list_id).campaign_id != campaign_id:
            raise NotFound("There is no such list in this campaign.")
    wanted = Recycling(frozenset(body.outcomes), body.list_id, resets_attempts=body.resets_attempts)
    count = list_steps.recycle(caller.parts.database, campaign_id, wanted, caller.now)
    with caller.parts.database.transaction() as session:
        audit.record(session, caller.act("contacts_recycled", campaign_id, contacts=count), caller.now)
        _tell(caller, session, campaign_id)
    return MovedOut(contacts=count)


@router.post("/lists/{list_id}/archive")
def archive_list(caller: StaffCaller, list_id: str) -> MovedOut:
    """Set a list aside. Its contacts leave the line and keep their history; doing it again changes nothing."""
    count = list_steps.archive(caller.parts.database, list_id, caller.now)
    _record(caller, list_id, "list_archived", count)
    return MovedOut(contacts=count)


@router.post("/lists/{list_id}/unarchive")
def unarchive_list(caller: StaffCaller, list_id: str) -> MovedOut:
    """Take an archived list up again; doing it again changes nothing."""
    count = list_steps.unarchive(caller.parts.database, list_id, caller.now)
    _record(caller, list_id, "list_unarchived", count)
    return MovedOut(contacts=count)


@router.post("/lists/{list_id}/split", status_code=201)
def split_list(caller: StaffCaller, list_id: str, body: SplitIn) -> PartsOut:
    """Split a list into parts of about the same size, on the same lawful grounds."""
    with caller.parts.database.transaction() as session:
        new = list_steps.split_list(session, list_id, body.parts, caller.now, body.rows_seen)
        original = ListOut.model_validate(find_list(session, list_id))
        parts = [ListOut.model_validate(one) for one in new]
    _record(caller, list_id, "list_split", body.parts)
    return PartsOut(original=original, parts=parts)


@router.put("/lists/{list_id}/priority")
def set_priority(caller: StaffCaller, list_id: str, body: PriorityIn) -> ListOut:
    """Let a list's contacts come before or after others."""
    with caller.parts.database.transaction() as session:
        contact_list = list_keeping.set_priority(session, list_id, body.priority)
        shown = ListOut.model_validate(contact_list)
        caller.parts.queue.put_after_commit(session, QueueName.WORK, job_names.ORDER_LINE, contact_list.campaign_id)
    _record(caller, list_id, "list_priority", body.priority)
    return shown


def _line_of(campaign: Campaign) -> LineSettings:
    return LineSettings(
        **campaign.line_order,
        mix=campaign.list_mix,
        retry_rules=campaign.retry_rules,
        max_attempts_per_number=campaign.max_attempts_per_number,
        callback_patience_minutes=campaign.callback_patience_minutes,
        uses_answer_times=campaign.uses_answer_times,
    )


def _record(caller: Caller, list_id: str, action: str, count: int) -> None:
    with caller.parts.database.transaction() as session:
        campaign_id = session.get_one(ContactList, list_id).campaign_id
        audit.record(session, caller.act(action, list_id, count=count), caller.now)
        _tell(caller, session, campaign_id)


def _tell(caller: Caller, session: Session, campaign_id: str) -> None:
    caller.parts.live.publish_after_commit(session, f"campaign:{campaign_id}")
    caller.parts.live.publish_after_commit(session, "board")
    caller.parts.live.ring_after_commit(session, "tick")
