"""The stock Whisper path, kept alive by a tiny model of random weights in the stock format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.random_whisper import Size, write_random_whisper
from voicebot.hearing import whisper
from voicebot.hearing.loading import load_recogniser
from voicebot.hearing.recogniser import SAMPLE_RATE_HZ, RecogniserError
from voicebot.hearing.whisper import WhisperRecogniser
from voicebot.settings import Hearing

MELS = 80


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whisper-random")
    write_random_whisper(folder, Size(64, 2, 1, 1, inner=64, mels=MELS))
    return folder


@pytest.fixture
def recogniser(folder: Path) -> Iterator[WhisperRecogniser]:
    recogniser = WhisperRecogniser(folder)
    yield recogniser
    recogniser.close()


def sound(seconds: float) -> np.ndarray:
    noise = np.random.default_rng(3).normal(0, 0.1, int(SAMPLE_RATE_HZ * seconds))
    return noise.astype(np.float32)


def test_an_utterance_becomes_text_with_alternatives(recogniser: WhisperRecogniser) -> None:
    transcript = recogniser.transcribe(sound(1.0))

    assert transcript.text.startswith("λέξη")
    assert 0.0 <= transcript.confidence <= 1.0
    assert transcript.audio_ms == 1000
    assert transcript.engine == recogniser.name
    assert not transcript.constrained
    assert transcript.alternatives[0].text == transcript.text
    assert sum(a.probability for a in transcript.alternatives) == pytest.approx(1.0)


def test_greek_is_forced(recogniser: WhisperRecogniser) -> None:
    assert recogniser._tokenizer.language_code == "el"
    prompt = recogniser._model.get_prompt(recogniser._tokenizer, [], without_timestamps=True)
    assert "<|el|>" in recogniser._tokenizer.tokenizer.decode(prompt, skip_special_tokens=False)


def test_the_length_of_the_text_is_bounded_by_the_length_of_the_audio(
    recogniser: WhisperRecogniser,
) -> None:
    assert len(recogniser.transcribe(sound(0.3)).text.split()) <= 12


def test_hotwords_are_taken(recogniser: WhisperRecogniser) -> None:
    assert recogniser.transcribe(sound(0.5), hotwords=("λέξη5", "λέξη6")).text


@pytest.mark.parametrize(("real_length", "frames"), [(False, 3000), (True, 102)])
def test_only_a_model_that_says_so_gets_short_windows(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, real_length: bool, frames: int
) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).symlink_to(file)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (tmp_path / "config.json").unlink()
    config[whisper.REAL_LENGTH_KEY] = real_length
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    shapes: list[tuple[int, ...]] = []
    to_storage = whisper.get_ctranslate2_storage
    monkeypatch.setattr(
        whisper,
        "get_ctranslate2_storage",
        lambda features: shapes.append(features.shape) or to_storage(features),
    )
    recogniser = WhisperRecogniser(tmp_path)

    recogniser.transcribe(sound(1.0))

    recogniser.close()
    assert shapes == [(1, MELS, frames)]


def test_a_folder_that_lacks_files_says_which(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"")

    with pytest.raises(RecogniserError, match=r"config\.json, tokenizer\.json missing"):
        WhisperRecogniser(tmp_path)


def test_a_broken_model_is_a_clear_error(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "model.bin").write_bytes(b"nonsense")

    with pytest.raises(RecogniserError, match="not a readable Whisper model"):
        WhisperRecogniser(tmp_path)


def test_the_settings_choose_the_engine(folder: Path) -> None:
    recogniser = load_recogniser(Hearing(engine="whisper", model=folder))

    assert isinstance(recogniser, WhisperRecogniser)
    recogniser.warm_up()
    recogniser.close()


@pytest.mark.parametrize("engine", ["greek", "whisper"])
def test_a_folder_that_is_not_there_says_the_setting(tmp_path: Path, engine: str) -> None:
    settings = Hearing.model_validate({"engine": engine, "model": tmp_path / "nowhere"})

    with pytest.raises(RecogniserError, match=r"hearing\.model: .*nowhere is no folder"):
        load_recogniser(settings)
