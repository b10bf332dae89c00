"""The words for codes that are shown: statuses, reasons, outcomes. English here, other languages in the catalogues."""

from collections.abc import Callable, Mapping
from gettext import NullTranslations
from typing import Any

from foundation.marking import Code, Said
from web.call_words import CALL_WORDS
from web.delivery_words import DELIVERY_WORDS
from web.event_words import EVENT_WORDS
from web.form_words import FORM_WORDS
from web.language import Formats, translations
from web.marking import N_
from web.partner_words import PARTNER_WORDS
from web.words_of_routing import ROUTING_WORDS

__all__ = ["N_", "WORDS", "value_in", "word", "word_in"]


# A code that means different things in different places has the place in front: `call:bridged`.
WORDS: dict[str, str] = (
    {
        # roles
        "admin": N_("Administrator"),
        "manager": N_("Manager"),
        "agent": N_("Agent"),
        "partner": N_("Partner"),
        # rules: what they are about, and what they say
        "rule:hours": N_("Calling hours"),
        "rule:attempts": N_("Attempts"),
        "rule:gap": N_("Rest after a call"),
        "rule:abandonment": N_("Abandoned calls"),
        "rule:ground": N_("Lawful ground"),
        "rule:register": N_("Register"),
        "rule:caller_number": N_("Caller number"),
        "rule:recording": N_("Recording"),
        "rule:retention": N_("Keeping records"),
        "rule:conduct": N_("Conduct"),
        "basis:law": N_("law"),
        "basis:regulator": N_("regulator"),
        "basis:code": N_("industry code"),
        "basis:carrier_filter": N_("the networks' filters"),
        "basis:product_default": N_("Halali's own choice"),
        "confidence:law_text": N_("text seen"),
        "confidence:regulator_page": N_("authority's page seen"),
        "confidence:vendor_page": N_("provider's page seen"),
        "confidence:secondary": N_("by report"),
        "confidence:unverified": N_("not verified, so it only tightens"),
        "party:businesses": N_("businesses"),
        "party:consumers": N_("consumers"),
        "ground:listed_without_star": N_("listed without a star"),
        "ground:business_relationship": N_("business relationship"),
        "ground:consent": N_("consent"),
        "ground:presumed_consent": N_("presumed consent"),
        "day:weekday": N_("Mon–Fri"),
        "day:saturday": N_("Sat"),
        "day:sunday": N_("Sun"),
        "day:holiday": N_("holidays"),
        "day:holiday_eve": N_("eve of a holiday"),
        "verdict:allowed": N_("May be called"),
        "verdict:deferred": N_("Not now"),
        "verdict:blocked": N_("May not be called"),
        "gate:outside_hours": N_("outside calling hours"),
        "gate:too_many_attempts": N_("called often enough"),
        "gate:too_soon": N_("rests after the last call"),
        "gate:no_jurisdiction": N_("no rules are known for the country"),
        "gate:unknown_time_zone": N_("the time zone is not known"),
        "gate:no_opening": N_("no lawful hour is in sight"),
        "gate:do_not_call": N_("on the do-not-call list"),
        "gate:no_ground": N_("no lawful ground is stated"),
        "gate:register_not_checked": N_("the register was not asked lately"),
        "gate:caller_number_not_listed": N_("the number shown is not in the directory"),
        "country:AT": N_("Austria"),
        "country:CA": N_("Canada"),
        "country:CH": N_("Switzerland"),
        "country:DE": N_("Germany"),
        "country:FR": N_("France"),
        "country:GB": N_("United Kingdom"),
        "country:IT": N_("Italy"),
        "country:LI": N_("Liechtenstein"),
        "country:US": N_("United States"),
        "block:number": N_("Number"),
        "block:prefix": N_("Numbers that begin so"),
        "block:uid": N_("Company number"),
        "block:company": N_("Company"),
        "file:list": N_("Plain list"),
        "file:tps": N_("TPS (United Kingdom)"),
        "file:ctps": N_("CTPS (United Kingdom)"),
        "file:us_national": N_("National registry (United States)"),
        "file:ca_dncl": N_("National DNCL (Canada)"),
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
        "mode:preview": N_("Preview"),
        "mode:progressive": N_("Progressive"),
        "mode:power": N_("Power"),
        "mode:predictive": N_("Predictive"),
        "mode:agentless": N_("Message without an agent"),
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
        "message_played": N_("Message played"),
        "line_lost": N_("Line lost"),
        "kept_long_enough": N_("Forgotten after its time"),
        "no_ground": N_("No lawful ground"),
        "no_jurisdiction": N_("No rules known for this country"),
        "no_opening": N_("Never lawful to call"),
        "unknown_time_zone": N_("Time zone unknown"),
        # a contact's place, and what happened to it
        "place:waiting": N_("Waiting"),
        "place:reserved": N_("In a call"),
        "place:fenced": N_("Being clarified"),
        "place:done": N_("Done"),
        "list_archived": N_("List archived"),
        "allowed": N_("allowed"),
        "deferred": N_("put off"),
        "blocked": N_("forbidden"),
        "entry:imported": N_("Imported"),
        "entry:line": N_("Line"),
        "entry:call": N_("Call"),
        "entry:callback": N_("Callback"),
        "entry:do_not_call": N_("Do not call"),
        "entry:lead": N_("Lead"),
        "callback:promised": N_("promised"),
        "callback:settled": N_("settled"),
        # times of day, and sizes of companies
        "time:morning": N_("Morning (8–11)"),
        "time:noon": N_("Noon (11–14)"),
        "time:afternoon": N_("Afternoon (14–17)"),
        "time:evening": N_("Evening (17–20)"),
        "size:small": N_("1 to 9"),
        "size:medium": N_("10 to 49"),
        "size:large": N_("50 and more"),
        "size:unknown": N_("not known"),
        # what a contact that waits has been waiting for since
        "waits:new": N_("Never called yet"),
        "waits:withdrawn": N_("Taken back before it rang"),
        "waits:lost": N_("Found again after an interruption"),
        "waits:busy": N_("Busy"),
        "waits:no_answer": N_("No answer"),
        "waits:failed": N_("Could not be put through"),
        "waits:canceled": N_("Canceled"),
        "waits:machine": N_("Answering machine"),
        "waits:abandoned": N_("Answered, no agent free"),
        "waits:hung_up_before_bridge": N_("Hung up before an agent came"),
        "waits:not_placed": N_("Never placed"),
        "waits:rejected_number": N_("Another number after one that does not exist"),
        "waits:callback_promised": N_("Call back"),
        "waits:decider_absent": N_("Decision maker away"),
        "waits:answering_machine": N_("Answering machine"),
        "waits:nobody_there": N_("Nobody spoke"),
        "waits:other_language": N_("Other language"),
        "waits:outside_hours": N_("Outside calling hours"),
        "waits:too_many_attempts": N_("Called as often as is lawful for now"),
        "waits:too_soon": N_("Called too recently"),
        "waits:brought_back": N_("Has a lawful ground now"),
        "waits:waits_for_agent": N_("Waits for an agent of its own"),
        "waits:lapsed": N_("The time to look was over"),
        "waits:agent_away": N_("The agent went away"),
        "waits:not_now": N_("Not now"),
        "waits:needs_research": N_("Look into it first"),
        "waits:caller_number_not_listed": N_("the number shown is not in the directory"),
        "waits:register_not_checked": N_("the register was not asked lately"),
        "waits:no_ground": N_("No lawful ground"),
        "waits:outcome_unknown": N_("Being clarified"),
        "waits:recycled": N_("Put back in line"),
        "waits:unarchived": N_("Put back in line"),
        "waits:moved": N_("Put back in line"),
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
        "recalled": N_("Taken back"),
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
        "human:NO_RECEIPT": N_("no proof that the customer could be called"),
        "human:PROTECTED": N_("protected for a partner that cannot have it"),
        "basis:protection": N_("The customer is protected for this partner"),
        "basis:wish": N_("The customer asked for this partner"),
        "basis:relation": N_("The customer's own partner"),
        "basis:turn": N_("Best fit and fair share"),
        "basis:by_hand": N_("Picked by a manager"),
        "rule:NOT_ACTIVE": N_("resting"),
        "rule:NO_ROOM": N_("capacity of the week is used up"),
        "rule:LANGUAGE": N_("does not speak the language"),
        "rule:HAD_IT_BEFORE": N_("had this lead before"),
        "rule:REGION": N_("outside the region"),
        "rule:TOO_SMALL": N_("company too small"),
        "rule:TOO_LARGE": N_("company too large"),
        "rule:TOO_SIMPLE": N_("project too simple"),
        "rule:TOO_COMPLEX": N_("project too complex"),
        "rule:NOT_LIVE": N_("takes no live calls"),
        "rule:CLOSED_NOW": N_("closed at this moment"),
        "rule:ABSENT": N_("away on this day"),
        "rule:EXCLUDED_CUSTOMER": N_("does not work for this customer"),
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
        "event:lead_completed": N_("Completed at the end of the call"),
        "event:nobody_live": N_("Nobody took the call at once"),
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
        "mode_is:preview": N_("The agent sees the contact first, and dials or skips."),
        "mode_is:progressive": N_("One line for each agent who is ready: whoever answers finds somebody."),
        "mode_is:power": N_("A fixed number of lines for each ready agent, up to the limit of abandoned calls."),
        "mode_is:predictive": N_("As many lines as what was learned bears; it keeps below the limit by itself."),
        "mode_is:agentless": N_("Whoever answers hears the script as a recorded message."),
        "refusal:no_limit": N_("Not here: nobody may pick up to silence."),
        "refusal:needs_human": N_("Not here: the law wants a human on the line."),
        "brake:off": N_("no brake"),
        "brake:one_to_one": N_("one line per agent"),
        "brake:stop": N_("nothing is dialed"),
        # why a contact was not dialed after a look
        "skip:wrong_contact": N_("Wrong contact"),
        "skip:known_customer": N_("Customer already"),
        "skip:not_now": N_("Not now"),
        "skip:needs_research": N_("Look into it first"),
        "skip:do_not_call": N_("Do not call"),
        "wrong_contact": N_("Wrong contact"),
        "known_customer": N_("Customer already"),
        "not_now": N_("Not now"),
        "needs_research": N_("Look into it first"),
        "lapsed": N_("The time to look was over"),
        "agent_away": N_("The agent went away"),
        "waits_for_agent": N_("Waits for an agent of its own"),
        # why a caller number is doubted
        "doubt:answers_low": N_("far fewer answers than the others"),
        "doubt:answers_dropped": N_("answers have dropped"),
        # who blocked a number
        "source:disposition": N_("Agent"),
        "source:page": N_("Manager"),
        "source:api": N_("API"),
        "source:import": N_("Import"),
        "source:ivr": N_("key pressed"),
        "source:cli": N_("Command line"),
    }
    | FORM_WORDS
    | EVENT_WORDS
    | ROUTING_WORDS
    | PARTNER_WORDS
    | CALL_WORDS
    | DELIVERY_WORDS
)


