"""The words for codes that are shown: statuses, reasons, outcomes. English here, other languages in the catalogues."""

from gettext import NullTranslations

from web.language import translations


def N_(message: str) -> str:  # noqa: N802 - the name that extractors of messages look for
    """Mark a text for the catalogues without translating it here."""
    return message


# A code that means different things in different places has the place in front: `call:bridged`.
WORDS: dict[str, str] = {
    # roles
    "admin": N_("Administrator"),
    "manager": N_("Manager"),
    "agent": N_("Agent"),
    "partner": N_("Partner"),
    # languages
    "de": N_("German"),
    "fr": N_("French"),
    "it": N_("Italian"),
    "en": N_("English"),
    # campaigns
    "draft": N_("Draft"),
    "running": N_("Running"),
    "paused": N_("Paused"),
    "finished": N_("Finished"),
    # agents, and why they pause
    "offline": N_("Offline"),
    "ready": N_("Ready"),
    "reserved": N_("Call arriving"),
    "on_call": N_("On a call"),
    "wrapping_up": N_("Wrapping up"),
    "break": N_("Break"),
    "lunch": N_("Lunch"),
    "meeting": N_("Meeting"),
    "training": N_("Training"),
    "technical": N_("Technical trouble"),
    "wrap_up_overrun": N_("Nothing was recorded in time"),
    "phone_unreachable": N_("Phone does not answer"),
    # how a contact's line ended, where it is not a disposition
    "qualified": N_("Qualified"),
    "callback": N_("Call back"),
    "not_interested": N_("Not interested"),
    "decider_absent": N_("Decision maker away"),
    "other_language": N_("Other language"),
    "answering_machine": N_("Answering machine"),
    "nobody_there": N_("Nobody spoke"),
    "wrong_number": N_("Wrong number"),
    "do_not_call": N_("Do not call"),
    "no_disposition": N_("Nothing recorded"),
    "busy": N_("Busy"),
    "no_answer": N_("No answer"),
    "failed": N_("Could not be put through"),
    "canceled": N_("Canceled"),
    "machine": N_("Answering machine"),
    "abandoned": N_("Answered, no agent free"),
    "hung_up_before_bridge": N_("Hung up before an agent came"),
    "not_placed": N_("Never placed"),
    "invalid_number": N_("Number does not exist"),
    "no_jurisdiction": N_("No rules known for this country"),
    "no_opening": N_("Never lawful to call"),
    "unknown_time_zone": N_("Time zone unknown"),
    # calls in the air
    "call:queued": N_("Queued"),
    "call:placing": N_("Being placed"),
    "call:unknown": N_("Being clarified"),
    "call:placed": N_("Placed"),
    "call:ringing": N_("Ringing"),
    "call:answered": N_("Answered"),
    "call:connecting": N_("Connecting"),
    "call:bridged": N_("Talking"),
    "call:settling": N_("Ending"),
    # leads and offers
    "open": N_("Open"),
    "offered": N_("Offered"),
    "accepted": N_("Accepted"),
    "with_human": N_("With you"),
    "closed": N_("Closed"),
    "live": N_("Waiting for an answer"),
    "declined": N_("Declined"),
    "timed_out": N_("Time ran out"),
    "withdrawn": N_("Withdrawn"),
    "won": N_("Won"),
    "lost": N_("Lost"),
    "disqualified": N_("No lead after all"),
    "outcome:not_placed": N_("No partner took it"),
    "NO_CAPACITY": N_("No capacity"),
    "OUT_OF_SCOPE": N_("Not what we do"),
    "CONFLICT": N_("Conflict of interest"),
    "DUPLICATE_OWN": N_("We knew of this project already"),
    "BAD_DATA": N_("The data is not right"),
    "NOT_INTERESTED": N_("Not interested"),
    "OTHER": N_("Another reason"),
    "human:OFFERS_USED_UP": N_("nobody accepted"),
    "human:NO_PARTNER_FITS": N_("no partner fits"),
    "basis:relation": N_("The customer's own partner"),
    "basis:turn": N_("Next in turn"),
    "basis:by_hand": N_("Picked by a manager"),
    "rule:NOT_ACTIVE": N_("resting"),
    "rule:NO_ROOM": N_("capacity of the week is used up"),
    "rule:LANGUAGE": N_("does not speak the language"),
    "rule:HAD_IT_BEFORE": N_("had this lead before"),
    "rule:REGION": N_("outside the region"),
    "rule:TOO_SMALL": N_("company too small"),
    "rule:TOO_LARGE": N_("company too large"),
    "rule:SOLUTION": N_("does not offer the solution"),
    "event:lead_opened": N_("Lead opened"),
    "event:offer_made": N_("Offered to a partner"),
    "event:offer_accepted": N_("Accepted"),
    "event:offer_declined": N_("Declined"),
    "event:offer_timed_out": N_("Time for the offer ran out"),
    "event:offer_withdrawn": N_("Offer withdrawn"),
    "event:contact_disclosed": N_("Contact shown to the partner"),
    "event:given_to_human": N_("Put before a person"),
    "event:put_back_in_line": N_("Put back in line"),
    "event:incumbent_passed_over": N_("The customer's own partner could not have it"),
    "event:lead_closed": N_("Closed"),
    # qualification
    "solution:erp": N_("ERP"),
    "solution:crm": N_("CRM"),
    "solution:collaboration": N_("Collaboration"),
    "solution:security": N_("Security"),
    "solution:cloud": N_("Cloud"),
    "solution:infrastructure": N_("Infrastructure"),
    "time_frame:0-3": N_("within 3 months"),
    "time_frame:3-6": N_("in 3 to 6 months"),
    "time_frame:6-12": N_("in 6 to 12 months"),
    "time_frame:12+": N_("later than in a year"),
    "budget:unknown": N_("not known"),
    "budget:under_10k": N_("below CHF 10,000"),
    "budget:10k_50k": N_("CHF 10,000 to 50,000"),
    "budget:50k_200k": N_("CHF 50,000 to 200,000"),
    "budget:over_200k": N_("above CHF 200,000"),
    "decider:yes": N_("yes"),
    "decider:no": N_("no"),
    "decider:unknown": N_("not known"),
    # fields of a contact list
    "field:phone": N_("Phone number"),
    "field:company": N_("Company"),
    "field:person": N_("Person"),
    "field:first_name": N_("First name"),
    "field:last_name": N_("Last name"),
    "field:email": N_("E-mail"),
    "field:language": N_("Language"),
    "field:postcode": N_("Postcode"),
    "field:place": N_("Place"),
    "field:canton": N_("Canton"),
    "field:country": N_("Country"),
    "field:employees": N_("Employees"),
    "field:uid": N_("Company number (UID)"),
    "field:existing_partner": N_("Existing partner"),
    "field:partner_evidence": N_("Evidence for the partner"),
    "field:external_id": N_("Number in the source"),
    "field:notes": N_("Notes"),
    # who blocked a number
    "source:disposition": N_("Agent"),
    "source:page": N_("Manager"),
    "source:api": N_("API"),
    "source:import": N_("Import"),
    "source:cli": N_("Command line"),
}


def word(translation: NullTranslations, code: str) -> str:
    """What a code is called; a code without words is shown as it is, without its place and with spaces."""
    if code in WORDS:
        return translation.gettext(WORDS[code])
    return code.rpartition(":")[2].replace("_", " ")


def word_in(language: str, code: str) -> str:
    """What a code is called in a language of the pages."""
    return word(translations(language), code)
