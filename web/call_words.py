"""The words for calls: how they are made, those in the air, live transfers, and what agents correct."""

from web.marking import N_

CALL_WORDS: dict[str, str] = {
    # how a campaign calls, as its fields are labelled
    "max_attempts": N_("Attempts at most"),
    "max_attempts_per_number": N_("Attempts per number at most"),
    "retry_minutes": N_("Minutes until the next attempt"),
    "callback_patience_minutes": N_("Minutes until a colleague takes a callback"),
    "ring_timeout_seconds": N_("Seconds to let it ring"),
    "wrap_up_seconds": N_("Seconds for wrap-up"),
    "dial_level": N_("Lines per agent, power"),
    "preview_seconds": N_("Seconds to look, preview"),
    "most_abandoned_percent": N_("At most abandoned, percent"),
    # calls in the air
    "call:queued": N_("Queued"),
    "call:placing": N_("Being placed"),
    "call:unknown": N_("Being clarified"),
    "call:placed": N_("Placed"),
    "call:ringing": N_("Ringing"),
    "call:asked": N_("Is asked"),
    "call:answered": N_("Answered"),
    "call:connecting": N_("Connecting"),
    "call:bridged": N_("Talking"),
    "call:settling": N_("Ending"),
    # how a live transfer stands
    "transfer:asking": N_("partner is asked"),
    "transfer:joining": N_("partner is coming in"),
    "transfer:introducing": N_("partner is on the line"),
    "transfer:handed_over": N_("handed over"),
    "transfer:done": N_("handed over"),
    "transfer:nobody": N_("nobody free"),
    "transfer:canceled": N_("taken back"),
    "transfer:customer_left": N_("customer has hung up"),
    "transfer:partner_left": N_("partner has left"),
    # what an agent said otherwise
    "corrected": N_("corrected"),
    "entry:correction": N_("Correction"),
    "callback:moved": N_("another time was promised"),
    "event:call_corrected": N_("The agent has corrected what was said of the call"),
}
