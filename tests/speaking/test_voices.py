"""Real synthesis: espeak-ng, MBROLA where installed, Piper with a small model made here."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from voicebot.settings import Speaking
from voicebot.speaking import audio
from voicebot.speaking.espeak import DEFAULT_VARIANT, EspeakVoice
from voicebot.speaking.piper import PiperVoice
from voicebot.speaking.voice import VoiceError
from voicebot.speaking.voices import load_fallback, load_voice

SENTENCE = "Καλησπέρα σας, πώς μπορώ να σας βοηθήσω?"
PIPER_RATE_HZ = 16000
SAMPLES_PER_PHONEME = 800


def seconds(pcm: bytes, sample_rate_hz: int) -> float:
    return len(pcm) / 2 / sample_rate_hz


def pitch_hz(samples: audio.Samples, sample_rate_hz: int) -> float:
    """The autocorrelation peak between 60 and 400 Hz of the loudest part."""
    width = int(0.05 * sample_rate_hz)
    frames = samples[: len(samples) // width * width].reshape(-1, width)
    frame = frames[np.argmax(np.sum(frames**2, axis=1))]
    correlation = np.correlate(frame, frame, "full")[width - 1 :]
    low, high = sample_rate_hz // 400, sample_rate_hz // 60
    return sample_rate_hz / (low + int(np.argmax(correlation[low:high])))


def test_espeak_speaks() -> None:
    voice = EspeakVoice()
    pcm = voice.synthesize(SENTENCE)
    samples = audio.from_pcm16(pcm)
    assert voice.sample_rate_hz == 22050
    assert 1.5 < seconds(pcm, voice.sample_rate_hz) < 5
    assert audio.active_rms_dbfs(samples, voice.sample_rate_hz) > -40
    assert np.mean(np.abs(samples) > 0.99) == 0


def test_espeak_of_nothing_is_nothing() -> None:
    assert EspeakVoice().synthesize("  ") == b""


def test_longer_texts_last_longer() -> None:
    voice = EspeakVoice()
    assert len(voice.synthesize(f"{SENTENCE} {SENTENCE}")) > 1.7 * len(voice.synthesize(SENTENCE))


@pytest.mark.parametrize(
    ("rate", "low", "high"), [(0.5, 1.6, 2.3), (0.75, 1.2, 1.5), (2.0, 0.4, 0.6)]
)
def test_rate_changes_the_duration(rate: float, low: float, high: float) -> None:
    voice = EspeakVoice()
    text = "Μπορείτε να κλείσετε ραντεβού στο υποκατάστημα της περιοχής σας"
    ratio = len(voice.synthesize(text, rate=rate)) / len(voice.synthesize(text))
    assert low < ratio < high


def test_variants_are_different_voices() -> None:
    woman, man = EspeakVoice("el+f2"), EspeakVoice("el+m3")
    high = pitch_hz(audio.from_pcm16(woman.synthesize(SENTENCE)), woman.sample_rate_hz)
    low = pitch_hz(audio.from_pcm16(man.synthesize(SENTENCE)), man.sample_rate_hz)
    assert high > 1.3 * low
    assert woman.name != man.name


@pytest.mark.parametrize("variant", ["el+nobody", "xx-nowhere", "el+../../el"])
def test_an_unknown_variant_is_named(variant: str) -> None:
    with pytest.raises(VoiceError, match="espeak_variant"):
        EspeakVoice(variant)


def spectrum(pcm: bytes) -> audio.Samples:
    """Average power in sixty bands, as decibels."""
    power = np.abs(np.fft.rfft(audio.from_pcm16(pcm))) ** 2
    bands: audio.Samples = 10 * np.log10(
        np.array([band.sum() for band in np.array_split(power, 60)])
    )
    return bands


def test_threads_do_not_mix_their_audio() -> None:
    """espeak-ng adds a little noise of its own, so the same twice is close but not equal."""
    voices = {name: EspeakVoice(name) for name in ("el", "el+f2", "el+m3")}
    texts = [" ".join(["τρία"] * count) for count in (1, 3, 6, 10)]
    jobs = [(name, text, rate) for name in voices for text in texts for rate in (1.0, 1.5)]

    def speak(job: tuple[str, str, float]) -> bytes:
        name, text, rate = job
        return voices[name].synthesize(text, rate=rate)

    alone = {job: speak(job) for job in jobs}
    with ThreadPoolExecutor(8) as pool:
        together = dict(zip(jobs, pool.map(speak, jobs), strict=True))
    for (name, text, rate), pcm in together.items():
        assert len(pcm) == pytest.approx(len(alone[name, text, rate]), rel=0.06)
        distances = {
            other: np.abs(spectrum(pcm) - spectrum(alone[other, text, rate])).mean()
            for other in voices
        }
        assert min(distances, key=lambda other: distances[other]) == name


def test_careful_speech_has_the_nasal() -> None:
    plain, careful = EspeakVoice(), EspeakVoice(nasal=True)
    assert len(careful.synthesize("πέντε")) > len(plain.synthesize("πέντε"))
    assert len(careful.synthesize("ναι")) == pytest.approx(len(plain.synthesize("ναι")), rel=0.03)
    assert plain.name != careful.name


def test_two_sentences_are_said_whole() -> None:
    voice = EspeakVoice()
    both = len(voice.synthesize("Ναι. Όχι."))
    assert both > len(voice.synthesize("Ναι.")) * 1.3


@pytest.fixture
def piper_model(tmp_path: Path) -> Path:
    """A model with Piper's inputs: a hum, longer with more phonemes and a larger length scale."""
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["input_lengths"], ["count"], to=TensorProto.FLOAT),
            helper.make_node("Slice", ["scales", "one", "two"], ["length_scale"]),
            helper.make_node("Mul", ["count", "length_scale"], ["scaled"]),
            helper.make_node("Mul", ["scaled", "samples"], ["total"]),
            helper.make_node("Squeeze", ["total"], ["end"]),
            helper.make_node("Range", ["zero", "end", "step"], ["time"]),
            helper.make_node("Mul", ["time", "omega"], ["phase"]),
            helper.make_node("Sin", ["phase"], ["wave"]),
            helper.make_node("Unsqueeze", ["wave", "axes"], ["output"]),
        ],
        "hum",
        [
            helper.make_tensor_value_info("input", TensorProto.INT64, [1, None]),
            helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
            helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
        ],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, None])],
        [
            helper.make_tensor("one", TensorProto.INT64, [1], [1]),
            helper.make_tensor("two", TensorProto.INT64, [1], [2]),
            helper.make_tensor("axes", TensorProto.INT64, [2], [0, 1]),
            helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0]),
            helper.make_tensor("step", TensorProto.FLOAT, [], [1.0]),
            helper.make_tensor("samples", TensorProto.FLOAT, [1], [float(SAMPLES_PER_PHONEME)]),
            helper.make_tensor("omega", TensorProto.FLOAT, [], [2 * np.pi * 200 / PIPER_RATE_HZ]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    folder = tmp_path / "el_GR-hum-low"
    folder.mkdir()
    file = folder / "el_GR-hum-low.onnx"
    onnx.save(model, str(file))
    symbols = ["_", "^", "$", " ", ".", ",", "?", "!", "ˈ", "ˌ", *"abcdefɣiklmnoprstuvxzðθɡŋɲʎçˈ"]
    config = {
        "num_symbols": len(symbols),
        "num_speakers": 1,
        "audio": {"sample_rate": PIPER_RATE_HZ},
        "espeak": {"voice": "el"},
        "phoneme_id_map": {symbol: [index] for index, symbol in enumerate(symbols)},
    }
    file.with_name(f"{file.name}.json").write_text(json.dumps(config), encoding="utf-8")
    return file


def test_piper_speaks_from_a_file(piper_model: Path) -> None:
    voice = PiperVoice(piper_model)
    assert voice.sample_rate_hz == PIPER_RATE_HZ
    pcm = voice.synthesize("Ναι, καλησπέρα.")
    assert len(pcm) / 2 > 10 * SAMPLES_PER_PHONEME
    assert pitch_hz(audio.from_pcm16(pcm), PIPER_RATE_HZ) == pytest.approx(200, rel=0.05)
    assert len(voice.synthesize("Ναι, καλησπέρα.", rate=2.0)) == pytest.approx(
        len(pcm) / 2, rel=0.01
    )
    assert voice.synthesize(" ") == b""


def test_piper_and_espeak_live_in_one_process(piper_model: Path) -> None:
    espeak = EspeakVoice()
    before = espeak.synthesize(SENTENCE)
    assert PiperVoice(piper_model).synthesize(SENTENCE)
    after = espeak.synthesize(SENTENCE)
    assert len(after) == pytest.approx(len(before), rel=0.02)
    assert np.abs(spectrum(after) - spectrum(before)).mean() < 2


def test_a_missing_piper_voice_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="voicebot models pull"):
        PiperVoice(tmp_path / "nothing.onnx")


