"""A caller on a real line whose booking system falls silent while it books."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.records.book_server import running_book
from voicebot.rehearsal.citizen import Citizen
from voicebot.rehearsal.script import load_scripts, play
from voicebot.rehearsal.server import free_port, running_line
from voicebot.speaking.espeak import EspeakVoice
from voicebot.speaking.speaker import Speaker
from voicebot.telephony.softphone import Softphone

pytestmark = [pytest.mark.call, pytest.mark.timeout(1500)]

CONFIRMED = "ναι, σωστά"


async def test_the_caller_hears_of_it_and_is_promised_a_callback(tmp_path: Path) -> None:
    demo = next(script for script in load_scripts() if script.name == "appointment")
    answers = {**demo.answers, "offer_help": ("ναι",), "window": ("αύριο το πρωί",)}
    script = demo.model_copy(update={"answers": {**answers, "confirm": (CONFIRMED, "ναι")}})
    folder = tmp_path / "book"
    folder.mkdir()
    with running_book(folder, free_port(socket.SOCK_STREAM)) as book:
        environment = {**book.environment(), "VOICEBOT_APPOINTMENTS__TIMEOUT_S": "2.0"}
        async with (
            running_line(tmp_path, environment, start_timeout_s=600) as line,
            await Softphone.open() as phone,
        ):
            speaker = Speaker(EspeakVoice(script.voice, nasal=True))
            citizen = await Citizen.ring(phone, line, speaker, "silent", number=script.number)
            citizen.on_say = lambda text: book.be_silent() if text == CONFIRMED else None
            try:
                await play(citizen, script)
            finally:
                await citizen.leave()
                await speaker.close()
                print(*line.events, sep="\n")
            finished = await line.wait_for("finished", "silent", timeout_s=60)
            said = [event["text"] for event in line.events if event["event"] == "said"]
            # The gap itself is measured by `voicebot bench calls`, not here.
            gaps = [one.gap_ms for one in citizen.exchanges if one.said == CONFIRMED]
            print("gaps after the confirmation, ms:", gaps)
    assert gaps
    assert gaps[0] is not None, "the caller hears something while the system is silent"
    assert any("το σύστημα των ραντεβού δεν απαντά" in text for text in said)
    assert finished["outcome"] == "callback"
