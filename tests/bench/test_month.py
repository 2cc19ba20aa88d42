"""The simulated month in small, and that its checks find what does not add up."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from bench import month
from bench.month import FIRST_DAY, simulate
from bench.month_checks import Books, check
from bench.month_plan import plan
from voicebot.records import Outcome, Records
from voicebot.records.database import Database
from voicebot.records.models import CallRow
from voicebot.records.types import utc_now


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_two_days_add_up(tmp_path: Path) -> None:
    report = await simulate(f"sqlite:///{tmp_path / 'records.db'}", 2, 200)
    assert report.problems == ()
    assert report.calls == report.owned == sum(report.outcomes.values())
    assert 400 < report.calls < 600
    assert min(report.promises.values()) > 10
    assert report.escalations > 0
    assert report.warnings > 0
    assert report.messages_sent > 0
    assert report.database_mb > 1


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_what_does_not_add_up_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forgetful(records: Records, database: Database, books: Books, now: object) -> object:
        books.outcomes[Outcome.CASE] += 1
        await database.write(
            lambda session: session.execute(update(CallRow).values(owner="team:line"))
        )
        return await check(records, database, books, utc_now())

    monkeypatch.setattr(month, "check", forgetful)
    report = await simulate(f"sqlite:///{tmp_path / 'records.db'}", 1, 20)
    assert any("calls were made" in problem for problem in report.problems)
    assert any(problem.startswith("cases:") for problem in report.problems)


def test_a_week_has_seven_times_the_calls_of_a_day() -> None:
    hours = list(plan(FIRST_DAY, 7, 1000, random.Random(1)))
    assert len(hours) == 7 * 24
    calls = [call for _, planned in hours for call in planned]
    assert abs(len(calls) - 7000) < 60
    assert len({call.call_id for call in calls}) == len(calls)
    assert [call.at for call in calls] == sorted(call.at for call in calls)
    assert {call.at.date() for call in calls} == {date(2026, 11, day) for day in range(2, 9)}
    shares = [call.outcome for call in calls].count(Outcome.ANSWERED) / len(calls)
    assert abs(shares - 0.70) < 0.03
