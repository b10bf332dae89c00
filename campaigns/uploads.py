"""An uploaded file's way into a campaign: received, read, shown, and then committed or canceled. The one door to it.

Until somebody commits it nothing but a folder and a row of its own exist, and canceling removes the folder. A commit is
decided: each batch is a transaction that also notes how far it got, so whoever finds it abandoned goes on from there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from campaigns.arriving import COLUMNS, Arrival, Counts, count_on_list, sorted_out, write
from campaigns.campaigns import lock_campaign
from campaigns.file_copies import NamelessCopy, keep_copy, remove
from campaigns.guarded_reader import Batch, Head, Wish, read_head, reading_rows
from campaigns.in_book import InBook
from campaigns.mapping import Mapping, mapping_from
from campaigns.reader_child import ReaderChild
from campaigns.tables import Campaign, Contact, ContactList, RefusedRow, Upload, UploadStatus
from foundation.database import Database
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.one_writer import be_only_writer

SHOWN_ROWS = 20
SHOWN_REFUSED = 500
# Of two lists that refuse whoever is in another campaign, one is taken in first.
ONE_BOOK = "one book"
_OPEN = (UploadStatus.RECEIVED, UploadStatus.READING, UploadStatus.READ)
_NOTED_EVERY = timedelta(seconds=0.25)


@dataclass(frozen=True)
class Shelf:
    """Where uploads lie, and who is told of their progress."""

    database: Database
    folder: Path
    now: Callable[[], datetime]
    tell: Callable[[str], None] = lambda _: None  # an upload's id
    nice: int = 0  # how far reading stands back behind the machine's other work
    reader: ReaderChild | None = None  # reads the one file that is taken in; otherwise each look has its own

    def path_of(self, upload_id: str) -> Path:
        """The file of an upload."""
        return self.folder / upload_id / "list"


def receive(shelf: Shelf, campaign_id: str, file_name: str, content: BinaryIO | NamelessCopy, actor: str = "") -> str:
    """Keep a file, as yet unread; the upload's id.

    Raises:
        NotFound: there is no such campaign.
        Invalid: the file is empty or too large.
    """
    upload_id, now = new_id("upload"), shelf.now()
    with shelf.database.transaction() as session:
        if session.get(Campaign, campaign_id) is None:
            raise NotFound(f"There is no campaign {campaign_id}.")
        # The row before the folder: a folder without a row is nobody's and is swept away.
        name = Path(file_name.replace("\\", "/")).name[-300:] or "list"
        session.add(
            Upload(id=upload_id, campaign_id=campaign_id, file_name=name, actor=actor, created_at=now, alive_at=now)
        )
    path = shelf.path_of(upload_id)
    path.parent.mkdir(parents=True, mode=0o700)
    try:
        size, digest = content.take_name(path) if isinstance(content, NamelessCopy) else keep_copy(content, path)
    except BaseException:
        cancel(shelf, upload_id)
        raise
    with shelf.database.transaction() as session:
        upload = _locked(session, upload_id)
        upload.bytes_total, upload.options = size, {"content_hash": digest}
    return upload_id


def look_at(shelf: Shelf, upload_id: str) -> Head:
    """How the file begins and what its columns seem to hold.

    Raises:
        Invalid: it is no list; the upload is then failed, and nothing of it is kept.
    """
    upload, country = _open_upload(shelf, upload_id)
    form = upload.options.get("form")
    with _failing(shelf, upload_id):
        head = read_head(shelf.path_of(upload_id), upload.file_name, country, form, shelf.reader)
    if form is None:
        _keep_form(shelf, upload_id, head)
    return head


def choose(shelf: Shelf, upload_id: str, mapping: Mapping, source: str = "") -> None:
    """What the columns hold, as somebody confirmed it. Rows that were read otherwise are to be read again."""
    checked = mapping_from(mapping.columns, mapping.fields)
    with shelf.database.transaction() as session:
        upload = _locked(session, upload_id)
        if upload.status not in _OPEN:
            raise Conflict("This upload is over. Upload the file again.")
        upload.mapping, upload.source = checked.as_record(), source.strip()[:100]
        upload.status = UploadStatus.RECEIVED


def decide_book(shelf: Shelf, upload_id: str, in_book: InBook) -> None:
    """What becomes of rows that stand in another campaign. Rows that were read otherwise are to be read again."""
    with shelf.database.transaction() as session:
        upload = _locked(session, upload_id)
        if upload.status not in _OPEN:
            raise Conflict("This upload is over. Upload the file again.")
        upload.options = {**upload.options, "in_book": in_book.value}
        upload.status = UploadStatus.RECEIVED


def mend(shelf: Shelf, upload_id: str, mended: dict[str, dict[str, str]]) -> None:
    """Cells put right by hand, before the rows are read again: row number to column number to text."""
    with shelf.database.transaction() as session:
        upload = _locked(session, upload_id)
        if upload.status not in _OPEN:
            raise Conflict("This upload is over. Upload the file again.")
        before = upload.options.get("mended", {})
        rows = {row: {**before.get(row, {}), **cells} for row, cells in mended.items()}
        upload.options = {**upload.options, "mended": {**before, **rows}}
        upload.status = UploadStatus.RECEIVED


def read_through(shelf: Shelf, upload_id: str) -> Counts:
    """Read every row and say what would become of it. Changes no contact; tells of its progress.

    Raises:
        Invalid: it is no list, or the mapping does not fit it.
        Conflict: it is being read or committed already, or has been canceled meanwhile.
    """
    upload, country = _begin(shelf, upload_id, UploadStatus.READING)
    counts, noted_at = Counts(), datetime.min.replace(tzinfo=UTC)
    shown: list[dict[str, Any]] = []
    refused: list[list[Any]] = []
    with _failing(shelf, upload_id), _rows(shelf, upload, country, check_first=False) as (_, batches):
        for batch in batches:
            with shelf.database.reading() as session:
                alone = not session.scalar(select(exists().where(Contact.campaign_id == upload.campaign_id)))
                arrival = Arrival(upload.campaign_id, "", shelf.now(), alone, _in_book(upload))
                found = sorted_out(session, arrival, batch)
            counts.add(found.counts)
            shown.extend(dict(zip(COLUMNS, row, strict=False)) for row in batch.rows[: SHOWN_ROWS - len(shown)])
            some = (*batch.refused, *batch.twins, *found.refused)[: SHOWN_REFUSED - len(refused)]
            refused.extend(row[:5] for row in some)
            # Whoever waits sees the first rows at once, and then how the counts grow.
            if (now := shelf.now()) - noted_at >= _NOTED_EVERY:
                noted_at = now
                _note(shelf, upload_id, batch, {**_record(counts), "shown": shown})
    with shelf.database.transaction() as session:
        upload = _locked(session, upload_id)
        _check_still(upload, UploadStatus.READING)
        upload.status = UploadStatus.READ
        upload.counts = {**_record(counts), "shown": shown, "refused_rows": sorted(refused)}
    shelf.tell(upload_id)
    return counts


def take_in(shelf: Shelf, upload_id: str) -> str:
    """Take the rows in, from where an interrupted commit stopped; the id of the list that they make.

    Raises:
        Invalid: it is no list, or the mapping does not fit it; then nothing was taken in.
        Conflict: somebody else is at it, or it has been canceled.
    """
    upload, country = _begin(shelf, upload_id, UploadStatus.COMMITTING)
    # What was read through before can be read to its end. What was not is looked through first.
    check_first = not upload.counts and not upload.rows_written
    counts = Counts()
    with _failing(shelf, upload_id), _rows(shelf, upload, country, check_first=check_first) as (head, batches):
        written, lists = upload.rows_written, -1
        for batch in batches:
            if batch.read <= upload.rows_written:
                continue
            # A power cut that takes the last batches takes the note of them, too: the sweep takes them in again.
            with shelf.database.transaction(relaxed=True) as session:
                if _in_book(upload) is InBook.REFUSE:
                    be_only_writer(session, ONE_BOOK)
                lock_campaign(session, upload.campaign_id)
                written = _fence(session, upload_id, written, batch, shelf.now())
                arrival, lists = _arrival(session, shelf, upload, lists)
                contact_list = _list_of(session, upload, head, shelf.now())
                counts = _counts_of(session, contact_list)
                found = sorted_out(session, arrival, batch)
                write(session, arrival, batch, found)
                counts.add(found.counts)
                count_on_list(contact_list, counts)
            shelf.tell(upload_id)
    _finish(shelf, upload_id)
    return upload.list_id


def cancel(shelf: Shelf, upload_id: str) -> bool:
    """Forget an upload that is not committed, with its file; whether there was anything to forget."""
    with shelf.database.transaction() as session:
        upload = _locked(session, upload_id)
        was_open = upload.status in _OPEN
        if was_open:
            upload.status, upload.counts, upload.options = UploadStatus.CANCELED, {}, {}
    if was_open:
        remove(shelf.path_of(upload_id))
        shelf.tell(upload_id)
    return was_open


def open_upload(session: Session, campaign_id: str) -> str:
    """The newest upload of the campaign that somebody is not done with; empty when there is none."""
    query = select(Upload.id).where(Upload.campaign_id == campaign_id)
    waiting = query.where(Upload.status.in_([*_OPEN, UploadStatus.COMMITTING]))
    return session.scalar(waiting.order_by(Upload.id.desc()).limit(1)) or ""


def _open_upload(shelf: Shelf, upload_id: str) -> tuple[Upload, str]:
    with shelf.database.reading() as session:
        upload = session.get(Upload, upload_id)
        if upload is None:
            raise NotFound
        if upload.status not in _OPEN:
            raise Conflict("This upload is over. Upload the file again.")
        return upload, session.get_one(Campaign, upload.campaign_id).country


def _begin(shelf: Shelf, upload_id: str, status: UploadStatus) -> tuple[Upload, str]:
    """Take an upload in hand for reading or committing."""
    now = shelf.now()
    with shelf.database.transaction() as session:
        upload = _locked(session, upload_id)
        going_on = status == UploadStatus.COMMITTING and upload.status == status
        if upload.status not in {UploadStatus.RECEIVED, UploadStatus.READ} and not going_on:
            raise Conflict("This upload is being worked on already, or it is over.")
        upload.status, upload.alive_at = status, now
        if status == UploadStatus.COMMITTING:
            upload.list_id = upload.list_id or new_id("list")
        else:
            upload.rows_read, upload.bytes_read, upload.counts = 0, 0, {}
        country = session.get_one(Campaign, upload.campaign_id).country
        session.flush()
        session.expunge(upload)
    return upload, country


@contextmanager
def _rows(shelf: Shelf, upload: Upload, country: str, *, check_first: bool) -> Iterator[tuple[Head, Iterator[Batch]]]:
    """The rows of an upload as its mapping says, or as was guessed where nobody has chosen one."""
    kept = upload.mapping
    mapping = Mapping(tuple(kept["columns"]), tuple(kept["fields"])) if kept else None
    refuses = _in_book(upload) == InBook.REFUSE
    options = upload.options
    wish = Wish(
        *(country, mapping, options.get("mended", {}), check_first, shelf.nice),
        keeps_cells=refuses,
        form=options.get("form", {}),
    )
    with reading_rows(shelf.path_of(upload.id), upload.file_name, wish, shelf.reader) as (head, _, batches):
        checked = mapping_from(*((mapping or head.guessed).columns, (mapping or head.guessed).fields))
        if checked.columns != head.table.header:
            raise Invalid(
                "The mapping is for other columns. This list has: %(columns)s.", columns=", ".join(head.table.header)
            )
        yield Head(head.table, checked, head.form), batches


def _keep_form(shelf: Shelf, upload_id: str, head: Head) -> None:
    """The file stays as it is, so one look through all of it is enough."""
    with shelf.database.transaction(relaxed=True) as session:
        upload = _locked(session, upload_id)
        if upload.status in _OPEN:
            upload.options = {**upload.options, "form": head.form}


def _note(shelf: Shelf, upload_id: str, batch: Batch, so_far: dict[str, Any]) -> None:
    with shelf.database.transaction(relaxed=True) as session:
        upload = _locked(session, upload_id)
        _check_still(upload, UploadStatus.READING)
        upload.rows_read, upload.bytes_read, upload.alive_at = batch.read, batch.at_byte, shelf.now()
        upload.counts = so_far
    shelf.tell(upload_id)


def _in_book(upload: Upload) -> InBook:
    return InBook(upload.options.get("in_book", InBook.KEEP))


def _record(counts: Counts) -> dict[str, Any]:
    return {**asdict(counts), "refused": dict(sorted(counts.refused.items()))}


def _arrival(session: Session, shelf: Shelf, upload: Upload, lists: int) -> tuple[Arrival, int]:
    """What a batch's rows share. Whether others are in the campaign is asked again when it has got another list."""
    query = select(func.count()).where(ContactList.campaign_id == upload.campaign_id, ContactList.id != upload.list_id)
    now_there = session.scalar(query) or 0
    alone = now_there == lists or not session.scalar(
        select(exists().where(Contact.campaign_id == upload.campaign_id, Contact.list_id != upload.list_id))
    )
    return Arrival(upload.campaign_id, upload.list_id, shelf.now(), alone, _in_book(upload)), now_there if alone else -1


