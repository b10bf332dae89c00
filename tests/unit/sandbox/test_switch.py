"""Browsers that are phones: they ring, speak and fall silent as the engine's truth says."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from sandbox import hand
from sandbox.engine import rooms
from sandbox.engine.behaviour import Behaviour
from sandbox.engine.records import Call
from sandbox.phones.switch import MOST_PHONES_PER_IDENTITY, Switch
from sandbox.phones.tokens import Grant
from tests.unit.sandbox.stage import ACCOUNT, Stage

PHONE = "+41445550001"
ROOM = "<Response><Dial><Conference{more}>desk</Conference></Dial></Response>"


class Window:
    """A browser that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def send(self, message: dict[str, object]) -> None:
        self.told.append(message)

    def kinds(self) -> list[str]:
        return [str(message["type"]) for message in self.told]

    def last(self, kind: str) -> dict[str, Any]:
        return [message for message in self.told if message["type"] == kind][-1]


class Network:
    """An engine whose people are all by hand, and its switch."""

    def __init__(self) -> None:
        manual = Behaviour("manual", setup_seconds=0.1)
        self.stage = Stage(people={PHONE: manual, "+41445550002": manual, "client:ann": manual, "client:bea": manual})
        self.switch = Switch(self.stage.board)
        note = self.stage.note

        def tell(kind: str, facts: dict[str, object]) -> None:
            note(kind, facts)
            self.switch.watch({"kind": kind, **facts})

        self.stage.note = tell  # type: ignore[method-assign]

    async def run(self, seconds: float = 1.0) -> None:
        self.stage.run(seconds)
        await asyncio.sleep(0)

    async def register(self, identity: str, *, allowed: bool = True, account: str = ACCOUNT) -> Window:
        window = Window()
        self.switch.register(window, Grant(account, identity, 2e9, allowed))
        return window

    async def parked(self, identity: str, more: str = "") -> tuple[Window, Call]:
        window = await self.register(identity)
        call = self.stage.call(f"client:{identity}", ROOM.format(more=more))
        await self.run()
        self.switch.accept(window, call.sid)
        await self.run()
        return window, call

    async def picked_up(self, number: str = PHONE, more: str = "") -> tuple[Window, Call]:
        window, call = Window(), self.stage.call(number, ROOM.format(more=more))
        await self.run()
        hand.do(self.stage.board, call, "answer")
        self.switch.attach(window, call.sid)
        await self.run()
        return window, call

    def change(self, call: Call, event: str, **changes: object) -> None:
        room = call.conference
        assert room is not None
        who = room.participants[call.sid]
        for name, value in changes.items():
            setattr(who, name, value)
        rooms.change(self.stage.board, room, who, event)


def together(act: Callable[[Network], Any]) -> None:
    async def run() -> None:
        await act(Network())

    asyncio.run(run())


def sound(window: Window) -> list[tuple[bool, bool]]:
    return [(peer["hears"], peer["is_heard"]) for peer in window.last("peers")["peers"]]


def test_registered_phone_rings_answers_and_is_told_the_end() -> None:
    async def act(network: Network) -> None:
        window, call = await network.parked("ann")
        assert window.kinds() == ["incoming", "accepted"]
        assert window.told[0]["parameters"] == {
            "CallSid": call.sid,
            "AccountSid": ACCOUNT,
            "From": "+41445550100",
            "To": "client:ann",
        }
        network.switch.do(window, call.sid, "hang_up")
        await network.run()
        assert window.kinds()[-1] == "ended"
        assert call.hung_up_by == "callee"

    together(act)


def test_two_browsers_in_a_conference_hear_each_other() -> None:
    async def act(network: Network) -> None:
        agent, _ = await network.parked("ann")
        person, _ = await network.picked_up()
        assert sound(agent) == sound(person) == [(True, True)]
        one, other = agent.last("peers")["peers"][0], person.last("peers")["peers"][0]
        assert one["offers"] is not other["offers"]

    together(act)


def test_hold_and_mute_stop_the_sound_and_give_it_back() -> None:
    async def act(network: Network) -> None:
        agent, _ = await network.parked("ann")
        person, call = await network.picked_up()
        network.change(call, "participant-hold", on_hold=True)
        await network.run()
        assert sound(agent) == sound(person) == [(False, False)]
        network.change(call, "participant-unhold", on_hold=False)
        network.change(call, "participant-mute", muted=True)
        await network.run()
        assert sound(agent) == [(False, True)]
        assert sound(person) == [(True, False)]
        network.change(call, "participant-unmute", muted=False)
        await network.run()
        assert sound(agent) == [(True, True)]
        network.switch.mute(person, call.sid, is_muted=True)
        await network.run()
        assert sound(agent) == [(False, True)]
        assert sound(person) == [(True, False)]

    together(act)


def test_coach_is_heard_by_the_agent_alone() -> None:
    async def act(network: Network) -> None:
        agent, agent_call = await network.parked("ann")
        person, _ = await network.picked_up()
        coach, _ = await network.parked("bea", f' coach="{agent_call.sid}"')
        heard = {peer["id"]: peer["is_heard"] for peer in coach.last("peers")["peers"]}
        assert sorted(heard.values()) == [False, True]
        assert sorted(sound(coach)) == [(True, False), (True, True)]
        assert sorted(sound(person)) == [(False, True), (True, True)]
        assert sound(agent) == [(True, True), (True, True)]

    together(act)


