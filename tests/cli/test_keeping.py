"""`voicebot records …` on records that are really there, and `voicebot scheduler` as a process."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.cli.test_commands import voicebot
from voicebot.cli.app import app
from voicebot.cli.errors import CommandError
from voicebot.records import Agency, InvalidRecord, MessageChannel, Outcome, Records, Speaker, Turn
from voicebot.records.messages import SEND, NewMessage
from voicebot.records.types import utc_now

AFM, PHONE = "094019245", "6945123456"


def command(*arguments: str, **variables: str) -> Result:
    """Give a command within this process."""
    return CliRunner().invoke(app, arguments, env=variables)


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """Settings for records of our own, in which an old call and a case lie."""
    url = f"sqlite:///{tmp_path / 'records.db'}"

    async def fill() -> None:
        long_ago = utc_now() - timedelta(days=100)
        records = await Records.open(url, clock=lambda: long_ago, instance="line")
        try:
            await records.start_call("old", PHONE)
            await records.add_turn("old", Turn(Speaker.CALLER, "γεια"))
            await records.finish_call("old", Outcome.ANSWERED)
        finally:
            await records.close()
        records = await Records.open(url, instance="line")
        try:
            await records.cases.open(
                Agency.EFKA, "E02", "πορεία", name="Άννα", phone=PHONE, afm=AFM
            )
            await records.messages.queue(
                NewMessage(MessageChannel.SMS, PHONE, "κείμενο", "test", "one")
            )
        finally:
            await records.close()

    asyncio.run(fill())
    return {"VOICEBOT_RECORDS__URL": url, "VOICEBOT_MESSAGES__OUTBOX": str(tmp_path / "outbox")}


@pytest.mark.slow
def test_due_work_is_done_by_a_process_of_its_own(
    variables: dict[str, str], tmp_path: Path
) -> None:
    before = command("records", "work", **variables)
    assert before.exit_code == 0, before.output
    assert f"{SEND}: 1 waiting" in before.stdout
    done = voicebot("scheduler", "--once", **variables)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "outbox").glob("*.json"))) == 1
    assert f"{SEND}: 1 done" in command("records", "work", **variables).stdout


@pytest.mark.slow
def test_the_scheduler_leaves_calls_in_progress_alone(
    variables: dict[str, str], tmp_path: Path
) -> None:
    async def begin() -> None:
        records = await Records.open(variables["VOICEBOT_RECORDS__URL"])
        try:
            await records.start_call("live", PHONE)
        finally:
            await records.close()

    asyncio.run(begin())
    done = voicebot("scheduler", "--once", **variables)
    assert done.returncode == 0, done.stderr
    assert command("records", "work", **variables).exit_code == 0
    with sqlite3.connect(tmp_path / "records.db") as database:
        (outcome,) = database.execute("SELECT outcome FROM calls WHERE call_id = 'live'").fetchone()
    database.close()
    assert outcome is None


def test_purging(variables: dict[str, str]) -> None:
    planned = command("records", "purge", "--dry-run", **variables)
    assert planned.exit_code == 0, planned.output
    assert "turns                1" in planned.output
    assert "nothing was changed" in planned.output
    assert "turns                1" in command("records", "purge", **variables).output
    assert "turns                0" in command("records", "purge", **variables).output


def test_a_person_is_exported_and_not_forgotten_while_a_case_is_open(
    variables: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "person.json"
    done = command("records", "export", "--afm", AFM, "--file", str(file), **variables)
    assert done.exit_code == 0, done.output
    assert AFM not in done.output
    assert file.stat().st_mode & 0o077 == 0
    assert json.loads(file.read_text())["cases"][0]["name"] == "Άννα"
    forgotten = command("records", "forget", "--afm", AFM, **variables)
    assert "kept, because open: 1 cases" in forgotten.output
    nobody = command("records", "forget", **variables)
    assert isinstance(nobody.exception, InvalidRecord)
    assert "a telephone or an ΑΦΜ is needed" in str(nobody.exception)


def test_the_audit_is_verified_and_the_broken_row_named(
    variables: dict[str, str], tmp_path: Path
) -> None:
    for _ in range(3):
        command("records", "export", "--afm", AFM, **variables)
    sound = command("records", "verify-audit", **variables)
    assert sound.exit_code == 0, sound.output
    head = sound.output.split()[-1]
    assert command("records", "verify-audit", "--expect", head, **variables).exit_code == 0
    with sqlite3.connect(tmp_path / "records.db") as database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET who = 'nobody' WHERE sequence = 2")
    database.close()
    broken = command("records", "verify-audit", **variables)
    assert isinstance(broken.exception, CommandError)
    assert "broken at row 2" in str(broken.exception)
