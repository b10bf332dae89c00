"""Webhooks to partners: signed, tried for days, never lost, and nothing personal in them."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select

from foundation.database import Database
from foundation.errors import Conflict, NotFound
from foundation.outbound_http import Outbound
from foundation.runtime import Runtime
from leads.delivery import claim_next, send_again
from leads.delivery_schedule import TRIES_AT_MOST
from leads.delivery_tables import WebhookEndpoint
from leads.endpoints import (
    ENDPOINTS_AT_MOST,
    NewEndpoint,
    SecretBox,
    new_secret,
    register,
    switch_off,
    switch_on,
)
from leads.offers import Reply, accept
from leads.partners import change_partner
from leads.sending import Ways, Webhooks, send_due
from leads.sweep import sweep_leads
from leads.tables import Delivery
from tests.integration.leads.delivery_rows import (
    QUICKLY,
    add_endpoint,
    at,
    deliveries,
    is_signed_with,
    send_all,
    tries_of,
)
from tests.integration.leads.lead_rows import (
    NOW,
    add_lead,
    add_partner,
    decline_live,
    offers_of,
    route_now,
    runtime_for,
)
from tests.receiver import Receiver, receiving


@pytest.fixture
def runtime(database: Database, redis_url: str, tmp_path: Path) -> Iterator[Runtime]:
    with Redis.from_url(redis_url) as redis:
        yield at(runtime_for(database, redis, data_dir=tmp_path), NOW)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def test_an_offer_is_told_at_once_signed_and_without_a_person(runtime: Runtime, receiver: Receiver) -> None:
    partner_id = add_partner(runtime.database, "Alpha")
    _, secret = add_endpoint(runtime, partner_id, receiver.url)
    lead_id = add_lead(runtime.database)
    route_now(runtime.database, lead_id)
    assert send_all(runtime) == 1
    (request,) = receiver.requests
    event = json.loads(request.body)
    (offer,) = offers_of(runtime.database, lead_id)
    assert (event["type"], event["version"]) == ("offer.made", 1)
    assert (event["data"]["offer_id"], event["data"]["teaser"]["solution"]) == (offer.id, "erp")
    for personal in (b"Beispiel", b"41446681800", b"kim@", b"after ten", b"new books"):
        assert personal not in request.body
    assert is_signed_with(secret, request)
    (row,) = deliveries(runtime.database, "webhook")
    assert (row.status, row.tries, row.problem) == ("sent", 1, "")
    assert send_all(runtime) == 0


def test_accepting_and_losing_an_offer_are_told_too(runtime: Runtime, receiver: Receiver) -> None:
    for name in ("Alpha", "Beta"):
        add_endpoint(runtime, add_partner(runtime.database, name), f"{receiver.url}/{name}")
    lead_id = add_lead(runtime.database)
    route_now(runtime.database, lead_id)
    decline_live(runtime.database, lead_id)
    route_now(runtime.database, lead_id)
    second = offers_of(runtime.database, lead_id)[1]
    with runtime.database.transaction() as session:
        accept(session, second.id, Reply(second.partner_id, "user_1", NOW))
    send_all(runtime)
    told = [(request.path, json.loads(request.body)["type"]) for request in receiver.requests]
    first_path = told[0][0]
    assert [kind for path, kind in told if path == first_path] == ["offer.made", "offer.ended"]
    assert [kind for path, kind in told if path != first_path] == ["offer.made", "lead.accepted"]


def test_what_is_not_taken_is_tried_again_with_the_same_id_and_body(runtime: Runtime, receiver: Receiver) -> None:
    add_endpoint(runtime, add_partner(runtime.database, "Alpha"), receiver.url)
    route_now(runtime.database, add_lead(runtime.database))
    receiver.status = 500
    assert send_all(runtime) == 1
    assert send_all(runtime) == 0
    (row,) = deliveries(runtime.database, "webhook")
    assert (row.status, row.problem) == ("pending", "answered 500")
    receiver.status = 200
    assert send_all(at(runtime, NOW + timedelta(seconds=6))) == 1
    first, second = receiver.requests
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert [one.answer_code for one in tries_of(runtime.database, row.id)] == [500, 200]
    assert deliveries(runtime.database, "webhook")[0].status == "sent"


def test_after_three_days_of_tries_it_is_given_up_and_can_be_asked_for_again(
    runtime: Runtime, receiver: Receiver
) -> None:
    add_endpoint(runtime, add_partner(runtime.database, "Alpha"), receiver.url)
    route_now(runtime.database, add_lead(runtime.database))
    receiver.status = 503
    moment = NOW
    for _ in range(TRIES_AT_MOST + 3):
        send_all(at(runtime, moment))
        due = deliveries(runtime.database, "webhook")[0].next_try_at
        moment = max(moment, due or moment) + timedelta(minutes=11)
    (row,) = deliveries(runtime.database, "webhook")
    assert (row.status, len(receiver.requests)) == ("failed", TRIES_AT_MOST)
    receiver.status = 200
    with runtime.database.transaction() as session:
        send_again(session, session.get_one(Delivery, row.id), moment)
    send_all(at(runtime, moment))
    assert deliveries(runtime.database, "webhook")[0].status == "sent"
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1


def test_dying_after_sending_repeats_the_notice_under_its_id(runtime: Runtime, receiver: Receiver) -> None:
    add_endpoint(runtime, add_partner(runtime.database, "Alpha"), receiver.url)
    route_now(runtime.database, add_lead(runtime.database))

    class _Died(BaseException):
        pass

    def sends_and_dies() -> float:
        raise _Died

    with pytest.raises(_Died):
        send_due(runtime, Ways({"webhook": Webhooks(runtime, QUICKLY), "email": lambda _: "none"}), sends_and_dies)
    assert len(receiver.requests) == 1
    assert send_all(at(runtime, NOW + timedelta(seconds=60))) == 0
    assert send_all(at(runtime, NOW + timedelta(seconds=125))) == 1
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert deliveries(runtime.database, "webhook")[0].status == "sent"


def test_two_at_once_do_not_send_the_same_notice(runtime: Runtime, receiver: Receiver) -> None:
    add_endpoint(runtime, add_partner(runtime.database, "Alpha"), receiver.url)
    route_now(runtime.database, add_lead(runtime.database))
    with runtime.database.transaction() as session:
        claimed = claim_next(session, NOW, timedelta(minutes=2), without_mail=True)
    assert claimed is not None
    assert send_all(runtime) == 0


def test_an_endpoint_that_is_gone_is_switched_off_and_gets_nothing_more(runtime: Runtime, receiver: Receiver) -> None:
    partner_id = add_partner(runtime.database, "Alpha")
    endpoint_id, _ = add_endpoint(runtime, partner_id, receiver.url)
    for number in (1, 2):
        route_now(runtime.database, add_lead(runtime.database, number))
    receiver.status = 410
    send_all(runtime)
    send_all(at(runtime, NOW + timedelta(minutes=1)))
    assert len(receiver.requests) == 1
    with runtime.database.reading() as session:
        endpoint = session.get_one(WebhookEndpoint, endpoint_id)
    assert endpoint.disabled_because == "gone"
    assert [row.status for row in deliveries(runtime.database, "webhook")] == ["failed", "dropped"]
    route_now(runtime.database, add_lead(runtime.database, 3))
    assert len(deliveries(runtime.database, "webhook")) == 2


def test_an_endpoint_that_hangs_holds_up_nobody_elses_notices(runtime: Runtime, receiver: Receiver) -> None:
    partner_id = add_partner(runtime.database, "Alpha")
    add_endpoint(runtime, partner_id, receiver.url)
    for number in range(1, 6):
        route_now(runtime.database, add_lead(runtime.database, number))
    receiver.status = 500
    assert send_all(runtime) == 1
    assert len(receiver.requests) == 1


def test_a_redirect_and_a_private_target_are_failures(runtime: Runtime, receiver: Receiver) -> None:
    partner_id = add_partner(runtime.database, "Alpha")
    add_endpoint(runtime, partner_id, receiver.url)
    route_now(runtime.database, add_lead(runtime.database))
    with receiving() as inside:
        receiver.status, receiver.headers = 307, {"Location": inside.url}
        send_all(runtime)
        assert inside.requests == []
    strict = Webhooks(runtime, Outbound(resolve=lambda *_: ["127.0.0.1"]))
    wanted = NewEndpoint(partner_id, "https://hook.example/", "user_1")
    with runtime.database.transaction() as session:
        register(session, SecretBox(runtime.settings), wanted, NOW)
    route_now(runtime.database, add_lead(runtime.database, 2))
    send_due(runtime, Ways({"webhook": strict, "email": lambda _: "none"}), lambda: 0.5)
    problems = {row.problem for row in deliveries(runtime.database, "webhook")}
    assert "The address leads into a private network." in problems
    assert len(receiver.requests) == 1


def test_both_secrets_sign_for_a_day_after_a_change(runtime: Runtime, receiver: Receiver) -> None:
    partner_id = add_partner(runtime.database, "Alpha")
    endpoint_id, before = add_endpoint(runtime, partner_id, receiver.url)
    box = SecretBox(runtime.settings)
    with runtime.database.transaction() as session:
        after = new_secret(session, box, partner_id, endpoint_id, NOW)
    assert before != after
    route_now(runtime.database, add_lead(runtime.database))
    send_all(runtime)
    later = NOW + timedelta(hours=25)
    route_now(runtime.database, add_lead(runtime.database, 2), hours_later=25)
    send_all(at(runtime, later))
    first, second = receiver.requests
    assert len(first.headers["webhook-signature"].split()) == 2
    assert len(second.headers["webhook-signature"].split()) == 1
    assert is_signed_with(after, second)
    assert not is_signed_with(before, second)


def test_a_secret_is_not_readable_in_the_database(runtime: Runtime, receiver: Receiver, tmp_path: Path) -> None:
    _, secret = add_endpoint(runtime, add_partner(runtime.database, "Alpha"), receiver.url)
    raw = secret.removeprefix("whsec_")
    with runtime.database.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT sealed FROM webhook_secrets").all()
    assert all(raw.encode() not in bytes(row[0]) for row in rows)


def test_another_partners_endpoint_is_not_to_be_found(runtime: Runtime, receiver: Receiver) -> None:
    endpoint_id, _ = add_endpoint(runtime, add_partner(runtime.database, "Alpha"), receiver.url)
    other = add_partner(runtime.database, "Beta")
    box = SecretBox(runtime.settings)
    with runtime.database.transaction() as session:
        for name in (endpoint_id, "endpoint_none"):
            with pytest.raises(NotFound, match="there is no such endpoint"):
                new_secret(session, box, other, name, NOW)
            with pytest.raises(NotFound, match="there is no such endpoint"):
                switch_off(session, other, name, NOW)


def test_an_address_is_taken_once_and_there_are_only_so_many(runtime: Runtime) -> None:
    partner_id = add_partner(runtime.database, "Alpha")
    ids = [add_endpoint(runtime, partner_id, f"http://hook.example/{n}")[0] for n in range(ENDPOINTS_AT_MOST)]
    for url in ("http://hook.example/0", "http://hook.example/new"):
        with pytest.raises(Conflict):
            add_endpoint(runtime, partner_id, url)
    with runtime.database.transaction() as session:
        switch_off(session, partner_id, ids[0], NOW)
    again, _ = add_endpoint(runtime, partner_id, "http://hook.example/0")
    with runtime.database.transaction() as session:
        switch_off(session, partner_id, again, NOW)
        assert switch_on(session, partner_id, again).disabled_at is None


def test_the_sweep_rings_for_what_is_due(runtime: Runtime, receiver: Receiver) -> None:
    add_endpoint(runtime, add_partner(runtime.database, "Alpha"), receiver.url)
    route_now(runtime.database, add_lead(runtime.database))
    sweep_leads(runtime, NOW)
    assert runtime.redis.llen("rq:queue:send") == 1
    send_all(runtime)
    sweep_leads(runtime, NOW)
    assert runtime.redis.llen("rq:queue:send") == 1


def test_offer_is_told_by_the_ways_that_a_partner_has_now_also_when_they_change_elsewhere(runtime: Runtime) -> None:
    database, elsewhere = runtime.database, Database(runtime.database.url)
    partner_id = add_partner(database, "Alpha")
    numbers = iter(range(10))

    def told() -> dict[str, int]:
        """How many notices of the next offer go which way."""
        lead_id = add_lead(database, next(numbers))
        assert route_now(database, lead_id).partner_id == partner_id
        with database.reading() as session:
            return Counter(session.scalars(select(Delivery.channel).where(Delivery.lead_id == lead_id)))

    told()  # from now on the process remembers
    with elsewhere.transaction() as session:
        change_partner(session, partner_id, NOW, email="")
    assert told() == {"portal": 1}
    with elsewhere.transaction() as session:
        change_partner(session, partner_id, NOW, email="leads@example.ch")
    assert told() == {"portal": 1, "email": 1}
    first, _ = add_endpoint(replace(runtime, database=elsewhere), partner_id, "http://hook.example/1")
    add_endpoint(replace(runtime, database=elsewhere), partner_id, "http://hook.example/2")
    assert told() == {"portal": 1, "email": 1, "webhook": 2}
    with elsewhere.transaction() as session:
        switch_off(session, partner_id, first, NOW)
    assert told() == {"portal": 1, "email": 1, "webhook": 1}
    with elsewhere.transaction() as session:
        switch_on(session, partner_id, first)
    assert told() == {"portal": 1, "email": 1, "webhook": 2}
    elsewhere.dispose()
