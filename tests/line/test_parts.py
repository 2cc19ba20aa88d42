"""The line's small parts on their own."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from tests.line.fake_hearing import FakeVad
from tests.line.fake_speaking import FakeSpeaker
from tests.line.fake_telephony import FakeCall
from tests.line.tones import CALLER
from tests.line.virtual import run_virtual
from voicebot.hearing.vad import VadStream
from voicebot.line.backchannels import is_backchannel
from voicebot.line.clock import MediaClock
from voicebot.line.echo import is_echo
from voicebot.line.phrases import render_phrases
from voicebot.line.player import LEAD_MS, Player, Track, TrackEnd, sentence_start
from voicebot.line.prompts import LinePrompt
from voicebot.line.watch import ResponseWatch
from voicebot.speaking.voice import VoiceError


@pytest.mark.parametrize(
    "text", ["ναι", "Ναι, ναι.", "μμ", "εντάξει", "ωραία", "αχά", "ναι ναι ναι"]
)
def test_is_a_backchannel(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize(
    "text", ["", "όχι", "ναι θέλω ραντεβού", "στοπ", "ναι ναι ναι ναι", "άνθρωπο", "περίμενε"]
)
def test_is_no_backchannel(text: str) -> None:
    assert not is_backchannel(text)


def speech_like(seed: int, samples: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 1, samples)
    shaped = np.convolve(noise, [1, 0.9, 0.5, 0.2])[:samples]
    envelope = 0.3 + np.abs(np.sin(np.arange(samples) / 800 + seed))
    return shaped * envelope * 2000


def test_a_late_soft_noisy_copy_is_echo() -> None:
    played = speech_like(1, 12000)
    late = played[8000:9280] * 0.2 + np.random.default_rng(9).normal(0, 30, 1280)

    assert is_echo(late.astype(np.int16), played.astype(np.int16))


def test_another_voice_is_not_echo() -> None:
    played, other = speech_like(1, 12000), speech_like(2, 1280)

    assert not is_echo(other.astype(np.int16), played.astype(np.int16))


@pytest.mark.parametrize("samples", [0, 100])
def test_too_little_to_tell_is_not_echo(samples: int) -> None:
    assert not is_echo(np.zeros(samples, np.int16), np.zeros(12000, np.int16))
    assert not is_echo(np.ones(1280, np.int16), np.zeros(samples, np.int16))


def test_silence_is_not_echo() -> None:
    assert not is_echo(np.zeros(1280, np.int16), speech_like(1, 12000).astype(np.int16))


def loud(ms: int) -> bytes:
    return np.full(8 * ms, 5000, "<i2").tobytes()


def quiet(ms: int) -> bytes:
    return bytes(16 * ms)


@pytest.mark.parametrize(
    ("pcm", "position_ms", "expected_ms"),
    [
        (loud(1000), 500, 0),
        (loud(1000) + quiet(300) + loud(1000), 500, 0),
        (loud(1000) + quiet(300) + loud(1000), 1800, 1300),
        (loud(1000) + quiet(300) + loud(1000), 1200, 0),
        (loud(1000) + quiet(100) + loud(1000), 1800, 0),
        (quiet(300) + loud(500) + quiet(200) + loud(500), 1400, 1000),
        (b"", 0, 0),
    ],
)
def test_a_cut_sentence_begins_after_the_last_pause(
    pcm: bytes, position_ms: int, expected_ms: int
) -> None:
    assert sentence_start(pcm, position_ms * 16) == expected_ms * 16


def test_the_player_stays_a_little_ahead_and_stops_at_once() -> None:
    async def scenario() -> None:
        call = FakeCall()
        await call.answer()
        begun: list[Track] = []
        player = Player(call, begun.append)
        track = Track("Καλημέρα.")
        track.feed(loud(3000))
        track.complete()
        player.play(track)
        for _ in range(50):
            player.pump()
            assert call.pending_ms <= LEAD_MS + 20
            await asyncio.sleep(0.02)
        assert begun == [track]
        player.pause()
        assert call.pending_ms == 0
        assert abs(track.position - 1000 * 16) <= 20 * 16
        player.pump()
        assert call.pending_ms == 0
        player.resume()
        while not track.is_over:
            player.pump()
            await asyncio.sleep(0.02)
        assert track.ended.result() is TrackEnd.PLAYED
        assert player.track is None

    run_virtual(scenario())


def test_a_new_track_ends_the_old_one() -> None:
    async def scenario() -> None:
        call = FakeCall()
        await call.answer()
        player = Player(call, lambda track: None)
        first, second = Track("α"), Track("β")
        player.play(first)
        player.play(second)
        assert first.ended.result() is TrackEnd.STOPPED
        assert player.track is second
        player.stop()

    run_virtual(scenario())


def test_audio_that_is_still_made_is_waited_for() -> None:
    async def scenario() -> None:
        call = FakeCall()
        await call.answer()
        player = Player(call, lambda track: None)
        track = Track("Αργά.")
        track.feed(loud(100))
        player.play(track)
        for _ in range(20):
            player.pump()
            await asyncio.sleep(0.02)
        assert not track.is_over
        track.feed(loud(105))
        track.complete()
        for _ in range(20):
            player.pump()
            await asyncio.sleep(0.02)
        assert track.ended.result() is TrackEnd.PLAYED
        assert sum(len(piece.pcm) for piece in call.heard) == 205 * 16

    run_virtual(scenario())


def test_the_watch_calls_again_and_again_and_once_for_all() -> None:
    async def scenario() -> None:
        calls: list[str] = []
        watch = ResponseWatch(lambda n: calls.append(f"slow {n}"), lambda: calls.append("stuck"))
        watch.start()
        await asyncio.sleep(1.7)
        assert calls == []
        await asyncio.sleep(0.2)
        watch.start()
        assert calls == ["slow 0"]
        await asyncio.sleep(60)
        assert calls == ["slow 0", "slow 1", "slow 2", "slow 3", "stuck"]
        assert not watch.is_running
        watch.start()
        watch.stop()
        await asyncio.sleep(60)
        assert len(calls) == 5

    run_virtual(scenario())


class Clocked:
    def __init__(self, vad: FakeVad, *, breaks: bool = False) -> None:
        self.stream: VadStream = vad.open()
        self.breaks = breaks
        self.windows = 0
        self.pumped = 0
        self.is_broken = False

    def pump_in(self) -> None:
        if self.breaks:
            raise OSError("gone")
        self.stream.feed(CALLER.sound("ναι", 20))

    def window(self, pcm: bytes, probability: float) -> None:
        self.windows += 1

    def pump_out(self) -> None:
        self.pumped += 1

    def media_broke(self) -> None:
        self.is_broken = True


def test_one_clock_serves_all_calls_and_a_broken_one_harms_no_other() -> None:
    async def scenario() -> None:
        vad = FakeVad()
        clock = MediaClock(vad)
        good, broken = Clocked(vad), Clocked(vad, breaks=True)
        clock.add(good)
        clock.add(broken)
        running = asyncio.create_task(clock.run())
        await asyncio.sleep(3.205)
        assert good.pumped == 161
        assert good.windows == 161 * 20 // 32
        assert broken.is_broken
        assert broken.pumped == 0
        assert not good.is_broken
        clock.remove(good)
        await asyncio.sleep(1)
        assert good.pumped == 161
        running.cancel()
        await asyncio.wait({running})

    run_virtual(scenario())


async def test_the_lines_prompts_are_rendered_and_a_failed_voice_gives_a_tone() -> None:
    class Hoarse(FakeSpeaker):
        async def render(self, text: str, *, rate: float = 1.0, gain_db: float = 0.0) -> bytes:
            raise VoiceError("hoarse")

    phrases = await render_phrases(FakeSpeaker())  # type: ignore[arg-type]
    tones = await render_phrases(Hoarse())  # type: ignore[arg-type]

    assert set(phrases) == set(tones) == set(LinePrompt)
    assert np.abs(np.frombuffer(tones[LinePrompt.APOLOGY], "<i2")).max() > 1000
