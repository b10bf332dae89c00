"""The words for codes of events: where an event is, and where its guests are."""

from web.marking import N_

EVENT_WORDS: dict[str, str] = {
    "invitation_answered": N_("Invitation answered"),
    "waits:event_reminder": N_("Call before an event"),
    "waits:event_follow_up": N_("Call after an event"),
    "event:draft": N_("Draft"),
    "event:open": N_("Seats free"),
    "event:full": N_("Full"),
    "event:over": N_("Over"),
    "event:canceled": N_("Called off"),
    "seat:declined": N_("Said no"),
    "seat:undecided": N_("Maybe"),
    "seat:waiting": N_("Waiting list"),
    "seat:held": N_("Reserved"),
    "seat:confirmed": N_("Confirmed"),
    "seat:lapsed": N_("Not confirmed in time"),
    "seat:canceled": N_("Given up"),
    "guest_row:no_name": N_("The name is missing"),
    "guest_row:no_address": N_("The e-mail address is missing"),
    "guest_row:bad_address": N_("This is not an e-mail address"),
    "guest_row:duplicate_in_file": N_("Stands further up already"),
    "seat:attended": N_("Was there"),
    "seat:absent": N_("Stayed away"),
}
