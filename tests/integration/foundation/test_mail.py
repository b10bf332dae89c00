"""Letters to a real mail server on this machine: encrypted where it is elsewhere, and no line is another's."""

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from foundation.errors import Invalid, Unconfigured
from foundation.mail import MailServer, NotTaken, address_of
from foundation.settings import Settings
from tests.certificates import certificate_for
from tests.mail_server import mail_server


def server_for(url: str, sender: str = "leads@halali.example") -> MailServer:
    made = MailServer.from_settings(Settings(_env_file=None, smtp_url=url, mail_from=sender))
    assert made is not None
    return made


def letter_to(address: str) -> EmailMessage:
    letter = EmailMessage()
    letter["To"], letter["Subject"] = address_of(address), "Grüezi"
    letter.set_content("Ein Lead wartet.\n")
    return letter


def test_a_letter_arrives_from_the_address_of_the_settings() -> None:
    with mail_server() as box:
        server_for(box.url).send(letter_to("eins@example.ch"))
    (letter,) = box.letters
    assert (letter["From"], letter["To"], letter["Subject"]) == ("leads@halali.example", "eins@example.ch", "Grüezi")
    assert box.receivers == [["eins@example.ch"]]


def test_without_a_setting_there_is_no_mail() -> None:
    assert MailServer.from_settings(Settings(_env_file=None)) is None


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        *(
            ("smtp://mail.example.com", "a@example.ch"),
            ("http://127.0.0.1", "a@example.ch"),
            ("smtps://", "a@example.ch"),
        ),
        *(("smtps://mail.example.com", ""), ("smtps://mail.example.com", "not an address"), ("smtps://h:x", "a@b.ch")),
    ],
)
def test_settings_that_would_send_in_the_clear_or_from_nobody_are_refused(url: str, sender: str) -> None:
    with pytest.raises(Unconfigured):
        server_for(url, sender)


def test_a_password_may_have_signs_that_mean_something_in_an_address() -> None:
    server = server_for("smtp+starttls://me%40example.ch:p%3Aw%2F@mail.example.com")
    assert (server.user, server.password, server.port) == ("me@example.ch", "p:w/", 587)
    assert "p:w/" not in repr(server)


def test_starttls_comes_first_and_the_certificate_must_fit(tmp_path: Path) -> None:
    its, trust = certificate_for(tmp_path, "localhost")
    with mail_server(its, password="secret") as box:
        server = replace(server_for(f"smtp+starttls://me:secret@localhost:{box.port}"), trust=lambda: trust)
        server.greet()
        server.send(letter_to("eins@example.ch"))
        with pytest.raises(NotTaken, match="did not answer"):
            replace(server, host="127.0.0.1").send(letter_to("eins@example.ch"))
        with pytest.raises(NotTaken, match="name or password") as wrong:
            replace(server, password="wrong").send(letter_to("eins@example.ch"))
        assert not wrong.value.is_final
    assert len(box.letters) == 1


def test_what_the_server_refuses_for_good_is_told_apart_from_not_now() -> None:
    with mail_server() as box:
        server = server_for(box.url)
        for answer, code, is_final in (("550 no such user", 550, True), ("450 come back later", 450, False)):
            box.refuses_receivers_with = answer
            with pytest.raises(NotTaken) as refused:
                server.send(letter_to("eins@example.ch"))
            assert (refused.value.code, refused.value.is_final) == (code, is_final)
        box.refuses_receivers_with, box.refuses_letters_with = "", "554 spam"
        with pytest.raises(NotTaken) as refused:
            server.send(letter_to("eins@example.ch"))
        assert (refused.value.code, refused.value.is_final) == (554, True)


def test_a_server_that_is_not_there_may_be_there_later() -> None:
    with mail_server() as box:
        server = server_for(box.url)
    with pytest.raises(NotTaken) as failed:
        server.send(letter_to("eins@example.ch"))
    assert (failed.value.code, failed.value.is_final) == (None, False)
    with pytest.raises(NotTaken):
        server.greet()


@pytest.mark.parametrize(
    "text",
    [
        *("a@example.ch\r\nBcc: b@example.ch", "a@example.ch\nX: y", "a@example.ch, b@example.ch", "A <a@example.ch>"),
        *("", "nobody", "@example.ch", "a@", "a@b@c.ch", "a b@example.ch", "ä@example.ch", "a@localhost", "a@b.ch\x00"),
        "a" * 250 + "@example.ch",
    ],
)
def test_an_address_is_one_address_and_nothing_else(text: str) -> None:
    with pytest.raises(Invalid):
        address_of(text)
