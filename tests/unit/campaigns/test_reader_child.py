"""The process that reads a file: asked several times, told to look ahead, ended in the middle."""

from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from campaigns.file_copies import copy_without_name
from campaigns.guarded_reader import Wish, read_head, reading_rows
from campaigns.reader_child import ReaderChild
from foundation.errors import Invalid
from tests.workbook_files import workbook

NUMBERS = [f"044 668 {number // 100:02} {number % 100:02}" for number in range(4500)]
ROWS = [("Firma", "Telefon"), *((f"Muster {number} AG", number) for number in NUMBERS)]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook(ROWS))
    return path


def test_one_process_says_how_a_file_begins_and_then_its_rows(book: Path) -> None:
    with closing(ReaderChild()) as reader:
        head = read_head(book, book.name, "CH", reader=reader)
        with reading_rows(book, book.name, Wish("CH", form=head.form), reader) as (again, _, batches):
            assert again == head
            assert sum(len(batch.rows) for batch in batches) == 4500


def test_a_copy_that_was_looked_at_early_is_read_under_the_name_that_it_gets(book: Path, tmp_path: Path) -> None:
    with closing(ReaderChild()) as reader, book.open("rb") as content:
        copy = copy_without_name(content, tmp_path / "uploads")
        if copy is None:
            pytest.skip("this file system has no files without names")
        with copy:
            reader.look_ahead(copy.fileno())
            assert list((tmp_path / "uploads").iterdir()) == []
            named = tmp_path / "uploads" / "list"
            size, digest = copy.take_name(named)
        assert (size, digest) == (book.stat().st_size, sha256(named.read_bytes()).hexdigest())
        assert named.read_bytes() == book.read_bytes()
        assert read_head(named, book.name, "CH", reader=reader) == read_head(book, book.name, "CH")


def test_a_file_that_is_no_list_is_refused_when_somebody_asks_for_it(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"PK\x03\x04 no workbook")
    with closing(ReaderChild()) as reader, path.open("rb") as content:
        reader.look_ahead(content.fileno())
        for _ in range(2):
            with pytest.raises(Invalid, match="damaged"):
                read_head(path, path.name, "CH", reader=reader)


def test_a_reader_that_is_closed_in_the_middle_has_ended(book: Path) -> None:
    with closing(ReaderChild()) as reader:
        with reading_rows(book, book.name, Wish("CH"), reader) as (_, _, batches):
            next(batches)
            process = reader.start()
            reader.close()
        assert process.returncode is not None


def test_a_reader_that_dies_costs_one_clear_error(book: Path) -> None:
    with closing(ReaderChild()) as reader:
        reader.start().kill()
        with pytest.raises(Invalid, match="broke off"):
            read_head(book, book.name, "CH", reader=reader)
