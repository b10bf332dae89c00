"""What a person hears who answered and whom no agent can take: who called, and how to reach them or stop the calls.

Who must be named and how soon differs by country (16 CFR 310.4(b)(4) wants name and number within two seconds); this
text satisfies the strictest and is therefore said everywhere.
"""

_TEXTS = {
    "de": "Guten Tag, hier ist {name}. Im Moment ist bei uns leider niemand frei. Sie erreichen uns unter {number}. "
    "Unter dieser Nummer können Sie auch verlangen, dass wir Sie nicht mehr anrufen.",
    "fr": "Bonjour, ici {name}. Personne n'est libre chez nous en ce moment, veuillez nous excuser. Vous pouvez nous "
    "joindre au {number}, et y demander à ne plus être appelé.",
    "it": "Buongiorno, qui {name}. In questo momento purtroppo nessuno è libero. Può raggiungerci al numero {number}, "
    "dove può anche chiedere di non essere più chiamato.",
    "en": "Hello, this is {name}. We are sorry that nobody is free to speak to you right now. You can reach us at "
    "{number}, and you can ask there not to be called again.",
}

# The languages in which the message is there.
SPOKEN = frozenset(_TEXTS)


def lawful_message(language: str, name: str, number: str) -> str:
    """The message in `language` (English where we have none), with the caller's name and number (E.164) spoken."""
    return _TEXTS.get(language, _TEXTS["en"]).format(name=name, number=_speakable(number))


def _speakable(number: str) -> str:
    """Digits apart, so that a voice reads a number and not a quantity."""
    return " ".join(number.replace("+", "00"))
