"""`halali import`: a contact list into a campaign. Needs the database alone, no running server.

Only what the command line says is here; `importing` does it, and is loaded while another process looks at the file.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from campaigns.file_copies import NamelessCopy, copy_without_name
from campaigns.in_book import InBook
from campaigns.reader_child import ReaderChild, is_harmless
from cli.loading import loading
from cli.options import AsJson, CallerNumber, single
from foundation.errors import Invalid
from foundation.settings import load_settings


def import_file(  # noqa: PLR0913, PLR0917 - one argument for each option
    file: Annotated[Path, typer.Argument(help="A contact list: CSV or XLSX, as Excel or any other program writes it.")],
    campaign: Annotated[str, typer.Option(help="The campaign's name or id; without it one named as the file.")] = "",
    create: Annotated[bool, typer.Option("--create", help="Create the campaign where there is none.")] = False,
    caller_number: CallerNumber = "",
    mapping: Annotated[list[str] | None, typer.Option(help="COLUMN=field, where the guess is wrong.")] = None,
    source: Annotated[str, typer.Option(help="Where such lists come from; what the columns hold is kept for it.")] = "",
    in_book: Annotated[InBook, typer.Option(help="Rows that stand in another campaign.")] = InBook.KEEP,
    as_json: AsJson = False,
) -> None:
    """Read a contact list into a campaign. Refused rows are kept, each with its reason. Needs no running server."""
    with closing(ReaderChild()) as reader, _looked_at_early(file, reader) as content:
        with loading():
            from cli.importing import Wish, take_file

        wish = Wish(file, campaign, create or not campaign, caller_number, tuple(mapping or ()), source, in_book)
        take_file(wish, content, reader, as_json=as_json)


@contextmanager
def _looked_at_early(file: Path, reader: ReaderChild) -> Iterator[BinaryIO | NamelessCopy]:
    """The file's content; if it is large, in a copy that another process looks through while this one loads libraries.

    Raises:
        Invalid: it cannot be read.
    """
    try:
        content = file.open("rb")
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from error
    with content:
        copy = None
        if file.is_file() and not is_harmless(file):
            copy = copy_without_name(content, load_settings().data_dir / "uploads")
        if copy is None:
            yield content
            return
        with copy:
            reader.look_ahead(copy.fileno())
            yield copy


import_command = single(import_file)
