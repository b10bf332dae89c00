"""What people type and scripts read: data on standard output, talk on standard error, exit codes."""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from campaigns.campaigns import CampaignDraft, change_campaign
from cli.campaign_rows import find_campaign
from cli.main import app
from dialer import agents
from foundation.database import Database
from foundation.secret_key import derived_key
from foundation.settings import Settings, load_settings
from tests.grounds import add_grounds
from tests.integration.events.event_rows import add_event, answer
from tests.mail_server import mail_server

LIST = """\
Firma;Telefon;Sprache;PLZ
Alpha AG;044 668 18 00;Deutsch;8005
Beta SA;+41 21 691 30 00;fr;1003
Gamma;0900 123 123;de;8001
"""
PARTNERS = (
    "name;email;languages;cantons;postcodes;solutions;min_employees;max_employees;weekly_capacity;known_customers\n"
    "Partner Eins;eins@partner.example;de;ZH;;erp;1;49;10;\n"
)
CALLER = "+41446681801"
# A Tuesday morning, when it is lawful to call.
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def surroundings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str, redis_url: str
) -> pytest.MonkeyPatch:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("CLOCK_ORIGIN", MORNING.isoformat())
    monkeypatch.setenv("CLOCK_EPOCH_REAL", str(time.time()))
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    (tmp_path / "partners.csv").write_text(PARTNERS, encoding="utf-8")
    return monkeypatch


