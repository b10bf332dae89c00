"""The forty invented partners of the examples: regional ones, national ones, and a few for single towns."""

from collections.abc import Sequence
from dataclasses import dataclass

COLUMNS = (
    *("name", "email", "languages", "cantons", "postcodes", "solutions"),
    *("min_employees", "max_employees", "weekly_capacity", "known_customers"),
)
_EVERYTHING = "erp crm collaboration security cloud infrastructure"
_SOLUTIONS = (
    *("erp crm", "collaboration cloud", "security infrastructure", "cloud security", "crm collaboration erp"),
    _EVERYTHING,
)
_SIZES = (("", ""), ("1", "49"), ("10", "249"), ("", "99"), ("50", ""))


@dataclass(frozen=True)
class _Area:
    """Where a partner works: a word for its name, its languages, and cantons or postcodes (none: everywhere)."""

    word: str
    languages: str
    cantons: str = ""
    postcodes: str = ""


_AREAS = (
    _Area("Zürich", "de", "ZH"),
    _Area("Limmattal", "de en", "ZH AG"),
    _Area("Winterthur", "de", "ZH TG SH"),
    _Area("Bern", "de fr", "BE"),
    _Area("Oberland", "de", "BE"),
    _Area("Jura bernois", "fr", "BE JU NE"),
    _Area("Luzern", "de", "LU OW NW"),
    _Area("Zentralschweiz", "de", "UR SZ ZG LU"),
    _Area("Zug", "de en", "ZG SZ"),
    _Area("Aarau", "de", "AG SO"),
    _Area("Olten", "de", "SO AG BL"),
    _Area("Basel", "de en", "BS BL"),
    _Area("Dreiland", "de fr", "BS BL JU"),
    _Area("Ostschweiz", "de", "SG AR AI TG"),
    _Area("Säntis", "de", "AR AI SG"),
    _Area("Rheintal", "de", "SG GR"),
    _Area("Chur", "de it", "GR"),
    _Area("Engadin", "de it", "GR"),
    _Area("Glarus", "de", "GL SZ SG"),
    _Area("Schaffhausen", "de", "SH TG ZH"),
    _Area("Fribourg", "fr de", "FR"),
    _Area("Sense", "de fr", "FR BE"),
    _Area("Valais", "fr de", "VS"),
    _Area("Oberwallis", "de", "VS"),
    _Area("Lausanne", "fr", "VD"),
    _Area("Riviera", "fr en", "VD VS"),
    _Area("Genève", "fr en", "GE"),
    _Area("Léman", "fr", "GE VD"),
    _Area("Neuchâtel", "fr", "NE JU FR"),
    _Area("Lugano", "it", "TI"),
    _Area("Bellinzona", "it de", "TI GR"),
    _Area("Locarno", "it", "TI"),
    _Area("Alpen", "de fr it"),
    _Area("Helvet", "de fr"),
    _Area("Mittelland", "de"),
    _Area("Romandie", "fr"),
    _Area("Confine", "it de"),
    _Area("Zürich West", "de en", postcodes="8005 8048 8064"),
    _Area("Genève Rive", "fr en", postcodes="1204 1205 1206"),
    _Area("Lugano Centro", "it", postcodes="69"),
)


def partner_rows(customers: Sequence[str]) -> list[tuple[str, ...]]:
    """One row per partner. Every fourth one knows two of the customers, when there are any."""
    rows: list[tuple[str, ...]] = []
    for index, area in enumerate(_AREAS, 1):
        everywhere = not area.cantons
        known = [customers[(index * 37 + step) % len(customers)] for step in (0, 11)] if customers else []
        rows.append(
            (
                f"Musterpartner {area.word} {index:02}",
                f"leads@partner-{index:02}.example",
                area.languages,
                area.cantons,
                area.postcodes,
                _EVERYTHING if everywhere else _SOLUTIONS[index % len(_SOLUTIONS)],
                *(("", "") if everywhere else _SIZES[index % len(_SIZES)]),
                str(3 + index * 7 % 10),
                ", ".join(known) if index % 4 == 0 else "",
            )
        )
    return rows
