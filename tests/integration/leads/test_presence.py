"""Room, absence and closed days: what partners and staff may say of them, and from when it counts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from redis import Redis
from sqlalchemy import select

from dialer.exports import partners_csv
from foundation.database import Database
from foundation.errors import Conflict, Invalid
from leads import presence
from leads.import_partners import import_partners
from leads.lead_states import LeadStatus
from leads.live_lines import LiveLine
from leads.partners import profile_of
from leads.presence import Sayer
from leads.sweep import sweep_leads
from leads.tables import Partner, PartnerRevision
from tests.integration.leads.lead_rows import NOW, add_lead, add_partner, route_now, runtime_for

OWN = Sayer("user_1", False, NOW)
STAFF = Sayer("user_9", True, NOW)
MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def partner_row(database: Database, partner_id: str) -> Partner:
    with database.reading() as session:
        return session.get_one(Partner, partner_id)


def test_more_room_counts_from_the_next_day_and_not_above_what_was_agreed(database: Database, redis: Redis) -> None:
    partner_id = add_partner(database, "A", weekly_capacity=5)
    runtime = runtime_for(database, redis)
    for wanted in (0, 6):
        with pytest.raises(Invalid), database.transaction() as session:
            presence.plan_capacity(session, partner_id, wanted, OWN)
    with database.transaction() as session:
        presence.plan_capacity(session, partner_id, 1, OWN)
        presence.plan_capacity(session, partner_id, 2, OWN)
    midnight = datetime(2026, 3, 2, 23, tzinfo=UTC)
    assert sweep_leads(runtime, midnight - timedelta(seconds=1)) == 0
    assert partner_row(database, partner_id).weekly_capacity == 5
    assert sweep_leads(runtime, midnight) == 1
    assert sweep_leads(runtime, midnight) == 0
    assert (partner_row(database, partner_id).weekly_capacity, partner_row(database, partner_id).revision) == (2, 2)
    with database.transaction() as session:
        presence.plan_capacity(session, partner_id, 5, OWN)


def test_room_that_is_toggled_before_a_lead_comes_brings_no_lead(database: Database) -> None:
    partner_id = add_partner(database, "A", weekly_capacity=5)
    with database.transaction() as session:
        presence.go_away(session, partner_id, MONDAY, MONDAY + 5 * DAY, OWN)
        presence.come_back(session, partner_id, MONDAY, OWN)
    assert route_now(database, add_lead(database)).status == LeadStatus.WITH_HUMAN
    assert route_now(database, add_lead(database, 2), hours_later=24).partner_id == partner_id


def test_staff_brings_a_partner_back_at_once_and_drops_a_coming_absence(database: Database) -> None:
    partner_id = add_partner(database, "A")
    with database.transaction() as session:
        presence.go_away(session, partner_id, MONDAY, MONDAY + 5 * DAY, STAFF)
        presence.go_away(session, partner_id, MONDAY + 20 * DAY, MONDAY + 25 * DAY, OWN)
    assert route_now(database, add_lead(database)).status == LeadStatus.WITH_HUMAN
    with database.transaction() as session:
        presence.come_back(session, partner_id, MONDAY, STAFF)
        presence.come_back(session, partner_id, MONDAY + 20 * DAY, OWN)
    assert partner_row(database, partner_id).absent == []
    assert route_now(database, add_lead(database, 2)).partner_id == partner_id
    with pytest.raises(Conflict), database.transaction() as session:
        presence.come_back(session, partner_id, MONDAY, STAFF)


def test_absence_in_the_past_or_without_end_is_refused(database: Database) -> None:
    partner_id = add_partner(database, "A")
    for first, last in ((MONDAY - DAY, MONDAY), (MONDAY + DAY, MONDAY), (MONDAY, MONDAY + 400 * DAY)):
        with pytest.raises(Invalid), database.transaction() as session:
            presence.go_away(session, partner_id, first, last, OWN)


def test_house_closes_with_two_days_notice_and_on_twenty_days_a_year_at_most(database: Database) -> None:
    partner_id = add_partner(database, "A")
    with pytest.raises(Invalid), database.transaction() as session:
        presence.close_on(session, partner_id, [MONDAY + DAY], OWN)
    with pytest.raises(Invalid), database.transaction() as session:
        presence.close_on(session, partner_id, [MONDAY + (3 + number) * DAY for number in range(21)], OWN)
    with database.transaction() as session:
        presence.close_on(session, partner_id, [MONDAY + DAY], STAFF)
        presence.close_on(session, partner_id, [MONDAY + 10 * DAY], OWN)
    # The near one stays although it was not named again.
    assert partner_row(database, partner_id).closed_days == ["2026-03-03", "2026-03-12"]


def test_number_for_live_calls_is_an_ordinary_one_and_counts_at_once(database: Database) -> None:
    partner_id = add_partner(database, "A")
    for number, hours in (("0900 123 123", ""), ("", ""), ("044 668 18 00", "8-12"), ("+1 212 555 01 00", "")):
        with pytest.raises(Invalid), database.transaction() as session:
            presence.set_live_line(session, partner_id, LiveLine(True, number, hours), NOW)
    with database.transaction() as session:
        presence.set_live_line(session, partner_id, LiveLine(True, "044 668 18 00", " 07:00-12:00  13:00-18:00"), NOW)
    row = partner_row(database, partner_id)
    assert (row.takes_live_calls, row.live_number, row.live_hours) == (
        True, "+41446681800", "07:00-12:00 13:00-18:00",
    )  # fmt: skip


def test_exported_file_is_read_again_without_any_change(database: Database) -> None:
    full = (
        "name;email;languages;cantons;postcodes;solutions;min_employees;max_employees;weekly_capacity;known_customers;"
        "home_postcode;reach_km;min_complexity;max_complexity;owner;grade;staff;weight_percent;excluded_customers;"
        "absent;closed_days;is_active;takes_live_calls;live_number;live_hours\n"
        "=Muster IT AG;leads@example.ch;de fr;ZH BE;8005 30;erp:3 cloud:1;10;1000;5;"
        "Alpha AG|CHE-123.456.788|+41446681800;"
        "8005;40;2;5;Gruppe X;A;25;120;Rival AG|Other & Co;2026-12-24/2027-01-02 2026-07-20/2026-08-01;"
        "2026-05-15 2026-12-24;no;yes;+41446681800;07:00-18:00\n"
        "Klein GmbH;;de;;;erp;;;3;;;;;;;;;;;;;;;;\n"
    )
    first = import_partners(database, full.encode(), NOW)
    assert (first.added, first.changed) == (2, 0)
    written = b"".join(partners_csv(database))
    assert b"'=Muster IT AG;" in written
    again = import_partners(database, written, NOW)
    assert (again.added, again.changed, again.unchanged, again.relations_added) == (0, 0, 2, 0)
    assert b"".join(partners_csv(database)) == written
    muster = profile_of(partner_row(database, first.partner_ids[0]))
    assert (muster.grade, muster.staff, muster.weight_percent, muster.is_active) == ("A", 25, 120, False)
    assert muster.absent == (("2026-07-20", "2026-08-01"), ("2026-12-24", "2027-01-02"))


def test_file_changes_only_what_it_has_columns_for(database: Database) -> None:
    partner_id = add_partner(database, "A", grade="B", reach_km=20, home_postcode="8005")
    with database.transaction() as session:
        presence.go_away(session, partner_id, MONDAY, MONDAY + DAY, OWN)
    import_partners(database, b"name;languages;solutions;weekly_capacity\nA;fr;erp;7\n", NOW)
    profile = profile_of(partner_row(database, partner_id))
    assert (profile.languages, profile.weekly_capacity) == (("fr",), 7)
    assert (profile.grade, profile.reach_km) == ("B", 20)
    assert profile.absent == (("2026-03-02", "2026-03-03"),)
    with database.reading() as session:
        revisions = session.scalars(select(PartnerRevision.revision).where(PartnerRevision.partner_id == partner_id))
        assert len(revisions.all()) == 3
