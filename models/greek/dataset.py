"""Draw training examples: a clip, a channel, features, what the decoder and the head shall say."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import torch
from scipy.signal import resample_poly
from tokenizers import Tokenizer
from torch import Tensor

from models.greek import channel
from models.greek.places import MATERIAL, WORK
from models.greek.vocabulary import written
from models.greek.voices import heard_sounds
from voicebot.hearing.features import log_mel
from voicebot.hearing.greek_sounds import SOUNDS, sounds

FloatArray = npt.NDArray[np.float32]

#: Share of each kind of material in a batch.
MIX = {
    "domain": 0.14,
    "human": 0.40,
    "people": 0.11,
    "general": 0.20,
    "words": 0.11,
    "nothing": 0.04,
}
#: By language, or by language and source: far from Greek, of few words, or long since learned.
LANGUAGE_WEIGHT = {
    "en": 0.02, "en-en": 0.3, "fr": 0.4, "fr-ca": 0.3, "es-es": 0.5, "de": 0.4, "da": 0.3,
    "sv": 0.3, "nl": 0.4, "nb": 0.4, "hi": 0.4, "mr": 0.4, "bg": 0.6, "be": 0.6,
    "en:gcompris-words": 0.3, "en:gcompris-geography": 0.3,
}  # fmt: skip
#: Formant synthesis sounds least like people: so often another clip is drawn instead.
LESS_ESPEAK = 0.4
#: Beyond this nothing is trained; callers' turns are shorter.
LONGEST_S = 11.0


@dataclass(frozen=True)
class Example:
    mel: FloatArray  # (80, even frames)
    tokens: list[int]  # what the decoder is given
    labels: list[int]  # what it shall say
    sounds: list[int]


@dataclass(frozen=True)
class Batch:
    mel: Tensor
    frames: Tensor
    tokens: Tensor
    labels: Tensor
    sounds: Tensor
    sound_lengths: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same batch on a device."""
        return Batch(*(getattr(self, each.name).to(device) for each in fields(self)))


class Shard:
    """Clips of one file of audio with their voices and texts."""

    def __init__(self, index: Path) -> None:
        rows = [line.split("\t") for line in index.read_text().splitlines()]
        self.starts = np.array([int(r[0]) for r in rows])
        self.lengths = np.array([int(r[1]) for r in rows])
        self.voices = [r[2] for r in rows]
        self.texts = [r[3] for r in rows]
        self.audio = np.memmap(index.with_suffix(".i16"), np.int16, "r")
        by_voice: dict[str, list[int]] = defaultdict(list)
        for at, voice in enumerate(self.voices):
            by_voice[voice].append(at)
        self.by_voice = {voice: np.array(clips) for voice, clips in by_voice.items()}
        #: People are drawn first, then what they say: the square root keeps the many from
        #: drowning the few.
        weights = [
            math.sqrt(float(self.lengths[clips].sum()))
            * LANGUAGE_WEIGHT.get(voice, LANGUAGE_WEIGHT.get(voice.split(":")[0], 1.0))
            for voice, clips in self.by_voice.items()
        ]
        self.people = list(self.by_voice)
        self.weight = sum(weights)
        self.people_share = np.array(weights) / max(self.weight, 1e-9)

    def __len__(self) -> int:
        return len(self.starts)

    def clip(self, at: int) -> FloatArray:
        start = self.starts[at]
        return self.audio[start : start + self.lengths[at]].astype(np.float32) / 32768


class Speller:
    """Texts to token and sound numbers."""

    def __init__(self, file: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(file))
        self.size = self.tokenizer.get_vocab_size()
        ids = self.tokenizer.token_to_id
        self.end, self.start = ids("<|endoftext|>"), ids("<|startoftranscript|>")
        self.foreign, self.nothing = ids("<|foreign|>"), ids("<|nospeech|>")
        self.normal = ids("<|notimestamps|>")

    def example(self, mel: FloatArray, spoken: str, foreign: bool, voice: str) -> Example:
        text = self.tokenizer.encode(written(spoken)).ids if spoken else []
        prefix = self.foreign if foreign else self.normal
        # After <|startoftranscript|> the decoder says whether anybody speaks.
        first = self.normal if spoken else self.nothing
        return Example(
            mel,
            [self.start, prefix, *text],
            [first, *text, self.end],
            [SOUNDS.index(sound) for sound in heard_sounds(sounds(spoken), voice)],
        )