def word(translation: NullTranslations, code: str) -> str:
    """What a code is called; one without words is shown as it is, without its place; thousandths in per cent."""
    if code in WORDS:
        return translation.gettext(WORDS[code])
    plain = code.rpartition(":")[2].replace("_", " ")
    thousandths = plain.removesuffix("‰")
    return f"{int(thousandths) / 10:g} %" if thousandths != plain and thousandths.isdecimal() else plain


def facts_in_words(translate: Callable[[str], str], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a message, with what codes among them are called."""
    return {name: _in_words(translate, fact) for name, fact in facts.items()}


def _in_words(translate: Callable[[str], str], fact: Any) -> Any:
    if isinstance(fact, Said):
        return fact.between.join(translate(text) % facts_in_words(translate, facts) for text, facts in fact.parts)
    return _called(translate, fact) if isinstance(fact, Code) else fact


def _called(translate: Callable[[str], str], code: Code) -> str:
    plain = code.rpartition(":")[2]
    known = WORDS.get(code) or WORDS.get(plain)
    return translate(known) if known else plain.replace("_", " ")


def value_in(language: str, value: str) -> str:
    """What a routing rule wanted or found: thousandths as a share in per cent, what has words in words, else itself."""
    if value.endswith("‰") and value[:-1].isdecimal():
        return Formats(language).share(int(value[:-1]) / 1000)
    if f"value:{value}" in WORDS:
        return word_in(language, f"value:{value}")
    codes = [f"value:{part}" for part in value.split()]
    return ", ".join(word_in(language, code) for code in codes) if set(codes) <= WORDS.keys() else value


def word_in(language: str, code: str) -> str:
    """What a code is called in a language of the pages."""
    return word(translations(language), code)
