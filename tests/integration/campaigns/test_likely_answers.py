"""Whoever is likely to answer at the hour comes first, within the groups of the line's order."""

from datetime import timedelta

from sqlalchemy import select, update

from campaigns import contact_queue
from campaigns.line_order import LineOrder, group_length, order_key
from campaigns.line_queries import Terms
from campaigns.tables import Contact
from campaigns.times_of_day import SIZES, segment_of
from foundation.database import Database
from tests.integration.campaigns.campaign_rows import NOW, add_campaign, add_contacts
from tests.plans import listening, read_as_a_whole, refresh_statistics

LARGE_FIRST = {"de": ("large", "medium", "small", "unknown")}


def take(database: Database, campaign_id: str, limit: int, terms: Terms) -> list[str]:
    with database.transaction() as session:
        taken = contact_queue.reserve_next(session, campaign_id, "de", limit, NOW, terms)
        return [contact.id for contact in taken]


def test_sizes_are_told_apart_in_the_database_as_in_what_is_learned(database: Database) -> None:
    campaign_id = add_campaign(database)
    known = {
        add_contacts(database, campaign_id, 1, employees=many)[0]: many for many in (None, 0, 1, 9, 10, 49, 50, 900)
    }
    with database.reading() as session:
        sizes = session.execute(select(Contact.id, Contact.company_size)).all()
    assert {contact_id: f"de:{size}" for contact_id, size in sizes} == {
        contact_id: segment_of("de", employees) for contact_id, employees in known.items()
    }
    assert {size for _, size in sizes} == set(SIZES)


def test_the_size_that_answers_most_comes_first_and_then_the_next(database: Database) -> None:
    campaign_id = add_campaign(database)
    unknown = add_contacts(database, campaign_id, 2)
    small = add_contacts(database, campaign_id, 2, employees=5)
    large = add_contacts(database, campaign_id, 2, employees=500)
    assert take(database, campaign_id, 3, Terms(sizes=LARGE_FIRST)) == [*large, small[0]]
    assert take(database, campaign_id, 9, Terms(sizes=LARGE_FIRST)) == [small[1], *unknown]


def test_without_anything_learned_the_line_is_as_it_was(database: Database) -> None:
    campaign_id = add_campaign(database)
    first = add_contacts(database, campaign_id, 1)
    large = add_contacts(database, campaign_id, 1, employees=500)
    assert take(database, campaign_id, 2, Terms(sizes={"fr": LARGE_FIRST["de"]})) == [*first, *large]


def test_callbacks_and_priority_come_before_who_is_likely_to_answer(database: Database) -> None:
    campaign_id = add_campaign(database)
    order = LineOrder(new_first=True)
    tried, urgent = (order_key(order, priority, {"attempts_made": made}, NOW) for priority, made in ((0, 1), (2, 0)))
    new = order_key(order, 0, {}, NOW)
    again_large = add_contacts(database, campaign_id, 1, employees=500, order_key=tried, hopper_key=tried)
    new_small = add_contacts(database, campaign_id, 1, employees=5, order_key=new, hopper_key=new)
    new_large = add_contacts(database, campaign_id, 1, employees=500, order_key=new, hopper_key=new)
    first = add_contacts(database, campaign_id, 1, order_key=urgent, hopper_key=urgent)
    promised = add_contacts(database, campaign_id, 1, promised_at=NOW - timedelta(minutes=1), hopper_key=None)
    terms = Terms(sizes=LARGE_FIRST, group_length=group_length(order))
    assert take(database, campaign_id, 9, terms) == [*promised, *first, *new_large, *new_small, *again_large]


def test_lists_keep_their_shares_and_each_begins_with_who_is_likely_to_answer(database: Database) -> None:
    campaign_id = add_campaign(database)
    pairs = [
        (add_contacts(database, campaign_id, 2), add_contacts(database, campaign_id, 2, employees=500))
        for _ in range(2)
    ]
    with database.transaction() as session:  # what was added together is one list
        for others, likely in pairs:
            together = session.get_one(Contact, others[0]).list_id
            session.execute(update(Contact).where(Contact.id.in_(likely)).values(list_id=together))
        shares = {session.get_one(Contact, others[0]).list_id: 50 for others, _ in pairs}
    taken = take(database, campaign_id, 4, Terms(sizes=LARGE_FIRST, shares=shares))
    assert sorted(taken) == sorted([*pairs[0][1], *pairs[1][1]])


def test_a_long_line_is_not_read_for_it(database: Database) -> None:
    campaign_id = add_campaign(database)
    add_contacts(database, campaign_id, 3000)
    add_contacts(database, campaign_id, 30, employees=500)
    refresh_statistics(database)
    with listening(database) as asked:
        assert len(take(database, campaign_id, 40, Terms(sizes=LARGE_FIRST))) == 40
    assert "contacts" not in read_as_a_whole(database, asked)
    assert sum("company_size" in statement for statement, _ in asked) == (4 if database.is_sqlite else 1)


def test_whoever_has_no_place_of_todays_form_is_not_lost(database: Database) -> None:
    campaign_id = add_campaign(database)
    bare = add_contacts(database, campaign_id, 2, order_key="", hopper_key="")
    large = add_contacts(database, campaign_id, 1, employees=500)
    assert sorted(take(database, campaign_id, 9, Terms(sizes=LARGE_FIRST))) == sorted([*bare, *large])
