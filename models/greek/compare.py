"""Compare kinds of targets, decoders, frozen layers and widths on equal, small training.

    python -m models.greek.compare [--clips 1000] [--only NAME …] [--table]

Every variant sees the same clips in the same order, in one process of one thread. Results are
added to WORK/compare.jsonl, one line a variant; variants that are there are not trained again.
The table has nats a sound (how surprised a variant is by the right text: comparable between
targets, and telling long before errors fall) and sounds wrong, on held-out voices and on people.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from safetensors.torch import load_file
from torch import Tensor, nn

from models.greek.dataset import (
    Example,
    Material,
    Speller,
    collate,
    development,
    features,
    human_greek,
)
from models.greek.network import Network, Shape, start_from_whisper
from models.greek.places import MATERIAL, WORK
from models.greek.state import optimiser
from models.greek.train import distance
from models.greek.vocabulary import written
from voicebot.hearing.greek_sounds import SOUNDS, sounds

RESULTS = WORK / "compare.jsonl"
BATCH = 8
#: Short clips, so that many are seen in little time.
LONGEST_FRAMES = 260
_LETTERS = "_ αάβγδεέζηήθιίϊΐκλμνξοόπρσςτυύϋΰφχψωώ"
#: Training is short, so it steps further than `train` does.
_FASTER = 2.0
#: For networks that start from nothing.
_RATE_FROM_NOTHING = 5e-4


@dataclass(frozen=True)
class Variant:
    name: str
    target: str = "sounds"  # of the CTC head: sounds, characters or pieces
    decoder: tuple[int, ...] = ()  # Whisper's layers, numbered; empty: no decoder
    frozen: int = 2
    width: int = 384
    whisper: bool = True


VARIANTS = (
    Variant("head on sounds, 2 layers frozen"),
    Variant("head on characters", target="characters"),
    Variant("head on byte-pair pieces", target="pieces"),
    Variant("decoder of 2 layers beside", decoder=(0, 3)),
    Variant("decoder of 4 layers beside", decoder=(0, 1, 2, 3)),
    Variant("nothing frozen", frozen=0),
    Variant("all 4 layers frozen", frozen=4),
    Variant("width 384 from nothing", frozen=0, whisper=False),
    Variant("width 192 from nothing", frozen=0, width=192, whisper=False),
)


class Targets:
    """A text as the labels of one kind of head, and back; label 0 is the blank."""

    def __init__(self, kind: str, speller: Speller) -> None:
        self.kind, self.speller = kind, speller
        self.size = {
            "sounds": len(SOUNDS),
            "characters": len(_LETTERS),
            "pieces": speller.size + 1,
        }[kind]

    def of(self, example: Example) -> list[int]:
        ids = example.tokens[2:]
        if self.kind == "sounds":
            return example.sounds
        if self.kind == "pieces":
            return [each + 1 for each in ids]
        return self.letters(self.speller.tokenizer.decode(ids))

    @staticmethod
    def letters(text: str) -> list[int]:
        return [_LETTERS.index(letter) for letter in written(text) if letter in _LETTERS[1:]]

    def of_text(self, text: str) -> list[int]:
        if self.kind == "sounds":
            return [SOUNDS.index(sound) for sound in sounds(text)]
        if self.kind == "pieces":
            return [each + 1 for each in self.speller.tokenizer.encode(written(text)).ids]
        return self.letters(text)

    def heard(self, labels: Sequence[int]) -> str:
        """What a sequence of labels sounds like."""
        if self.kind == "sounds":
            return "".join(SOUNDS[label] for label in labels)
        if self.kind == "pieces":
            return sounds(self.speller.tokenizer.decode([label - 1 for label in labels]))
        return sounds("".join(_LETTERS[label] for label in labels))


def collapsed(path: Sequence[int]) -> list[int]:
    """A path of frames without repeats and blanks."""
    return [
        label for label, before in zip(path, [0, *path], strict=False) if label and label != before
    ]


def drawn(clips: int, seed: int, speller: Speller) -> list[list[Example]]:
    """The batches that every variant sees: speech, short enough, every target fitting its time."""
    material = Material(speller, seed)
    everything = [Targets(kind, speller) for kind in ("sounds", "characters")]
    found: list[Example] = []
    while len(found) < clips:
        example = material.example()
        longest = max(len(targets.of(example)) for targets in everything)
        if example.sounds and longest * 1.2 < example.mel.shape[1] // 2 <= LONGEST_FRAMES // 2:
            found.append(example)
    return [found[at : at + BATCH] for at in range(0, clips, BATCH)]


def _ctc(scores: Tensor, labels: list[list[int]], frames: Tensor) -> Tensor:
    """Nats of each text of a batch."""
    return F.ctc_loss(
        scores.float().log_softmax(2).transpose(0, 1),
        torch.tensor([label for each in labels for label in each], dtype=torch.long),
        (frames + 1) // 2,
        torch.tensor([len(each) for each in labels]),
        reduction="none",
        zero_infinity=True,
    )


def _loss(network: Network, variant: Variant, targets: Targets, batch: list[Example]) -> Tensor:
    both = collate(batch)
    labels = [targets.of(example) for example in batch]
    with torch.autocast("cpu", torch.bfloat16):
        memory, mask = network.encoder(both.mel, both.frames, variant.frozen)
        scores = network.sounds(memory)
        logits = network.decoder(both.tokens, memory, mask) if variant.decoder else None
    lengths = torch.tensor([max(len(each), 4) for each in labels])
    loss = (_ctc(scores, labels, both.frames) / lengths).mean()
    if logits is not None:
        loss = loss + 0.5 * F.cross_entropy(
            logits.float().flatten(0, 1), both.labels.flatten(), ignore_index=-100
        )
    return loss


@torch.no_grad()
def _measured(
    network: Network, variant: Variant, targets: Targets, clips: list[tuple[np.ndarray, str]]
) -> dict[str, float]:
    """Nats a sound and the share of sounds wrong, of the head and of the decoder where it is."""
    nats = words = wrong = total = 0.0
    for audio, text in clips:
        mel = features(audio)
        example = targets.speller.example(mel, text, False, "")
        both = collate([example])
        with torch.autocast("cpu", torch.bfloat16):
            memory, mask = network.encoder(both.mel, both.frames, 99)
            scores = network.sounds(memory)
            logits = network.decoder(both.tokens, memory, mask) if variant.decoder else None
        expected = sounds(text)
        nats += float(_ctc(scores, [targets.of_text(text)], both.frames)[0])
        if logits is not None:
            words += float(F.cross_entropy(logits[0].float(), both.labels[0], reduction="sum"))
        wrong += distance(targets.heard(collapsed(scores[0].argmax(1).tolist())), expected)
        total += len(expected)
    found = {"nats": nats / total, "wrong": wrong / total}
    return found | ({"decoder_nats": words / total} if variant.decoder else {})


def network_of(variant: Variant, speller: Speller, labels: int, seed: int) -> Network:
    """A new network: Whisper's weights where the variant starts from them."""
    torch.manual_seed(seed)
    decoder = variant.decoder or (0,)
    heads = variant.width // 64
    network = Network(
        Shape(speller.size, labels, decoder_layers=len(decoder), width=variant.width, heads=heads)
    )
    if variant.whisper:
        whisper = load_file(
            MATERIAL / "whisper-tiny-en/tiny_en_without_token_embedding.safetensors"
        )
        start_from_whisper(network, whisper, decoder)
    return network


