"""kill -9 at every step of an escalation: it happens once. On SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import datetime, timedelta

import pytest

from tests.operations.case_worker import STEPS
from voicebot.records import Agency, CaseAction, Records
from voicebot.records.types import utc_now

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


async def worker(url: str, now: datetime, step: str) -> int:
    """How a worker ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.operations.case_worker", url, now.isoformat(), step,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, errors = await process.communicate()
    assert process.returncode is not None
    assert process.returncode <= 0, errors.decode()
    return process.returncode


@pytest.mark.parametrize("step", STEPS)
async def test_a_case_is_escalated_once_whenever_the_process_is_killed(
    filled_url: str, step: str
) -> None:
    records = await Records.open(filled_url, instance="test", demo_data=False)
    number = await records.cases.open(Agency.EFKA, None, "x", level=1)
    now = utc_now() + timedelta(days=6)
    assert await worker(filled_url, now, step) == -signal.SIGKILL
    # The lease of the dead runs out; then another comes, and another.
    for minutes in (2, 4):
        assert await worker(filled_url, now + timedelta(minutes=minutes), "") == 0
    case = await records.cases.details(number)
    verdict = await records.audit.verify()
    await records.close()
    assert (case.level, case.owner) == (2, "team:efka-support")
    assert [e.action for e in case.history] == [CaseAction.OPENED, CaseAction.ESCALATED]
    assert verdict.broken_at is None
