"""What a training run is made of: its parts, its state, and how it is saved and taken up again."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, cast

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from models.greek.dataset import Batch, Material, Speller
from models.greek.network import Network, Shape, start_from_whisper
from models.greek.places import MATERIAL, WORK
from voicebot.hearing.greek_sounds import SOUNDS

#: "lower" is what knows people already: the convolutions and the two lower encoder layers.
RATES = {"embedding": 5e-4, "head": 5e-4, "decoder": 3e-4, "encoder": 2e-4, "lower": 6e-5}
#: A human error must fall by so much to count as better: a third of what one word more right gives.
_BETTER = 0.001
#: Batches a worker of a GPU draws before it looks for new shards.
_RELOAD_EVERY = 600


def chosen_device(wish: str) -> str:
    """`auto` is a GPU when there is one. Raises ValueError for a GPU that is not there."""
    there = torch.cuda.is_available()
    if wish == "cuda" and not there:
        raise ValueError("--device cuda: no GPU is there; leave it out to train on the CPU")
    return "cuda" if there and wish != "cpu" else "cpu"


class Draws(Protocol):
    """Where batches come from."""

    def batches(self, size: int) -> Iterable[Batch]: ...

    def reload(self) -> None: ...


class _Stream(IterableDataset[Batch]):
    """Batches without end, drawn in a worker process with a seed of its own."""

    def __init__(self, seed: int, size: int) -> None:
        self.seed, self.size = seed, size

    def __iter__(self) -> Iterator[Batch]:
        torch.set_num_threads(1)
        worker = get_worker_info()
        material = Material(_speller(), seed=self.seed + (worker.id + 1 if worker else 0) * 100_003)
        drawn = 0
        while True:
            for batch in material.batches(self.size):
                yield batch
                drawn += 1
            if drawn >= _RELOAD_EVERY:
                material.reload()
                drawn = 0


class DrawnAhead:
    """Material for a GPU: processes of the CPU draw and hear, and look for shards themselves."""

    def __init__(self, seed: int, workers: int) -> None:
        self.seed, self.workers = seed, workers
        self._stream: Iterator[Batch] | None = None

    def batches(self, size: int) -> Iterable[Batch]:
        if self._stream is None:
            loader = DataLoader(_Stream(self.seed, size), batch_size=None, num_workers=self.workers,
                                multiprocessing_context="spawn", prefetch_factor=4)  # fmt: skip
            self._stream = iter(loader)
        return islice(self._stream, 6)

    def reload(self) -> None:
        """Each worker reloads on its own."""


@cache
def _speller() -> Speller:
    return Speller(WORK / "tokenizer.json")


class Parts:
    """Where a run takes its network, material and development errors from; tests have their own."""

    def __init__(self, device: str = "cpu") -> None:
        self.device = device

    def run(self) -> Path:
        return WORK / "run"

    def network(self, decoder_layers: list[int]) -> Network:
        shape = Shape(_speller().size, len(SOUNDS), decoder_layers=len(decoder_layers))
        return Network(shape)

    def start(self, network: Network, decoder_layers: list[int]) -> None:
        """Give a new network its first weights: Whisper's."""
        whisper = load_file(
            MATERIAL / "whisper-tiny-en/tiny_en_without_token_embedding.safetensors"
        )
        start_from_whisper(network, whisper, tuple(decoder_layers))

    def material(self, seed: int, workers: int) -> Draws:
        if self.device == "cuda":
            return DrawnAhead(seed, workers)
        return cast(Draws, Material(_speller(), seed=seed))

    def errors(self, network: Network) -> dict[str, float]:
        from models.greek.train import evaluation, sound_error  # which trains with this state

        return {n: round(sound_error(network, clips), 4) for n, clips in evaluation().items()}


@dataclass
class Best:
    """The lowest human error so far, and for how many checkpoints it has stood."""

    human: float = 1.0
    step: int = 0
    since: int = 0

    def took(self, human: float, step: int) -> bool:
        """Note a checkpoint's error; return whether it is the best."""
        if human < self.human - _BETTER:
            self.human, self.step, self.since = human, step, 0
            return True
        self.since += 1
        return False


@dataclass
class State:
    """A run at one step."""

    network: Network
    smooth: dict[str, Tensor]
    adam: torch.optim.Optimizer
    frozen: int
    decoder_layers: list[int]
    step: int = 0
    spent_s: float = 0.0
    passes: int = 0
    warm_from: int = 0
    best: Best = field(default_factory=Best)


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


def begin(rank: int, options: argparse.Namespace, parts: Parts, device: torch.device) -> State:
    """Start a run, or take it up where its checkpoint left it."""
    file = parts.run() / "checkpoint.pt"
    saved: dict[str, Any] | None = None
    if file.exists() and not options.fresh:
        saved = torch.load(file, map_location=device)
    network = parts.network(options.decoder_layers)
    if saved is None:
        torch.manual_seed(options.seed)  # the same new weights in every process
        parts.start(network, options.decoder_layers)
        torch.manual_seed(options.seed + rank)
        network.to(device)
        smooth = {name: w.detach().clone() for name, w in network.state_dict().items()}
        adam = optimiser(network, options.frozen)
        return State(network, smooth, adam, options.frozen, list(options.decoder_layers))
    network.load_state_dict(saved["network"])
    network.to(device)
    adam = optimiser(network, options.frozen)
    state = State(
        network, saved["smooth"], adam, options.frozen, list(options.decoder_layers),
        saved["step"], 0.0 if options.restart else saved["spent_s"], saved["passes"], saved["step"],
    )  # fmt: skip
    if "best" in saved:
        state.best = Best(**saved["best"])
    if options.restart:
        state.best.since = 0
    elif saved["frozen"] == options.frozen:
        names = [group["name"] for group in adam.param_groups]
        adam.load_state_dict(saved["adam"])
        for group, name in zip(adam.param_groups, names, strict=True):
            group["name"] = name  # the saved groups may know other rates
        state.warm_from = -options.warm_up
    return state


def save(state: State, file: Path) -> None:
    """Write a checkpoint, whole or not at all."""
    part = file.with_suffix(".part")
    torch.save(
        {
            "network": state.network.state_dict(), "smooth": state.smooth,
            "adam": state.adam.state_dict(), "step": state.step, "spent_s": state.spent_s,
            "frozen": state.frozen, "decoder_layers": state.decoder_layers,
            "passes": state.passes, "best": vars(state.best),
        },
        part,
    )  # fmt: skip
    part.rename(file)
