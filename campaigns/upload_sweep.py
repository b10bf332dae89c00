"""Clears up after uploads that nobody goes on with: the undecided vanish, the decided are finished."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from campaigns import uploads
from campaigns.tables import Upload, UploadStatus
from campaigns.uploads import Shelf
from foundation.errors import HalaliError
from foundation.logs import get_logger

log = get_logger(__name__)

PATIENCE = {
    UploadStatus.RECEIVED: timedelta(hours=24),
    UploadStatus.READING: timedelta(minutes=10),
    UploadStatus.READ: timedelta(hours=24),
}
COMMIT_PATIENCE = timedelta(minutes=5)
_AT_ONCE = 20


def sweep_uploads(shelf: Shelf, now: datetime) -> int:
    """Forget uploads that were given up, with their files, and finish commits that broke off; how many it was."""
    swept = 0
    for status, patience in PATIENCE.items():
        for upload_id in _quiet_since(shelf, status, now - patience):
            swept += uploads.cancel(shelf, upload_id)
    for upload_id in _quiet_since(shelf, UploadStatus.COMMITTING, now - COMMIT_PATIENCE):
        swept += _finish(shelf, upload_id)
    return swept + _remove_strays(shelf)


def _quiet_since(shelf: Shelf, status: UploadStatus, moment: datetime) -> list[str]:
    query = select(Upload.id).where(Upload.status == status, Upload.alive_at < moment)
    with shelf.database.reading() as session:
        return list(session.scalars(query.order_by(Upload.alive_at).limit(_AT_ONCE)))


def _finish(shelf: Shelf, upload_id: str) -> bool:
    try:
        uploads.take_in(shelf, upload_id)
    except (HalaliError, OSError) as error:
        log.warning("upload_not_finished", upload_id=upload_id, error=type(error).__name__)
        return False
    return True


def _remove_strays(shelf: Shelf) -> int:
    """Folders whose upload is over or was never noted: a process died between the two."""
    removed = 0
    for folder in shelf.folder.glob("upload_*"):
        if not _is_wanted(shelf, folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def _is_wanted(shelf: Shelf, folder: Path) -> bool:
    with shelf.database.reading() as session:
        status = session.scalar(select(Upload.status).where(Upload.id == folder.name))
    return status in {*PATIENCE, UploadStatus.COMMITTING}