def test_a_broken_piper_voice_says_so(piper_model: Path) -> None:
    piper_model.write_bytes(b"no model")
    with pytest.raises(VoiceError, match="cannot be loaded"):
        PiperVoice(piper_model)


def test_auto_takes_piper_when_its_voice_is_on_disk(piper_model: Path, tmp_path: Path) -> None:
    settings = Speaking()
    voice = load_voice(settings, tmp_path)
    assert voice.name == "piper-el_GR-hum-low"
    fallback = load_fallback(settings, voice)
    assert isinstance(fallback, EspeakVoice)


def test_auto_takes_espeak_otherwise(tmp_path: Path) -> None:
    voice = load_voice(Speaking(), tmp_path)
    assert isinstance(voice, EspeakVoice)
    assert DEFAULT_VARIANT in voice.name
    assert load_fallback(Speaking(), voice) is None


def test_auto_takes_espeak_when_the_pulled_voice_is_broken(
    piper_model: Path, tmp_path: Path
) -> None:
    piper_model.write_bytes(b"no model")
    assert isinstance(load_voice(Speaking(), tmp_path), EspeakVoice)
    with pytest.raises(VoiceError):
        load_voice(Speaking(piper_voice=piper_model), tmp_path)


def test_piper_that_was_asked_for_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="no Piper voice"):
        load_voice(Speaking(engine="piper"), tmp_path)


