"""Whole calls through the running program: each story once with an honest carrier, and with every callback of the
contact and of the agent's phone doubled, shuffled and lost.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from twilio.request_validator import RequestValidator

from tests.journeys.one_call import Journey
from tests.journeys.stories import STORIES
from tests.journeys.theatre import Hands, Theatre, running_theatre

FAULTS: dict[str, tuple[dict[str, Any], ...]] = {
    "honest": (),
    "doubled": ({"fault": "callback_doubled"}, {"fault": "fetch_doubled"}),
    "shuffled": ({"fault": "callback_late", "seconds": 25.0},),
    "lost": ({"fault": "callback_lost"},),
}
NAMES = tuple(story.__name__ for story in STORIES)


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with running_theatre(tmp_path_factory.mktemp("theatre")) as running:
        yield running


@pytest.fixture(scope="module", params=FAULTS)
def endings(request: pytest.FixtureRequest, theatre: Theatre) -> dict[str, BaseException | None]:
    """All stories, played at once under these faults: what went wrong in each."""
    return asyncio.run(_play(theatre, request.param))


async def _play(theatre: Theatre, faults: str) -> dict[str, BaseException | None]:
    async with aiohttp.ClientSession() as http:
        hands = Hands(http, theatre.settings)
        await hands.arm(*FAULTS[faults])
        start = 100 * list(FAULTS).index(faults)
        journeys = [
            Journey(theatre, http, hands, f"{faults}-{place}", f"+414466{82000 + start + place}")
            for place in range(len(STORIES))
        ]
        played = zip(STORIES, journeys, strict=True)
        results = await asyncio.gather(*(story(one) for story, one in played), return_exceptions=True)
        await hands.arm()
        for one in journeys:
            await one.agent.post("/agents/me/sign-off")
    return dict(zip(NAMES, results, strict=True))


@pytest.mark.parametrize("story", NAMES)
def test_story(story: str, endings: dict[str, BaseException | None], theatre: Theatre) -> None:
    problem = endings[story]
    if problem is not None:
        problem.add_note(theatre.last_lines())
        raise problem


def test_a_callback_with_a_wrong_signature_is_refused_and_nothing_of_it_is_kept(theatre: Theatre) -> None:
    asyncio.run(_forge(theatre))


async def _forge(theatre: Theatre) -> None:
    async with aiohttp.ClientSession() as http:
        one = Journey(theatre, http, Hands(http, theatre.settings), "forged", "+41446682900")
        await one.hands.script(one.number, outcome="human", talk_seconds=3600.0, patience_seconds=3600.0)
        one.prepare()
        await one.begin()
        await one.agent_is("on_call")
        call = one.call()
        kept = len(one.inbox(call.id))
        url = f"{theatre.settings.public_url}/twilio/status/{call.id}"
        fields = {"CallSid": str(call.carrier_sid), "CallStatus": "completed", "SequenceNumber": "9"}
        token = theatre.settings.twilio_auth_token.get_secret_value()
        genuine = RequestValidator(token).compute_signature(url, fields)
        forgeries = {
            "none": None,
            "nonsense": "c2lnbmVkIGJ5IG5vYm9keQ==",
            "another token": RequestValidator("guessed").compute_signature(url, fields),
            "another address": RequestValidator(token).compute_signature(url + "x", fields),
            "another body": RequestValidator(token).compute_signature(url, fields | {"CallStatus": "ringing"}),
        }
        for what, signature in forgeries.items():
            headers = {"X-Twilio-Signature": signature} if signature is not None else {}
            async with http.post(url, data=fields, headers=headers) as answer:
                assert answer.status == 403, what
        assert len(one.inbox(call.id)) == kept
        assert one.call().status == "bridged"
        async with http.post(url, data=fields, headers={"X-Twilio-Signature": genuine}) as answer:
            assert answer.status == 204  # what was refused was refused for its signature alone
        await one.agent_is("wrapping_up")
        await one.say("not_interested")
        await one.call_is("completed")
