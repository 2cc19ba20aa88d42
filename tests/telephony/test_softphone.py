"""The softphone with itself: what the call tests and the bench rely on."""

from __future__ import annotations

import asyncio

import pytest

from tests.telephony.harness import ALICE_HZ, BOB_HZ, hears, tone
from voicebot.telephony.g711 import Law
from voicebot.telephony.sip_message import SipMessage
from voicebot.telephony.soft_call import CallState
from voicebot.telephony.softphone import (
    SoftCall,
    SoftCallFailed,
    Softphone,
    answer,
    no_answer,
)


async def test_many_calls_at_once_hear_each_other_without_loss() -> None:
    async with await Softphone.open() as alice, await Softphone.open(user="bob") as bob:
        bob.serve(answer)
        calls = await asyncio.gather(*(alice.call(bob.uri) for _ in range(10)))
        for number, call in enumerate(calls):
            call.send(tone(500 + 100 * number, 0.4))
        for call in calls:
            await call.drained()
        for number, call in enumerate(bob.calls):
            await call.media.wait_beyond(22)
            assert hears(call.recording(), 500 + 100 * number)
            assert call.lost == 0


async def test_times_are_those_of_the_wire_and_one_frame_apart() -> None:
    async with await Softphone.open() as alice, await Softphone.open() as bob:
        bob.serve(answer)
        call = await alice.call(bob.uri)
        heard = bob.calls[0]
        await heard.media.wait_beyond(3)
        call.send(tone(ALICE_HZ, 0.1))
        sent_s = await call.drained()
        await heard.media.wait_beyond(len(heard.received) + 2)
        first = heard.first_sound_after(0.0)
        assert first is not None
        assert first.time_s <= sent_s < heard.received[-1].time_s
        times = [frame.time_s for frame in heard.received]
        assert times == sorted(times)


async def test_digits_come_in_order_and_between_the_audio() -> None:
    async with await Softphone.open() as alice, await Softphone.open() as bob:
        bob.serve(answer)
        call = await alice.call(bob.uri)
        call.send_digits("1990#", duration_ms=60, gap_ms=40)
        await call.drained()
        assert await call.send_digit_info("*") == 200
        assert "".join(bob.calls[0].keys) == "1990#*"
        with pytest.raises(ValueError, match="not a telephone key"):
            call.send_digits("x")


async def test_refusal_no_answer_and_cancel() -> None:
    async with await Softphone.open() as alice, await Softphone.open() as bob:
        with pytest.raises(SoftCallFailed, match="486"):
            await alice.call(bob.uri)
        bob.serve(no_answer)
        with pytest.raises(SoftCallFailed, match="408"):
            await alice.call(bob.uri, timeout_s=0.2)
        assert bob.calls[-1].final_status == 487


async def test_giving_up_at_once_leaves_no_call_behind() -> None:
    async with await Softphone.open() as alice, await Softphone.open() as bob:
        bob.serve(answer)
        placed = [alice.invite(bob.uri) for _ in range(8)]
        for number, call in enumerate(placed):
            if number % 2:
                await asyncio.sleep(0.002 * number)
            await call.hang_up()
        for call in placed + bob.calls:
            await call.wait_ended()
            assert call.state is CallState.ENDED


async def test_either_side_may_hang_up() -> None:
    async with await Softphone.open() as alice, await Softphone.open() as bob:
        bob.serve(answer)
        first, second = await alice.call(bob.uri), await alice.call(bob.uri)
        await first.hang_up()
        await first.hang_up()
        await bob.calls[1].hang_up()
        await second.wait_ended()
        assert bob.calls[0].ended_by_remote
        assert second.ended_by_remote


async def test_a_refer_makes_the_call_and_tells_how_it_went() -> None:
    async with (
        await Softphone.open() as alice,
        await Softphone.open() as bob,
        await Softphone.open(user="carol") as carol,
    ):
        bob.serve(answer)
        carol.serve(answer)
        call = await alice.call(bob.uri)
        request = bob.calls[0].dialog.build("REFER", headers={"Refer-To": f"<{carol.uri}>"})
        assert (await bob.calls[0].dialog.send(request).final_response()).status == 202
        referred = await call.referred
        referred.send(tone(BOB_HZ, 0.3))
        await referred.drained()
        await carol.calls[0].media.wait_beyond(15)
        assert hears(carol.calls[0].recording(), BOB_HZ)


async def test_lost_messages_are_sent_again() -> None:
    """Every first copy of a message is lost on the way; the call comes about all the same."""
    async with await Softphone.open() as alice, await Softphone.open() as bob:
        seen: set[bytes] = set()
        deliver = bob._layer.datagram_received

        def lossy(data: bytes, addr: tuple[str, int]) -> None:
            start = data.split(b"\r\n")[0]
            if start in seen:
                deliver(data, addr)
            seen.add(start)

        bob._layer.datagram_received = lossy  # type: ignore[method-assign]
        bob.serve(answer)
        call = await alice.call(bob.uri)
        await asyncio.sleep(0.7)  # bob repeats his 200 until an ACK gets through
        assert any(start.startswith(b"ACK") for start in seen)
        await call.hang_up()
        await bob.calls[0].wait_ended()


async def test_the_codec_is_the_callers_first_that_both_have() -> None:
    async with (
        await Softphone.open(laws=(Law.PCMU,)) as alice,
        await Softphone.open(laws=(Law.PCMA, Law.PCMU)) as bob,
    ):
        bob.serve(answer)
        call = await alice.call(bob.uri)
        call.send(tone(ALICE_HZ, 0.3))
        await call.drained()
        await bob.calls[0].media.wait_beyond(12)
        assert hears(bob.calls[0].recording(), ALICE_HZ)


async def test_hold_is_told_and_its_answer_mirrored() -> None:
    async with await Softphone.open() as alice, await Softphone.open() as bob:
        bob.serve(answer)
        call = await alice.call(bob.uri)
        assert await call.hold() == 200
        assert bob.calls[0].on_hold
        assert await call.resume() == 200
        assert not bob.calls[0].on_hold


async def test_garbage_and_unknown_requests_do_no_harm() -> None:
    async with await Softphone.open() as bob:
        bob.serve(answer)
        for junk in (b"\r\n\r\n", b"\0" * 20, b"INVITE", b"\xff" * 900):
            bob._layer.datagram_received(junk, ("127.0.0.1", 9))
        async with await Softphone.open() as alice:
            assert (await alice.options(bob.uri)).status == 200
            call = await alice.call(bob.uri)
            strange = call.dialog.build("PUBLISH")
            assert (await call.dialog.send(strange).final_response()).status == 501
            stray = SipMessage.parse(call.dialog.build("BYE").serialize())
            stray.headers = [
                (name, "nobody" if name == "Call-ID" else value) for name, value in stray.headers
            ]
            assert (await call.dialog.send(stray).final_response()).status == 481


async def test_closing_hangs_up_all() -> None:
    bob = await Softphone.open()
    bob.serve(answer)
    alice = await Softphone.open()
    calls: list[SoftCall] = [await alice.call(bob.uri) for _ in range(3)]
    await alice.close()
    assert all(call.state is CallState.ENDED for call in calls)
    assert all(call.ended_by_remote for call in bob.calls)
    await bob.close()