def _list_of(session: Session, upload: Upload, head: Head, now: datetime) -> ContactList:
    contact_list = session.get(ContactList, upload.list_id)
    if contact_list is None:
        _forget_fruitless(session, upload)
        contact_list = ContactList(
            id=upload.list_id,
            campaign_id=upload.campaign_id,
            file_name=upload.file_name,
            source=upload.source,
            content_hash=upload.options["content_hash"],
            encoding=head.table.encoding,
            delimiter=head.table.delimiter,
            mapping=head.guessed.as_record(),
            imported_at=now,
        )
        session.add(contact_list)
        session.flush()
    return contact_list


def _forget_fruitless(session: Session, upload: Upload) -> None:
    """A file that brought nobody in before, for instance with a wrong mapping, is not kept twice."""
    query = select(ContactList.id).where(
        ContactList.campaign_id == upload.campaign_id,
        ContactList.content_hash == upload.options["content_hash"],
        ContactList.created_rows == 0,
    )
    for list_id in session.scalars(query).all():
        if not session.scalar(select(exists().where(Contact.list_id == list_id))):
            session.execute(delete(RefusedRow).where(RefusedRow.list_id == list_id))
            session.execute(delete(ContactList).where(ContactList.id == list_id))


def _counts_of(session: Session, contact_list: ContactList) -> Counts:
    return Counts(
        rows=contact_list.total_rows,
        created=contact_list.created_rows,
        updated=contact_list.updated_rows,
        unchanged=contact_list.unchanged_rows,
        repaired=contact_list.repaired_rows,
        in_book=contact_list.in_book_rows,
    )


