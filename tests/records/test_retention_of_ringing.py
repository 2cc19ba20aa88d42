"""Retention and one person's requests for what outgoing calls leave: attempts, people of a
campaign, opt-outs. On both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from tests.records.conftest import StoppedClock
from voicebot.records import CallbackStatus, Records, Window
from voicebot.records.campaign_types import CampaignStatus, PersonOutcome
from voicebot.records.inventory import DataClass
from voicebot.records.models import AttemptRow, Base, CampaignRow, OptOutRow, PersonRow
from voicebot.records.types import AttemptResult
from voicebot.settings import Retention as Times

PHONE, OTHER = "+306945123456", "+306977123456"
TIMES = Times()


@pytest.fixture
async def rung(records: Records, clock: StoppedClock) -> Records:
    """Two people are rung, each for a callback and for a campaign; both opt out."""
    moment = {"started_at": clock.now, "ended_at": clock.now, "result": AttemptResult.NO_ANSWER}
    window = Window(clock.now + timedelta(hours=1), clock.now + timedelta(hours=2))
    callbacks = [await records.callbacks.request(number, window) for number in (PHONE, OTHER)]

    async def campaign(session: AsyncSession) -> None:
        await session.execute(
            insert(CampaignRow).values(
                campaign_id=1,
                name="pensions",
                message_key="text",
                text="κείμενο",
                hours={},
                calls_per_minute=1,
                concurrent=1,
                max_attempts=1,
                pause_minutes=1,
                status=CampaignStatus.RUNNING,
                owner="team:line",
                created_at=clock.now,
                changed_at=clock.now,
            )
        )
        for at, number in enumerate((PHONE, OTHER), start=1):
            await session.execute(
                insert(PersonRow).values(
                    person_id=at,
                    campaign_id=1,
                    number=number,
                    values=(("name", "Άννα"),),
                    next_at=clock.now,
                    outcome=PersonOutcome.NOT_REACHED,
                    changed_at=clock.now,
                )
            )
            await session.execute(insert(AttemptRow).values(person_id=at, ordinal=1, **moment))
            await session.execute(
                insert(AttemptRow).values(
                    callback_id=callbacks[at - 1].callback_id, ordinal=1, **moment
                )
            )

    await records.work.transaction(campaign)
    for number in (PHONE, OTHER):
        await records.opt_outs.add(number, "key")
    return records


async def rows(records: Records, table: type[Base]) -> int:
    async def work(session: AsyncSession) -> Any:
        return await session.scalar(select(func.count()).select_from(table))

    return int(await records.work.transaction(work))


async def end_callbacks(records: Records) -> None:
    for callback in await records.callbacks.open_ones():
        await records.callbacks.mark(callback.callback_id, CallbackStatus.GIVEN_UP)


async def test_each_class_goes_at_its_own_time(rung: Records, clock: StoppedClock) -> None:
    clock.forward(days=91)
    done = await rung.retention.purge(TIMES)
    # The callbacks are open still, and with them the attempts at them.
    assert (done[DataClass.CAMPAIGNS], done[DataClass.ATTEMPTS]) == (2, 0)
    clock.forward(days=300)
    assert (await rung.retention.purge(TIMES))[DataClass.ATTEMPTS] == 2
    await end_callbacks(rung)
    assert (await rung.retention.due(TIMES))[DataClass.ATTEMPTS] == 2
    assert (await rung.retention.purge(TIMES))[DataClass.ATTEMPTS] == 2
    assert await rung.opt_outs.get(PHONE) is not None
    clock.forward(days=3300)
    assert (await rung.retention.purge(TIMES))[DataClass.OPT_OUTS] == 2
    assert await rung.opt_outs.get(PHONE) is None
    assert (await rows(rung, AttemptRow), await rows(rung, OptOutRow)) == (0, 0)


async def test_the_export_has_it(rung: Records) -> None:
    found = await rung.privacy.export(who="dpo", phone=PHONE)
    assert len(found["dial_attempts"]) == 2
    assert [row["values"] for row in found["campaigns"]] == [[["name", "Άννα"]]]
    assert [row["how"] for row in found["opt_outs"]] == ["key"]


async def test_one_is_forgotten_and_the_other_not(rung: Records) -> None:
    await end_callbacks(rung)
    done = await rung.privacy.forget(who="dpo", phone=PHONE)
    assert (done.treated[DataClass.ATTEMPTS], done.treated[DataClass.CAMPAIGNS]) == (2, 1)
    found = await rung.privacy.export(who="dpo", phone=PHONE)
    # Who is forgotten does not want to be rung all the same.
    assert [name for name, kept in found.items() if isinstance(kept, list) and kept] == ["opt_outs"]
    assert await rung.opt_outs.get(PHONE) is not None
    other = await rung.privacy.export(who="dpo", phone=OTHER)
    assert len(other["dial_attempts"]) == 2
    assert len(other["campaigns"]) == 1


async def test_attempts_at_an_open_callback_are_not_forgotten(rung: Records) -> None:
    done = await rung.privacy.forget(who="dpo", phone=PHONE)
    assert done.treated[DataClass.ATTEMPTS] == 1
    assert done.kept == {"callbacks": 1}
