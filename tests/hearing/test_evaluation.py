"""Scoring: counted by hand, with the errors that a wrong manifest must give."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voicebot.hearing import evaluation
from voicebot.hearing.evaluation import ManifestError, evaluate, read_manifest, report, scored_words
from voicebot.hearing.recogniser import FloatArray, Recogniser, Transcript


class Parrot(Recogniser):
    """Says what it was told to, and keeps what it was given."""

    name = "parrot"

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.heard: list[FloatArray] = []

    def transcribe(
        self, audio: FloatArray, constraint: object = None, hotwords: object = ()
    ) -> Transcript:
        self.heard.append(audio)
        return Transcript(self.texts.pop(0), 0.9, decode_ms=7)

    def warm_up(self) -> None: ...


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    rows = ["transcript\tspeaker\tpath"]
    for number, (folder, text) in enumerate(
        [("a", "Ναι, εφτά!"), ("a", "όχι"), ("b", "θέλω ένα ραντεβού")]
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        tone = np.sin(np.arange(8000) * 0.2) * 0.3
        suffix, rate = (("wav", 8000), ("flac", 16000), ("ogg", 48000))[number]
        path = tmp_path / folder / f"{number}.{suffix}"
        soundfile.write(path, np.stack([tone, tone], axis=1), rate)
        rows.append(f"{text}\tx\t{folder}/{path.name}")
    file = tmp_path / "clips.tsv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


def test_errors_are_summed_by_folder_and_over_all(manifest: Path) -> None:
    result = evaluate(manifest, Parrot("ναι επτά", "ναι", "θέλω ραντεβού"))
    assert result.clips == 3
    assert result.by_folder["a"].wer == pytest.approx(1 / 3, abs=1e-4)
    assert result.by_folder["b"].wer == pytest.approx(1 / 3, abs=1e-4)
    assert result.wer == pytest.approx(2 / 6, abs=1e-4)
    assert result.by_folder["b"].cer == pytest.approx(4 / 17, abs=1e-4)
    assert result.as_dict()["by_folder"]["a"] == {  # type: ignore[index]
        "wer": result.by_folder["a"].wer, "cer": result.by_folder["a"].cer, "clips": 2
    }  # fmt: skip


def test_clips_arrive_at_16_khz_mono_in_their_length(manifest: Path) -> None:
    parrot = Parrot("", "", "")
    evaluate(manifest, parrot)
    assert [round(len(a) / 16000, 2) for a in parrot.heard] == [1.0, 0.5, 0.17]
    assert all(a.dtype == np.float32 and a.ndim == 1 for a in parrot.heard)


def test_a_law_matches_libsndfile() -> None:
    sweep = np.linspace(-0.99, 0.99, 40001).astype(np.float32)
    file = io.BytesIO()
    soundfile.write(file, sweep, 8000, format="WAV", subtype="ALAW")
    file.seek(0)
    reference = soundfile.read(file, dtype="float32")[0]
    ours = evaluation.a_law(sweep)
    # the two may round to neighbouring steps at a boundary, never further
    assert np.mean(ours == reference) > 0.9
    assert np.max(np.abs(ours - sweep)) <= np.max(np.abs(reference - sweep)) + 1e-4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("εφτά", "επτά"), ("οχτώ", "ΟΚΤΏ"), ("εννιά", "εννέα"), ("δεκαεφτά", "δεκαεπτά"),
        ("τρακόσια", "τριακόσια"), ("οχτακόσια", "οκτακόσια"), ("Γειά σου!", "γεια σου"),
    ],
)  # fmt: skip
def test_two_spellings_count_as_one(one: str, other: str) -> None:
    assert scored_words(one) == scored_words(other)


def test_nothing_said_and_nothing_heard_is_no_error() -> None:
    assert report([("noise", "", "")]).wer == 0
    assert report([("noise", "ναι", "")]).wer == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "line 1: no column 'path' or 'transcript'"),
        ("path\ttext\n", "line 1: no column 'transcript'"),
        ("path\ttranscript\n", "no clips"),
        ("path\ttranscript\nmissing.wav\tναι\n", "line 2: no file .*missing.wav"),
        ("path\ttranscript\nonly\n", "line 2: 1 columns"),
    ],
)
def test_a_wrong_manifest_is_named_with_its_line(
    tmp_path: Path, content: str, message: str
) -> None:
    file = tmp_path / "clips.tsv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ManifestError, match=message):
        read_manifest(file)


def test_missing_manifest_and_broken_audio(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"nowhere\.tsv: cannot be read"):
        read_manifest(tmp_path / "nowhere.tsv")
    (tmp_path / "x.wav").write_bytes(b"RIFFnonsense")
    with pytest.raises(ManifestError, match=r"x\.wav: no readable audio"):
        evaluation.load_audio(tmp_path / "x.wav")


def test_transcribe_files(manifest: Path) -> None:
    (found,) = evaluation.transcribe_files([manifest.parent / "a" / "0.wav"], Parrot("ναι"))
    assert found.as_dict() == {
        "file": str(manifest.parent / "a" / "0.wav"), "text": "ναι", "confidence": 0.9,
        "seconds": 1.0, "ms": 7,
    }  # fmt: skip
