"""Swiss postcodes with place, canton and coordinates, from a table in the program. Geography only, no rule about it.

The table's source and licence stand at its top; scripts/make_postcodes.py makes it.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

CANTONS = (
    *("ZH", "BE", "LU", "UR", "SZ", "OW", "NW", "GL", "ZG", "FR", "SO", "BS", "BL"),
    *("SH", "AR", "AI", "SG", "GR", "AG", "TG", "TI", "VD", "VS", "NE", "GE", "JU"),
)


@dataclass(frozen=True)
class Place:
    """One place of a postcode. Coordinates are degrees, WGS 84."""

    postcode: str
    name: str
    canton: str
    latitude: float
    longitude: float


def places_of(postcode: str) -> tuple[Place, ...]:
    """The places of a four-digit postcode; none when there is no such postcode."""
    return all_places().get(postcode, ())


def canton_of(postcode: str, place: str = "") -> str:
    """The canton's two letters; empty where the postcode is unknown, or lies in several and `place` is no help."""
    places = places_of(postcode)
    cantons = {one.canton for one in places}
    if len(cantons) > 1:
        wanted = place.strip().casefold()
        cantons = {one.canton for one in places if one.name.casefold() == wanted}
    return cantons.pop() if len(cantons) == 1 else ""


@lru_cache(maxsize=1)
def all_places() -> Mapping[str, tuple[Place, ...]]:
    """Every postcode with its places, read once per process."""
    found: dict[str, tuple[Place, ...]] = {}
    with Path(__file__).with_name("postcodes.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(line for line in table if not line.startswith("#")):
            place = Place(row["postcode"], row["place"], row["canton"], float(row["latitude"]), float(row["longitude"]))
            found[place.postcode] = (*found.get(place.postcode, ()), place)
    return found
