"""The sandbox's page and its browser phone in a real Chromium with a pretended microphone that beeps."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from sandbox.options import DEFAULT_API_KEY_SECRET, DEFAULT_API_KEY_SID
from tests.browser.people import Someone, seat
from tests.browser.sound import EAR, check_hears, check_hears_nothing
from tests.integration.sandbox.bench import ACCOUNT_SID, FROM, App, Sandbox, running_app, running_sandbox, wait_until

CUSTOMER = "+41445550001"
ROOM = "<Response><Dial><Conference>desk</Conference></Dial></Response>"
WAIT = '<Response><Pause length="60"/></Response>'
DESK = """async (token) => {
  window.said = [];
  const device = new Twilio.Device(token);
  device.on("incoming", (call) => {
    window.call = call;
    call.on("sandbox-caption", ({ text }) => said.push(text));
    call.accept();
  });
  await device.register();
  window.device = device;
}"""


@pytest.fixture(scope="module")
def _sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox: Sandbox) -> Sandbox:
    """A sandbox in real time with nobody on the line."""
    _sandbox.post("reset")
    return _sandbox


@pytest.fixture
def app() -> Iterator[App]:
    """A customer's application."""
    with running_app() as found:
        yield found


@contextmanager
def desk_page(sandbox: Sandbox) -> Iterator[str]:
    """The address of somebody's page that loads the sandbox's phone, and may load and reach nothing else."""
    socket = sandbox.address.replace("http", "ws") + "/_sandbox/phone"
    script = sandbox.address + "/_sandbox/phone.js"
    policy = f"default-src 'none'; script-src {script}; connect-src {socket}; media-src mediastream:"
    body = f'<!doctype html><html lang="en"><title>Desk</title><h1>Desk</h1><script src="{script}"></script>'.encode()

    class Endpoint(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def be_agent(browser: Browser, url: str, identity: str) -> Page:
    """A window that is the phone of this identity and picks up by itself."""
    someone = seat(browser, url)
    someone.page.add_init_script(EAR)
    someone.open("/")
    made = AccessToken(ACCOUNT_SID, DEFAULT_API_KEY_SID, DEFAULT_API_KEY_SECRET, identity=identity, ttl=600)
    made.add_grant(VoiceGrant(incoming_allow=True))
    someone.page.evaluate(DESK, made.to_jwt())
    return someone.page


def order(sandbox: Sandbox, to: str, twiml: str) -> str:
    return str(sandbox.client.calls.create(to=to, from_=FROM, twiml=twiml).sid)


def open_network(browser: Browser, sandbox: Sandbox, **how: object) -> Someone:
    someone = seat(browser, sandbox.address, **how)  # type: ignore[arg-type]
    someone.page.add_init_script(EAR)
    someone.open("/")
    return someone


def pick_up(network: Someone) -> None:
    network.page.get_by_role("button", name="Answer", exact=True).click()
    expect(network.page.get_by_text("You are on the line.")).to_be_visible()


def park_agent(browser: Browser, sandbox: Sandbox, address: str) -> tuple[Page, str]:
    """An agent's window that is alone in the conference, and the SID of its call."""
    agent = be_agent(browser, address, "ann")
    sid = order(sandbox, "client:ann", ROOM)
    wait_until(lambda: agent.evaluate("window.call?.status() === 'open'"))
    return agent, sid


def test_two_windows_hear_each_other_until_hold_or_mute_stops_it(talking_chromium: Browser, sandbox: Sandbox) -> None:
    network = open_network(talking_chromium, sandbox)
    network.page.get_by_label("I do, for every number").check()
    with desk_page(sandbox) as address:
        agent, agent_sid = park_agent(talking_chromium, sandbox, address)
        sid = order(sandbox, CUSTOMER, ROOM)
        pick_up(network)
        person = network.page
        check_hears(agent, person)

        room = sandbox.client.conferences.list(status="in-progress", limit=1)[0]
        room.participants(sid).update(hold=True)
        check_hears_nothing(agent, person)
        room.participants(sid).update(hold=False)
        check_hears(agent, person)

        room.participants(agent_sid).update(muted=True)
        check_hears_nothing(person)
        check_hears(agent)
        room.participants(agent_sid).update(muted=False)
        check_hears(person)

        agent.evaluate("call.mute(true)")
        check_hears_nothing(person)
        check_hears(agent)
        agent.evaluate("call.mute(false)")
        check_hears(person)
        agent.context.close()
    assert network.complaints == []
    person.context.close()


def test_coach_is_heard_by_the_agent_and_not_by_the_person(talking_chromium: Browser, sandbox: Sandbox) -> None:
    sandbox.post("people", {"by_hand": ["*"]})
    network = open_network(talking_chromium, sandbox)
    with desk_page(sandbox) as address:
        agent, agent_sid = park_agent(talking_chromium, sandbox, address)
        order(sandbox, CUSTOMER, ROOM)
        pick_up(network)
        coach = be_agent(talking_chromium, address, "carla")
        order(sandbox, "client:carla", ROOM.replace("<Conference>", f'<Conference coach="{agent_sid}">'))
        check_hears(agent, network.page, coach)
        agent.evaluate("call.mute(true)")
        network.page.get_by_role("button", name="Mute").click()
        # The coach alone speaks now.
        check_hears_nothing(network.page)
        check_hears(agent)
        for page in (agent, coach, network.page):
            page.context.close()


def test_what_the_person_says_in_writing_is_read_at_the_desk_until_they_part(
    talking_chromium: Browser, sandbox: Sandbox
) -> None:
    network = open_network(talking_chromium, sandbox)
    sandbox.post("people", {"by_hand": ["*"]})
    with desk_page(sandbox) as address:
        agent, _ = park_agent(talking_chromium, sandbox, address)
        sid = order(sandbox, CUSTOMER, ROOM)
        pick_up(network)
        wait_until(lambda: bool(sandbox.client.conferences.list(status="in-progress", limit=1)))
        network.page.get_by_label("What the person says").fill("Grüezi <b>you</b>")
        network.page.get_by_label("What the person says").press("Enter")
        wait_until(lambda: agent.evaluate("said.length === 1"))
        assert agent.evaluate("said") == ["Grüezi <b>you</b>"]
        expect(network.page.get_by_text("“Grüezi <b>you</b>”")).to_be_visible()
        agent.evaluate("call.disconnect()")
        wait_until(lambda: agent.evaluate("call.status() === 'closed'"))
        network.page.get_by_role("button", name="Hang up").click()
        wait_until(lambda: sandbox.client.calls(sid).fetch().status == "completed")
        agent.context.close()
    assert network.complaints == []
    network.page.context.close()


def test_page_answers_by_hand_speaks_to_a_gather_presses_keys_and_is_a_machine(
    talking_chromium: Browser, sandbox: Sandbox, app: App
) -> None:
    network = open_network(talking_chromium, sandbox)
    page = network.page
    expect(page.get_by_text("Nobody is on the line.")).to_be_visible()
    network.check_accessibility()
    network.keep_picture("sandbox-empty")
    page.get_by_label("I do, for these").check()
    page.get_by_label("Numbers that ring here").fill("+4144555*")
    page.get_by_label("Numbers that ring here").press("Enter")
    expect(page.get_by_text("Set; it counts for the next calls.")).to_be_visible()

    keys = f'<Response><Gather numDigits="2" timeout="60" action="{app.page("/keys", WAIT)}"/></Response>'
    said = app.page("/said", keys)
    ask = f'<Response><Gather input="speech" speechTimeout="1" action="{said}"/></Response>'
    sid = order(sandbox, CUSTOMER, ask)
    row = page.get_by_role("button", name=CUSTOMER)
    expect(row).to_contain_text("ringing")
    row.focus()
    row.press("a")
    speech = page.get_by_label("What the person says")
    expect(speech).to_be_focused()
    expect(row).to_contain_text("is asked for input")
    speech.fill("Ja, gern.")
    speech.press("Enter")
    expect(page.get_by_text("said", exact=False).first).to_be_visible()
    wait_until(lambda: [one.params["SpeechResult"] for one in app.at("/said")] == ["Ja, gern."])
    expect(page.locator("#requests")).to_contain_text("/said")
    page.get_by_text("Requests about this call").click()
    expect(page.locator("#exchanges")).to_contain_text("SpeechResult: Ja, gern.")
    expect(page.locator("#exchanges")).to_contain_text('<Gather numDigits="2"')
    network.check_accessibility()
    network.keep_picture("sandbox-talk")
    page.locator("#keypad").get_by_text("4").click()
    page.locator("#keypad").get_by_text("2").click()
    wait_until(lambda: [one.params["Digits"] for one in app.at("/keys")] == ["42"])
    row.focus()
    row.press("h")
    wait_until(lambda: sandbox.client.calls(sid).fetch().status == "completed")
    assert network.complaints == []
    page.context.close()


def test_phone_by_hand_can_be_a_machine(talking_chromium: Browser, sandbox: Sandbox) -> None:
    sandbox.post("people", {"by_hand": ["*"]})
    network = open_network(talking_chromium, sandbox)
    page = network.page
    sid = order(sandbox, "+41445550002", WAIT)
    page.get_by_label("Or be a machine that greets with").fill("This is the voicemail of Muster AG. Please leave word.")
    page.get_by_role("button", name="Be a machine").click()
    wait_until(lambda: "person_said" in sandbox.kinds(sid))
    assert sandbox.get("calls")["calls"][0]["outcome"] == "machine"
    page.locator("#kinds").get_by_role("button", name="Ringing").click()
    expect(page.get_by_text("No call fits.")).to_be_visible()
    assert network.complaints == []
    page.context.close()


def test_page_stays_readable_with_hundreds_of_calls_on_a_phone_in_the_dark(
    talking_chromium: Browser, sandbox: Sandbox
) -> None:
    sandbox.post("people", {"by_hand": ["*"]})
    for number in range(210):
        order(sandbox, f"+4144555{number:04d}", WAIT)
    network = open_network(talking_chromium, sandbox, width=360, dark=True)
    page = network.page
    expect(page.get_by_text("10 more: narrow them down.")).to_be_visible()
    expect(page.locator("#figure-live")).to_have_text("210")
    network.keep_picture("sandbox-busy-phone")
    page.get_by_label("Find a call").fill("555012")
    expect(page.locator("#list li")).to_have_count(10)
    network.check_accessibility()
    assert network.complaints == []
    page.context.close()