def trained(
    variant: Variant, batches: list[list[Example]], speller: Speller, seed: int
) -> tuple[Network, Targets]:
    """Train one variant on the batches, once."""
    targets = Targets(variant.target, speller)
    network = network_of(variant, speller, targets.size, seed).train()
    adam = optimiser(network, variant.frozen)
    rates = [group["lr"] if variant.whisper else _RATE_FROM_NOTHING for group in adam.param_groups]
    for step, batch in enumerate(batches):
        scale = min((step + 1) / 10, 1.0)
        scale *= 0.1 + 0.45 * (1 + math.cos(math.pi * step / len(batches)))
        for group, rate in zip(adam.param_groups, rates, strict=True):
            group["lr"] = rate * scale
        loss = _loss(network, variant, targets, batch)
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        adam.step()
    return network.eval(), targets


def table(rows: Sequence[dict[str, object]]) -> str:
    """The results as a table of Markdown."""

    def figure(row: dict[str, object], part: str, form: Callable[[float], str]) -> str:
        value = row.get(part)
        return form(float(str(value))) if value is not None else ""

    lines = [
        "| variant | weights trained | clips | nats a sound, held-out voices / people "
        "| of the decoder | sounds wrong, held-out voices / people |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        pair = [
            " / ".join(figure(row, f"{where}_{what}", form) for where in ("voices", "people"))
            for what, form in (
                ("nats", "{:.2f}".format),
                ("decoder_nats", "{:.2f}".format),
                ("wrong", "{:.0%}".format),
            )
        ]
        pair[1] = pair[1] if row.get("voices_decoder_nats") is not None else ""
        millions = figure(row, "trained", lambda count: f"{count / 1e6:.1f} M")
        lines.append(f"| {row['name']} | {millions} | {row['clips']} | {' | '.join(pair)} |")
    return "\n".join(lines)


def _results() -> list[dict[str, object]]:
    if not RESULTS.exists():
        return []
    return [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=[v.name for v in VARIANTS])
    parser.add_argument("--table", action="store_true", help="only print what is there")
    options = parser.parse_args()
    torch.set_num_threads(1)
    there = {row["name"] for row in _results() if row["clips"] == options.clips}
    wanted = [v for v in VARIANTS if v.name in (options.only or [v.name]) and v.name not in there]
    if wanted and not options.table:
        speller = Speller(WORK / "tokenizer.json")
        batches = drawn(options.clips, options.seed, speller)
        sets = {
            "voices": development("dev-domain", 20),
            "people": [(audio, text) for _, audio, text in human_greek()][::5],
        }
        for variant in wanted:
            began = time.process_time()
            network, targets = trained(variant, batches, speller, options.seed)
            used = [
                w for name, w in network.named_parameters()
                if w.requires_grad and (variant.decoder or not name.startswith("decoder"))
            ]  # fmt: skip
            row: dict[str, object] = asdict(variant) | {
                "clips": options.clips,
                "seconds": round(time.process_time() - began),
                "trained": sum(w.numel() for w in used),
            }
            for where, clips in sets.items():
                for what, value in _measured(network, variant, targets, clips).items():
                    row[f"{where}_{what}"] = round(value, 4)
            with RESULTS.open("a", encoding="utf-8") as out:
                print(json.dumps(row, ensure_ascii=False), file=out)
            print(f"{variant.name}: {row['seconds']} s of processor time", flush=True)
    print(table([row for row in _results() if row["clips"] == options.clips]))


if __name__ == "__main__":
    main()
