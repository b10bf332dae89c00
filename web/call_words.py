"""The words for calls: those in the air, live transfers, and what agents correct. A part of `words`."""

from web.marking import N_

CALL_WORDS: dict[str, str] = {
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
