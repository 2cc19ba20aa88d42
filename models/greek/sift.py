"""Keep the clips of a shard that say what their texts say, by what a trained head hears.

    python -m models.greek.sift unsure-NAME human-NAME [--checkpoint FILE.pt | --model FOLDER]

An exported model (`--model`) hears several times as fast as a checkpoint.

Texts taken from file names, or from another speaker's list, are not always what is said. A clip
stays when no more than `--most` of its text's sounds are heard otherwise. People of other
languages are heard at 0.3 to 0.5 at best, another text at 0.8 and more.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import torch

from models.greek.confusions import heard, load
from models.greek.dataset import FloatArray, Shard
from models.greek.places import WORK
from models.greek.sets import wide
from models.greek.train import distance
from voicebot.hearing.greek import GreekRecogniser
from voicebot.hearing.greek_sounds import sounds


def disagreement(said: str, text: str) -> float:
    """Share of a text's sounds that are heard otherwise; 1 for a text without sounds."""
    expected = sounds(text)
    return distance(said, expected) / len(expected) if expected else 1.0


def listener(checkpoint: Path, model: Path | None) -> Callable[[FloatArray], str]:
    """What tells the sounds of a clip (8 kHz): an exported model, or a checkpoint."""
    if model is not None:
        recogniser = GreekRecogniser(model)
        return lambda audio: recogniser.sound_path(wide(audio))
    network = load(checkpoint)
    return lambda audio: heard(network, audio)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("shard")
    parser.add_argument("to")
    parser.add_argument("--checkpoint", type=Path, default=WORK / "run/checkpoint.pt")
    parser.add_argument("--model", type=Path, help="folder of an exported model, instead")
    parser.add_argument("--most", type=float, default=0.6)
    options = parser.parse_args()
    torch.set_num_threads(1)
    listen, folder = listener(options.checkpoint, options.model), WORK / "shards"
    shard = Shard(folder / f"{options.shard}.tsv")
    kept: Counter[str] = Counter()
    left: Counter[str] = Counter()
    at = 0
    with (
        (folder / f"{options.to}.i16.part").open("wb") as audio_file,
        (folder / f"{options.to}.tsv.part").open("w") as index,
    ):
        for clip, (voice, text) in enumerate(zip(shard.voices, shard.texts, strict=True)):
            if disagreement(listen(shard.clip(clip)), text) > options.most:
                left[voice] += 1
                continue
            kept[voice] += 1
            start, length = int(shard.starts[clip]), int(shard.lengths[clip])
            audio_file.write(shard.audio[start : start + length].tobytes())
            print(at, length, voice, text, sep="\t", file=index)
            at += length
    for kind in ("i16", "tsv"):
        (folder / f"{options.to}.{kind}.part").rename(folder / f"{options.to}.{kind}")
    for voice in sorted(kept | left):
        print(f"{voice}: {kept[voice]} kept, {left[voice]} left out")
    print(f"{options.to}: {kept.total()} clips, {at / 8000 / 3600:.2f} h")


if __name__ == "__main__":
    main()
