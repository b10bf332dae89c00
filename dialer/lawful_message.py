"""What a person hears who answered and whom no agent can take: who called, and how to reach them or stop the calls.

Who must be named and how soon differs by country (16 CFR 310.4(b)(4) wants name and number within two seconds); this
text satisfies the strictest and is therefore said everywhere.
"""

_TEXTS = {
    "de": "Guten Tag, hier ist {name}. Im Moment ist bei uns leider niemand frei. Sie erreichen uns unter {number}. "
    "Wenn Sie die 9 drücken, rufen wir Sie nicht mehr an; das können Sie auch unter dieser Nummer verlangen.",
    "fr": "Bonjour, ici {name}. Personne n'est libre chez nous en ce moment, veuillez nous excuser. Vous pouvez nous "
    "joindre au {number}. Pour ne plus être appelé, appuyez sur le 9, ou demandez-le à ce numéro.",
    "it": "Buongiorno, qui {name}. In questo momento purtroppo nessuno è libero. Può raggiungerci al numero {number}. "
    "Per non essere più chiamato prema il 9, o lo chieda a quel numero.",
    "en": "Hello, this is {name}. We are sorry that nobody is free to speak to you right now. You can reach us at "
    "{number}. Press 9 not to be called again, or ask for it there.",
}

# What ends a recorded message that is played instead of a talk.
HOW_TO_STOP = {
    "de": "Wenn Sie die 9 drücken, rufen wir Sie nicht mehr an.",
    "fr": "Pour ne plus être appelé, appuyez sur le 9.",
    "it": "Per non essere più chiamato prema il 9.",
    "en": "Press 9 not to be called again.",
}

# What is said after the key that ends all calls.
FAREWELL = {
    "de": "Wir rufen Sie nicht mehr an. Auf Wiederhören.",
    "fr": "Nous ne vous appellerons plus. Au revoir.",
    "it": "Non la chiameremo più. Arrivederci.",
    "en": "We will not call you again. Goodbye.",
}

# The languages in which the message is there.
SPOKEN = frozenset(_TEXTS)


def lawful_message(language: str, name: str, number: str) -> str:
    """The message in `language` (English where we have none), with the caller's name and number (E.164) spoken."""
    return _TEXTS.get(language, _TEXTS["en"]).format(name=name, number=_speakable(number))


def recorded_message(language: str, text: str) -> str:
    """A campaign's own message, followed by how to stop the calls."""
    return f"{text.strip()} {HOW_TO_STOP.get(language, HOW_TO_STOP['en'])}"


def _speakable(number: str) -> str:
    """Digits apart, so that a voice reads a number and not a quantity."""
    return " ".join(number.replace("+", "00"))
