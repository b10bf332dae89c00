"""Countries, prices, filters and what is remembered of deliveries: rules without HTTP."""

from decimal import Decimal
from pathlib import Path

import pytest
from multidict import MultiDict

from sandbox.engine.clock import VirtualClock
from sandbox.engine.orders import CallOrder, Program
from sandbox.engine.records import Call
from sandbox.office.accounts import Account, AccountBook
from sandbox.office.billing import Billing
from sandbox.office.countries import CountryTable, CountryTableFault, read_countries
from sandbox.office.deliveries import Delivery, DeliveryLog
from sandbox.rest.errors import RestError
from sandbox.rest.filters import keep

NOW = 1_772_442_000.0
TABLE = read_countries()


@pytest.mark.parametrize(
    ("number", "country", "national", "is_mobile"),
    [
        ("+41795550001", "CH", "795550001", True),
        ("+41445550001", "CH", "445550001", False),
        ("+4235550001", "LI", "5550001", False),
        ("+14155550001", "US", "4155550001", False),
        ("+14165550001", "CA", "4165550001", False),
        ("+393515550001", "IT", "3515550001", True),
    ],
)
def test_number_is_of_the_country_with_the_longest_code(
    number: str, country: str, national: str, is_mobile: bool
) -> None:
    place = TABLE.place_of(number)
    assert place is not None
    assert (place.country.iso_code, place.national, place.is_mobile) == (country, national, is_mobile)


def test_number_of_no_known_country_has_no_place() -> None:
    assert TABLE.place_of("+999123456789") is None


def test_every_country_can_be_called_and_costs_something() -> None:
    for country in TABLE.countries.values():
        assert country.landline > 0
        assert country.mobile >= country.landline
        shortest, longest = country.digits
        assert 1 <= shortest <= longest <= 15


@pytest.mark.parametrize("text", ["[CH]\nname = 'Switzerland'", "[CH", "[CH]\ndigits = [1]"])
def test_table_that_cannot_be_read_says_what_is_wrong(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(text)
    with pytest.raises(CountryTableFault, match=r"CH|prices\.toml"):
        read_countries(path)


def _account() -> Account:
    account = Account("AC1", "token", "AC1", "Main", NOW, NOW)
    account.balance, account.has_endless_balance = Decimal(10), False
    return account


def _ended(to: str, seconds: float | None, answered_by: str | None = None) -> Call:
    call = Call("CA1", CallOrder("AC1", to, "+41445550100", Program()), 0, NOW, NOW)
    call.answered_by = answered_by
    if seconds is not None:
        call.answered_at, call.ended_at = NOW, NOW + seconds
    return call


@pytest.mark.parametrize(
    ("to", "seconds", "answered_by", "price"),
    [
        ("+41795550001", 1.0, None, "0.2500"),
        ("+41795550001", 60.0, None, "0.2500"),
        ("+41795550001", 61.0, None, "0.5000"),
        ("+41445550001", 30.0, "human", "0.0375"),
        ("client:ann", 600.0, None, "0.0400"),
        ("+999123456789", 10.0, None, "0.5000"),
    ],
)
def test_call_costs_its_started_minutes(to: str, seconds: float, answered_by: str | None, price: str) -> None:
    billing, account = Billing(TABLE), _account()
    billing.charge_call(account, _ended(to, seconds, answered_by), NOW)
    assert billing.prices["CA1"] == Decimal(price)
    assert account.balance == Decimal(10) - Decimal(price)
    used = {category: tally.price for category, _, tally in billing.used("AC1")}
    assert used["totalprice"] == Decimal(price)


def test_call_that_nobody_answered_costs_nothing() -> None:
    billing, account = Billing(TABLE), _account()
    billing.charge_call(account, _ended("+41795550001", None), NOW)
    assert (billing.prices, account.balance, list(billing.used("AC1"))) == ({}, Decimal(10), [])


def test_only_the_right_secret_signs_in() -> None:
    main = _account()
    book = AccountBook(VirtualClock(NOW), main)
    branch = book.open_subaccount("AC2", "Branch")
    branch.keys["SK1"] = "secret"
    assert book.signed_in("AC1", "token") is main
    assert book.signed_in("AC2", "token") is None
    assert book.signed_in("AC2", branch.auth_token) is branch
    assert book.signed_in("SK1", "secret") is branch
    assert book.signed_in("SK1", "") is None
    assert book.signed_in("", "") is None
    branch.status = "closed"
    assert book.signed_in("SK1", "secret") is None


def _keep(rows: list[tuple[str, float | None]], **query: str) -> list[str]:
    words, instants = {"Name": lambda row: row[0]}, {"At": lambda row: row[1]}
    cleaned = MultiDict({key.replace("_after", ">").replace("_before", "<"): value for key, value in query.items()})
    return [row[0] for row in keep(rows, cleaned, words, instants)]


ROWS: list[tuple[str, float | None]] = [("old", NOW - 86_400), ("now", NOW), ("new", NOW + 86_400), ("none", None)]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({}, ["old", "now", "new", "none"]),
        ({"Name": "now"}, ["now"]),
        ({"At_after": "2026-03-02T09:00:00Z"}, ["now", "new"]),
        ({"At_before": "2026-03-02T09:00:00Z"}, ["old", "now"]),
        ({"At": "2026-03-02"}, ["now"]),
        ({"At": "2026-03-02T09:00:01Z"}, []),
        ({"At_after": "2026-03-01", "At_before": "2026-03-03"}, ["old", "now"]),
        ({"Other": "x"}, ["old", "now", "new", "none"]),
    ],
)
def test_filters_keep_what_all_of_them_let_through(query: dict[str, str], kept: list[str]) -> None:
    assert _keep(ROWS, **query) == kept


def test_filter_by_an_instant_that_is_none_is_refused() -> None:
    with pytest.raises(RestError):
        _keep(ROWS, At="yesterday")


def test_oldest_calls_are_forgotten_when_there_is_too_much_to_remember() -> None:
    log = DeliveryLog(kept=3)
    for number in range(3):
        for _ in range(2):
            log.add(Delivery(f"CA{number}", NOW, "POST", "http://app", (), 200, "", "", 1))
    assert [len(log.of(f"CA{number}")) for number in range(3)] == [0, 0, 2]


def test_table_is_found_by_code_and_by_number() -> None:
    table = CountryTable({"CH": TABLE.countries["CH"]})
    assert table.place_of("+4930555000") is None
    place = table.place_of("+41445550001")
    assert place is not None
    assert place.price == Decimal("0.0300")
