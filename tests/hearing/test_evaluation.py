"""Scoring: counted by hand, with the errors that a wrong manifest must give."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voicebot.hearing import evaluation
from voicebot.hearing.constraint import Constraint
from voicebot.hearing.evaluation import (
    Expecting,
    ManifestError,
    evaluate,
    read_manifest,
    report,
    scored_words,
)
from voicebot.hearing.recogniser import FloatArray, Recogniser, Transcript


class Parrot(Recogniser):
    """Says what it was told to, and keeps what it was given."""

    name = "parrot"

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.heard: list[FloatArray] = []
        self.constraints: list[Constraint | None] = []

    def transcribe(
        self, audio: FloatArray, constraint: Constraint | None = None, hotwords: object = ()
    ) -> Transcript:
        self.heard.append(audio)
        self.constraints.append(constraint)
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
    assert result.by_folder["a"].right == 0.5
    row = result.as_dict()["by_folder"]["a"]  # type: ignore[index]
    assert row["wer"] == result.by_folder["a"].wer
    assert row["clips"] == 2
    assert "confusions" not in result.as_dict()


def test_intervals_are_those_of_drawing_clips_again_and_stay_the_same() -> None:
    clips = [("a", "ναι" if at % 4 else "όχι", "ναι") for at in range(400)]
    found = report(clips)
    low, high = found.wer_95
    # a quarter of 400: 25 % ± 1.96 · √(0.25 · 0.75 / 400)
    assert (low, high) == pytest.approx((0.25 - 0.0424, 0.25 + 0.0424), abs=0.01)
    assert report(clips) == found
    few = report(clips[:20])
    assert few.wer_95[1] - few.wer_95[0] > 3 * (high - low)
    assert report([("a", "ναι", "ναι")] * 3).wer_95 == (0.0, 0.0)


def test_a_list_is_made_of_the_transcripts_of_the_folder(manifest: Path) -> None:
    parrot = Parrot("ναι επτά", "όχι", "θέλω ένα ραντεβού")
    evaluate(manifest, parrot, expecting=Expecting.LIST)
    asked = [sorted(arc.text for arc in c.arcs) for c in parrot.constraints if c]
    assert asked == [["Ναι, εφτά!", "όχι"], ["Ναι, εφτά!", "όχι"], ["θέλω ένα ραντεβού"]]


def test_digits_expect_as_many_as_were_dictated(manifest: Path) -> None:
    clips = manifest.read_text(encoding="utf-8")
    manifest.write_text(clips.replace("Ναι, εφτά!", "εφτά"), encoding="utf-8")
    with pytest.raises(ManifestError, match=r"1\.flac: 'όχι' is no digits"):
        evaluate(manifest, Parrot(), expecting=Expecting.DIGITS)
    clips = clips.replace("όχι", "είναι το εξήντα εννιά μηδέν")
    manifest.write_text(clips.replace("θέλω ένα ραντεβού", "εκατόν δύο"), encoding="utf-8")
    parrot = Parrot("", "", "")
    evaluate(manifest, parrot, expecting=Expecting.DIGITS)
    lengths = [_counts_of_zeros(c) for c in parrot.constraints if c]
    assert lengths == [{1}, {3, 4}, {3, 4}]


def _counts_of_zeros(constraint: Constraint) -> set[int]:
    """How many zeros said one by one the grammar accepts."""
    zeros = [arc for arc in constraint.arcs if arc.text == "μηδέν"]
    found, ahead = set(), {(0, 0)}
    while ahead:
        state, count = ahead.pop()
        if state in constraint.finals and count:
            found.add(count)
        ahead |= {(arc.target, count + 1) for arc in zeros if arc.source == state}
    return found


def test_confusions_by_word_and_by_sound(manifest: Path) -> None:
    parrot = Parrot("ναι επτά", "όλη", "θέλω ραντεβού")
    found = evaluate(manifest, parrot, with_confusions=True).confusions
    assert found is not None
    assert ("οχι", "ολη", 1) in found.words
    assert ("ενα", "∅", 1) in found.words
    assert ("χ", "λ", 1) in found.sounds
    # φ for π, λ for χ, and three sounds left out of 6 + 3 + 13
    assert found.sound_errors == pytest.approx(5 / 22, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("μηδέν", {1}), ("είναι το τριάντα τρία", {2, 3}), ("εκατόν ένα", {3, 4}),
        ("δύο μηδενικά πέντε", {3}), ("ραντεβού", set()), ("", set()),
    ],
)  # fmt: skip
def test_how_many_digits_words_stand_for(text: str, lengths: set[int]) -> None:
    assert evaluation.digit_lengths(text) == lengths


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
