"""Takes the file of a contact list from a browser. What is done with it then, `uploads` shows step by step."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Response
from starlette.datastructures import FormData

from campaigns import uploads
from web.pages.campaigns import find_campaign
from web.pages.uploads import Staff, show_columns
from web.uploading import ListRouter, reading_form, sent_file, shelf_of

router = ListRouter()


async def sent_form(visit: Staff) -> AsyncIterator[FormData]:
    """The form with the file, read after the gate has let the visitor pass."""
    async for form in reading_form(visit.request):
        yield form


@router.post("/campaigns/{campaign_id}/uploads")
def receive(visit: Staff, campaign_id: str, form: Annotated[FormData, Depends(sent_form)]) -> Response:
    """Keep a file and show what its columns seem to hold."""
    with visit.parts.database.reading() as session:
        find_campaign(session, campaign_id)
    shelf, file = shelf_of(visit.parts), sent_file(form)
    upload_id = uploads.receive(shelf, campaign_id, file.filename or "list.csv", file.file, visit.person.user_id)
    return show_columns(visit, campaign_id, upload_id)
