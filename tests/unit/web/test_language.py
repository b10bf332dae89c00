"""Languages of the pages: which one is chosen, complete catalogues, words for every code, local dates and numbers."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from accounts.tables import Role
from campaigns.columns import FIELDS
from campaigns.tables import CampaignStatus
from dialer.agent_states import AgentStatus
from dialer.call_states import FINAL, LIVE
from dialer.dispositions import DISPOSITIONS
from dialer.gate_check import HALTING
from dialer.pacing.preview import SkipReason
from dialer.transfer_states import TransferStatus
from events.seat_states import EventStatus, SeatStatus
from leads.lead_states import DeclineReason, LeadOutcome, LeadStatus, OfferStatus
from leads.qualification import BUDGETS, DECIDERS, SOLUTIONS, TIME_FRAMES
from leads.rules import RULES
from web.catalogue import read_catalogue, texts
from web.language import LANGUAGES, SOURCE_LANGUAGE, Formats, choose_language, translations
from web.pages.desk import PAUSE_REASONS
from web.words import WORDS, value_in, word

TRANSLATED = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\{\w+\}\}")


@pytest.mark.parametrize(
    ("preferred", "accepted", "chosen"),
    [
        ("fr", "de", "fr"),
        ("", "it-CH,it;q=0.9,en;q=0.8", "it"),
        ("", "es;q=1.0, de;q=0.5, fr;q=0.7", "fr"),
        ("", "de;q=0.5, fr;q=0.5", "de"),
        ("", "", "en"),
        ("xx", "zh, ja", "en"),
        ("", "de;q=nonsense, fr;q=0.1", "fr"),
    ],
)
def test_the_users_choice_goes_before_the_browsers(preferred: str, accepted: str, chosen: str) -> None:
    assert choose_language(preferred, accepted) == chosen


def forms(text: object) -> list[str]:
    """A text, or its singular and plurals, as a list."""
    return [text] if isinstance(text, str) else [str(form) for form in text] if isinstance(text, list | tuple) else [""]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_has_a_translation_and_none_is_left_over(language: str) -> None:
    catalogue = read_catalogue(language)
    wanted = {text if isinstance(text, str) else text[0] for text in texts()}
    known = {
        forms(message.id)[0] for message in catalogue if message.id and not message.fuzzy and all(forms(message.string))
    }
    assert wanted - known == set(), "run python -m web.catalogue and translate"
    assert known - wanted == set(), "run python -m web.catalogue"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_keeps_what_is_filled_in(language: str) -> None:
    for message in read_catalogue(language):
        ids, strings = forms(message.id), forms(message.string)
        wanted = set(PLACEHOLDER.findall(ids[-1]))
        for string in strings:
            assert set(PLACEHOLDER.findall(string)) in (wanted, wanted - {"%(num)s"}), (ids, string)


# What had two words, by the one that is not used; docs/glossary.md has the other.
SECOND_WORDS = {
    "de": re.compile(r"\b(Verpasst|Skript|Einsprache|Veranstaltung)", re.IGNORECASE),
    "fr": re.compile(r"\b(motifs? léga|agent·e|télévers|litige)", re.IGNORECASE),
    "it": re.compile(r"\b(agent[ei]\b|motiv[oi] legal|script)", re.IGNORECASE),
}


@pytest.mark.parametrize("language", TRANSLATED)
def test_one_thing_has_one_word(language: str) -> None:
    said = (form for message in read_catalogue(language) if message.id for form in forms(message.string))
    assert [text for text in said if SECOND_WORDS[language].search(text)] == []


@pytest.mark.parametrize("language", ["fr", "it"])
def test_apostrophes_are_curly_and_french_signs_stay_on_the_line_of_their_word(language: str) -> None:
    said = [form for message in read_catalogue(language) if message.id for form in forms(message.string)]
    assert [text for text in said if "'" in text] == []
    assert language != "fr" or [text for text in said if re.search(r" [:;?!»]|« ", text)] == []


INFORMAL = {
    "de": re.compile(r"\b(du|dir|dich|dein\w*|euch|euer)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(tu|toi|tes|tien\w*)\b", re.IGNORECASE),
    "it": re.compile(
        r"\b(tu|tuo|tua|tuoi|tue|hai|puoi|devi|vuoi|voi|vostr[oaie]|avete|potete|dovete|volete|siete)\b"
        r"|\b(attendete|continuate|dite|scegliete|scrivete|riagganciate)\b"
        r"|^(Accedi|Aggiungi|Annulla|Apri|Carica|Chiudi|Controlla|Esci|Importa|Inserisci|Invia|Rimuovi|Salva|Scegli|Scrivi)\b",
        re.IGNORECASE,
    ),
}


@pytest.mark.parametrize("language", TRANSLATED)
def test_people_are_addressed_formally(language: str) -> None:
    said = [form for message in read_catalogue(language) if message.id for form in forms(message.string)]
    assert [text for text in said if INFORMAL[language].search(text)] == []


def test_the_texts_of_templates_errors_and_labels_are_all_found() -> None:
    found = {text if isinstance(text, str) else text[0] for text in texts()}
    assert {"Go ready", "Decision maker away", "No phone number", "There is no such agent."} <= found
    assert "You are signed in on %(num)s browser." in found


def codes_that_people_see() -> list[str]:
    final = [status.value for status in FINAL if status.value not in {"completed", "refused", "withdrawn"}]
    return [
        *map(str, (*Role, *CampaignStatus, *AgentStatus, *LeadStatus, *OfferStatus, *DeclineReason)),
        *(f"outcome:{one}" if one == LeadOutcome.NOT_PLACED else one.value for one in LeadOutcome),
        *final,
        *(f"call:{status}" for status in LIVE),
        *DISPOSITIONS,
        *PAUSE_REASONS,
        *(f"field:{field}" for field in FIELDS),
        *(f"solution:{one}" for one in SOLUTIONS),
        *(f"time_frame:{one}" for one in TIME_FRAMES),
        *(f"budget:{one}" for one in BUDGETS),
        *(f"decider:{one}" for one in DECIDERS),
        *(f"rule:{code}" for rule in RULES.values() for code in rule.CODES),
        *(f"event:{status}" for status in EventStatus),
        *(f"seat:{status}" for status in SeatStatus),
        *(f"transfer:{status}" for status in TransferStatus),
        *("callback:moved", "closed_for:consent_withdrawn"),
        *("message_played", "kept_long_enough", "no_ground", "erased", "list_archived", "no_disposition"),
        *(f"waits:{word}" for word in ("lapsed", "agent_away", "waits_for_agent", "event_reminder", "event_follow_up")),
        *(f"waits:{reason}" for reason in SkipReason if reason in {"not_now", "needs_research"}),
        *(f"waits:{reason}" for reason in HALTING),
        *LANGUAGES,
    ]


@pytest.mark.parametrize("code", sorted(set(codes_that_people_see())))
def test_every_code_that_is_shown_has_words(code: str) -> None:
    assert code in WORDS


def test_the_words_for_dispositions_are_their_labels() -> None:
    assert {code: WORDS[code] for code in DISPOSITIONS} == {one.code: one.label for one in DISPOSITIONS.values()}


def test_a_code_without_words_is_shown_readably() -> None:
    assert word(translations("de"), "rule:SOME_NEW_RULE") == "SOME NEW RULE"
    assert word(translations("de"), "on_call") == "Im Gespräch"


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("de", "700‰", "70\u202f%"),
        ("fr", "705‰", "70,5\u202f%"),
        ("en", "active", "active"),
        ("en", "2/3", "2/3"),
        ("en", "08:00-12:00", "08:00-12:00"),
        ("de", "fr en", "Französisch,\u202fEnglisch"),
        ("de", "SO AG", "SO\u202fAG"),
        ("de", "", "nichts"),
    ],
)
def test_what_a_rule_found_is_shown_as_people_read_it(language: str, value: str, shown: str) -> None:
    assert value_in(language, value).replace("\xa0", "\u202f").replace(" ", "\u202f") == shown


def test_dates_and_numbers_follow_the_language_and_the_offices_clock() -> None:
    moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert Formats("de").moment(moment).startswith("02.07.26") or Formats("de").moment(moment).startswith("02.07.2026")
    assert "00:30" in Formats("fr").moment(moment)
    assert Formats("en").number(1234567) == "1’234’567"
    assert Formats("de").moment(None) == ""
    assert Formats("it").percent(1, 4) == "25%"
    assert Formats("it").percent(0, 0) == "0%"


def test_a_near_moment_is_a_time_and_a_later_one_has_its_day() -> None:
    now = datetime(2026, 7, 1, 7, 30, tzinfo=UTC)
    assert Formats("de").until(datetime(2026, 7, 1, 12, 30, tzinfo=UTC), now) == "14:30"
    later = datetime(2026, 7, 2, 6, 30, tzinfo=UTC)
    assert Formats("de").until(later, now) == "Do., 2. Juli, 08:30"
    assert Formats("fr").until(later, now) == "jeu., 2 juil., 08:30"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (59.9, "0:59"), (75, "1:15"), (3661, "1:01:01"), (-5, "0:00")]
)
def test_spans_are_written_as_on_a_stopwatch(seconds: float, shown: str) -> None:
    assert Formats("en").span(timedelta(seconds=seconds)) == shown


@pytest.mark.parametrize(
    ("hours", "language", "words"),
    [(1440, "de", "60 Tage"), (72, "fr", "72 heures"), (0.25, "it", "15 minuti"), (24 * 7, "en", "7 days")],
)
def test_spans_of_rules_are_said_in_whole_units(hours: float, language: str, words: str) -> None:
    # Languages part number and unit by spaces of their own.
    assert Formats(language).duration(timedelta(hours=hours)).split() == words.split()


def test_a_share_in_thousandths_is_said_in_per_cent() -> None:
    said = [word(translations("de"), f"value:{value}") for value in ("700‰", "5‰", "de", "#1", "1/10", "‰")]
    assert said == ["70 %", "0.5 %", "Deutsch", "zuerst genannt", "1/10", "‰"]
