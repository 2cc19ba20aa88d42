"""A campaign of real calls: a whole line in a process of its own rings five people one after the
other, who answer with sound and keys; what they heard and what is on record is compared."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.dialling.peers import word
from tests.telephony.harness import tone
from voicebot.dialogue.prompts import callbacks as prompts
from voicebot.records import Records
from voicebot.records.campaign_types import CampaignStatus, NewCampaign, NewPerson, PersonOutcome
from voicebot.rehearsal.server import RunningLine, free_port, running_line
from voicebot.settings import Hours
from voicebot.telephony.sip_message import SipUri
from voicebot.telephony.soft_call import SoftCall
from voicebot.telephony.softphone import Softphone

pytestmark = [pytest.mark.call, pytest.mark.slow, pytest.mark.timeout(900)]

TEXT = (
    "Κυρία {name}, σε λίγο καιρό συμπληρώνετε τις προϋποθέσεις για να ζητήσετε πληροφορίες για τη"
    " σύνταξή σας, και μπορείτε να ρωτήσετε εμένα τώρα, ή να μιλήσετε με υπάλληλο."
)
MESSAGE = TEXT.format(name="Άννα")
INFORMED, KEY, WRONG, MACHINE, BUSY = (f"694512340{number}" for number in range(5))


class People:
    """Five telephones behind one socket."""

    def __init__(self) -> None:
        self.calls: dict[str, SoftCall] = {}
        self.line: RunningLine | None = None
        self._acts: dict[str, Callable[[SoftCall], Awaitable[None]]] = {
            INFORMED: self._listens,
            KEY: self._presses_into_the_message,
            WRONG: self._is_somebody_else,
            MACHINE: self._is_a_machine,
        }

    async def take(self, call: SoftCall) -> None:
        """A call comes."""
        assert call.invite is not None
        number = SipUri.parse(str(call.invite.uri)).user
        self.calls[number] = call
        if number == BUSY:
            await call.reject(486)
            return
        await call.ring()
        await call.answer()
        await self._acts[number](call)
        await call.wait_ended()

    def said(self, number: str) -> list[tuple[str, bool]]:
        """What the line said in a person's call, and whether to the end."""
        assert self.line is not None
        invite = self.calls[number].invite
        assert invite is not None
        return [
            (event["text"], event["completed"])
            for event in self.line.events
            if event["event"] == "said" and event["call"] == invite.get("Call-ID")
        ]

    async def _asked(self, number: str, words: str) -> None:
        while not any(words in text for text, _ in self.said(number)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    async def _listens(self, call: SoftCall) -> None:
        call.send(word())
        await self._asked(INFORMED, prompts.CAMPAIGN_WHO)
        call.send_digits("1")
        await self._asked(INFORMED, prompts.CAMPAIGN_QUESTION)
        await call.hang_up()

    async def _presses_into_the_message(self, call: SoftCall) -> None:
        call.send(word())
        await self._asked(KEY, prompts.CAMPAIGN_WHO)
        call.send_digits("1")
        pressed_at = time.monotonic() + 0.3
        while call.first_sound_after(pressed_at) is None:  # noqa: ASYNC110 - audio only
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.5)
        call.send_digits("9")

    async def _is_somebody_else(self, call: SoftCall) -> None:
        call.send(word())
        await self._asked(WRONG, prompts.CAMPAIGN_WHO)
        call.send_digits("2")

    async def _is_a_machine(self, call: SoftCall) -> None:
        call.send(word(4.0) + tone(1000, 0.6))


@asynccontextmanager
async def a_line(folder: Path, people: People) -> AsyncIterator[RunningLine]:
    """A line that rings them."""
    async with await Softphone.open(port=free_port()) as phone:
        phone.serve(people.take)
        overrides = {
            "VOICEBOT_TELEPHONY__RTP_PORT_MIN": str(41_000 + os.getpid() % 90 * 100),
            "VOICEBOT_DIALLER__TARGET": f"sip:{{national}}@{phone.uri.partition('@')[2]}",
            "VOICEBOT_DIALLER__POLL_S": "0.3",
            "VOICEBOT_DESK__AGENTS": json.dumps([]),
        }
        async with running_line(folder, overrides, start_timeout_s=300) as line:
            people.line = line
            yield line


async def _is_done(records: Records) -> bool:
    progress = await records.campaigns.progress("δοκιμή")
    return progress.campaign.status is CampaignStatus.DONE


async def test_five_people(tmp_path: Path) -> None:
    people = People()
    async with a_line(tmp_path, people):
        records = await Records.open(
            f"sqlite:///{tmp_path / 'records.db'}", instance="test", demo_data=False
        )
        try:
            new = NewCampaign(
                name="δοκιμή",
                message_key="m",
                text=TEXT,
                hours=Hours(),
                calls_per_minute=600,
                concurrent=1,
                max_attempts=1,
            )
            numbers = (INFORMED, KEY, WRONG, MACHINE, BUSY)
            rung = [NewPerson(f"+30{number}", (("name", "Άννα"),)) for number in numbers]
            await records.campaigns.create(new, rung, who="test")
            async with asyncio.timeout(600):
                while not await _is_done(records):  # noqa: ASYNC110 - another process rings
                    await asyncio.sleep(0.5)
            everybody = await records.campaigns.people("δοκιμή")
            found = {one.number[3:]: one.outcome for one in everybody}
            opted_out = [number for number in numbers if await records.opt_outs.get(number)]
        finally:
            await records.close()
        said = {number: people.said(number) for number in (INFORMED, KEY, WRONG)}
    assert found == {
        INFORMED: PersonOutcome.INFORMED,
        KEY: PersonOutcome.OPTED_OUT,
        WRONG: PersonOutcome.WRONG_PERSON,
        MACHINE: PersonOutcome.LEFT_MESSAGE,
        BUSY: PersonOutcome.NOT_REACHED,
    }
    assert opted_out == [KEY]
    for texts in said.values():
        assert "ψηφιακός βοηθός" in texts[0][0]
        assert texts[0][1]
    assert (MESSAGE, True) in said[INFORMED]
    # The key stopped the message at once.
    assert (MESSAGE, False) in said[KEY]
    assert any(prompts.OPTED_OUT in text for text, _ in said[KEY])
    assert not any("Άννα" in text for text, _ in said[WRONG])
