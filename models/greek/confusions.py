"""What the CTC head hears wrong, sound by sound.

    python -m models.greek.confusions [CHECKPOINT.pt] [--shard NAME] [--blank NATS]

Without a shard: human Greek words (development). A shard is heard through random telephones.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from models.greek import channel
from models.greek.alignment import aligned, report
from models.greek.dataset import Shard, features, human_greek
from models.greek.network import Network, Shape
from models.greek.places import WORK
from models.greek.train import best_path
from voicebot.hearing.greek_sounds import BLANK, SOUNDS, sounds

FloatArray = npt.NDArray[np.float32]


def load(file: Path) -> Network:
    """The averaged weights of a checkpoint."""
    saved = torch.load(file)
    weights = saved["smooth"]
    vocabulary = weights["decoder.embed_tokens.weight"].shape[0]
    network = Network(Shape(vocabulary, len(SOUNDS), decoder_layers=len(saved["decoder_layers"])))
    network.load_state_dict(weights)
    return network.eval()


@torch.no_grad()
def heard(network: Network, audio: FloatArray, blank_nats: float = 0.0) -> str:
    """The head's best path for one clip, the blank made less likely by so many nats."""
    mel = torch.from_numpy(features(audio))[None]
    with torch.autocast("cpu", torch.bfloat16):
        memory, _ = network.encoder(mel, torch.tensor([mel.shape[2]]), 99)
        scores = network.sounds(memory)[0].float()
    scores[:, BLANK] -= blank_nats
    return best_path(scores)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint", nargs="?", type=Path, default=WORK / "run/checkpoint.pt")
    parser.add_argument("--shard")
    parser.add_argument("--blank", type=float, default=0.0, help="nats taken from the blank")
    parser.add_argument("--most", type=int, default=400)
    options = parser.parse_args()
    torch.set_num_threads(1)
    network = load(options.checkpoint)
    sets: dict[str, list[tuple[FloatArray, str]]] = {}
    if options.shard:
        shard, rng = Shard(WORK / f"shards/{options.shard}.tsv"), np.random.default_rng(11)
        picked = rng.permutation(len(shard))[: options.most]
        sets[options.shard] = [
            (channel.telephone(shard.clip(int(at)), rng), shard.texts[int(at)]) for at in picked
        ]
    else:
        for folder, audio, text in human_greek():
            sets.setdefault(folder, []).append((audio, text))
    for name, clips in sets.items():
        pairs: Counter[tuple[str, str]] = Counter()
        for audio, text in clips:
            pairs.update(aligned(sounds(text), heard(network, audio, options.blank)))
        print(f"{name} ({len(clips)} clips): {report(pairs)}")


if __name__ == "__main__":
    main()