class Material:
    """All shards found under WORK/shards, drawn by MIX."""

    def __init__(self, speller: Speller, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.speller = speller
        self.shards: dict[str, list[Shard]] = defaultdict(list)
        self.reload()

    def reload(self) -> None:
        """Look for shards that came since."""
        self.shards.clear()
        for index in sorted((WORK / "shards").glob("*.tsv")):
            if index.with_suffix(".i16").exists():
                self.shards[index.stem.split("-")[0]].append(Shard(index))

    def _draw(self, kind: str) -> tuple[FloatArray, str, str]:
        shards, person = self.shards[kind], kind in ("human", "people")
        sizes = np.array([s.weight if person else len(s) for s in shards], float)
        shard = shards[self.rng.choice(len(shards), p=sizes / sizes.sum())]
        at = int(self.rng.integers(len(shard)))
        if person:
            name = shard.people[self.rng.choice(len(shard.people), p=shard.people_share)]
            at = int(self.rng.choice(shard.by_voice[name]))
        else:
            if shard.voices[at].startswith("espeak") and self.rng.random() < LESS_ESPEAK:
                return self._draw(kind)
            return shard.clip(at), shard.texts[at], shard.voices[at]
        if shard.lengths[at] > 10_000 or self.rng.random() < 0.25:
            return shard.clip(at), shard.texts[at], shard.voices[at]
        # Short words of one person strung together.
        voice, audio, text = shard.voices[at], [shard.clip(at)], [shard.texts[at]]
        for other in self.rng.choice(shard.by_voice[voice], int(self.rng.integers(1, 6))):
            if sum(map(len, audio)) + shard.lengths[other] > 56_000:
                break
            audio += [np.zeros(int(self.rng.uniform(0, 2400)), np.float32), shard.clip(int(other))]
            text.append(shard.texts[int(other)])
        return np.concatenate(audio), " ".join(text), voice

    def example(self) -> Example:
        rng = self.rng
        kind = str(rng.choice(list(MIX), p=list(MIX.values())))
        if kind == "nothing":
            return self._finish(channel.not_speech(rng), "", False, "")
        if not self.shards[kind]:
            kind = "general"
        clip, spoken, voice = self._draw(kind)
        clip = channel.perturb_speed(clip, rng, 0.08 if kind in ("human", "people") else 0.1)
        babble = self._draw("human")[0] if rng.random() < 0.15 else None
        return self._finish(channel.telephone(clip, rng, babble), spoken, kind == "human", voice)

    def _finish(self, audio: FloatArray, spoken: str, foreign: bool, voice: str) -> Example:
        mel = channel.warped(features(audio), self.rng)
        if self.rng.random() < 0.7:  # SpecAugment
            for _ in range(2):
                width = int(self.rng.integers(0, 18))
                low = int(self.rng.integers(0, 62))
                mel[low : low + width] = mel.mean()
            if mel.shape[1] > 100:
                for _ in range(1 + mel.shape[1] // 200):
                    width = int(self.rng.integers(0, 16))
                    at = int(self.rng.integers(0, mel.shape[1] - width))
                    mel[:, at : at + width] = mel.mean()
        return self.speller.example(mel, spoken, foreign, voice)

    def batches(self, size: int, ahead: int = 6) -> list[Batch]:
        """Draw several batches at once, sorted by length so that little is padded."""
        found: list[Example] = []
        while len(found) < size * ahead:
            example = self.example()
            time = example.mel.shape[1] // 2
            if example.mel.shape[1] <= LONGEST_S * 100 and len(example.sounds) * 1.15 < time:
                found.append(example)
        found.sort(key=lambda e: e.mel.shape[1])
        batches = [collate(found[at : at + size]) for at in range(0, len(found), size)]
        return [batches[int(at)] for at in self.rng.permutation(len(batches))]


def features(audio_8k: FloatArray) -> FloatArray:
    """8 kHz audio to an even number of mel frames."""
    mel = log_mel(np.asarray(resample_poly(audio_8k, 2, 1), np.float32))
    return mel[:, : mel.shape[1] // 2 * 2]


def collate(examples: list[Example]) -> Batch:
    """Pad with zeros; padded labels are −100."""
    longest = max(e.mel.shape[1] for e in examples)
    words = max(len(e.tokens) for e in examples)
    mel = np.zeros((len(examples), 80, longest), np.float32)
    tokens = np.zeros((len(examples), words), np.int64)
    labels = np.full((len(examples), words), -100, np.int64)
    for at, e in enumerate(examples):
        mel[at, :, : e.mel.shape[1]] = e.mel
        tokens[at, : len(e.tokens)] = e.tokens
        labels[at, : len(e.labels)] = e.labels
    return Batch(
        torch.from_numpy(mel),
        torch.tensor([e.mel.shape[1] for e in examples]),
        torch.from_numpy(tokens),
        torch.from_numpy(labels),
        torch.tensor([s for e in examples for s in e.sounds], dtype=torch.long),
        torch.tensor([len(e.sounds) for e in examples]),
    )


@cache
def human_greek() -> list[tuple[str, FloatArray, str]]:
    """The human Greek development clips (folder, 8 kHz A-law, words). For choosing only."""
    found = []
    with (MATERIAL / "MANIFEST.tsv").open() as manifest:
        for row in csv.DictReader(manifest, delimiter="\t"):
            if row["language"] == "el" and row["transcript"]:
                audio, rate = soundfile.read(MATERIAL / row["path"], dtype="float32")
                if audio.ndim > 1:
                    audio = audio.mean(1)
                audio = np.asarray(resample_poly(audio, 8000, rate), np.float32)
                found.append(
                    (row["path"].split("/")[1], channel.g711(audio, "a"), row["transcript"])
                )
    return found


def development(name: str, count: int) -> list[tuple[FloatArray, str]]:
    """Clips of held-out voices with a fixed channel (seeded)."""
    shard, rng = Shard(WORK / f"shards/{name}.tsv"), np.random.default_rng(7)
    return [
        (channel.telephone(shard.clip(at), rng), shard.texts[at])
        for at in range(min(count, len(shard)))
    ]
