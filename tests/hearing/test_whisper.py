"""The stock Whisper path, kept alive by a tiny model of random weights in the stock format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from voicebot.hearing import whisper
from voicebot.hearing.loading import load_recogniser
from voicebot.hearing.recogniser import SAMPLE_RATE_HZ, RecogniserError
from voicebot.hearing.whisper import WhisperRecogniser
from voicebot.settings import Hearing

WIDTH = 64
MELS = 80
# The size and order of the multilingual models' vocabulary, with its one empty word: by that word
# CTranslate2 knows a multilingual model.
VOCABULARY_SIZE = 51865
LANGUAGES = sorted(_LANGUAGE_CODES)[:99]


def _fill(spec: ctranslate2.specs.WhisperSpec) -> None:
    rng = np.random.default_rng(7)

    def array(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.3, shape).astype(np.float32)

    def linear(layer: object, out: int, into: int) -> None:
        layer.weight, layer.bias = array(out, into), array(out)  # type: ignore[attr-defined]

    def norm(layer: object) -> None:
        layer.gamma = np.ones(WIDTH, np.float32)  # type: ignore[attr-defined]
        layer.beta = np.zeros(WIDTH, np.float32)  # type: ignore[attr-defined]

    def block(layer: object, *, cross: bool) -> None:
        attention = layer.self_attention  # type: ignore[attr-defined]
        norm(attention.layer_norm)
        linear(attention.linear[0], 3 * WIDTH, WIDTH)
        linear(attention.linear[1], WIDTH, WIDTH)
        if cross:
            attention = layer.attention  # type: ignore[attr-defined]
            norm(attention.layer_norm)
            linear(attention.linear[0], WIDTH, WIDTH)
            linear(attention.linear[1], 2 * WIDTH, WIDTH)
            linear(attention.linear[2], WIDTH, WIDTH)
        norm(layer.ffn.layer_norm)  # type: ignore[attr-defined]
        linear(layer.ffn.linear_0, WIDTH, WIDTH)  # type: ignore[attr-defined]
        linear(layer.ffn.linear_1, WIDTH, WIDTH)  # type: ignore[attr-defined]

    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = array(WIDTH, MELS, 3), array(WIDTH)
    encoder.conv2.weight, encoder.conv2.bias = array(WIDTH, WIDTH, 3), array(WIDTH)
    encoder.position_encodings.encodings = array(1500, WIDTH)
    norm(encoder.layer_norm)
    for layer in encoder.layer:
        block(layer, cross=False)
    decoder.embeddings.weight = array(VOCABULARY_SIZE, WIDTH)
    decoder.position_encodings.encodings = array(448, WIDTH)
    norm(decoder.layer_norm)
    decoder.projection.weight = decoder.embeddings.weight
    for layer in decoder.layer:
        block(layer, cross=True)


def _vocabulary() -> tuple[list[str], int]:
    """Words, then Whisper's special tokens, then timestamps; and how many words there are."""
    special = ["<|endoftext|>", "<|startoftranscript|>"]
    special += [f"<|{language}|>" for language in LANGUAGES]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    special += ["<|nospeech|>", "<|notimestamps|>"]
    timestamps = [f"<|{i * 0.02:.2f}|>" for i in range(1501)]
    words = VOCABULARY_SIZE - len(special) - len(timestamps)
    return ["", *(f"λέξη{i}" for i in range(1, words)), *special, *timestamps], words


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whisper-random")
    vocabulary, words = _vocabulary()
    spec = ctranslate2.specs.WhisperSpec(1, 2, 1, 2)
    _fill(spec)
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [words]
    spec.config.lang_ids = list(range(words + 2, words + 2 + len(LANGUAGES)))
    spec.config.alignment_heads = [[0, 0]]
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    tokenizer = Tokenizer(
        models.WordLevel({word: i for i, word in enumerate(vocabulary)}, unk_token="λέξη1")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.decoder = decoders.WordPiece(prefix="")
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in vocabulary[words:]])
    tokenizer.save(str(folder / "tokenizer.json"))
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
