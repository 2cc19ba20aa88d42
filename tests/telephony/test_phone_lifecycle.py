"""Starting and stopping the phone, and settings that cannot work."""

from __future__ import annotations

import asyncio

import pytest

from tests.telephony.harness import (
    running_phone,
    settings,
)
from voicebot.telephony.call import (
    EndReason,
    PhoneError,
)
from voicebot.telephony.endpoint import PhoneInUse, SipPhone
from voicebot.telephony.softphone import SoftCallFailed, Softphone

pytestmark = pytest.mark.call


async def test_stopping_waits_for_calls_in_progress_and_takes_no_more() -> None:
    async with running_phone() as bench, await Softphone.open() as alice:
        placed = alice.invite(bench.uri)
        call = await bench.answered_call()
        await placed.answered()
        stopping = asyncio.create_task(bench.phone.stop(drain_s=10))
        late = alice.invite(bench.uri)
        with pytest.raises(SoftCallFailed, match="503"):
            await late.answered()
        assert call.is_up
        assert not stopping.done()
        await placed.hang_up()
        await stopping
        assert (await bench.end_of(call)).reason is EndReason.REMOTE_HANGUP


async def test_stopping_ends_calls_that_do_not_end() -> None:
    async with running_phone() as bench, await Softphone.open() as alice:
        placed = alice.invite(bench.uri)
        call = await bench.answered_call()
        await placed.answered()
        await bench.phone.stop(drain_s=0.2)
        await placed.wait_ended()
        assert placed.ended_by_remote
        assert (await bench.end_of(call)).detail == "shutting down"


async def test_two_phones_in_one_process_are_refused() -> None:
    async with running_phone():
        with pytest.raises(PhoneInUse, match="one SipPhone a process"):
            await SipPhone(settings()).start()


async def test_a_taken_port_is_named_with_the_mend() -> None:
    async with await Softphone.open() as other:
        port = int(other.uri.rpartition(":")[2])
        with pytest.raises(PhoneError, match=r"telephony\.sip_port"):
            await SipPhone(settings(sip_port=port)).start()
    async with running_phone():  # and nothing of the failed start is left
        pass


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"codecs": ("PCMA", "G729")}, r"telephony\.codecs"),
        ({"transport": "tls"}, r"telephony\.tls_certificate"),
        ({"transport": "tls", "tls_certificate": "/nowhere", "tls_key": "/nowhere"}, "no file"),
    ],
)
async def test_settings_that_cannot_work_are_named(
    changes: dict[str, object], complaint: str
) -> None:
    with pytest.raises(PhoneError, match=complaint):
        await SipPhone(settings(**changes)).start()
