"""How a letter travels: JSON, shared keys, sign-in, TLS, redirects, cookies, and what is in the alert list."""

import json
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from twilio.request_validator import RequestValidator, get_signature_algorithm

from tests.integration.sandbox.bench import AUTH_TOKEN, FROM, App, Sandbox, running_app

TO = "+41445550001"
HANG_UP = "<Response><Hangup/></Response>"


def _busy_call(sandbox: Sandbox, callback: str) -> None:
    sandbox.script(TO, outcome="busy")
    sandbox.client.calls.create(to=TO, from_=FROM, twiml=HANG_UP, status_callback=callback)
    sandbox.advance(60)


def _alerts(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [(one.error_code, one.log) for one in sandbox.client.api.v2010.account.notifications.list()]


def _tries(sandbox: Sandbox) -> list[dict[str, Any]]:
    return list(sandbox.get("ledger?kind=callback_tried")["entries"])


def test_json_body_is_signed_by_its_hash(sandbox: Sandbox, app: App) -> None:
    sandbox.post("post", {"json_topics": ["call"]})
    _busy_call(sandbox, f"{app.address}/status?attempt=7")
    (heard,) = app.heard
    body = json.loads(heard.body)
    assert (body["CallStatus"], body["ToState"], body["SequenceNumber"]) == ("busy", "", "0")
    assert heard.headers["Content-Type"] == "application/json"
    assert heard.query.startswith("attempt=7&bodySHA256=")
    url, signature = f"{app.address}/status?{heard.query}", heard.headers["X-Twilio-Signature"]
    assert RequestValidator(AUTH_TOKEN).validate(url, heard.body, signature)
    assert not RequestValidator(AUTH_TOKEN).validate(url, heard.body + " ", signature)


def test_shared_key_signs_with_sha256_and_says_so(sandbox: Sandbox, app: App) -> None:
    sandbox.post("post", {"shared_key": "webhooks_sharedkey_1:its-secret"})
    _busy_call(sandbox, f"{app.address}/status")
    (heard,) = app.heard
    settings = heard.headers["X-Twilio-Webhooks-Signature-Settings"]
    assert settings == "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
    url, signature = f"{app.address}/status", heard.headers["X-Twilio-Signature"]
    algorithm = get_signature_algorithm(settings)
    assert RequestValidator("its-secret").validate(url, heard.params, signature, algorithm)
    assert not RequestValidator(AUTH_TOKEN).validate(url, heard.params, signature)


@pytest.mark.parametrize("scheme", ["Basic", "Digest"])
def test_credentials_in_the_address_are_shown_when_asked_for(sandbox: Sandbox, app: App, scheme: str) -> None:
    app.challenge = scheme
    url = app.address.replace("http://", "http://anna:secret@") + "/status"
    _busy_call(sandbox, url)
    first, second = app.heard
    assert "Authorization" not in first.headers
    assert second.headers["Authorization"].startswith(scheme)
    assert RequestValidator(AUTH_TOKEN).compute_signature(url, second.params) == second.headers["X-Twilio-Signature"]
    assert [entry["status"] for entry in _tries(sandbox)] == [200]


def test_redirect_is_followed_by_get_without_the_form(sandbox: Sandbox, app: App) -> None:
    app.redirects["/status"] = (302, "/moved?x=1")
    _busy_call(sandbox, f"{app.address}/status")
    assert [(one.method, one.path, one.is_signed) for one in app.heard] == [
        ("POST", "/status", True), ("GET", "/moved", True),
    ]  # fmt: skip
    assert app.heard[1].params == {"x": "1"}


def test_redirect_307_repeats_the_form(sandbox: Sandbox, app: App) -> None:
    app.redirects["/status"] = (307, f"{app.address}/moved")
    _busy_call(sandbox, f"{app.address}/status")
    assert [(one.method, one.params["CallStatus"], one.is_signed) for one in app.heard] == [("POST", "busy", True)] * 2


@pytest.mark.parametrize(
    ("status", "target", "code", "requests"),
    [(302, "/status", "11215", 11), (308, "/moved", "11216", 1), (302, "ftp://x/", "11216", 1)],
)
def test_redirect_that_leads_nowhere_is_given_up(
    sandbox: Sandbox, app: App, status: int, target: str, code: str, requests: int
) -> None:
    app.redirects["/status"] = (status, target)
    _busy_call(sandbox, f"{app.address}/status")
    assert len(app.heard) == requests
    assert _alerts(sandbox) == [(code, "0")]


def test_application_that_is_away_is_in_the_alerts(sandbox: Sandbox) -> None:
    _busy_call(sandbox, "http://127.0.0.1:9/status")
    assert _alerts(sandbox) == [("11205", "0")]


def test_refused_callback_is_a_warning(sandbox: Sandbox, app: App) -> None:
    app.fail_first = 1
    _busy_call(sandbox, f"{app.address}/status")
    assert _alerts(sandbox) == [("15003", "1")]


def test_override_that_cannot_be_read_is_in_the_alerts_and_the_callback_goes_out(sandbox: Sandbox, app: App) -> None:
    _busy_call(sandbox, f"{app.address}/status#rp=never")
    assert app.statuses() == ["busy"]
    assert _alerts(sandbox) == [("11243", "0")]


def test_cookies_come_back_with_the_next_request_of_the_call(sandbox: Sandbox, app: App) -> None:
    app.cookies["/answer"] = "turn=1; Path=/"
    url = app.page("/answer", f"<Response><Redirect>{app.address}/next</Redirect></Response>")
    app.page("/next", HANG_UP)
    sandbox.script(TO)
    sandbox.client.calls.create(to=TO, from_=FROM, url=url)
    sandbox.advance(60)
    assert [(one.path, one.headers.get("Cookie")) for one in app.heard] == [("/answer", None), ("/next", "turn=1")]


def test_tls_is_verified_unless_told_otherwise(sandbox: Sandbox, tls_app: App) -> None:
    _busy_call(sandbox, f"{tls_app.address}/status")
    assert tls_app.heard == []
    assert _alerts(sandbox) == [("11237", "0")]
    sandbox.post("post", {"verifies_tls": False})
    _busy_call(sandbox, f"{tls_app.address}/status")
    assert [one.is_signed for one in tls_app.heard] == [True]


@pytest.fixture
def tls_app(tmp_path: Path) -> Iterator[App]:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with running_app(context) as found:
        yield found
