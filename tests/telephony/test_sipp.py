"""The phone against SIPp, by the scenarios in sip/scenarios."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.telephony.harness import (
    ALICE_HZ,
    BOT_HZ,
    Bench,
    free_port,
    hears,
    listen,
    need_program,
    output_of,
    running_phone,
    running_program,
    tone,
)
from voicebot.telephony.call import (
    CallFailed,
    DtmfDigit,
    EndReason,
    Held,
    TransferOutcome,
)
from voicebot.telephony.g711 import Law, encode

pytestmark = pytest.mark.call

SCENARIOS = Path(__file__).resolve().parents[2] / "sip" / "scenarios"
AGENT = "sip:agent@127.0.0.1:5070"


class Sipp:
    """A running SIPp: one call by one scenario."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path, port: int) -> None:
        self.port = port
        self._process = process
        self._folder = folder

    async def succeeded(self) -> None:
        """Wait for the end; SIPp must have seen all it expects."""
        output = await output_of(self._process, self._folder, 20)
        errors = "".join(path.read_text() for path in self._folder.glob("errors.log"))
        assert self._process.returncode == 0, f"{errors}\n{output[-2000:]}"


@contextlib.asynccontextmanager
async def sipp(
    scenario: str, folder: Path, bench: Bench | None = None, transport: str = "u1"
) -> AsyncIterator[Sipp]:
    """Call the phone, or wait for its call if no bench is given."""
    program = need_program("sipp", "sip-tester")
    (folder / "tone.alaw").write_bytes(encode(Law.PCMA, tone(ALICE_HZ, 1.2)))
    port = free_port()
    arguments = [program, "-sf", str(SCENARIOS / f"{scenario}.xml"), "-m", "1", "-nostdin"]
    arguments += [
        "-t",
        transport,
        "-i",
        "127.0.0.1",
        "-p",
        str(port),
        "-timeout",
        "15",
        "-timeout_error",
    ]
    arguments += ["-trace_err", "-error_file", str(folder / "errors.log")]
    if bench is not None:
        arguments += ["-s", "1555", f"127.0.0.1:{bench.phone.port}"]
    async with running_program(*arguments, cwd=folder) as process:
        yield Sipp(process, folder, port)


async def test_a_call_with_audio_and_headers(tmp_path: Path) -> None:
    async with running_phone() as bench, sipp("call_audio", tmp_path, bench) as peer:
        call = await bench.answered_call()
        assert call.info.number == "2109876543"
        assert call.info.headers["user-to-user"] == "3331;encoding=hex"
        assert call.info.headers["x-queue"] == "epidomata"
        assert hears(await listen(call, 1.2), ALICE_HZ)
        await peer.succeeded()
        assert (await bench.end_of(call)).reason is EndReason.REMOTE_HANGUP


async def test_a_call_over_tcp(tmp_path: Path) -> None:
    async with (
        running_phone(transport="tcp") as bench,
        sipp("call_audio", tmp_path, bench, transport="t1") as peer,
    ):
        call = await bench.answered_call()
        assert hears(await listen(call, 1.2), ALICE_HZ)
        await peer.succeeded()


@pytest.mark.parametrize(("scenario", "keys"), [("dtmf_rfc4733", "15#"), ("dtmf_info", "4*")])
async def test_keys(scenario: str, keys: str, tmp_path: Path) -> None:
    async with running_phone() as bench, sipp(scenario, tmp_path, bench) as peer:
        call = await bench.answered_call()
        await peer.succeeded()
        await bench.end_of(call)
        pressed = [event.digit for event in bench.events(call) if isinstance(event, DtmfDigit)]
        assert "".join(pressed) == keys


async def test_hold_by_reinvite(tmp_path: Path) -> None:
    async with running_phone() as bench, sipp("hold", tmp_path, bench) as peer:
        call = await bench.answered_call()
        await peer.succeeded()
        await bench.end_of(call)
        held = [event for event in bench.events(call) if isinstance(event, Held)]
        assert held == [Held(True), Held(False)]


async def test_a_transfer_that_is_accepted_and_answered(tmp_path: Path) -> None:
    async with (
        running_phone(agents=[AGENT]) as bench,
        sipp("refer_accepted", tmp_path, bench) as peer,
    ):
        call = await bench.answered_call()
        assert await call.transfer(AGENT) is TransferOutcome.COMPLETED
        await peer.succeeded()
        assert (await bench.end_of(call)).reason is EndReason.TRANSFERRED


@pytest.mark.parametrize(
    ("scenario", "outcome"),
    [("refer_busy", TransferOutcome.BUSY), ("refer_refused", TransferOutcome.REJECTED)],
)
async def test_a_transfer_that_fails_keeps_the_caller(
    scenario: str, outcome: TransferOutcome, tmp_path: Path
) -> None:
    async with running_phone(agents=[AGENT]) as bench, sipp(scenario, tmp_path, bench) as peer:
        call = await bench.answered_call()
        assert await call.transfer(AGENT) is outcome
        assert call.is_up
        await peer.succeeded()
        assert (await bench.end_of(call)).reason is EndReason.REMOTE_HANGUP


async def test_a_caller_who_gives_up_while_it_rings(tmp_path: Path) -> None:
    async with running_phone() as bench, sipp("cancel", tmp_path, bench) as peer:
        call = await bench.next_call()
        await call.ringing()
        await peer.succeeded()
        assert (await bench.end_of(call)).reason is EndReason.REMOTE_HANGUP


@pytest.mark.parametrize("scenario", ["session_timer", "late_offer"])
async def test_a_call_set_up_the_uncommon_way(scenario: str, tmp_path: Path) -> None:
    async with running_phone() as bench, sipp(scenario, tmp_path, bench) as peer:
        call = await bench.next_call()
        with contextlib.suppress(CallFailed):  # the caller may be gone before we look
            await call.answer()
        await peer.succeeded()
        await bench.end_of(call)


@pytest.mark.parametrize("scenario", ["options", "no_codec", "bad_sdp"])
async def test_answers_that_need_no_call(scenario: str, tmp_path: Path) -> None:
    async with running_phone() as bench:
        async with sipp(scenario, tmp_path, bench) as peer:
            await peer.succeeded()
        async with sipp("call_audio", tmp_path, bench) as peer:  # and the next caller is served
            call = await bench.answered_call()
            assert hears(await listen(call, 1.2), ALICE_HZ)
            await peer.succeeded()


async def test_an_agent_is_called(tmp_path: Path) -> None:
    async with running_phone() as bench, sipp("agent_answers", tmp_path) as peer:
        call = await _dial(bench, peer)
        bench.watch(call)
        call.write(tone(BOT_HZ, 0.5))
        assert hears(await listen(call, 1.0), ALICE_HZ)
        await call.hang_up()
        await peer.succeeded()


async def test_an_agent_is_busy(tmp_path: Path) -> None:
    async with running_phone() as bench, sipp("agent_busy", tmp_path) as peer:
        with pytest.raises(CallFailed) as failure:
            await _dial(bench, peer)
        assert failure.value.outcome is TransferOutcome.BUSY
        await peer.succeeded()


async def _dial(bench: Bench, peer: Sipp):  # type: ignore[no-untyped-def]
    return await bench.phone.dial(f"sip:agent@127.0.0.1:{peer.port}", headers={"X-Case": "42"})
