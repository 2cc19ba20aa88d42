"""Train the Greek recogniser; resumable.

    python -m models.greek.train --hours 1.8 [--processes 2] [--frozen 2] [--patience 8]

With a GPU one process trains there, and processes of the CPU draw what it hears. Without one,
processes of one thread each train on their own draws and average their weights every few steps.
WORK/run holds the last checkpoint, the best one by human words, the averaged weights and the
curve. It ends after `--hours`, when WORK/run/stop appears, or when human words got no better for
`--patience` checkpoints.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from models.greek.dataset import Batch, development, features, human_greek
from models.greek.network import Network
from models.greek.state import RATES, Parts, State, begin, chosen_device, save
from voicebot.hearing.greek_sounds import SOUNDS, sounds

AVERAGE_EVERY = 12
WORDS_WEIGHT, CTC_WEIGHT = 0.5, 1.0


def losses(
    network: Network, batch: Batch, frozen: int, with_words: bool = True
) -> tuple[Tensor, Tensor]:
    """Return the decoder's cross-entropy (0 if it takes no part) and the head's CTC loss."""
    with torch.autocast(batch.mel.device.type, torch.bfloat16):
        memory, mask = network.encoder(batch.mel, batch.frames, frozen)
        heard = network.sounds(memory)
        logits = network.decoder(batch.tokens, memory, mask) if with_words else None
    words = torch.zeros((), device=batch.mel.device)
    if logits is not None:
        words = F.cross_entropy(
            logits.float().flatten(0, 1),
            batch.labels.flatten(),
            ignore_index=-100,
            label_smoothing=0.05,
        )
    ctc = F.ctc_loss(
        heard.float().log_softmax(2).transpose(0, 1),
        batch.sounds,
        (batch.frames + 1) // 2,
        batch.sound_lengths,
        reduction="none",
        zero_infinity=True,
    )
    return words, (ctc / batch.sound_lengths.clamp(min=4)).mean()


def best_path(scores: Tensor) -> str:
    path = scores.argmax(-1).tolist()
    pairs = zip(path, [0, *path], strict=False)
    return "".join(SOUNDS[sound] for sound, before in pairs if sound and sound != before)


def distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


@torch.no_grad()
def sound_error(network: Network, clips: list[tuple[np.ndarray, str]]) -> float:
    """Sound error rate of the head's best path."""
    wrong = total = 0
    device = network.sounds.weight.device
    for audio, text in clips:
        mel = torch.from_numpy(features(audio))[None].to(device)
        with torch.autocast(device.type, torch.bfloat16):
            memory, _ = network.encoder(mel, torch.tensor([mel.shape[2]], device=device), 99)
            heard = best_path(network.sounds(memory)[0])
        wrong, total = wrong + distance(heard, sounds(text)), total + len(sounds(text))
    return wrong / max(total, 1)


