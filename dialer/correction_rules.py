"""May an agent say otherwise of a call, a few minutes after? Pure: facts in, a verdict out.

The safe side goes first: to "do not call" in time always, away from it never.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from dialer.dispositions import Disposition, Then
from foundation.marking import N_


class ContactStands(StrEnum):
    """Where the contact of the call is since."""

    AS_LEFT = "as_left"  # where the call's disposition has put it
    DIALED = "dialed"  # called once more, or about to be
    MOVED = "moved"  # put elsewhere by somebody: recycled, archived, blocked
    FORGOTTEN = "forgotten"  # nothing tells any more who it was


class LeadStands(StrEnum):
    """How far the lead of the call has come."""

    NONE = "none"
    UNSEEN = "unseen"  # no partner was shown anything of it
    SEEN = "seen"  # offered at least once, whatever became of that
    CLOSED = "closed"  # for good, unseen


@dataclass(frozen=True)
class Past:
    """What has become of a call of which the agent wants to say something else.

    `age` is counted from the first disposition, however often it was corrected; `window` of zero switches all off.
    """

    former: Disposition
    age: timedelta
    window: timedelta
    is_over: bool  # nobody is on the line any more
    contact: ContactStands
    lead: LeadStands
    campaign_is_finished: bool


@dataclass(frozen=True)
class Allowed:
    """It may be said. `moves_contact`: the contact goes where the new disposition puts it."""

    moves_contact: bool
    closes_lead: bool


@dataclass(frozen=True)
class Refused:
    """It may not, for a reason in words."""

    why: str


TOO_LATE = N_("It is too late to correct this call.")
FORGOTTEN = N_("This customer was forgotten on request. There is nothing left to correct.")
STAYS_BLOCKED = N_("This number stays blocked: a block is never lifted. Tell a manager if it was a mistake.")
STILL_TALKING = N_("This call is not over yet.")
DIALED_AGAIN = N_("This contact is being called again, or was called again already.")
MOVED_SINCE = N_("Somebody has put this contact elsewhere in the meantime. Tell a manager.")
LEAD_SEEN = N_("A partner has seen the lead of this call. Tell a manager, who can take it back.")
LEAD_CLOSED = N_("The lead of this call is closed for good. Tell a manager.")
CAMPAIGN_FINISHED = N_("The campaign is finished, so nobody would be called. Tell a manager.")


def may_correct(past: Past, wished: Disposition) -> Allowed | Refused:
    """Whether the call may be recorded as `wished` instead, and what that means for its contact and its lead."""
    if why := _refusal(past, wished):
        return Refused(why)
    return Allowed(
        moves_contact=past.contact is ContactStands.AS_LEFT,
        closes_lead=past.lead is LeadStands.UNSEEN and not wished.opens_lead,
    )


def _refusal(past: Past, wished: Disposition) -> str:
    """Why not; empty where it may be. The first line that holds counts."""
    puts_back = wished.then is not Then.DONE
    refusals = (
        (past.age > past.window or not past.window, TOO_LATE),
        (past.contact is ContactStands.FORGOTTEN, FORGOTTEN),
        (wished.blocks_number, ""),
        (past.former.blocks_number, STAYS_BLOCKED),
        (not past.is_over, STILL_TALKING),
        (past.contact is ContactStands.DIALED, DIALED_AGAIN),
        (past.contact is ContactStands.MOVED, MOVED_SINCE),
        (past.lead is LeadStands.SEEN, LEAD_SEEN),
        (past.lead is LeadStands.CLOSED and wished.opens_lead, LEAD_CLOSED),
        (past.campaign_is_finished and puts_back, CAMPAIGN_FINISHED),
    )
    return next((why for holds, why in refusals if holds), "")
