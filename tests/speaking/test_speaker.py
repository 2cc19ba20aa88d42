"""The speaker: order, levels, sharing, failure, closing."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import numpy as np
import pytest

from voicebot.settings import Speaking
from voicebot.speaking import audio
from voicebot.speaking.espeak import EspeakVoice
from voicebot.speaking.prompts import PromptCache
from voicebot.speaking.speaker import Speaker, open_speaker
from voicebot.speaking.voice import Voice, VoiceError


class ToneVoice(Voice):
    """A hum of 20 ms a letter; keeps what it was asked for and fails as often as told."""

    def __init__(self, name: str = "tone", *, failures: int = 0, hold: bool = False) -> None:
        self.name = name
        self.sample_rate_hz = 16000
        self.said: list[str] = []
        self.failures = failures
        self.closings = 0
        self.asked = threading.Event()
        self.release = threading.Event()
        if not hold:
            self.release.set()

    def synthesize(self, text: str, *, rate: float = 1.0) -> bytes:
        self.said.append(text)
        self.asked.set()
        assert self.release.wait(10)
        if self.failures:
            self.failures -= 1
            raise VoiceError("out of breath")
        time = np.arange(int(len(text) * 320 / rate))
        return audio.to_pcm16((0.05 * np.sin(time * 0.1)).astype(np.float32))

    def close(self) -> None:
        self.closings += 1


def kept(folder: Path) -> int:
    return len(list(folder.rglob("*.pcm")))


async def first_piece(speaker: Speaker, text: str) -> bytes:
    pieces = speaker.stream(text)
    try:
        return await anext(pieces)
    finally:
        await pieces.aclose()


@pytest.mark.parametrize("sample_rate_hz", [8000, 16000])
async def test_real_speech_at_telephone_rates(sample_rate_hz: int) -> None:
    speaker = Speaker(EspeakVoice())
    pcm = await speaker.render(
        "Καλησπέρα σας, καλέσατε το 1555. Πώς μπορώ να βοηθήσω;", sample_rate_hz=sample_rate_hz
    )
    await speaker.close()
    samples = audio.from_pcm16(pcm)
    assert 3 < len(samples) / sample_rate_hz < 8
    assert audio.active_rms_dbfs(samples, sample_rate_hz) == pytest.approx(-20, abs=0.7)
    assert np.max(np.abs(samples)) < 0.9
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / sample_rate_hz)
    in_band = power[(hz > 150) & (hz < 3400)].sum() / power.sum()
    assert in_band > 0.9
    # What says consonants apart: there must be energy in the upper part of the telephone band.
    assert power[(hz > 1500) & (hz < 3400)].sum() / power.sum() > 0.01


async def test_sentences_come_in_order_and_the_first_before_the_rest_is_made() -> None:
    voice = ToneVoice(hold=True)
    speaker = Speaker(voice, workers=1)
    waiting = asyncio.create_task(first_piece(speaker, "Ένα. Δύο. Τρία."))
    await asyncio.to_thread(voice.asked.wait, 10)
    voice.release.set()
    assert await waiting
    assert "Τρία." not in voice.said
    await speaker.close()
    assert voice.said[:2] == ["Ένα.", "Δύο."]


async def test_pieces_are_small_and_join_to_the_whole() -> None:
    speaker = Speaker(ToneVoice(), chunk_ms=100)
    text = "Η πρώτη πρόταση είναι εδώ. Και η δεύτερη."
    pieces = [piece async for piece in speaker.stream(text)]
    assert {len(piece) for piece in pieces[:3]} == {1600}
    assert all(len(piece) % 2 == 0 for piece in pieces)
    assert b"".join(pieces) == await speaker.render(text)
    await speaker.close()


async def test_there_is_a_pause_between_sentences_and_number_groups() -> None:
    speaker = Speaker(ToneVoice())
    for text in ("Ναι ναι ναι ναι. Όχι όχι όχι όχι.", "12-34-56-78"):
        samples = audio.from_pcm16(await speaker.render(text))
        loud = np.abs(samples) > 0.01
        edges = np.flatnonzero(np.diff(loud.astype(int)))
        assert np.max(np.diff(edges)) > 0.28 * 8000
    await speaker.close()


async def test_numbers_reach_the_voice_as_words() -> None:
    voice = ToneVoice()
    speaker = Speaker(voice)
    await speaker.render("Είναι 250 €;")
    await speaker.close()
    assert voice.said == ["Είναι διακόσια πενήντα ευρώ?"]


async def test_rate_and_gain_change_what_is_heard() -> None:
    speaker = Speaker(EspeakVoice())
    text = "Το αίτημά σας καταχωρίστηκε"
    normal = await speaker.render(text)
    slow = await speaker.render(text, rate=0.75)
    loud = await speaker.render(text, gain_db=6)
    await speaker.close()
    assert len(slow) > 1.2 * len(normal)
    assert len(loud) == len(normal)
    gain = audio.active_rms_dbfs(audio.from_pcm16(loud), 8000) - audio.active_rms_dbfs(
        audio.from_pcm16(normal), 8000
    )
    assert 4.5 < gain <= 6.1
    assert np.max(np.abs(audio.from_pcm16(loud))) < 0.9


async def test_the_normal_rate_scales_every_rate() -> None:
    plain, slow = Speaker(ToneVoice()), Speaker(ToneVoice(), normal_rate=0.8)
    assert len(await slow.render("ναι ναι")) > len(await plain.render("ναι ναι"))
    await plain.close()
    await slow.close()


@pytest.mark.parametrize("rate", [0.4, 2.1, 0.0])
async def test_a_rate_out_of_range_is_refused(rate: float) -> None:
    speaker = Speaker(ToneVoice())
    with pytest.raises(ValueError, match="not between"):
        await speaker.render("ναι", rate=rate)
    await speaker.close()


async def test_empty_text_is_no_audio() -> None:
    speaker = Speaker(ToneVoice())
    assert await speaker.render(" … ") == b""
    await speaker.close()


async def test_one_failure_is_tried_again() -> None:
    voice = ToneVoice(failures=1)
    speaker = Speaker(voice, fallback=ToneVoice("other"))
    assert await speaker.render("ναι")
    assert voice.said == ["ναι", "ναι"]
    await speaker.close()


async def test_two_failures_change_the_voice() -> None:
    voice, fallback = ToneVoice(failures=2), ToneVoice("other")
    speaker = Speaker(voice, fallback=fallback)
    assert await speaker.render("ναι")
    assert fallback.said == ["ναι"]
    # The next sentence is the first voice's again: nothing of the other was kept in its name.
    await speaker.render("όχι")
    assert voice.said == ["ναι", "ναι", "όχι"]
    await speaker.close()


async def test_no_voice_at_all_is_an_error() -> None:
    speaker = Speaker(ToneVoice(failures=9), fallback=ToneVoice("other", failures=9))
    with pytest.raises(VoiceError, match="out of breath"):
        await speaker.render("ναι. όχι. ίσως.")
    await speaker.close()


async def test_calls_share_one_rendering() -> None:
    voice = ToneVoice(hold=True)
    speaker = Speaker(voice)
    calls = [asyncio.create_task(speaker.render("Καλησπέρα σας.")) for _ in range(20)]
    await asyncio.to_thread(voice.asked.wait, 10)
    # One of them hangs up: the others still hear it.
    calls[0].cancel()
    await asyncio.sleep(0)
    voice.release.set()
    heard = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(heard[0], asyncio.CancelledError)
    assert len(set(heard[1:])) == 1
    assert voice.said == ["Καλησπέρα σας."]
    assert await speaker.render("Καλησπέρα σας.") == heard[1]
    assert voice.said == ["Καλησπέρα σας."]
    await speaker.close()


async def test_fixed_prompts_are_rendered_once_for_all_time(tmp_path: Path) -> None:
    speaker = Speaker(ToneVoice(), PromptCache(tmp_path))
    assert await speaker.prerender(["Ναι. Όχι.", "Ναι."]) == 2
    heard = await speaker.render("Όχι.")
    await speaker.close()
    later = ToneVoice()
    speaker = Speaker(later, PromptCache(tmp_path))
    assert await speaker.prerender(["Ναι. Όχι."]) == 2
    assert await speaker.render("Όχι.") == heard
    await speaker.close()
    assert later.said == []


async def test_what_is_in_memory_is_kept_when_it_turns_out_to_be_fixed(tmp_path: Path) -> None:
    speaker = Speaker(ToneVoice(), PromptCache(tmp_path))
    await speaker.render("Το ΑΦΜ σας είναι 094345678.")
    assert kept(tmp_path) == 0
    await speaker.render("Ναι.")
    await speaker.prerender(["Ναι."])
    assert kept(tmp_path) == 1
    await speaker.close()


async def test_closing_waits_for_the_voice_and_frees_it() -> None:
    voice, fallback = ToneVoice(hold=True), ToneVoice("other")
    speaker = Speaker(voice, fallback=fallback)
    call = asyncio.create_task(speaker.render("ναι"))
    await asyncio.to_thread(voice.asked.wait, 10)
    closing = asyncio.create_task(speaker.close())
    await asyncio.sleep(0)
    assert voice.closings == 0
    voice.release.set()
    await closing
    assert await call
    assert voice.closings == 1
    assert fallback.closings == 1
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("speaker")]
    with pytest.raises(VoiceError, match="closed"):
        await speaker.render("όχι")


async def test_the_settings_make_a_speaker(tmp_path: Path) -> None:
    settings = Speaking(engine="espeak", espeak_variant="el+m3", cache=tmp_path)
    speaker = open_speaker(settings)
    assert "el+m3" in speaker.voice.name
    assert speaker.fallback is None
    await speaker.prerender(["Καλησπέρα σας."])
    await speaker.close()
    assert kept(tmp_path) == 1