def test_parent_and_child_of_a_dial_hear_each_other() -> None:
    async def act(network: Network) -> None:
        window = await network.register("ann")
        call = network.stage.call(PHONE, "<Response><Dial><Client>ann</Client></Dial></Response>")
        await network.run()
        person = Window()
        hand.do(network.stage.board, call, "answer")
        network.switch.attach(person, call.sid)
        await network.run()
        network.switch.accept(window, str(window.last("incoming")["call"]))
        await network.run()
        assert sound(person) == sound(window) == [(True, True)]

    together(act)


def test_signals_pass_only_between_voices_on_one_line() -> None:
    async def act(network: Network) -> None:
        agent, agent_call = await network.parked("ann")
        stranger, stranger_call = await network.picked_up(PHONE, ' startConferenceOnEnter="true"')
        other, other_call = await network.picked_up("+41445550002")
        peer = agent.last("peers")["peers"][0]["id"]
        network.switch.signal(agent, agent_call.sid, peer, {"candidate": "x"})
        assert stranger.last("signal")["payload"] == {"candidate": "x"}
        hand.do(network.stage.board, stranger_call, "hang_up")
        await network.run()
        network.switch.signal(agent, agent_call.sid, peer, {"candidate": "y"})
        assert [one["payload"]["candidate"] for one in stranger.told if one["type"] == "signal"] == ["x"]
        with pytest.raises(hand.CannotDo):
            network.switch.signal(stranger, other_call.sid, peer, {"candidate": "z"})
        assert "signal" not in other.kinds()

    together(act)


def test_words_reach_only_who_hears_the_person() -> None:
    async def act(network: Network) -> None:
        agent, _ = await network.parked("ann")
        person, call = await network.picked_up()
        hand.do(network.stage.board, call, "say", "Hello")
        assert agent.last("caption")["text"] == "Hello"
        network.change(call, "participant-mute", muted=True)
        hand.do(network.stage.board, call, "say", "Nobody hears me")
        assert agent.last("caption")["text"] == "Hello"
        assert "caption" not in person.kinds()

    together(act)


def test_all_phones_of_an_identity_ring_and_one_gets_the_call() -> None:
    async def act(network: Network) -> None:
        first, second = await network.register("ann"), await network.register("ann")
        stranger = await network.register("ann", account="AC" + "9" * 32)
        deaf = await network.register("ann", allowed=False)
        call = network.stage.call("client:ann", ROOM.format(more=""))
        await network.run()
        network.switch.accept(second, call.sid)
        await network.run()
        assert first.kinds() == ["incoming", "cancel"]
        assert second.kinds() == ["incoming", "accepted"]
        assert stranger.kinds() == deaf.kinds() == []
        network.switch.accept(first, call.sid)
        assert first.kinds()[-1] == "cancel"
        with pytest.raises(hand.CannotDo):
            network.switch.do(first, call.sid, "hang_up")

    together(act)


def test_call_is_busy_when_every_phone_declines() -> None:
    async def act(network: Network) -> None:
        first, second = await network.register("ann"), await network.register("ann")
        call = network.stage.call("client:ann", ROOM.format(more=""))
        await network.run()
        network.switch.reject(first, call.sid)
        assert network.stage.statuses(call)[-1] == "ringing"
        network.switch.reject(second, call.sid)
        assert network.stage.statuses(call)[-1] == "busy"

    together(act)


def test_phone_that_is_lost_rings_out_at_once_and_ends_its_call() -> None:
    async def act(network: Network) -> None:
        window = await network.register("ann")
        ringing = network.stage.call("client:ann", ROOM.format(more=""))
        await network.run()
        network.switch.leave(window)
        assert network.stage.statuses(ringing)[-1] == "no-answer"
        held, call = await network.parked("bea")
        network.switch.leave(held)
        assert call.hung_up_by == "callee"
        assert network.switch.was_registered("client:ann")
        assert not network.switch.is_registered("client:ann")

    together(act)


def test_page_that_is_closed_leaves_its_call_going_and_another_window_may_speak() -> None:
    async def act(network: Network) -> None:
        agent, _ = await network.parked("ann")
        person, call = await network.picked_up()
        network.switch.leave(person)
        await network.run()
        assert call.status == "in-progress"
        again = Window()
        network.switch.attach(again, call.sid)
        await network.run()
        assert sound(agent) == sound(again) == [(True, True)]

    together(act)


def test_page_cannot_speak_for_a_registered_phone() -> None:
    async def act(network: Network) -> None:
        _, call = await network.parked("ann")
        with pytest.raises(hand.CannotDo):
            network.switch.attach(Window(), call.sid)

    together(act)


def test_oldest_of_too_many_phones_is_dropped() -> None:
    async def act(network: Network) -> None:
        windows = [await network.register("ann") for _ in range(MOST_PHONES_PER_IDENTITY + 1)]
        assert windows[0].kinds() == ["unregistered"]
        assert all(window.kinds() == [] for window in windows[1:])

    together(act)
