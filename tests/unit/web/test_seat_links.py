"""Links of guests: one seat each, not to be guessed; and what a page may call a guest."""

from pathlib import Path

import pytest

from foundation.ids import new_id
from foundation.settings import Settings, load_settings
from web.seat_links import first_name, key_of_seat, seat_of_key


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(_env_file=None, data_dir=tmp_path)


def test_a_link_opens_its_own_seat_alone(settings: Settings) -> None:
    seat_id, other = new_id("seat"), new_id("seat")
    key = key_of_seat(settings, seat_id)
    assert seat_of_key(settings, key) == seat_id
    assert seat_of_key(settings, key.replace(seat_id, other)) == ""
    assert seat_of_key(settings, key[:-1]) == ""
    assert seat_of_key(settings, seat_id) == ""


@pytest.mark.parametrize(
    ("person", "shown"),
    [("Kim Beispiel", "Kim"), ("Frau Dr. Beispiel", ""), ("Mme Exemple", ""), ("Beispiel", ""), ("", "")],
)
def test_only_a_first_name_that_was_told_is_shown(person: str, shown: str) -> None:
    assert first_name(person) == shown
