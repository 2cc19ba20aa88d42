"""The figures of callbacks, by the command, on seven promises that were counted by hand."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta

import pytest
from typer.testing import CliRunner

from tests.dialling.scene import GIVING_UP, Phones
from tests.records.conftest import StoppedClock
from voicebot.cli.app import app
from voicebot.operations.callback_work import callback_dialler
from voicebot.operations.scheduler import Scheduler
from voicebot.records import CallbackStatus, Records, Window
from voicebot.records.callbacks import DIAL
from voicebot.records.dial_types import DialRules
from voicebot.records.types import AttemptResult, utc_now
from voicebot.settings import Hours

MINUTE = timedelta(minutes=1)

# Minutes after the first request, on a clock that ends at the present: 195 minutes.
#
#        asked  window      what happened                                           class      wait
# A         0   0-120       not answered at 0, connected at 15                      kept         15
# B         0   55-115      connected at 55                                         kept         55
# C         0   0-30        not answered at 0, busy at 15; the next would be at 75  given up    195
# D         0   0-120       cancelled by the citizen at once                        cancelled     -
# E        65   65-95       a person rang by themselves and said so at 125          late         60
# F       125   125-155     nobody rang                                             overdue      70
# G       185   tomorrow    not yet                                                 waiting      10
COUNTS = {
    "requested": 7,
    "kept": 2,
    "late": 1,
    "given_up": 1,
    "cancelled": 1,
    "overdue": 1,
    "waiting": 1,
    "broken": 3,
    "attempts": {"0": 4, "1": 1, "2": 2},
    "results": {"no_answer": 2, "busy": 1, "connected": 2},
}


async def seven(records: Records, clock: StoppedClock, now: datetime) -> None:
    """Let them happen."""
    begin = clock.now = now - 195 * MINUTE
    phones = {"A": Phones(AttemptResult.NO_ANSWER), "B": Phones(), "C": Phones()}
    phones["C"].results = [AttemptResult.NO_ANSWER, AttemptResult.BUSY]

    def at(minutes: float) -> datetime:
        clock.now = begin + minutes * MINUTE
        return clock.now

    async def ask(number: int, first: float, last: float) -> int:
        window = Window(begin + first * MINUTE, begin + last * MINUTE)
        return (await records.callbacks.request(f"694500000{number}", window)).callback_id

    ids = {"A": await ask(1, 0, 120), "B": await ask(2, 55, 115), "C": await ask(3, 0, 30)}
    await ask(4, 0, 120)
    await records.callbacks.cancel("6945000004")
    dial = {
        ids[name]: callback_dialler(phone, DialRules(Hours()), GIVING_UP)
        for name, phone in phones.items()
    }
    runs = Scheduler(
        records,
        {DIAL: lambda work, opened: dial[int(work.subject)](work, opened)},
        clock,
        concurrency=1,
    )
    for minutes in (0, 15, 55):
        at(minutes)
        await runs.run_once()
    at(65)
    late = await ask(5, 65, 95)
    at(125)
    await records.callbacks.mark(late, CallbackStatus.KEPT, who="maria")
    await ask(6, 125, 155)
    at(185)
    await ask(7, 24 * 60, 26 * 60)
    at(195)


async def test_as_counted_by_hand(
    records: Records, clock: StoppedClock, filled_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = utc_now()
    await seven(records, clock, now)
    figures = await records.callbacks.figures(now - 195 * MINUTE)
    # Of those connected: 15, 55, 60. Of all: 10, 15, 55, 60, 70, 195.
    assert figures.median_wait_s == 55 * 60
    assert figures.p95_wait_s == 60 * 60
    assert figures.median_wait_all_s == 55 * 60
    assert figures.oldest_open_s == 70 * 60

    monkeypatch.setenv("VOICEBOT_RECORDS__URL", filled_url)
    command = ["records", "callbacks", "--since", "1d"]
    said = await asyncio.to_thread(CliRunner().invoke, app, [*command, "--json"])
    assert said.exit_code == 0, said.output
    shown = json.loads(said.stdout.splitlines()[-1])
    assert {name: shown[name] for name in COUNTS} == COUNTS
    assert shown["median_wait_s"] == 55 * 60
    said = await asyncio.to_thread(CliRunner().invoke, app, command)
    assert "kept in their window 2, late 1, given up 1, cancelled 1" in said.output
    assert "broken promises (late, given up, or window over): 3" in said.output
    assert "median 0:55:00, 95 % within 1:00:00 (those connected)" in said.output
