"""Make the hard development sets, which stand in for people: foreign voices, fast, bad lines.

    python -m models.greek.hard

Leaves the shards dev-hard-tune and dev-hard-report: the first is tuned on, the second only
reported. Their sentences (data/hard.yaml, Tatoeba's development part, articles of XQuAD that the
language model leaves out) are in no training text; their voices are never trained on.
"""

from __future__ import annotations

import json
import math
import random
import re

import numpy as np
import yaml
from scipy.signal import resample_poly

from models.greek import synth, voices
from models.greek.places import MATERIAL, REPOSITORY, WORK

#: The last articles of XQuAD are left out of the language model.
ARTICLES_HELD_OUT = 8
_OF_TATOEBA, _OF_XQUAD = 60, 40


def held_out_clauses(rng: random.Random) -> list[str]:
    """Clauses of the articles of XQuAD that are kept apart."""
    found: list[str] = []
    data = json.loads((MATERIAL / "text/xquad/xquad.el.json").read_text(encoding="utf-8"))["data"]
    for article in data[-ARTICLES_HELD_OUT:]:
        for paragraph in article["paragraphs"]:
            for clause in re.split(
                r"(?<=[.!;])\s+|[:(),]\s*|\s+(?=που |ότι |ώστε |αλλά )", paragraph["context"]
            ):
                clause = clause.strip(" .«»")
                if 25 <= len(clause) <= 80 and re.fullmatch(r"[Ͱ-Ͽἀ-῿\s;«»’-]+", clause):
                    found.append(clause)
    rng.shuffle(found)
    return found


def sentences(rng: random.Random) -> list[str]:
    """All sentences, kinds mixed; every second one belongs to the same half."""
    own = yaml.safe_load((REPOSITORY / "models/greek/data/hard.yaml").read_text(encoding="utf-8"))
    lines = [line for kind in ("prompts", "choose", "plain") for line in own[kind]]
    tatoeba = (WORK / "text/tatoeba-dev.txt").read_text(encoding="utf-8").splitlines()
    return [
        *lines,
        *[line for line in tatoeba if len(line) > 12][-_OF_TATOEBA:],
        *held_out_clauses(rng)[:_OF_XQUAD],
    ]


def development_sentences() -> dict[str, list[str]]:
    """What the shares of the language model are fitted to, by kind: never the report half."""

    def lines(name: str) -> list[str]:
        return (WORK / f"text/{name}.txt").read_text(encoding="utf-8").splitlines()

    return {
        "wording": lines("wording-dev")[::2],
        "tatoeba": lines("tatoeba-dev")[:150:2],
        "hard": sentences(random.Random(23))[::2],
    }


def main() -> None:
    rng = random.Random(23)
    speakers = [voices.diphones(name) for name in sorted(voices.HELD_OUT_DIPHONES)]
    lines = sentences(rng)
    folder = WORK / "shards"
    for half, name in enumerate(("tune", "report")):
        at, index, audio = 0, [], []
        for line in lines[half::2]:
            speaker = rng.choice(speakers)
            assert speaker is not None
            # shorter and so higher: faster speech of a smaller person
            fast = math.exp(rng.gauss(-0.1, 0.06))
            clip = synth.say_diphones(line, speaker, rng)
            clip = synth.trimmed(np.asarray(resample_poly(clip, round(fast * 100), 100), "f4"))
            samples = (clip * 32767).astype(np.int16)
            index.append(f"{at}\t{len(samples)}\t{speaker.name}\t{line}")
            audio.append(samples)
            at += len(samples)
        np.concatenate(audio).tofile(folder / f"dev-hard-{name}.i16")
        (folder / f"dev-hard-{name}.tsv").write_text("\n".join(index) + "\n", encoding="utf-8")
        print(f"dev-hard-{name}: {len(index)} clips, {at / synth.RATE_HZ / 60:.1f} min")


if __name__ == "__main__":
    main()