def halali(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def said(*words: str) -> Any:
    result = halali(*words, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def make_ready(name: str) -> None:
    """All that a campaign of this name lacks."""
    database = Database(os.environ["DATABASE_URL"])
    with database.transaction() as session:
        campaign = find_campaign(session, name)
        draft = CampaignDraft(name, CALLER, announced_as="Muster AG", scripts={"de": "Guten Tag", "fr": "Bonjour"})
        change_campaign(session, campaign.id, draft)
        agents.add_agent(session, agents.NewAgent("Agent", "client:one", frozenset({"de", "fr"})), MORNING)
        add_grounds(session, [campaign.id], CALLER, MORNING)
    database.dispose()


@pytest.mark.usefixtures("surroundings")
def test_a_list_goes_into_a_new_campaign_and_every_row_is_counted() -> None:
    report = said("import", "list.csv", "--campaign", "Spring", "--create", "--caller-number", CALLER)
    assert (report["rows"], report["accepted"], report["refused"]) == (3, 2, {"premium_rate": 1})
    red = halali("campaign", "check", "Spring", "--json")
    assert red.exit_code == 1
    codes = {finding["code"] for finding in json.loads(red.stdout)["findings"] if not finding["is_green"]}
    assert codes == {"agents", "scripts", "message", "ground", "directory"}
    refused = halali("campaign", "start", "Spring")
    assert refused.exit_code != 0
    assert "There is no script in de, fr." in refused.stderr
    make_ready("Spring")
    assert said("campaign", "check", "Spring")["is_green"]
    assert said("campaign", "start", "Spring")["status"] == "running"
    status = said("campaign", "status", "Spring")
    assert (status["contacts"], status["waiting"], status["done"]) == (2, 2, {})
    assert said("campaign", "pause", "Spring")["status"] == "paused"
    assert [row["name"] for row in said("campaign", "list")] == ["Spring"]


@pytest.mark.usefixtures("surroundings")
def test_why_says_what_keeps_a_campaign_from_dialing() -> None:
    said("import", "list.csv", "--campaign", "Spring", "--create", "--caller-number", CALLER)
    answer = said("campaign", "why", "Spring")
    assert (answer["code"], answer["why"]) == ("draft", "The campaign has not been started.")
    assert answer["waiting_for"] == {"new": 2}
    assert answer["next_at"]
    assert answer["agents_ready"] == {}
    assert said("campaign", "limit", "Spring", "1.5")["most_abandoned_percent"] == 1.5
    assert said("campaign", "limit", "Spring", "0")["most_abandoned_percent"] is None


@pytest.mark.usefixtures("surroundings")
def test_a_column_is_mapped_by_hand_and_a_wrong_one_is_named() -> None:
    made = said("campaign", "create", "Spring", "--caller-number", CALLER, "--mode", "preview")
    assert made["mode"] == "preview"
    refused = halali("campaign", "create", "Robot", "--caller-number", CALLER, "--mode", "agentless")
    assert (refused.exit_code, "must hear a human" in refused.stderr) == (1, True)
    wrong = halali("import", "list.csv", "--campaign", "Spring", "--mapping", "Phone=phone")
    assert wrong.exit_code == 1
    assert "Telefon" in wrong.stderr
    shown = halali(
        "import", "list.csv", "--campaign", "Spring", "--mapping", "Firma=person", "--source", "Fair", "--json"
    )
    assert "Firma → person" in shown.stderr
    assert json.loads(shown.stdout)["accepted"] == 2
    again = halali("import", "list.csv", "--json")  # confirmed once, the mapping holds for the next list of this form
    assert "Firma → person" in again.stderr
    report = json.loads(again.stdout)
    assert report["created"] == 2
    assert report["rows"] == report["created"] + report["updated"] + report["unchanged"] + sum(
        report["refused"].values()
    )
    assert [row["name"] for row in said("campaign", "list")] == ["list", "Spring"]


@pytest.mark.usefixtures("surroundings")
def test_people_and_programs_get_in() -> None:
    agent = said(
        "agent", "add", "Agent One", "--phone", "client:one", "--languages", "de,fr", "--email", "one@a.example"
    )
    assert agent["sign_in"].startswith("http://127.0.0.1:8000/sign-in/")
    assert said("agent", "list")[0]["languages"] == ["de", "fr"]
    said("user", "add", "boss@a.example", "--name", "Boss", "--role", "manager")
    assert {row["role"] for row in said("user", "list")} == {"agent", "manager"}
    assert said("token", "create", "boss@a.example", "--name", "script")["token"].startswith("ht_")
    assert said("sign-in-link", "boss@a.example")["sign_in"] != agent["sign_in"]


@pytest.mark.usefixtures("surroundings")
def test_what_is_in_comes_out_as_disarmed_csv() -> None:
    said("import", "list.csv", "--campaign", "Spring", "--create", "--caller-number", CALLER)
    contacts = halali("export", "contacts", "Spring").stdout
    assert contacts.startswith("\ufeffid;list_id;")
    assert "Alpha AG;;'+41446681800;" in contacts
    assert halali("export", "contacts", "Spring", "--status", "done").stdout.count("\n") == 1
    assert halali("export", "leads").stdout.startswith("\ufeffid;campaign_id;")
    assert halali("export", "partners").stdout.startswith("\ufeffname;email;")


@pytest.mark.usefixtures("surroundings")
def test_every_list_that_is_empty_says_so_beside_its_data() -> None:
    halali("migrate")
    listings = [
        ("campaign", "list"),
        ("event", "list"),
        ("agent", "list"),
        ("partner", "list"),
        ("do-not-call", "list"),
    ]
    for words in listings:
        empty = halali(*words)
        assert (empty.exit_code, empty.stdout) == (0, ""), words
        assert len(empty.stderr.splitlines()) == 1, words
        assert said(*words) in ([], {"blocks": [], "registers": {}}), words
    halali("campaign", "create", "Spring", "--caller-number", CALLER)
    empty = halali("list", "show", "Spring")
    assert (empty.exit_code, empty.stdout, len(empty.stderr.splitlines())) == (0, "", 1)
    assert said("list", "show", "Spring") == []


@pytest.mark.usefixtures("surroundings")
def test_partners_come_from_a_file_or_not_at_all(tmp_path: Path) -> None:
    assert said("partner", "import", "partners.csv")["added"] == 1
    (tmp_path / "partners.csv").write_text(PARTNERS.replace(";ZH;", ";XX;"), encoding="utf-8")
    refused = halali("partner", "import", "partners.csv")
    assert refused.exit_code == 1
    assert "XX" in refused.stderr


@pytest.mark.usefixtures("surroundings")
def test_a_partner_is_added_by_hand_with_the_words_of_a_file() -> None:
    words = ("partner", "add", "Hand AG", "--languages", "de,fr", "--solutions", "erp:3,crm:1")
    made = said(*words, "--weekly-capacity", "5")
    assert [(one["id"], one["name"]) for one in said("partner", "list")] == [(made["id"], "Hand AG")]
    again = halali(*words, "--weekly-capacity", "many")
    assert again.exit_code == 1
    wrong = "weekly_capacity “many”: use a whole number from 1 up"
    assert again.stderr == f"error: {wrong}; name “Hand AG”: there is a partner of this name: change that one\n"


@pytest.mark.parametrize(
    "words",
    [
        ("campaign", "start", "Nothing"),
        ("import", "missing.csv", "--campaign", "Nothing"),
        ("import", "list.csv", "--campaign", "Nothing", "--create", "--caller-number", "12"),
        ("sign-in-link", "nobody@a.example"),
        ("agent", "add", "X", "--phone", "0446681800", "--languages", "de"),
    ],
)
@pytest.mark.usefixtures("surroundings")
def test_a_problem_is_one_sentence_and_exit_code_1(words: tuple[str, ...]) -> None:
    result = halali(*words)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "words", [("campaign", "start"), ("user", "add", "a@b.example", "--role", "boss"), ("nothing",)]
)
@pytest.mark.usefixtures("surroundings")
def test_wrong_usage_is_exit_code_2(words: tuple[str, ...]) -> None:
    assert halali(*words).exit_code == 2


def test_a_database_that_was_never_migrated_is_told_and_migrated(
    surroundings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    surroundings.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    before = halali("user", "list")
    assert before.exit_code == 1
    assert "halali migrate" in before.stderr
    assert "/sign-in/" in halali("migrate").stdout
    assert [row["role"] for row in said("user", "list")] == ["admin"]
    assert halali("migrate").stdout == ""


def test_a_database_that_does_not_answer_is_told_without_a_trace(surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    result = halali("user", "list")
    assert result.exit_code == 1
    assert "DATABASE_URL" in result.stderr


def test_the_doctor_says_what_is_wrong_and_ends_with_1(surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    surroundings.setenv("SANDBOX_PORT", "1")
    surroundings.setenv("WEBHOOKS_PORT", "1")
    result = halali("doctor", "--json")
    assert result.exit_code == 1
    checks = {check["name"]: check["ok"] for check in json.loads(result.stdout)["checks"]}
    assert checks["database"]
    assert checks["audit trail"]
    assert not any(checks[name] for name in ("redis", "carrier", "public address", "administrator"))


def test_the_doctor_finds_an_edited_audit_trail(surroundings: pytest.MonkeyPatch, sqlite_database: Database) -> None:
    from sqlalchemy import update

    from accounts.tables import AuditEntry

    said("user", "add", "boss@a.example", "--name", "Boss", "--role", "admin")
    with sqlite_database.transaction() as session:
        session.execute(update(AuditEntry).values(action="nothing_happened"))
    checks = {check["name"]: check for check in json.loads(halali("doctor", "--json").stdout)["checks"]}
    assert not checks["audit trail"]["ok"]
    assert checks["administrator"]["ok"]


def test_the_doctor_misses_the_key_by_which_numbers_were_erased(
    surroundings: pytest.MonkeyPatch, sqlite_database: Database
) -> None:
    from compliance import do_not_call

    def secret_key() -> tuple[bool, str]:
        checks = json.loads(halali("doctor", "--json").stdout)["checks"]
        (found,) = [(check["ok"], check["detail"]) for check in checks if check["name"] == "secret key"]
        return found

    surroundings.delenv("SECRET_KEY", raising=False)
    assert secret_key()[0]
    assert "none yet" in secret_key()[1]  # looking made none
    with sqlite_database.transaction() as session:
        do_not_call.block(session, CALLER, source="page", now=MORNING)
    surroundings.setenv("SECRET_KEY", "a secret of thirty-two letters and more")
    assert "no number was erased" in secret_key()[1]
    key = derived_key(load_settings(), "do-not-call")
    with sqlite_database.transaction() as session:
        assert do_not_call.erase(session, CALLER, key, MORNING) == 1
    assert secret_key() == (True, "SECRET_KEY; erased numbers are known by it")
    surroundings.setenv("SECRET_KEY", "another secret of thirty-two letters and more")
    assert "another SECRET_KEY" in secret_key()[1]
    surroundings.delenv("SECRET_KEY")
    assert secret_key() == (
        False,
        "it is gone, and erased numbers need it: nobody is dialed until SECRET_KEY is back",
    )


@pytest.mark.parametrize("words", [("up",), ("run", "ticker")])
def test_nothing_starts_with_a_secret_that_was_cut_off(
    surroundings: pytest.MonkeyPatch, tmp_path: Path, words: tuple[str, ...]
) -> None:
    surroundings.setenv("DATA_DIR", str(tmp_path))
    (tmp_path / "secret.key").write_text("0123", encoding="ascii")
    result = halali(*words)
    assert result.exit_code == 1
    assert "is not whole. Bring it back from a backup." in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.csv", "partners.csv", "secret.key"]


def test_retention_counts_first_and_lets_go_when_told(
    surroundings: pytest.MonkeyPatch, sqlite_database: Database
) -> None:
    from datetime import timedelta

    from accounts.tables import AuditEntry
    from leads.tables import Lead

    with sqlite_database.transaction() as session:
        long_ago = MORNING - timedelta(days=366)
        moments = dict.fromkeys(("status_since", "opened_at", "in_line_since", "closed_at"), long_ago)
        session.add(Lead(id="lead_1", call_id="call_1", company="Alpha AG", status="closed", outcome="lost", **moments))
    due = {"offers": 0, "lost_leads": 1, "won_leads": 0, "disclosures": 0, "messages": 0, "guests": 0}
    due |= {"refused_rows": 0, "callbacks": 0, "contacts": 0}
    assert said("privacy", "retention", "--dry-run") == due
    with sqlite_database.reading() as session:
        assert session.get_one(Lead, "lead_1").company == "Alpha AG"
    assert said("privacy", "retention") == due
    assert said("privacy", "retention", "--dry-run") == dict.fromkeys(due, 0)
    with sqlite_database.reading() as session:
        assert session.get_one(Lead, "lead_1").company == ""
        assert [row.action for row in session.query(AuditEntry)] == ["kept_long_enough"]


def test_a_customer_is_erased_from_the_command_line(surroundings: pytest.MonkeyPatch) -> None:
    said("campaign", "create", "Autumn", "--caller-number", CALLER)
    said("import", "list.csv", "--campaign", "Autumn")
    done = said("privacy", "erase", "044 668 18 00")
    assert (done["contacts"], done["leads"], done["tasks"]) == (1, 0, 0)
    assert said("do-not-call", "check", "044 668 18 00")["blocked"]
    assert halali("privacy", "withdraw", "+41 44 668 18 00").exit_code == 1


def test_the_doctor_greets_the_mail_server_and_misses_one_that_is_not_there(surroundings: pytest.MonkeyPatch) -> None:
    def mail() -> tuple[bool, str]:
        checks = json.loads(halali("doctor", "--json").stdout)["checks"]
        return next((check["ok"], check["detail"]) for check in checks if check["name"] == "mail")

    assert mail()[0]
    assert "in the portal alone" in mail()[1]
    with mail_server() as box:
        surroundings.setenv("SMTP_URL", box.url)
        assert not mail()[0]  # nobody to send from
        surroundings.setenv("MAIL_FROM", "leads@halali.example")
        assert mail() == (True, "127.0.0.1 takes letters from leads@halali.example")
    assert not mail()[0]
    assert "check SMTP_URL" in mail()[1]


def test_events_are_listed_and_shown_with_their_seats(
    surroundings: pytest.MonkeyPatch, sqlite_database: Database
) -> None:
    event_id = add_event(sqlite_database, seats=3)
    answer(sqlite_database, event_id, 1)
    [listed] = said("event", "list")
    assert (listed["id"], listed["free"]) == (event_id, 2)
    assert said("event", "show", event_id)["guests"] == {"held": 1}
    assert event_id in halali("event", "list").stdout


@pytest.mark.usefixtures("surroundings")
def test_a_list_that_cannot_be_read_leaves_no_campaign_behind() -> None:
    said("import", "list.csv", "--campaign", "Spring", "--create")
    Path("names.csv").write_text("Firma\nAlpha AG\n", encoding="utf-8")
    assert "which column holds the phone numbers" in halali("import", "names.csv").stderr
    Path("picture.csv").write_bytes(bytes(range(256)) * 8)
    assert "not a text file" in halali("import", "picture.csv").stderr
    Path("nothing.csv").touch()
    assert "empty" in halali("import", "nothing.csv").stderr
    assert halali("import", "names.csv", "--campaign", "Spring", "--create").exit_code == 1
    assert [campaign["name"] for campaign in said("campaign", "list")] == ["Spring"]


@pytest.mark.usefixtures("surroundings")
@pytest.mark.parametrize(
    "words",
    [
        ("user", "add", "a@b.example", "--name", "A", "--role", "agent", "--agent", "nobody"),
        ("user", "add", "a@b.example", "--name", "A", "--role", "partner", "--partner", "nobody"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(words: tuple[str, ...]) -> None:
    halali("migrate")
    result = halali(*words)
    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")
    assert len(result.stderr.splitlines()) == 1
