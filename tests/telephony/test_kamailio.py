"""The phone behind Kamailio, which runs sip/kamailio.cfg as it lies there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from tests.telephony.harness import (
    ALICE_HZ,
    BOT_HZ,
    free_port,
    hears,
    listen,
    need_program,
    running_phone,
    running_program,
    settings,
    tone,
)
from voicebot.telephony.call import EndReason, PhoneError
from voicebot.telephony.endpoint import SipPhone
from voicebot.telephony.softphone import SoftCallFailed, Softphone, answer

pytestmark = pytest.mark.call

CONFIGURATION = Path(__file__).resolve().parents[2] / "sip" / "kamailio.cfg"


@contextlib.asynccontextmanager
async def kamailio(
    folder: Path, gateway: str = "sip:127.0.0.1:9", machines: Iterable[Softphone] = ()
) -> AsyncIterator[str]:
    """A running Kamailio, before one registered machine or a list of them; yields its URI."""
    program = need_program("kamailio", "kamailio")
    port = free_port()
    command = [program, "-f", str(CONFIGURATION), "-DD", "-E", "-Y", str(folder)]
    command += ["-m", "32", "-M", "4", "-P", str(folder / "pid")]
    command += ["-A", f"LISTEN=udp:127.0.0.1:{port}", "-A", f'GATEWAY="{gateway}"']
    if machines:
        entries = "".join(f"1 {machine.uri.replace('line@', '')}\n" for machine in machines)
        (folder / "machines.list").write_text(entries)
        command += ["-A", f'MACHINES="{folder}/machines.list"']
    async with running_program(*command, cwd=folder), await Softphone.open() as probe:
        for _ in range(20):
            with contextlib.suppress(TimeoutError):
                await probe.options(f"sip:127.0.0.1:{port}", timeout_s=0.5)
                break
        else:
            pytest.fail((folder / "output.txt").read_text())
        yield f"sip:127.0.0.1:{port}"


async def test_a_call_through_the_registrar(tmp_path: Path) -> None:
    async with kamailio(tmp_path) as proxy, await Softphone.open() as alice:
        target = proxy.replace("sip:", "sip:1555@")
        with pytest.raises(SoftCallFailed, match="480"):
            await alice.call(target)
        async with running_phone(registrar=proxy, username="1555", password="change-me") as bench:
            assert bench.phone.registered
            placed = alice.invite(target, user="2101234567")
            call = await bench.answered_call()
            await placed.answered()
            placed.send(tone(ALICE_HZ))
            assert hears(await listen(call, 1.0), ALICE_HZ)
            assert await placed.hold() == 200
            assert await placed.resume() == 200
            await placed.hang_up()
            assert (await bench.end_of(call)).reason is EndReason.REMOTE_HANGUP
        with pytest.raises(SoftCallFailed, match="480"):  # the registration ended with the phone
            await alice.call(target)


async def test_a_call_out_proves_who_we_are(tmp_path: Path) -> None:
    async with (
        await Softphone.open() as gateway,
        kamailio(tmp_path, gateway.uri.replace("softphone@", "")) as proxy,
        running_phone(registrar=proxy, username="1555", password="change-me") as bench,
    ):
        gateway.serve(answer)
        call = await bench.phone.dial(proxy.replace("sip:", "sip:2101111111@"))
        bench.watch(call)
        call.write(tone(BOT_HZ, 0.8))
        await listen(call, 1.0)
        assert hears(gateway.calls[0].recording(), BOT_HZ)
        await call.hang_up()
        await gateway.calls[0].wait_ended()


async def test_a_wrong_password_is_named(tmp_path: Path) -> None:
    async with kamailio(tmp_path) as proxy:
        phone = SipPhone(settings(registrar=proxy, username="1555", password="wrong"))
        with pytest.raises(PhoneError, match=r"telephony\.password"):
            await phone.start()


async def test_a_trunk_that_is_down_does_not_keep_the_line_down() -> None:
    silent = f"sip:127.0.0.1:{free_port()}"
    async with (
        asyncio.timeout(60),
        running_phone(registrar=silent, username="1555", password="x") as bench,
        await Softphone.open() as alice,
    ):
        assert not bench.phone.registered
        placed = alice.invite(bench.uri)
        await bench.answered_call()
        await placed.answered()


async def test_several_machines_take_turns_and_a_full_or_dead_one_is_passed_over(
    tmp_path: Path,
) -> None:
    async with (
        await Softphone.open(user="line") as first,
        await Softphone.open(user="line") as second,
        await Softphone.open() as alice,
    ):
        first.serve(answer)
        second.serve(answer)
        async with kamailio(tmp_path, machines=[first, second]) as proxy:
            target = proxy.replace("sip:", "sip:1555@")
            for _ in range(4):
                await (await alice.call(target)).hang_up()
            assert (len(first.calls), len(second.calls)) == (2, 2)
            second.serve(lambda call: call.reject(503))
            for _ in range(4):
                await (await alice.call(target)).hang_up()
            assert len(first.calls) == 6
            await second.close()
            for _ in range(3):
                await (await alice.call(target)).hang_up()
            assert len(first.calls) == 9