def work(rank: int, options: argparse.Namespace, parts: Parts | None = None) -> None:
    """Train in one process; several share their weights through gloo."""
    parts = parts or Parts(options.device)
    device = torch.device(options.device)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed + rank)
    if options.processes > 1:
        os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(options.port))
        dist.init_process_group("gloo", rank=rank, world_size=options.processes)
    run = parts.run()
    run.mkdir(parents=True, exist_ok=True)
    state = begin(rank, options, parts, device)
    network, adam, smooth = state.network, state.adam, state.smooth
    network.train()
    material = parts.material(options.seed * 1000 + state.step * 10 + rank, options.workers)
    began, last_saved, last_logged = time.monotonic(), time.monotonic(), time.monotonic()
    spent, passes, seen, first = state.spent_s, state.passes, 0, state.step
    sums = np.zeros(4)
    budget = options.hours * 3600
    while True:
        for drawn in material.batches(options.batch):
            batch = drawn.to(device)
            done = min((spent + time.monotonic() - began) / budget, 1.0)
            scale = min((state.step - state.warm_from + 1) / options.warm_up, 1.0)
            if done > 0.35:
                scale *= 0.04 + 0.96 * (0.5 + 0.5 * math.cos(math.pi * (done - 0.35) / 0.65))
            for group in adam.param_groups:
                group["lr"] = RATES[group["name"]] * scale
            with_words = state.step % options.words_every == 0
            words, ctc = losses(network, batch, options.frozen, with_words)
            loss = WORDS_WEIGHT * words + CTC_WEIGHT * ctc
            if torch.isfinite(loss):
                adam.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                adam.step()
            state.step, seen = state.step + 1, seen + len(batch.frames)
            sums += (words.item(), ctc.item(), 1, with_words)
            if state.step % AVERAGE_EVERY == 0:
                if options.processes > 1:
                    average(network)
                keep = min(0.92, 1 - 1 / (1 + state.step / AVERAGE_EVERY / 10))
                for name, weight in network.state_dict().items():
                    smooth[name].lerp_(weight, 1 - keep) if weight.is_floating_point() else None
            if rank == 0 and time.monotonic() - last_logged > 30:
                last_logged = time.monotonic()
                rate = seen * options.processes / (time.monotonic() - began)
                losses_now = f"words {sums[0] / max(sums[3], 1):.3f} ctc {sums[1] / sums[2]:.3f}"
                clock = time.strftime("%H:%M:%S")
                print(f"{clock} step {state.step} {losses_now} {rate:.1f}/s lr×{scale:.2f}",
                      flush=True)  # fmt: skip
                sums[:] = 0
        stop = torch.tensor([0.0, 0.0])
        if rank == 0:
            now = time.monotonic()
            enough = spent + now - began >= budget or (run / "stop").exists()
            stop[0] = float(enough or state.step - first >= options.steps)
            stop[1] = float(now - last_saved > options.save_minutes * 60)
        if options.processes > 1:
            dist.broadcast(stop, 0)
        if stop.max() > 0:
            if options.processes > 1:
                average(network)
            material.reload()
            last_saved = time.monotonic()
            if rank == 0:
                state.spent_s = spent + time.monotonic() - began
                state.passes = passes + seen * options.processes
                errors = curve(run / "curve.tsv", state, parts)
                if state.best.took(errors.get("human", 1.0), state.step):
                    save(state, run / "best.pt")
                stop[0] = max(stop[0], float(state.best.since >= options.patience > 0))
                save(state, run / "checkpoint.pt")
            if options.processes > 1:
                dist.broadcast(stop, 0)
        if stop[0] > 0:
            return


def average(network: Network) -> None:
    trained = [w for w in network.parameters() if w.requires_grad]
    flat = torch.cat([w.detach().flatten() for w in trained])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    at = 0
    with torch.no_grad():
        for weight in trained:
            weight.copy_(flat[at : at + weight.numel()].view_as(weight))
            at += weight.numel()


@cache
def evaluation() -> dict[str, list[tuple[np.ndarray, str]]]:
    return {
        "domain": development("dev-domain", 50),
        "digits": development("dev-digits", 20),
        "human": [(audio, text) for _, audio, text in human_greek()],
    }


def curve(file: Path, state: State, parts: Parts) -> dict[str, float]:
    """Write and return the development errors of the averaged weights."""
    network = state.network
    own = {name: w.detach().clone() for name, w in network.state_dict().items()}
    network.load_state_dict(state.smooth)
    network.eval()
    errors = parts.errors(network)
    network.train()
    network.load_state_dict(own)
    line = {
        "time": time.strftime("%H:%M"),
        "step": state.step,
        "passes": state.passes,
        **errors,
    }
    print(json.dumps(line), flush=True)
    with file.open("a") as out:
        print(json.dumps(line), file=out)
    return errors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--hours", type=float, default=1.8)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--frozen", type=int, default=2)
    parser.add_argument("--decoder-layers", type=int, nargs="+", default=[0, 3])
    parser.add_argument("--warm-up", type=int, default=120)
    parser.add_argument("--save-minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=29511)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--restart", action="store_true", help="go on, with a new schedule")
    parser.add_argument("--words-every", type=int, default=1, help="decoder in one step of so many")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    parser.add_argument("--workers", type=int, default=max((os.cpu_count() or 2) - 1, 1),
                        help="processes that draw for a GPU")  # fmt: skip
    parser.add_argument("--patience", type=int, default=8,
                        help="checkpoints without better human words; 0 goes on")  # fmt: skip
    parser.add_argument("--steps", type=int, default=2**31, help="at most so many in this run")
    options = parser.parse_args()
    try:
        options.device = chosen_device(options.device)
    except ValueError as error:
        parser.error(str(error))
    if options.device == "cuda":
        options.processes = 1
    if options.processes == 1:
        work(0, options)
    else:
        torch.multiprocessing.spawn(work, (options,), nprocs=options.processes)


if __name__ == "__main__":
    main()
