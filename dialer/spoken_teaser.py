"""What a partner hears who is asked to take a customer now: enough to decide, and nothing that tells who it is.

Spoken by the carrier in the partner's language. Pure.
"""

from collections.abc import Mapping
from typing import Any

_ASKS = {
    "de": "Guten Tag, hier ist {name}. Ein Kunde ist am Telefon und möchte sofort mit einem Partner sprechen. {about}"
    "Drücken Sie die 1, und Sie sind verbunden. Wenn es jetzt nicht geht, legen Sie einfach auf.",
    "fr": "Bonjour, ici {name}. Un client est en ligne et souhaite parler tout de suite à un partenaire. {about}"
    "Appuyez sur le 1 pour être mis en relation. Si ce n'est pas possible, raccrochez simplement.",
    "it": "Buongiorno, qui {name}. Un cliente è in linea e vorrebbe parlare subito con un partner. {about}"
    "Prema 1 per essere collegato. Se ora non è possibile, riagganci semplicemente.",
    "en": "Hello, this is {name}. A customer is on the line and would like to talk to a partner at once. {about}"
    "Press 1 to be connected. If you cannot take it now, just hang up.",
}
_TOO_LATE = {
    "de": "Der Kunde ist leider nicht mehr frei. Vielen Dank, auf Wiederhören.",
    "fr": "Le client n'est malheureusement plus disponible. Merci et au revoir.",
    "it": "Purtroppo il cliente non è più disponibile. Grazie e arrivederci.",
    "en": "The customer is no longer waiting. Thank you, and goodbye.",
}
_SOLUTIONS = {
    "erp": {"de": "E R P", "fr": "E R P", "it": "E R P", "en": "E R P"},
    "crm": {"de": "C R M", "fr": "C R M", "it": "C R M", "en": "C R M"},
    "collaboration": {"de": "Zusammenarbeit", "fr": "collaboration", "it": "collaborazione", "en": "collaboration"},
    "security": {"de": "Sicherheit", "fr": "sécurité", "it": "sicurezza", "en": "security"},
    "cloud": {"de": "Cloud", "fr": "cloud", "it": "cloud", "en": "cloud"},
    "infrastructure": {"de": "Infrastruktur", "fr": "infrastructure", "it": "infrastruttura", "en": "infrastructure"},
}
_ABOUT = {
    "de": "Es geht um {what}. ",
    "fr": "Il s'agit de {what}. ",
    "it": "Si tratta di {what}. ",
    "en": "It is about {what}. ",
}
_CANTON = {"de": "Kanton {canton}. ", "fr": "Canton {canton}. ", "it": "Cantone {canton}. ", "en": "Canton {canton}. "}
_EMPLOYEES = {
    "de": "{band} Mitarbeitende. ",
    "fr": "{band} collaborateurs. ",
    "it": "{band} collaboratori. ",
    "en": "{band} employees. ",
}
_TO = {"de": "bis", "fr": "à", "it": "a", "en": "to"}
_SPOKEN_IN = {
    "de": {"de": "Deutsch", "fr": "Französisch", "it": "Italienisch", "en": "Englisch"},
    "fr": {"de": "allemand", "fr": "français", "it": "italien", "en": "anglais"},
    "it": {"de": "tedesco", "fr": "francese", "it": "italiano", "en": "inglese"},
    "en": {"de": "German", "fr": "French", "it": "Italian", "en": "English"},
}
_LANGUAGE = {"de": "Sprache {one}. ", "fr": "Langue: {one}. ", "it": "Lingua: {one}. ", "en": "Language {one}. "}


def spoken_teaser(language: str, name: str, teaser: Mapping[str, Any]) -> str:
    """What is asked, in `language` (English where we have none), from an offer's teaser. `name`: who calls."""
    language = language if language in _ASKS else "en"
    return _ASKS[language].format(name=name, about=_about(language, teaser))


def too_late(language: str) -> str:
    """What is said to whoever pressed the key when the customer was gone or had been taken."""
    return _TOO_LATE.get(language, _TOO_LATE["en"])


def _about(language: str, teaser: Mapping[str, Any]) -> str:
    told = []
    if (solution := teaser.get("solution")) in _SOLUTIONS:
        told.append(_ABOUT[language].format(what=_SOLUTIONS[str(solution)][language]))
    if band := str(teaser.get("employees") or ""):
        spoken = band.replace("-", f" {_TO[language]} ").replace("–", f" {_TO[language]} ")
        told.append(_EMPLOYEES[language].format(band=spoken))
    if canton := str(teaser.get("canton") or ""):
        told.append(_CANTON[language].format(canton=" ".join(canton)))
    if spoken_in := _SPOKEN_IN[language].get(str(teaser.get("language") or "")):
        told.append(_LANGUAGE[language].format(one=spoken_in))
    return "".join(told)
