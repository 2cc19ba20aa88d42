"""How well a recogniser hears: word and character error over a list of clips, on the telephone."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
import soxr

from voicebot.hearing.greek_numbers import one_form
from voicebot.hearing.greek_sounds import plain
from voicebot.hearing.recogniser import SAMPLE_RATE_HZ, FloatArray, Recogniser

TELEPHONE_HZ = 8000
_COLUMNS = ("path", "transcript")


class ManifestError(Exception):
    """The list of clips or a clip cannot be used; the text names file and line."""


@dataclass(frozen=True)
class Score:
    """Error rates (0 is perfect; above 1 is possible) over a number of clips."""

    wer: float
    cer: float
    clips: int


@dataclass(frozen=True)
class HearingReport:
    """Scores over all clips and for each folder that holds some."""

    wer: float
    cer: float
    clips: int
    by_folder: dict[str, Score]

    def as_dict(self) -> dict[str, object]:
        """The report as JSON types."""
        return asdict(self)


@dataclass(frozen=True)
class FileTranscript:
    """One file's text, its confidence (0..1), its length, and how long recognition took."""

    file: str
    text: str
    confidence: float
    seconds: float
    ms: int

    def as_dict(self) -> dict[str, object]:
        """The result as JSON types."""
        return asdict(self)


@dataclass(frozen=True)
class Clip:
    """A line of a manifest."""

    path: Path
    transcript: str


def scored_words(text: str) -> list[str]:
    """The words that are compared: lower case, no accents or punctuation, εφτά = επτά.

    >>> scored_words("Εφτά, οχτώ· ΤΡΑΚΌΣΙΑ!")
    ['επτα', 'οκτω', 'τριακοσια']
    """
    words = [one_form(word) for word in re.findall(r"\w+", plain(text).replace("'", ""))]
    return [word[:-1] + "σ" if word.endswith("ς") else word for word in words]


def edit_distance(heard: Sequence[object], said: Sequence[object]) -> int:
    """The fewest insertions, deletions and substitutions between two sequences."""
    row = list(range(len(said) + 1))
    for i, left in enumerate(heard, 1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(said, 1):
            diagonal, row[j] = (
                row[j],
                min(row[j] + 1, row[j - 1] + 1, diagonal + (left != right)),
            )
    return row[-1]


def read_manifest(manifest: Path) -> list[Clip]:
    """Read a tab-separated list of clips; paths are relative to it.

    Raises:
        ManifestError: it is missing, empty, lacks a column, or names a file that is not there.
    """
    try:
        with manifest.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            header = next(rows, [])
            absent = [column for column in _COLUMNS if column not in header]
            if absent:
                raise ManifestError(
                    f"{manifest}, line 1: no column {' or '.join(map(repr, absent))}; "
                    "the header needs 'path' and 'transcript', separated by tabs"
                )
            at = {column: header.index(column) for column in _COLUMNS}
            clips = []
            for row in rows:
                if not row:
                    continue
                line = f"{manifest}, line {rows.line_num}"
                if len(row) <= max(at.values()):
                    raise ManifestError(f"{line}: {len(row)} columns, expected {len(header)}")
                path = manifest.parent / row[at["path"]]
                if not path.is_file():
                    raise ManifestError(f"{line}: no file {path}")
                clips.append(Clip(path, row[at["transcript"]]))
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{manifest}: cannot be read: {error}") from error
    if not clips:
        raise ManifestError(f"{manifest}: no clips after the header")
    return clips


def load_audio(path: Path, telephone: bool = True) -> FloatArray:
    """Read a clip as a recogniser gets it: mono, 16 kHz, through 8 kHz A-law unless told otherwise.

    Raises:
        ManifestError: the file is missing or no audio that libsndfile reads.
    """
    try:
        samples, rate_hz = soundfile.read(str(path), dtype="float32", always_2d=True)
    except (OSError, RuntimeError) as error:
        raise ManifestError(f"{path}: no readable audio: {error}") from error
    audio = np.asarray(samples.mean(axis=1), dtype=np.float32)
    if not len(audio):
        raise ManifestError(f"{path}: no audio in it")
    if telephone:
        audio = a_law(np.asarray(soxr.resample(audio, rate_hz, TELEPHONE_HZ), np.float32))
        rate_hz = TELEPHONE_HZ
    return np.asarray(soxr.resample(audio, rate_hz, SAMPLE_RATE_HZ), dtype=np.float32)


def a_law(audio: FloatArray) -> FloatArray:
    """Code and decode by G.711 A-law; shape and range are kept."""
    whole = np.clip(np.round(audio * 32768), -32768, 32767).astype(np.int64)
    return _a_law_table()[whole + 32768]


@cache
def _a_law_table() -> FloatArray:
    """What each 16-bit sample becomes (ITU-T G.711: 13 bits in eight segments of 16 steps)."""
    value = np.arange(-32768, 32768)
    size = np.where(value >= 0, value, -value - 1) >> 3
    segment = np.maximum(np.floor(np.log2(np.maximum(size, 1))).astype(np.int64) - 4, 1)
    step = np.where(size < 64, 2, 1 << segment)
    decoded = (size // step) * step * 8 + step * 4
    return np.asarray(np.where(value >= 0, decoded, -decoded) / 32768, dtype=np.float32)


def evaluate(manifest: Path, recogniser: Recogniser, telephone: bool = True) -> HearingReport:
    """Transcribe every clip of a manifest without constraint and score the texts.

    Raises:
        ManifestError: see `read_manifest` and `load_audio`.
    """
    results = []
    for clip in read_manifest(manifest):
        heard = recogniser.transcribe(load_audio(clip.path, telephone)).text
        results.append((clip.path.parent.name, heard, clip.transcript))
    return report(results)


def report(results: Iterable[tuple[str, str, str]]) -> HearingReport:
    """Score (folder, heard, said) triples; errors are summed over clips before dividing."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for folder, heard, said in results:
        heard_words, said_words = scored_words(heard), scored_words(said)
        heard_text, said_text = " ".join(heard_words), " ".join(said_words)
        row = (
            edit_distance(heard_words, said_words),
            len(said_words),
            edit_distance(heard_text, said_text),
            len(said_text),
            1,
        )
        counts[folder] = [a + b for a, b in zip(counts[folder], row, strict=True)]
    total = [sum(column) for column in zip(*counts.values(), strict=True)] or [0] * 5
    scores = {folder: _score(row) for folder, row in sorted(counts.items())}
    whole = _score(total)
    return HearingReport(whole.wer, whole.cer, whole.clips, scores)


def _score(row: Sequence[int]) -> Score:
    words_wrong, words, letters_wrong, letters, clips = row
    return Score(
        round(words_wrong / max(words, 1), 4), round(letters_wrong / max(letters, 1), 4), clips
    )


def transcribe_files(
    paths: Iterable[Path], recogniser: Recogniser, telephone: bool = False
) -> Iterator[FileTranscript]:
    """Transcribe files one after the other.

    Raises:
        ManifestError: a file is missing or no audio.
    """
    for path in paths:
        audio = load_audio(path, telephone)
        heard = recogniser.transcribe(audio)
        yield FileTranscript(
            file=str(path),
            text=heard.text,
            confidence=round(heard.confidence, 3),
            seconds=round(len(audio) / SAMPLE_RATE_HZ, 3),
            ms=heard.decode_ms,
        )
