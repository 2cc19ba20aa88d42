"""How well a recogniser hears: word and character error over a list of clips, on the telephone."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import soundfile
import soxr

from voicebot.hearing.constraint import Constraint, digits, phrases
from voicebot.hearing.evaluation_details import confusions, interval
from voicebot.hearing.greek_numbers import core, one_form
from voicebot.hearing.greek_sounds import plain, sounds
from voicebot.hearing.recogniser import SAMPLE_RATE_HZ, FloatArray, Recogniser

TELEPHONE_HZ = 8000
_COLUMNS = ("path", "transcript")
_MOST_DIGITS = 30


class ManifestError(Exception):
    """The list of clips or a clip cannot be used; the text names file and line."""


@dataclass(frozen=True)
class Score:
    """Error rates (0 is perfect; above 1 is possible) over a number of clips.

    `wer_95` and `cer_95` are their 95 % confidence intervals (clips drawn again), `right` the
    share of clips without a wrong word.
    """

    wer: float
    cer: float
    clips: int
    wer_95: tuple[float, float] = (0.0, 0.0)
    cer_95: tuple[float, float] = (0.0, 0.0)
    right: float = 0.0


@dataclass(frozen=True)
class Confusions:
    """Which errors are made: (said, heard, times), the commonest first; ∅ stands for nothing.

    Sounds are those of the recogniser's own sound path where it has one, else those of its text;
    `sound_errors` is their error rate.
    """

    words: list[tuple[str, str, int]]
    sounds: list[tuple[str, str, int]]
    sound_errors: float


@dataclass(frozen=True)
class HearingReport(Score):
    """Scores over all clips and for each folder that holds some."""

    by_folder: dict[str, Score] = field(default_factory=dict)
    confusions: Confusions | None = None

    def as_dict(self) -> dict[str, object]:
        """The report as JSON types."""
        found = asdict(self)
        if self.confusions is None:
            del found["confusions"]
        return found


class Expecting(StrEnum):
    """What the recogniser is told to listen for."""

    LIST = "list"
    """One of the transcripts of the clip's folder."""
    DIGITS = "digits"
    """A string of as many digits as were dictated."""


@runtime_checkable
class HearsSounds(Protocol):
    """A recogniser that can say which sounds it hears before it looks for words."""

    def sound_path(self, audio: FloatArray) -> str:
        """The sounds, one letter each."""


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


def report(results: Iterable[tuple[str, str, str]]) -> HearingReport:
    """Score (folder, heard, said) triples; errors are summed over clips before dividing."""
    rows: dict[str, list[tuple[int, int, int, int]]] = defaultdict(list)
    for folder, heard, said in results:
        heard_words, said_words = scored_words(heard), scored_words(said)
        heard_text, said_text = " ".join(heard_words), " ".join(said_words)
        rows[folder].append(
            (
                edit_distance(heard_words, said_words),
                len(said_words),
                edit_distance(heard_text, said_text),
                len(said_text),
            )
        )
    scores = {folder: _score(found) for folder, found in sorted(rows.items())}
    whole = _score([row for found in rows.values() for row in found])
    return HearingReport(**vars(whole), by_folder=scores)


def _score(rows: Sequence[tuple[int, int, int, int]]) -> Score:
    words_wrong, words, letters_wrong, letters = (
        list(column) for column in (zip(*rows, strict=True) if rows else ([], [], [], []))
    )
    return Score(
        wer=round(sum(words_wrong) / max(sum(words), 1), 4),
        cer=round(sum(letters_wrong) / max(sum(letters), 1), 4),
        clips=len(rows),
        wer_95=interval(words_wrong, words),
        cer_95=interval(letters_wrong, letters),
        right=round(words_wrong.count(0) / max(len(rows), 1), 4),
    )


def evaluate(
    manifest: Path,
    recogniser: Recogniser,
    telephone: bool = True,
    expecting: Expecting | None = None,
    with_confusions: bool = False,
) -> HearingReport:
    """Transcribe every clip of a manifest and score the texts.

    Args:
        manifest: see `read_manifest`.
        recogniser: what is measured.
        telephone: send the clips through 8 kHz A-law first.
        expecting: constrain the recogniser; without it speech is free.
        with_confusions: report the errors themselves as well.

    Raises:
        ManifestError: see `read_manifest` and `load_audio`; or digits are expected and a
            transcript is none.
    """
    clips = read_manifest(manifest)
    constraints = _constraints(manifest, clips, expecting)
    results, heard_sounds = [], []
    for clip, constraint in zip(clips, constraints, strict=True):
        audio = load_audio(clip.path, telephone)
        heard = recogniser.transcribe(audio, constraint).text
        results.append((clip.path.parent.name, heard, clip.transcript))
        if with_confusions:
            path = (
                recogniser.sound_path(audio)
                if isinstance(recogniser, HearsSounds)
                else sounds(heard)
            )
            heard_sounds.append((sounds(clip.transcript), path))
    found = report(results)
    if not with_confusions:
        return found
    _, words = confusions((scored_words(said), scored_words(heard)) for _, heard, said in results)
    rate, by_sound = confusions(heard_sounds)
    return replace(found, confusions=Confusions(words, by_sound, rate))


def _constraints(
    manifest: Path, clips: Sequence[Clip], expecting: Expecting | None
) -> list[Constraint | None]:
    if expecting is None:
        return [None] * len(clips)
    if expecting is Expecting.LIST:
        texts: dict[Path, dict[str, None]] = defaultdict(dict)
        for clip in clips:
            texts[clip.path.parent][" ".join(clip.transcript.split())] = None
        lists = {folder: phrases(list(found), folder.name) for folder, found in texts.items()}
        return [lists[clip.path.parent] for clip in clips]
    found: list[Constraint | None] = []
    for clip in clips:
        lengths = digit_lengths(clip.transcript)
        if not lengths:
            raise ManifestError(f"{manifest}: {clip.path.name}: {clip.transcript!r} is no digits")
        found.append(digits(lengths))
    return found


def digit_lengths(text: str) -> frozenset[int]:
    """How many digits the words may stand for; empty if they are no digit string.

    >>> sorted(digit_lengths("είναι το τριάντα τρία"))
    [2, 3]
    """
    words = core(" ".join(re.findall(r"\w+", text))).split()
    if not words:
        return frozenset()
    longest = min(3 * len(words), _MOST_DIGITS)
    # places in the text by state of the grammar, whose state 4 · n means n digits; arcs run up
    reached: dict[int, set[int]] = defaultdict(set)
    reached[0].add(0)
    for arc in sorted(digits({longest}, ()).arcs, key=lambda arc: arc.source):
        said = [one_form(word) for word in arc.text.split()]
        for at in tuple(reached[arc.source]):
            if words[at : at + len(said)] == said:
                reached[arc.target].add(at + len(said))
    return frozenset(n for n in range(1, longest + 1) if len(words) in reached[4 * n])


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
