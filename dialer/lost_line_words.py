"""What a customer hears whose agent's line was lost: that it will be a moment, and in the end that it was not to be."""

_WAIT = {
    "de": "Einen Moment bitte. Die Verbindung wird gerade wiederhergestellt, bitte bleiben Sie am Apparat.",
    "fr": "Un instant, s’il vous plaît. La liaison est en train d’être rétablie, veuillez rester en ligne.",
    "it": "Un momento, per favore. Stiamo ristabilendo il collegamento, resti in linea.",
    "en": "One moment, please. We are restoring the connection, please stay on the line.",
}
_SORRY = {
    "de": "Unsere Verbindung ist leider unterbrochen. Bitte entschuldigen Sie.",
    "fr": "Notre liaison est malheureusement interrompue. Veuillez nous excuser.",
    "it": "Purtroppo il nostro collegamento si è interrotto. La preghiamo di scusarci.",
    "en": "We are sorry, our connection is broken.",
}
_CALLS_BACK = {
    "de": "Wir rufen Sie zurück.",
    "fr": "Nous vous rappellerons.",
    "it": "La richiameremo.",
    "en": "We will call you back.",
}
_GOODBYE = {"de": "Auf Wiederhören.", "fr": "Au revoir.", "it": "Arrivederci.", "en": "Goodbye."}
LANGUAGES = frozenset(_WAIT)


def please_wait(language: str) -> str:
    """What is said while the agent's phone is called; English where we do not speak the language."""
    return _WAIT.get(language, _WAIT["en"])


def goodbye(language: str, *, is_promised: bool) -> str:
    """What is said when the agent did not come back; with a promise only where one was made."""
    spoken = language if language in LANGUAGES else "en"
    parts = (_SORRY[spoken], _CALLS_BACK[spoken] if is_promised else "", _GOODBYE[spoken])
    return " ".join(part for part in parts if part)
