"""The phone of the line, called by and calling our own softphone over the loopback."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from tests.telephony.harness import (
    ALICE_HZ,
    BOB_HZ,
    BOT_HZ,
    hears,
    listen,
    running_phone,
    tone,
    until_heard,
)
from voicebot.telephony.call import (
    Answered,
    CallFailed,
    DtmfDigit,
    EndReason,
    Held,
    TransferOutcome,
)
from voicebot.telephony.g711 import Law
from voicebot.telephony.softphone import SoftCallFailed, Softphone, answer, no_answer

pytestmark = pytest.mark.call


@pytest.mark.parametrize("law", list(Law))
async def test_a_caller_is_answered_and_both_hear_each_other(law: Law) -> None:
    async with running_phone() as bench, await Softphone.open(laws=(law,)) as alice:
        placed = alice.invite(
            bench.uri, user="2101234567", headers={"User-to-User": "31;encoding=hex"}
        )
        call = await bench.next_call()
        assert call.info.number == "2101234567"
        assert call.info.headers["user-to-user"] == "31;encoding=hex"
        await call.ringing()
        await call.answer()
        await placed.answered()
        assert 180 in placed.provisional
        placed.send(tone(ALICE_HZ))
        call.write(tone(BOT_HZ))
        heard = await listen(call, 1.5)
        assert hears(heard, ALICE_HZ)
        assert not hears(heard, BOT_HZ)
        assert hears(placed.recording(), BOT_HZ)
        assert placed.lost == 0
        assert call.pending_ms == 0
        await placed.hang_up()
        end = await bench.end_of(call)
        assert end.reason is EndReason.REMOTE_HANGUP
        assert bench.events(call)[0] == Answered()
        assert not call.is_up


async def test_hanging_up_ends_the_call_on_both_sides_once() -> None:
    async with running_phone() as bench, await Softphone.open() as alice:
        placed = alice.invite(bench.uri)
        call = await bench.answered_call()
        await call.hang_up()
        await call.hang_up()
        await placed.wait_ended()
        assert placed.ended_by_remote
        assert (await bench.end_of(call)).reason is EndReason.LOCAL_HANGUP


async def test_nothing_of_an_ended_call_is_left_to_the_garbage_collector() -> None:
    from voicebot.telephony.sip_call import SipCall  # needs PJSUA2, which may be missing

    async with running_phone() as bench, await Softphone.open() as alice:
        placed = alice.invite(bench.uri)
        call = await bench.answered_call()
        assert isinstance(call, SipCall)
        leg, port = weakref.ref(call._leg), weakref.ref(call.audio._port)
        await placed.hang_up()
        await bench.end_of(call)
        gc.collect()
        gc.disable()
        try:
            await asyncio.sleep(1.3)
            assert leg() is None
            assert port() is None
        finally:
            gc.enable()
        await call.hang_up()
        await call.ringing()
        call.write(tone(BOT_HZ, 0.1))
        assert (call.read(), call.clear(), call.pending_ms, call.is_up) == (b"", 0, 0, False)
        assert await call.transfer(alice.uri) is TransferOutcome.REJECTED


async def test_each_key_counts_once_by_either_way() -> None:
    async with running_phone() as bench, await Softphone.open() as alice:
        placed = alice.invite(bench.uri)
        call = await bench.answered_call()
        await placed.answered()
        placed.send_digits("1155*#", duration_ms=100)
        await placed.drained()
        await bench.expect(call, DtmfDigit("#"))
        assert await placed.send_digit_info("9") == 200
        await bench.expect(call, DtmfDigit("9"))
        keys = [event.digit for event in bench.events(call) if isinstance(event, DtmfDigit)]
        assert "".join(keys) == "1155*#9"


async def test_a_key_sent_both_ways_at_once_counts_once() -> None:
    async with running_phone() as bench, await Softphone.open() as alice:
        placed = alice.invite(bench.uri)
        call = await bench.answered_call()
        await placed.answered()
        for key in "12":
            placed.send_digits(key, duration_ms=100)
            assert await placed.send_digit_info(key) == 200
            await placed.drained()
        placed.send_digits("#", duration_ms=100)
        await bench.expect(call, DtmfDigit("#"))
        keys = [event.digit for event in bench.events(call) if isinstance(event, DtmfDigit)]
        assert "".join(keys) == "12#"


@pytest.mark.parametrize("direction", ["sendonly", "inactive"])
async def test_hold_is_told_and_audio_queued_meanwhile_passes_by(direction: str) -> None:
    async with running_phone() as bench, await Softphone.open() as alice:
        placed = alice.invite(bench.uri)
        call = await bench.answered_call()
        await placed.answered()
        assert await placed.hold(direction=direction) == 200
        await bench.expect(call, Held(True))
        call.write(tone(BOT_HZ, 0.4))
        while call.pending_ms:
            await call.wait_audio()
            call.read()
        assert await placed.resume() == 200
        await bench.expect(call, Held(False))
        before = len(placed.received)
        call.write(tone(BOB_HZ, 0.5))
        placed.send(tone(ALICE_HZ, 0.5))
        heard = await listen(call, 1.0)
        after = b"".join(frame.pcm for frame in placed.received[before:])
        assert hears(after, BOB_HZ)
        assert not hears(after, BOT_HZ)
        assert hears(heard, ALICE_HZ)


async def test_barge_in_stops_what_is_playing() -> None:
    async with running_phone() as bench, await Softphone.open() as alice:
        placed = alice.invite(bench.uri)
        call = await bench.answered_call()
        call.write(tone(BOT_HZ, 20.0))
        await listen(call, 0.5)
        dropped_ms = call.clear()
        assert 15_000 < dropped_ms < 20_000
        assert call.pending_ms == 0
        mark = len(placed.received)
        await listen(call, 0.6)
        after = [frame.pcm for frame in placed.received[mark:]]
        assert hears(placed.recording(), BOT_HZ)
        # What was under way when it was cleared may still arrive, not more.
        assert not hears(b"".join(after[6:]), BOT_HZ)


async def test_early_media_plays_before_the_answer() -> None:
    async with running_phone() as bench, await Softphone.open() as alice:
        placed = alice.invite(bench.uri)
        call = await bench.next_call()
        call.write(tone(BOT_HZ, 0.6))
        await call.early_media()  # type: ignore[attr-defined]
        while not hears(placed.recording(), BOT_HZ):
            assert await placed.media.wait_beyond(len(placed.received))
        assert 183 in placed.provisional
        await call.answer()
        await placed.answered()


async def test_a_caller_who_gives_up_is_told_to_the_one_who_answers() -> None:
    async with running_phone() as bench, await Softphone.open() as alice:
        placed = alice.invite(bench.uri)
        call = await bench.next_call()
        await call.ringing()
        await placed.hang_up()
        assert placed.final_status == 487
        with pytest.raises(CallFailed):
            await call.answer()
        assert (await bench.end_of(call)).reason is EndReason.REMOTE_HANGUP


async def test_beyond_the_limit_callers_are_told_when_to_come_back() -> None:
    async with (
        running_phone(max_calls=1, overflow_calls=0) as bench,
        await Softphone.open() as alice,
    ):
        first = alice.invite(bench.uri)
        call = await bench.answered_call()
        second = alice.invite(bench.uri)
        with pytest.raises(SoftCallFailed, match="503"):
            await second.answered()
        assert second.final_response is not None
        assert second.final_response.get("Retry-After") == "10"
        await first.hang_up()
        await bench.end_of(call)
        third = alice.invite(bench.uri)
        await bench.answered_call()
        await third.answered()


async def test_a_call_can_be_refused() -> None:
    async with running_phone() as bench, await Softphone.open() as alice:
        placed = alice.invite(bench.uri)
        call = await bench.next_call()
        await call.reject(486)
        with pytest.raises(SoftCallFailed, match="486"):
            await placed.answered()


async def test_strangers_get_no_reply_at_all() -> None:
    async with (
        running_phone(allowed_peers=("192.0.2.0/24",)) as bench,
        await Softphone.open() as stranger,
    ):
        with pytest.raises(TimeoutError):
            await stranger.options(bench.uri, timeout_s=0.7)
        placed = stranger.invite(bench.uri)
        while bench.phone.dropped_requests < 3:  # noqa: ASYNC110  a counter of the library
            await asyncio.sleep(0.05)
        assert placed.provisional == []
        assert bench.calls.empty()
        # Those whom we call are no strangers within that call.
        stranger.serve(answer)
        call = await bench.phone.dial(stranger.uri)
        bench.watch(call)
        await stranger.calls[-1].hang_up()
        assert (await bench.end_of(call)).reason is EndReason.REMOTE_HANGUP


async def test_options_are_answered() -> None:
    async with running_phone() as bench, await Softphone.open() as alice:
        assert (await alice.options(bench.uri)).status == 200


async def test_a_dead_line_is_hung_up() -> None:
    async with running_phone(media_timeout_s=1.5) as bench, await Softphone.open() as alice:
        placed = alice.invite(bench.uri)
        call = await bench.answered_call()
        await placed.answered()
        await listen(call, 0.3)
        placed.media.muted = True
        assert (await bench.end_of(call)).reason is EndReason.MEDIA_TIMEOUT
        await placed.wait_ended()


async def test_a_call_has_a_longest_time() -> None:
    async with running_phone(max_call_s=1.5) as bench, await Softphone.open() as alice:
        placed = alice.invite(bench.uri)
        call = await bench.answered_call()
        end = await bench.end_of(call)
        assert end.detail == "longest call reached"
        await placed.wait_ended()


async def test_a_caller_cannot_make_us_call_others() -> None:
    async with (
        running_phone() as bench,
        await Softphone.open() as alice,
        await Softphone.open(user="victim") as victim,
    ):
        placed = alice.invite(bench.uri)
        call = await bench.answered_call()
        await placed.answered()
        request = placed.dialog.build("REFER", headers={"Refer-To": f"<{victim.uri}>"})
        response = await placed.dialog.send(request).final_response()
        assert response.status == 603
        assert victim.calls == []
        assert call.is_up


async def test_the_phone_calls_somebody_with_headers() -> None:
    async with running_phone() as bench, await Softphone.open(user="agent") as agent:
        agent.serve(answer)
        call = await bench.phone.dial(agent.uri, headers={"X-Case": "42", "User-to-User": "3432"})
        bench.watch(call)
        (rung,) = agent.calls
        assert rung.invite is not None
        assert rung.invite.get("X-Case") == "42"
        assert rung.invite.get("User-to-User") == "3432"
        rung.send(tone(BOB_HZ))
        call.write(tone(BOT_HZ))
        assert hears(await listen(call, 1.0), BOB_HZ)
        assert hears(rung.recording(), BOT_HZ)
        await rung.hang_up()
        assert (await bench.end_of(call)).reason is EndReason.REMOTE_HANGUP


async def test_why_a_call_out_failed_is_known() -> None:
    async with running_phone() as bench, await Softphone.open(user="agent") as agent:
        with pytest.raises(CallFailed) as busy:
            await bench.phone.dial(agent.uri)
        assert busy.value.outcome is TransferOutcome.BUSY
        agent.serve(no_answer)
        with pytest.raises(CallFailed) as silent:
            await bench.phone.dial(agent.uri, timeout_s=0.5)
        assert silent.value.outcome is TransferOutcome.NO_ANSWER
        await agent.calls[-1].wait_ended()
        for target in ("agent", "sip:a b@c", ""):
            with pytest.raises(CallFailed) as malformed:
                await bench.phone.dial(target)
            assert malformed.value.outcome is TransferOutcome.FAILED


async def test_a_blind_transfer_completes_and_the_caller_talks_to_the_agent() -> None:
    async with (
        await Softphone.open(user="agent") as agent,
        running_phone(agents=[agent.uri]) as bench,
        await Softphone.open() as alice,
    ):
        agent.serve(answer)
        placed = alice.invite(bench.uri)
        call = await bench.answered_call()
        await placed.answered()
        assert await call.transfer(agent.uri) is TransferOutcome.COMPLETED
        assert (await bench.end_of(call)).reason is EndReason.TRANSFERRED
        await placed.wait_ended()
        referred = await placed.referred
        assert agent.calls[0].invite is not None
        assert "1555" in (agent.calls[0].invite.get("Referred-By") or "")
        await until_heard(
            lambda: referred.send(tone(ALICE_HZ, 0.5)), agent.calls[0].recording, ALICE_HZ
        )


async def test_a_transfer_that_fails_leaves_the_caller_here() -> None:
    async with (
        await Softphone.open(user="agent") as agent,
        running_phone(agents=[agent.uri]) as bench,
        await Softphone.open() as alice,
    ):
        placed = alice.invite(bench.uri)
        call = await bench.answered_call()
        await placed.answered()
        assert await call.transfer(agent.uri) is TransferOutcome.BUSY
        agent.serve(no_answer)
        assert await call.transfer(agent.uri, timeout_s=0.8) is TransferOutcome.NO_ANSWER
        alice.accept_refer = False
        assert await call.transfer(agent.uri) is TransferOutcome.REJECTED
        assert await call.transfer("sip:00900123@127.0.0.1") is TransferOutcome.REJECTED
        assert call.is_up
        call.write(tone(BOT_HZ))
        await listen(call, 1.2)
        assert hears(placed.recording(), BOT_HZ)


async def test_a_warm_transfer_joins_two_calls_and_parts_them_again() -> None:
    async with (
        running_phone() as bench,
        await Softphone.open() as alice,
        await Softphone.open(user="agent") as agent,
    ):
        agent.serve(answer)
        placed = alice.invite(bench.uri)
        caller = await bench.answered_call()
        await placed.answered()
        briefed = await bench.phone.dial(agent.uri)
        bench.watch(briefed)
        (rung,) = agent.calls
        briefed.write(tone(BOT_HZ, 0.6))
        await listen(briefed, 0.9)
        assert hears(rung.recording(), BOT_HZ)
        assert not hears(placed.recording(), BOT_HZ)

        caller.bridge(briefed)
        await until_heard(lambda: placed.send(tone(ALICE_HZ)), rung.recording, ALICE_HZ)
        await until_heard(lambda: rung.send(tone(BOB_HZ)), placed.recording, BOB_HZ)
        assert caller.read() == b""
        # Hold and back is survived: the stream is made anew, the bridge stays.
        assert await placed.hold() == 200
        assert await placed.resume() == 200
        await until_heard(lambda: rung.send(tone(BOB_HZ, 0.6)), placed.recording, BOB_HZ)

        await rung.hang_up()
        await bench.end_of(briefed)
        placed.send(tone(ALICE_HZ))
        assert hears(await listen(caller, 1.0), ALICE_HZ)
        await until_heard(lambda: caller.write(tone(BOT_HZ, 0.5)), placed.recording, BOT_HZ)