def test_the_variant_of_the_settings_is_used(tmp_path: Path) -> None:
    voice = load_voice(Speaking(engine="espeak", espeak_variant="el+m3"), tmp_path)
    assert "el+m3" in voice.name


def test_missing_mbrola_names_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(VoiceError, match="apt-get install espeak-ng mbrola mbrola-gr2"):
        load_voice(Speaking(engine="mbrola"))


def test_mbrola_runs_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With programs that stand in for espeak-ng and mbrola, so that it is tried everywhere."""
    program = tmp_path / "espeak-ng"
    wav = tmp_path / "answer.wav"
    header = (
        b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x01\0\x22\x56\0\0\x44\xac\0\0\x02\0\x10\0"
    )
    wav.write_bytes(header + b"data\xff\xff\xff\x7e" + b"\x01\x02" * 5000)
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/arguments\ncat >/dev/null\ncat {wav}\n')
    program.chmod(0o755)
    (tmp_path / "mbrola").write_text("#!/bin/sh\n")
    (tmp_path / "mbrola").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    voice = load_voice(Speaking(engine="mbrola"))
    assert voice.synthesize("ναι", rate=2.0) == b"\x01\x02" * 5000
    assert "-s 310" in (tmp_path / "arguments").read_text()
    program.write_text("#!/bin/sh\necho no such voice >&2\nexit 1\n")
    with pytest.raises(VoiceError, match="no such voice"):
        voice.synthesize("ναι")
