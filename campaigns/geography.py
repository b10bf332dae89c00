"""From what a row says of a place to canton, time zone and the language spoken there. Pure.

Where a canton speaks several languages the postcode decides. Where that is not known either, the language stays open:
the contact waits in the line of the canton's majority, and is marked.
"""

from functools import lru_cache

from campaigns.columns import plain_word
from campaigns.languages import LANGUAGES
from foundation.phone_number import PhoneNumber, time_zones_of
from foundation.postcodes import CANTONS, canton_of, places_of

_CANTON_NAMES: dict[str, str] = {
    "ZH": "Zürich Zurich Zurigo",
    "BE": "Bern Berne Berna",
    "LU": "Luzern Lucerne Lucerna",
    "UR": "Uri",
    "SZ": "Schwyz Svitto",
    "OW": "Obwalden Obwald Obvaldo",
    "NW": "Nidwalden Nidwald Nidvaldo",
    "GL": "Glarus Glaris Glarona",
    "ZG": "Zug Zoug Zugo",
    "FR": "Freiburg Fribourg Friburgo",
    "SO": "Solothurn Soleure Soletta",
    "BS": "Basel-Stadt Baselstadt Bâle-Ville Basilea-Città Basel-City",
    "BL": "Basel-Landschaft Baselland Bâle-Campagne Basilea-Campagna",
    "SH": "Schaffhausen Schaffhouse Sciaffusa",
    "AR": "Appenzell-Ausserrhoden Appenzell-Rhodes-Extérieures Appenzello-Esterno",
    "AI": "Appenzell-Innerrhoden Appenzell-Rhodes-Intérieures Appenzello-Interno",
    "SG": "St.Gallen St.-Gallen Sankt-Gallen Saint-Gall San-Gallo",
    "GR": "Graubünden Grisons Grigioni Grischun",
    "AG": "Aargau Argovie Argovia",
    "TG": "Thurgau Thurgovie Turgovia",
    "TI": "Tessin Ticino",
    "VD": "Waadt Vaud",
    "VS": "Wallis Valais Vallese",
    "NE": "Neuenburg Neuchâtel Neuchatel",
    "GE": "Genf Genève Geneva Ginevra",
    "JU": "Jura Giura",
}
_LANGUAGE_NAMES: dict[str, str] = {
    "de": "de d deu ger deutsch german allemand tedesco de_ch schweizerdeutsch",
    "fr": "fr f fra fre französisch french français francais francese fr_ch welsch",
    "it": "it i ita italienisch italian italien italiano it_ch",
    "en": "en e eng englisch english anglais inglese",
}
_MAIN_LANGUAGES = {"CH": "de", "LI": "de", "DE": "de", "AT": "de", "FR": "fr", "IT": "it"}
_TIME_ZONES = {
    "CH": "Europe/Zurich",
    "LI": "Europe/Vaduz",
    "DE": "Europe/Berlin",
    "AT": "Europe/Vienna",
    "FR": "Europe/Paris",
    "IT": "Europe/Rome",
}
_CANTON_LANGUAGES = {"GE": "fr", "VD": "fr", "NE": "fr", "JU": "fr", "TI": "it", "FR": "fr", "VS": "fr"}
_SECOND_LANGUAGES = {"BE": ("fr",), "FR": ("de",), "VS": ("de",), "GR": ("it",)}
_BILINGUAL_TOWN = (2500, 2505)  # Biel/Bienne
# Postcodes, both ends included, where a canton's other language is spoken: Bernese Jura, Sense and See districts,
# Upper Valais, and the valleys of Graubünden that speak Italian.
_OTHER_LANGUAGES: tuple[tuple[str, int, int, str], ...] = (
    ("BE", 2333, 2333, "fr"),
    ("BE", 2515, 2520, "fr"),
    ("BE", 2534, 2538, "fr"),
    ("BE", 2603, 2616, "fr"),
    ("BE", 2710, 2762, "fr"),
    ("FR", 1712, 1719, "de"),
    ("FR", 1734, 1738, "de"),
    ("FR", 1793, 1795, "de"),
    ("FR", 3000, 3999, "de"),
    ("VS", 3900, 3957, "de"),
    ("VS", 3970, 3970, "de"),
    ("VS", 3980, 3999, "de"),
    ("JU", 2813, 2813, "de"),
    ("GR", 6534, 6565, "it"),
    ("GR", 7516, 7516, "it"),
    ("GR", 7602, 7610, "it"),
    ("GR", 7741, 7748, "it"),
)


@lru_cache(maxsize=4096)
def canton_code(text: str) -> str:
    """The two letters of a canton named in any of the languages; empty when it names none."""
    return _cantons_by_name().get(plain_word(text).removeprefix("kanton_").removeprefix("canton_"), "")


@lru_cache(maxsize=4096)
def language_code(text: str) -> str:
    """`de`, `fr`, `it` or `en` for a language written in any usual way; empty when it is none of them."""
    return _languages_by_name().get(plain_word(text), "")


@lru_cache(maxsize=16384)
def find_canton(canton: str, postcode: str, place: str) -> str:
    """The canton by its own column, else by postcode and place; empty when that leaves it open."""
    return canton_code(canton) or canton_of(postcode, place)


@lru_cache(maxsize=16384)
def find_language(language: str, postcode: str, canton: str, country: str) -> tuple[str, str]:
    """The language to speak, and what that rests on: `column`, `postcode`, `canton` (its code), `country`, or `open`.

    Open is the language of a canton that speaks several, where no postcode decides; then it is the majority's.
    """
    if known := language_code(language):
        return known, "column"
    if canton in CANTONS:
        return _language_of_place(postcode, canton)
    return _MAIN_LANGUAGES.get(country, "en"), "country"


def languages_of_canton(canton: str) -> tuple[str, ...]:
    """The languages of ours that a canton (its code) speaks, the majority's first; none for an unknown one."""
    if canton not in CANTONS:
        return ()
    return (_CANTON_LANGUAGES.get(canton, "de"), *_SECOND_LANGUAGES.get(canton, ()))


def time_zone_of(number: PhoneNumber) -> str:
    """The time zone of the number's country or area; empty where there are several, or none is known."""
    return _TIME_ZONES.get(number.country) or _zone_of_area(number.e164)


def _zone_of_area(e164: str) -> str:
    zones = time_zones_of(e164)
    return zones[0] if len(zones) == 1 else ""


def _language_of_place(postcode: str, canton: str) -> tuple[str, str]:
    majority = _CANTON_LANGUAGES.get(canton, "de")
    if not any(place.canton == canton for place in places_of(postcode)):
        return majority, "open" if canton in _SECOND_LANGUAGES else "canton"
    for where, first, last, language in _OTHER_LANGUAGES:
        if where == canton and first <= int(postcode) <= last:
            return language, "postcode"
    return majority, "open" if _BILINGUAL_TOWN[0] <= int(postcode) <= _BILINGUAL_TOWN[1] else "postcode"


@lru_cache(maxsize=1)
def _cantons_by_name() -> dict[str, str]:
    names = {plain_word(name): code for code, written in _CANTON_NAMES.items() for name in written.split()}
    return names | {code.casefold(): code for code in CANTONS}


@lru_cache(maxsize=1)
def _languages_by_name() -> dict[str, str]:
    names = {plain_word(name): code for code, written in _LANGUAGE_NAMES.items() for name in written.split()}
    if set(names.values()) != set(LANGUAGES):
        raise AssertionError("every language needs names")
    return names
