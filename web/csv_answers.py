"""A CSV file as the answer to a request, sent while it is being read."""

from collections.abc import Iterator

from fastapi.responses import StreamingResponse


class CsvFile(StreamingResponse):
    """A download of which only a piece is in memory at a time."""

    media_type = "text/csv; charset=utf-8"


def download(pieces: Iterator[bytes], name: str) -> CsvFile:
    """The file under a name that we chose."""
    return CsvFile(pieces, headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})
