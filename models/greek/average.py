"""Average checkpoints: a run with itself at other times, or with the run that it started from.

    python -m models.greek.average A.pt B.pt … --out OUT.pt [--shares 0.7 0.3] [--hear]

What a run on new material gained and what it forgot often both lie between its start and its end.
OUT.pt exports like any checkpoint but does not resume. `--hear` prints the sound errors of the
development sets, which take a few minutes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from models.greek.confusions import load
from models.greek.train import evaluation, sound_error


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checkpoints", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shares", type=float, nargs="+", help="one a checkpoint; equal without")
    parser.add_argument("--hear", action="store_true")
    options = parser.parse_args()
    shares = options.shares or [1 / len(options.checkpoints)] * len(options.checkpoints)
    if len(shares) != len(options.checkpoints) or abs(sum(shares) - 1) > 1e-6:
        parser.error("--shares needs one number for each checkpoint, together 1")
    saved = [torch.load(file) for file in options.checkpoints]
    mean = {
        name: sum(share * one["smooth"][name] for share, one in zip(shares, saved, strict=True))
        for name in saved[0]["smooth"]
    }
    kept = {name: saved[0][name] for name in ("step", "passes", "frozen", "decoder_layers")}
    torch.save({"network": mean, "smooth": mean, **kept}, options.out)
    if options.hear:
        torch.set_num_threads(1)
        network = load(options.out)
        for name, clips in evaluation().items():
            print(f"{name}: {sound_error(network, clips):.4f}", flush=True)


if __name__ == "__main__":
    main()
