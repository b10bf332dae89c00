"""Campaigns whose contacts are of several countries: each number goes by its own country's rules and grounds."""

from datetime import MAXYEAR, datetime, timedelta

from sqlalchemy import delete

from campaigns.tables import Campaign, Contact, ContactPhone, ContactStatus
from compliance import grounds
from compliance.calling_hours import Place
from compliance.directory import record_look
from compliance.grounds import LIST, NUMBER, Attestation, Subject
from compliance.rules import accepted_grounds
from compliance.tables import DirectoryCheck, LawfulGround
from dialer import launch_demands, list_steps
from dialer.caller_number_view import look_at_numbers
from dialer.gate_check import ask
from dialer.launch_check import Demand
from dialer.tables import Call
from tests.grounds import WORDS, found_in_directory, listed_without_star
from tests.integration.dialer.floor import Floor

GERMAN = "+4930555010"
CONSENT = "consent"


def ground_demand(floor: Floor, campaign_id: str) -> Demand:
    with floor.database.reading() as session:
        return launch_demands.ground_demand(session, floor.campaign(campaign_id), floor.now)


def directory_demand(floor: Floor, campaign_id: str) -> Demand:
    with floor.database.reading() as session:
        return launch_demands.directory_demand(session, floor.campaign(campaign_id), floor.now)


def test_the_directory_of_each_country_that_the_lists_dial_is_asked_for(floor: Floor) -> None:
    campaign_id = floor.add_campaign(3)
    number = floor.campaign(campaign_id).caller_number
    with floor.database.transaction() as session:
        session.execute(delete(DirectoryCheck))
    assert directory_demand(floor, campaign_id).missing == 1
    # A German campaign of Swiss contacts alone is about these.
    floor.spoil(Campaign, campaign_id, country="DE")
    assert (directory_demand(floor, campaign_id).is_needed, directory_demand(floor, campaign_id).missing) == (True, 1)
    # With a German among them, the Swiss are abroad, and hold up nobody.
    move_abroad(floor, floor.contacts(campaign_id)[0], GERMAN, "DE")
    assert directory_demand(floor, campaign_id) == Demand(is_needed=False, abroad=1, places=("CH",))
    assert listing(floor, campaign_id) == (("CH",), None)
    with floor.database.transaction() as session:
        to_look_up = launch_demands.numbers_to_look_up(session, floor.campaign(campaign_id), floor.now)
        assert to_look_up == [number]
        record_look(session, number, found_in_directory(floor.now), "user_1", floor.now)
    assert directory_demand(floor, campaign_id) == Demand(is_needed=False)
    not_shown_in, until = listing(floor, campaign_id)
    assert not_shown_in == ()
    assert until is not None
    assert until.year < MAXYEAR


def listing(floor: Floor, campaign_id: str) -> tuple[tuple[str, ...], datetime | None]:
    """What the table of the campaign's numbers says of its one number."""
    with floor.database.reading() as session:
        (seen,) = look_at_numbers(session, floor.campaign(campaign_id), floor.now)
    return seen.not_shown_in, seen.listed_until


def move_abroad(floor: Floor, contact: Contact, number: str, country: str) -> None:
    floor.spoil(Contact, contact.id, phone_number=number, number_country=country, time_zone="", canton="")


def test_a_contact_abroad_needs_a_ground_that_its_own_country_takes(floor: Floor) -> None:
    campaign_id = floor.add_campaign(3)
    assert ground_demand(floor, campaign_id) == Demand(is_needed=True)
    abroad = floor.contacts(campaign_id)[0]
    move_abroad(floor, abroad, GERMAN, "DE")
    accepted = accepted_grounds("DE", Place(), floor.now.date())
    assert accepted is not None
    assert "listed_without_star" not in accepted
    # The others may be called: the one abroad is said to be left out, and holds up nobody.
    assert ground_demand(floor, campaign_id) == Demand(is_needed=True, abroad=1)
    kind = min(accepted)
    with floor.database.transaction() as session:
        session.add(
            LawfulGround(
                id="ground_de",
                subject_kind=NUMBER,
                subject=GERMAN,
                kind=kind,
                as_of=floor.now - timedelta(days=1),
                source="a talk",
                attested_at=floor.now,
                attested_by="user_1",
            )
        )
    assert ground_demand(floor, campaign_id) == Demand(is_needed=True)


def test_a_ground_for_the_own_country_is_not_asked_of_those_abroad(floor: Floor) -> None:
    campaign_id = floor.add_campaign(2)
    assert accepted_grounds("GB", Place(), floor.now.date()) is None
    with floor.database.transaction() as session:
        session.execute(delete(LawfulGround))
    assert ground_demand(floor, campaign_id).missing == 2
    move_abroad(floor, floor.contacts(campaign_id)[0], "+442079460000", "GB")
    assert ground_demand(floor, campaign_id).missing == 1


def test_who_waits_no_more_and_archived_lists_lack_nothing(floor: Floor) -> None:
    campaign_id = floor.add_campaign(2)
    with floor.database.transaction() as session:
        session.execute(delete(LawfulGround))
    contact = floor.contacts(campaign_id)[0]
    floor.spoil(Contact, contact.id, status=ContactStatus.DONE, hopper_key=None)
    assert ground_demand(floor, campaign_id).missing == 1
    list_steps.archive(floor.database, contact.list_id, floor.now)
    assert ground_demand(floor, campaign_id) == Demand(is_needed=True)


def test_the_finding_about_the_directory_shows_the_number_as_people_write_it(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    with floor.database.transaction() as session:
        session.execute(delete(DirectoryCheck))
        demand = launch_demands.directory_demand(session, floor.campaign(campaign_id), floor.now)
    assert demand == Demand(is_needed=True, missing=1, words="+41 44 668 18 00")


def test_the_parts_of_a_list_rest_on_its_grounds(floor: Floor) -> None:
    campaign_id = floor.add_campaign(4)
    list_id = floor.contacts(campaign_id)[0].list_id
    said = Attestation(CONSENT, floor.now, "by telephone", WORDS, evidence=grounds.Evidence("proof.txt", b"yes"))
    with floor.database.transaction() as session:
        revoked = grounds.attest(session, Subject(LIST, list_id), said, "user_1", floor.now)
        grounds.revoke(session, revoked.id, "forged", "user_1", floor.now)
        (part,) = list_steps.split_list(session, list_id, 2, floor.now)
        kinds = [one.kind for one in grounds.history_of(session, Subject(LIST, part.id))]
    assert kinds == [listed_without_star(floor.now).kind]
    assert ground_demand(floor, campaign_id) == Demand(is_needed=True)


def test_a_further_number_goes_by_its_own_countrys_rules(floor: Floor) -> None:
    floor.add_ready_agent("de")
    call_id = floor.queue_one(floor.add_campaign())
    contact = floor.contact_of(call_id)
    with floor.database.transaction() as session:
        session.add(
            ContactPhone(
                contact_id=contact.id,
                position=2,
                campaign_id=contact.campaign_id,
                phone_number=GERMAN,
                number_country="DE",
            )
        )
        call = session.get_one(Call, call_id)
        at_home = ask(floor.parts, session, session.get_one(Contact, contact.id), call, floor.now)
        call.to_number = GERMAN
        abroad = ask(floor.parts, session, session.get_one(Contact, contact.id), call, floor.now)
        session.rollback()
    assert (at_home.facts.country, at_home.facts.place.region, at_home.allows) == ("CH", "ZH", True)
    assert (abroad.facts.country, abroad.facts.place.region) == ("DE", "")
    assert abroad.reason == "no_ground"