def _fence(session: Session, upload_id: str, written: int, batch: Batch, now: datetime) -> int:
    """Note how far the commit is. Raises Conflict when somebody else has gone on with it meanwhile."""
    upload = _locked(session, upload_id)
    if upload.status != UploadStatus.COMMITTING or upload.rows_written != written:
        raise Conflict("Somebody else is taking this list in.")
    upload.rows_written, upload.alive_at = batch.read, now
    return batch.read


def _finish(shelf: Shelf, upload_id: str) -> None:
    with shelf.database.transaction() as session:
        upload = _locked(session, upload_id)
        upload.status, upload.counts, upload.options, upload.alive_at = UploadStatus.COMMITTED, {}, {}, shelf.now()
    remove(shelf.path_of(upload_id))
    shelf.tell(upload_id)


@contextmanager
def _failing(shelf: Shelf, upload_id: str) -> Iterator[None]:
    """A file that turns out to be no list leaves nothing but the reason why."""
    try:
        yield
    except Invalid as error:
        with shelf.database.transaction() as session:
            upload = _locked(session, upload_id)
            untouched = upload.rows_written == 0
            if untouched:
                upload.status, upload.problem = UploadStatus.FAILED, error.text[:500]
                upload.counts, upload.options = {}, {"problem_facts": error.facts}
        if untouched:
            remove(shelf.path_of(upload_id))
        shelf.tell(upload_id)
        raise


def _locked(session: Session, upload_id: str) -> Upload:
    upload = session.get(Upload, upload_id, with_for_update=True, populate_existing=True)
    if upload is None:
        raise NotFound
    return upload


def _check_still(upload: Upload, status: UploadStatus) -> None:
    if upload.status != status:
        raise Conflict("This upload has been canceled meanwhile.")
