"""Train the Greek recogniser; resumable.

    python -m models.greek.train --hours 1.8 [--processes 2] [--frozen 2]

On CPUs, processes of one thread each train on their own draws and average their weights every few
steps. WORK/run holds the last checkpoint, the averaged weights and the curve.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F  # noqa: N812
from safetensors.torch import load_file
from torch import Tensor, nn

from models.greek.dataset import Batch, Material, Speller, development, features, human_greek
from models.greek.network import Network, Shape, start_from_whisper
from models.greek.places import MATERIAL, WORK
from voicebot.hearing.greek_sounds import SOUNDS, sounds

AVERAGE_EVERY = 12
WORDS_WEIGHT, CTC_WEIGHT = 0.5, 1.0
#: "lower" is what knows people already: the convolutions and the two lower encoder layers.
RATES = {"embedding": 5e-4, "head": 5e-4, "decoder": 3e-4, "encoder": 2e-4, "lower": 6e-5}


def losses(
    network: Network, batch: Batch, frozen: int, with_words: bool = True
) -> tuple[Tensor, Tensor]:
    """Return the decoder's cross-entropy (0 if it takes no part) and the head's CTC loss."""
    with torch.autocast("cpu", torch.bfloat16):
        memory, mask = network.encoder(batch.mel, batch.frames, frozen)
        heard = network.sounds(memory)
        logits = network.decoder(batch.tokens, memory, mask) if with_words else None
    words = torch.zeros(())
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


def optimiser(network: Network, frozen: int) -> torch.optim.Optimizer:
    def group(name: str) -> str:
        if name.startswith("sounds"):
            return "head"
        if "embed_tokens" in name:
            return "embedding"
        if name.startswith(("encoder.conv", "encoder.layers.0.", "encoder.layers.1.")):
            return "lower"
        return name.split(".")[0]

    groups: dict[tuple[str, bool], list[nn.Parameter]] = {}
    for name, weight in network.named_parameters():
        low = name.startswith("encoder.conv") and frozen > 0
        low = low or any(name.startswith(f"encoder.layers.{i}.") for i in range(frozen))
        weight.requires_grad_(not low and not name.startswith("encoder.embed_positions"))
        if weight.requires_grad:
            groups.setdefault((group(name), weight.ndim > 1), []).append(weight)
    return torch.optim.AdamW(
        [
            {
                "params": weights,
                "lr": RATES[name],
                "name": name,
                "weight_decay": 0.01 * decay,
            }
            for (name, decay), weights in groups.items()
        ],
        betas=(0.9, 0.98),
        eps=1e-6,
    )


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
    for audio, text in clips:
        mel = torch.from_numpy(features(audio))[None]
        with torch.autocast("cpu", torch.bfloat16):
            memory, _ = network.encoder(mel, torch.tensor([mel.shape[2]]), 99)
            heard = best_path(network.sounds(memory)[0])
        wrong, total = wrong + distance(heard, sounds(text)), total + len(sounds(text))
    return wrong / max(total, 1)


def work(rank: int, options: argparse.Namespace) -> None:
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed + rank)
    if options.processes > 1:
        os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(options.port))
        dist.init_process_group("gloo", rank=rank, world_size=options.processes)
    run = WORK / "run"
    run.mkdir(parents=True, exist_ok=True)
    speller = Speller(WORK / "tokenizer.json")
    shape = Shape(speller.size, len(SOUNDS), decoder_layers=len(options.decoder_layers))
    network = Network(shape)
    checkpoint, step, spent, passes = run / "checkpoint.pt", 0, 0.0, 0
    saved = torch.load(checkpoint) if checkpoint.exists() and not options.fresh else None
    if saved:
        network.load_state_dict(saved["network"])
        step, spent, passes = saved["step"], saved["spent_s"], saved["passes"]
        spent = 0.0 if options.restart else spent
        smooth = saved["smooth"]
    else:
        whisper = load_file(
            MATERIAL / "whisper-tiny-en/tiny_en_without_token_embedding.safetensors"
        )
        torch.manual_seed(options.seed)  # the same new weights in every process
        start_from_whisper(network, whisper, tuple(options.decoder_layers))
        torch.manual_seed(options.seed + rank)
        smooth = {name: w.detach().clone() for name, w in network.state_dict().items()}
    network.train()
    adam = optimiser(network, options.frozen)
    if saved and saved["frozen"] == options.frozen and not options.restart:
        names = [group["name"] for group in adam.param_groups]
        adam.load_state_dict(saved["adam"])
        for group, name in zip(adam.param_groups, names, strict=True):
            group["name"] = name  # the saved groups may know other rates
        warm_from = -options.warm_up
    else:
        warm_from = step
    material = Material(speller, seed=options.seed * 1000 + step * 10 + rank)
    dev = evaluation() if rank == 0 else {}
    began, last_saved, last_logged = time.monotonic(), time.monotonic(), time.monotonic()
    seen, sums = 0, np.zeros(4)
    budget = options.hours * 3600
    while True:
        for batch in material.batches(options.batch):
            done = min((spent + time.monotonic() - began) / budget, 1.0)
            scale = min((step - warm_from + 1) / options.warm_up, 1.0)
            if done > 0.35:
                scale *= 0.04 + 0.96 * (0.5 + 0.5 * math.cos(math.pi * (done - 0.35) / 0.65))
            for group in adam.param_groups:
                group["lr"] = RATES[group["name"]] * scale
            with_words = step % options.words_every == 0
            words, ctc = losses(network, batch, options.frozen, with_words)
            loss = WORDS_WEIGHT * words + CTC_WEIGHT * ctc
            if torch.isfinite(loss):
                adam.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                adam.step()
            step, seen = step + 1, seen + len(batch.frames)
            sums += (words.item(), ctc.item(), 1, with_words)
            if step % AVERAGE_EVERY == 0:
                if options.processes > 1:
                    average(network)
                keep = min(0.92, 1 - 1 / (1 + step / AVERAGE_EVERY / 10))
                for name, weight in network.state_dict().items():
                    smooth[name].lerp_(weight, 1 - keep) if weight.is_floating_point() else None
            if rank == 0 and time.monotonic() - last_logged > 30:
                last_logged = time.monotonic()
                rate = seen * options.processes / (time.monotonic() - began)
                losses_now = f"words {sums[0] / max(sums[3], 1):.3f} ctc {sums[1] / sums[2]:.3f}"
                clock = time.strftime("%H:%M:%S")
                print(f"{clock} step {step} {losses_now} {rate:.1f}/s lr×{scale:.2f}", flush=True)
                sums[:] = 0
        stop = torch.tensor([0.0, 0.0])
        if rank == 0:
            now = time.monotonic()
            stop[0] = float(spent + now - began >= budget or (run / "stop").exists())
            stop[1] = float(now - last_saved > options.save_minutes * 60)
        if options.processes > 1:
            dist.broadcast(stop, 0)
        if stop.max() > 0:
            if options.processes > 1:
                average(network)
            material.reload()
            last_saved = time.monotonic()
            if rank == 0:
                state = {
                    "network": network.state_dict(), "smooth": smooth, "adam": adam.state_dict(),
                    "step": step, "spent_s": spent + time.monotonic() - began,
                    "frozen": options.frozen, "decoder_layers": list(options.decoder_layers),
                    "passes": passes + seen * options.processes,
                }  # fmt: skip
                torch.save(state, run / "checkpoint.part")
                (run / "checkpoint.part").rename(checkpoint)
                curve(run / "curve.tsv", network, smooth, state, dev)
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


def evaluation() -> dict[str, list[tuple[np.ndarray, str]]]:
    return {
        "domain": development("dev-domain", 50),
        "digits": development("dev-digits", 20),
        "human": [(audio, text) for _, audio, text in human_greek()],
    }


def curve(
    file: Path,
    network: Network,
    smooth: dict[str, Tensor],
    state: dict[str, object],
    dev: dict[str, list[tuple[np.ndarray, str]]],
) -> None:
    """Write sound error rates of the averaged weights on the development sets."""
    own = {name: w.detach().clone() for name, w in network.state_dict().items()}
    network.load_state_dict(smooth)
    network.eval()
    errors = {name: round(sound_error(network, clips), 4) for name, clips in dev.items()}
    network.train()
    network.load_state_dict(own)
    line = {
        "time": time.strftime("%H:%M"),
        "step": state["step"],
        "passes": state["passes"],
        **errors,
    }
    print(json.dumps(line), flush=True)
    with file.open("a") as out:
        print(json.dumps(line), file=out)


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
    options = parser.parse_args()
    if options.processes == 1:
        work(0, options)
    else:
        torch.multiprocessing.spawn(work, (options,), nprocs=options.processes)


if __name__ == "__main__":
    main()
