"""The Node SDK drives every resource in one process, and every answer is as Twilio's description says."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.twilio.openapi import Answer, Description
from tests.integration.sandbox.bench import ACCOUNT_SID, AUTH_TOKEN, Sandbox

SCRIPT = Path(__file__).with_name("scenarios.cjs")
NAMES = re.findall(r"^  async (\w+)\(\{", SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)
PATIENCE_SECONDS = 120


@pytest.fixture(scope="session")
def lived(_sandbox: Sandbox) -> dict[str, Any]:
    """What each scenario brought: its answers, and how it failed if it did."""
    node = shutil.which("node")
    assert node is not None, "Node.js is needed, as for the browser libraries"
    _sandbox.post("reset")
    command = [node, str(SCRIPT), _sandbox.address, ACCOUNT_SID, AUTH_TOKEN]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    assert outcome.returncode == 0, outcome.stderr
    lines = [json.loads(line) for line in outcome.stdout.splitlines()]
    return {line["scenario"]: line for line in lines}


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_is_as_described(
    name: str, lived: dict[str, Any], description: Description, driven: dict[str, set[str]]
) -> None:
    assert lived[name]["failed"] is None
    answers = [Answer(**one) for one in lived[name]["answers"]]
    assert answers
    assert [fault for answer in answers for fault in description.faults(answer)] == []
    driven["node"] |= {description.name(answer) for answer in answers}
