"""Campaigns: files, pace, pauses, opt-outs, a crash in the middle; over real SIP with the product's
own phone and scheduler in a process of its own."""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.dialling.peers import Citizens, rung_by_diallers
from tests.records.conftest import StoppedClock
from voicebot.operations.campaign_work import Informed, campaign_runner
from voicebot.operations.permits import MayRing
from voicebot.operations.scheduler import Scheduler
from voicebot.records import InvalidRecord, Records
from voicebot.records.campaign_files import CampaignFileError, read_people, read_text
from voicebot.records.campaign_types import (
    CampaignStatus,
    NewCampaign,
    NewPerson,
    PersonOutcome,
    RingPerson,
)
from voicebot.records.campaigns import RUN
from voicebot.records.types import AttemptResult
from voicebot.settings import Hours

PREFIXES = ("+302", "+3069")
NUMBERS = [f"69451230{number:02d}" for number in range(30)]


def people(numbers: list[str]) -> list[NewPerson]:
    return [NewPerson(f"+30{number}", (("name", "Α"),)) for number in numbers]


def campaign(**changes: object) -> NewCampaign:
    values = {"name": "δοκιμή", "message_key": "m", "text": "Γεια, {name}.", "hours": Hours()}
    return NewCampaign(**{**values, **changes})  # type: ignore[arg-type]


class Phones:
    """People who do as told, at once."""

    def __init__(self, clock: StoppedClock, *informed: Informed) -> None:
        self.clock = clock
        self.informed = list(informed)
        self.rung: list[RingPerson] = []

    async def inform(self, ring: RingPerson, may_ring: MayRing) -> Informed:
        if await may_ring() is None:
            return Informed(AttemptResult.TOO_LATE)
        self.rung.append(ring)
        self.clock.forward(seconds=10)
        if self.informed:
            return self.informed.pop(0)
        return Informed(AttemptResult.CONNECTED, PersonOutcome.INFORMED, f"call-{ring.person_id}")


def runner(records: Records, clock: StoppedClock, phones: Phones) -> Scheduler:
    return Scheduler(records, {RUN: campaign_runner(phones, clock)}, clock)


async def test_a_number_once_and_the_text_filled_in(records: Records, clock: StoppedClock) -> None:
    await records.opt_outs.add("6945123002", "key")
    new = campaign()
    created = await records.campaigns.create(
        new, people([NUMBERS[0], NUMBERS[1], NUMBERS[0], NUMBERS[2]]), who="test"
    )
    assert (created.people, created.twice, created.refused) == (3, 1, 1)
    phones = Phones(clock, Informed(AttemptResult.OPTED_OUT, PersonOutcome.OPTED_OUT, "call-x"))
    await runner(records, clock, phones).run_once()
    assert [ring.number for ring in phones.rung] == [f"+30{number}" for number in NUMBERS[:2]]
    assert phones.rung[0].text == "Γεια, Α."
    progress = await records.campaigns.progress("δοκιμή")
    assert progress.campaign.status is CampaignStatus.DONE
    assert progress.outcomes == {
        PersonOutcome.OPTED_OUT: 1,
        PersonOutcome.INFORMED: 1,
        PersonOutcome.REFUSED: 1,
    }
    assert await records.opt_outs.get(NUMBERS[0]) is not None
    with pytest.raises(InvalidRecord, match="one of the name"):
        await records.campaigns.create(new, people(NUMBERS[:1]), who="test")


async def test_tried_again_after_a_pause_then_not_reached(
    records: Records, clock: StoppedClock
) -> None:
    new = campaign(max_attempts=2, pause_minutes=60)
    await records.campaigns.create(new, people(NUMBERS[:1]), who="test")
    phones = Phones(clock, Informed(AttemptResult.BUSY), Informed(AttemptResult.NO_ANSWER))
    runs = runner(records, clock, phones)
    await runs.run_once()
    assert len(phones.rung) == 1
    clock.forward(minutes=59)
    await runs.run_once()
    assert len(phones.rung) == 1
    clock.forward(minutes=2)
    await runs.run_once()
    assert len(phones.rung) == 2
    progress = await records.campaigns.progress("δοκιμή")
    assert progress.outcomes == {PersonOutcome.NOT_REACHED: 1}
    assert progress.results == {"busy": 1, "no_answer": 1}


