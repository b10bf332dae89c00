"""The words for codes of qualification: parts and kinds of questions, evidence, and what answers come to."""

from web.marking import N_

FORM_WORDS: dict[str, str] = {
    "depth:short": N_("Short part: asked in every talk"),
    "depth:long": N_("Long part: asked where answers call for it"),
    "kind:choice": N_("One choice"),
    "kind:choices": N_("Several choices"),
    "kind:number": N_("Whole number"),
    "kind:text": N_("Free text"),
    "kind:yes_no": N_("Yes, no or not known"),
    "evidence:said": N_("said"),
    "evidence:inferred": N_("inferred"),
    "evidence:unknown": N_("asked, not known"),
    "criterion:need": N_("Need"),
    "criterion:decider": N_("Decider"),
    "criterion:time_frame": N_("Time frame"),
    "criterion:budget": N_("Budget"),
    "level:strong": N_("strong"),
    "level:fair": N_("fair"),
    "level:weak": N_("weak"),
    "reason:said": N_("said by the customer"),
    "reason:inferred": N_("the agent concluded it"),
    "reason:not_known": N_("not known"),
    "reason:not_decider": N_("somebody else decides"),
    "reason:soon": N_("within half a year"),
    "reason:later": N_("within a year"),
    "reason:far": N_("later than in a year"),
    "urgency:hot": N_("hot"),
    "urgency:normal": N_("normal"),
}
