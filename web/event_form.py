"""An event as it is typed into a form, and as it is shown there again. Moments are local times where the event is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field

from events.event_book import LANGUAGES, EventDraft
from foundation.errors import Invalid


class EventForm(BaseModel):
    """The fields of an event's form. `starts_at` and others are local, such as 2026-11-24T10:00."""

    model_config = ConfigDict(extra="forbid")

    title_de: str = Field("", max_length=200)
    title_fr: str = Field("", max_length=200)
    title_it: str = Field("", max_length=200)
    title_en: str = Field("", max_length=200)
    text_de: str = Field("", max_length=4000)
    text_fr: str = Field("", max_length=4000)
    text_it: str = Field("", max_length=4000)
    text_en: str = Field("", max_length=4000)
    place: str = Field("", max_length=300)
    online_link: str = Field("", max_length=500)
    starts_at: str = Field("", max_length=30)
    ends_at: str = Field("", max_length=30)
    answer_until: str = Field("", max_length=30)
    time_zone: str = Field("Europe/Zurich", max_length=50)
    canton: str = Field("", max_length=2)
    seats: int = 0
    room: int = 0
    overbooks: bool = False
    offer_hours: int = 8
    partner_id: str = Field("", max_length=40)
    campaign_ids: list[str] = Field(default_factory=list, max_length=50)

    def as_draft(self) -> EventDraft:
        """The value. Raises Invalid when a moment cannot be read."""
        return EventDraft(
            title={one: getattr(self, f"title_{one}") for one in LANGUAGES},
            text={one: getattr(self, f"text_{one}") for one in LANGUAGES},
            place=self.place.strip(),
            online_link=self.online_link.strip(),
            starts_at=self._moment(self.starts_at),
            ends_at=self._moment(self.ends_at),
            answer_until=self._moment(self.answer_until) if self.answer_until else None,
            time_zone=self.time_zone,
            canton=self.canton.strip().upper(),
            seats=self.seats,
            room=self.room,
            overbooks=self.overbooks,
            offer_hours=self.offer_hours,
            partner_id=self.partner_id,
        )

    def _moment(self, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)
        except (ValueError, ZoneInfoNotFoundError) as error:
            raise Invalid("Say when the event begins and ends: day and time.") from error