async def test_not_outside_the_hours(records: Records, clock: StoppedClock) -> None:
    resting = Hours.model_validate({"quiet": [["09:00", "17:30"]]})
    await records.campaigns.create(campaign(hours=resting), people(NUMBERS[:1]), who="test")
    phones = Phones(clock)
    await runner(records, clock, phones).run_once()  # it is five past ten in Athens
    assert phones.rung == []
    (work,) = await records.work.about(RUN, 1)
    assert work.due_at - clock.now == timedelta(hours=7, minutes=25)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("number,name\n6945123456,Α\n", "no column phone"),
        ("phone\n6945123456\n", "no column name"),
        ("phone,name\n12,Α\n", "line 2, phone"),
        ("phone,name\n9011234567,Α\n", "line 2, phone: such numbers are not rung"),
        ("phone,name\n6945123456,\n", "line 2, name"),
        ("phone,name\n6945123456\n", "line 2: 2 fields"),
        ("phone,name\n", "nobody"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, lines: str, problem: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(CampaignFileError, match=problem) as raised:
        read_people(path, ("name",), PREFIXES)
    assert "people.csv" in str(raised.value)


@pytest.mark.parametrize("text", ["Γεια {", "Γεια {0}", "Γεια {a.b}", ""])
def test_a_wrong_text_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "m.txt").write_text(text, encoding="utf-8")
    with pytest.raises(CampaignFileError, match=r"m\.txt"):
        read_text(tmp_path, "m")
    with pytest.raises(CampaignFileError, match="known: m"):
        read_text(tmp_path, "other")
    with pytest.raises(CampaignFileError, match="the name of a file"):
        read_text(tmp_path, "../m")


# A call begins every half second, at most so many at once.
_PER_MINUTE, _AT_ONCE = 120, 4


async def _until(count: int, rung: Citizens) -> None:
    async with asyncio.timeout(200):
        while len(rung.invited) < count:  # noqa: ASYNC110 - a peer tells nobody
            await asyncio.sleep(0.05)


@pytest.mark.call
@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_thirty_calls_paused_and_killed(filled_url: str, tmp_path: Path) -> None:
    records = await Records.open(filled_url, instance="test", demo_data=False)
    new = campaign(calls_per_minute=_PER_MINUTE, concurrent=_AT_ONCE, max_attempts=1)
    try:
        await records.campaigns.create(new, people(NUMBERS), who="test")
        async with rung_by_diallers(
            tmp_path, filled_url, {"ring_s": 0.1}, campaign="δοκιμή"
        ) as ringing:
            rung, started = ringing
            first = await started.start()
            await _until(8, rung)
            await records.campaigns.pause("δοκιμή", who="test")
            await asyncio.sleep(4)
            paused_at = len(rung.invited)
            await asyncio.sleep(4)
            assert len(rung.invited) == paused_at < len(NUMBERS)
            await records.campaigns.resume("δοκιμή", who="test")
            await _until(18, rung)
            first.send_signal(signal.SIGKILL)
            await first.wait()
            await started.all_done()
        progress = await records.campaigns.progress("δοκιμή")
        everybody = await records.campaigns.people("δοκιμή")
    finally:
        await records.close()
    # Nobody was rung twice, and the peer saw no more calls than are written down.
    assert max(rung.counts.values()) == 1
    assert len(rung.invited) <= progress.attempts == len(NUMBERS)
    assert progress.campaign.status is CampaignStatus.DONE
    assert progress.left == 0
    # Those whose call was cut off by the kill are known by it; everybody else was told.
    lost = progress.results.get("lost", 0)
    assert lost <= _AT_ONCE
    assert progress.outcomes[PersonOutcome.INFORMED] == len(NUMBERS) - lost
    # The pace, as it is written down: each attempt half a second after the one before.
    begun = sorted(person.last_attempt_at for person in everybody if person.last_attempt_at)
    apart = [(later - sooner).total_seconds() for sooner, later in pairwise(begun)]
    assert min(apart) >= 60 / _PER_MINUTE - 0.001
    assert rung.most_at_once <= _AT_ONCE + lost
