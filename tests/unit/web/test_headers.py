"""What a page may load grows by exactly what the agent's phone needs."""

from web.headers import content_security_policy


def directives(policy: str) -> dict[str, list[str]]:
    parts = (part.split() for part in policy.split(";"))
    return {name: sources for name, *sources in parts}


def test_without_a_phone_nothing_but_our_own_may_run_or_be_reached() -> None:
    policy = directives(content_security_policy())
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["connect-src"] == policy["media-src"] == ["'self'"]


def test_phone_of_a_carrier_elsewhere_adds_its_one_file_and_its_socket() -> None:
    script, socket = "http://127.0.0.1:8002/_sandbox/phone.js", "ws://127.0.0.1:8002/_sandbox/phone"
    policy = directives(content_security_policy((socket,), script))
    assert policy["script-src"] == ["'self'", script]
    assert policy["connect-src"] == ["'self'", socket]
    assert policy["media-src"] == ["'self'", "mediastream:"]
    assert policy["default-src"] == ["'none'"]


def test_phone_among_our_own_files_adds_no_script() -> None:
    policy = directives(content_security_policy(("wss://voice.example", "https://sounds.example")))
    assert policy["script-src"] == ["'self'"]
    assert policy["media-src"] == ["'self'", "mediastream:", "https://sounds.example"]
