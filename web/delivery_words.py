"""The words for codes of what partners get and have to do: delivery, data protection. The others are in `words`."""

from web.marking import N_

DELIVERY_WORDS: dict[str, str] = {
    # delivery: addresses, ways and messages
    "webhook:on": N_("on"),
    "webhook:by_hand": N_("switched off"),
    "webhook:gone": N_("switched off: it wants no more"),
    "webhook:failing": N_("switched off: nothing was taken for five days"),
    "way:email": N_("E-mail"),
    "way:webhook": N_("Webhook"),
    "message:pending": N_("on its way"),
    "message:sent": N_("taken"),
    "message:failed": N_("given up"),
    "message:dropped": N_("not sent"),
    # appointments
    "meet:on_site": N_("At the customer's"),
    "meet:video": N_("Video call"),
    "meet:phone": N_("Phone call"),
    # data protection
    "request:erasure": N_("Delete this customer's data"),
    "request:withdrawal": N_("Stop using this customer's data"),
    "task:deleted": N_("Deleted"),
    "task:kept_by_law": N_("Kept, because a law demands it"),
    "task:never_kept": N_("We had kept nothing"),
    "shown:accepted": N_("on accepting"),
    "shown:page": N_("in the portal"),
    "shown:api": N_("by a program"),
    "shown:file": N_("in a file"),
    "kept:offers": N_("Offers that were not accepted"),
    "kept:guests": N_("Guests of events"),
    "kept:lost_leads": N_("Leads that ended without business"),
    "kept:won_leads": N_("Leads that were won"),
    "kept:disclosures": N_("Disclosure log"),
    "kept:messages": N_("Messages to partners"),
    "kept:refused_rows": N_("Refused rows of lists"),
    "kept:callbacks": N_("Reports of the carrier"),
    "kept:contacts": N_("Contacts of finished campaigns"),
    "source:erasure": N_("Erasure"),
    "source:withdrawal": N_("Consent taken back"),
    "erased": N_("Erased"),
    "closed_for:consent_withdrawn": N_("Consent taken back"),
}
