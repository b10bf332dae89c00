"""The words for codes that are shown: statuses, reasons, outcomes. English here, other languages in the catalogues."""

from gettext import NullTranslations


def N_(message: str) -> str:  # noqa: N802 - the name that extractors of messages look for
    """Mark a text for the catalogues without translating it here."""
    return message


WORDS: dict[str, str] = {
    # roles
    "admin": N_("Administrator"),
    "manager": N_("Manager"),
    "agent": N_("Agent"),
    "partner": N_("Partner"),
}


def word(translation: NullTranslations, code: str) -> str:
    """What a code is called; a code without words is shown as it is, with spaces."""
    return translation.gettext(WORDS[code]) if code in WORDS else code.replace("_", " ")
