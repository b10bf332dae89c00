"""Why a message was not taken is kept in English and told in the reader's language, older rows as well."""

import pytest

from foundation.marking import figures_of
from web.delivery_view import why_not_taken


@pytest.mark.parametrize(
    ("kept", "german"),
    [
        ("answered 503", "antwortete mit 503"),
        ("no answer within 15 s", "keine Antwort innert 15 s"),
        ("no answer (ConnectionRefusedError)", "keine Antwort (ConnectionRefusedError)"),
        ("the mail server refused the address (550)", "der Mailserver hat die Adresse abgelehnt (550)"),
        ("the address is switched off", "die Adresse ist ausgeschaltet"),
        ("The address leads into a private network.", "Die Adresse führt in ein privates Netz."),
        ("something from before 100 %", "something from before 100 %"),
    ],
)
def test_why_a_message_was_not_taken_is_told_in_the_readers_language(kept: str, german: str) -> None:
    assert why_not_taken("de", kept) == german


def test_figures_are_read_back_from_what_a_text_became() -> None:
    assert figures_of("row %(row)s (%(why)s)", "row 7 (a (b))") == {"row": "7", "why": "a (b)"}
    assert figures_of("row %(row)s", "a row 7") is None
    assert figures_of("no figures", "no figures") == {}
