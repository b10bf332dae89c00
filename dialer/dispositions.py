"""What an agent can say of a call, and what each answer causes. A new disposition is one entry here."""

from dataclasses import dataclass
from enum import StrEnum


class Then(StrEnum):
    """What becomes of the contact."""

    DONE = "done"
    RETRY = "retry"
    CALLBACK = "callback"  # at the moment that the contact asked for
    OTHER_LANGUAGE = "other_language"  # at once, with an agent who speaks it


@dataclass(frozen=True)
class Disposition:
    """One answer. `label` is shown (and translated), `key` is the digit that picks it on the desk."""

    code: str
    label: str
    key: str
    then: Then
    opens_lead: bool = False
    blocks_number: bool = False
    is_right_party: bool = False
    needs_event: bool = False  # shown only where the campaign invites to one


_ALL = (
    Disposition("qualified", "Qualified", "1", Then.DONE, opens_lead=True, is_right_party=True),
    Disposition("callback", "Call back", "2", Then.CALLBACK),
    Disposition("not_interested", "Not interested", "3", Then.DONE, is_right_party=True),
    Disposition("decider_absent", "Decision maker away", "4", Then.RETRY),
    Disposition("other_language", "Other language", "5", Then.OTHER_LANGUAGE),
    Disposition("answering_machine", "Answering machine", "6", Then.RETRY),
    Disposition("nobody_there", "Nobody spoke", "7", Then.RETRY),
    Disposition("wrong_number", "Wrong number", "8", Then.DONE),
    Disposition("do_not_call", "Do not call", "9", Then.DONE, blocks_number=True),
    Disposition("invitation_answered", "Invitation answered", "0", Then.DONE, is_right_party=True, needs_event=True),
)

DISPOSITIONS: dict[str, Disposition] = {disposition.code: disposition for disposition in _ALL}
