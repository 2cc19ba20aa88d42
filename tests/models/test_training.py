"""The training run: taken up again as it was left, ended when people are heard no better."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training has an environment of its own")

from models.greek.dataset import Batch  # noqa: E402
from models.greek.network import Network, Shape  # noqa: E402
from models.greek.state import Best, Parts, State, begin, chosen_device  # noqa: E402
from models.greek.train import work  # noqa: E402
from voicebot.hearing.greek_sounds import SOUNDS  # noqa: E402

CPU = torch.device("cpu")


class _Noise:
    """Batches of noise with random labels."""

    def __init__(self, seed: int) -> None:
        self.random = torch.Generator().manual_seed(seed)

    def batches(self, size: int) -> Iterable[Batch]:
        tokens = torch.randint(0, 20, (size, 5), generator=self.random)
        yield Batch(
            torch.randn(size, 80, 40, generator=self.random),
            torch.full((size,), 40),
            tokens,
            tokens,
            torch.randint(1, len(SOUNDS), (size * 4,), generator=self.random),
            torch.full((size,), 4),
        )

    def reload(self) -> None:
        pass


class _Tiny(Parts):
    """A network of two thin layers, trained on noise; the human errors are given."""

    def __init__(self, folder: Path, human: list[float]) -> None:
        super().__init__()
        self.folder, self.human = folder, human

    def run(self) -> Path:
        return self.folder

    def network(self, decoder_layers: list[int]) -> Network:
        return Network(Shape(20, len(SOUNDS), 2, len(decoder_layers), 64, 16, width=24, heads=2))

    def start(self, network: Network, decoder_layers: list[int]) -> None:
        pass

    def material(self, seed: int, workers: int) -> _Noise:
        return _Noise(seed)

    def errors(self, network: Network) -> dict[str, float]:
        return {"human": self.human.pop(0)}


def _options(**wishes: object) -> argparse.Namespace:
    usual: dict[str, object] = {
        "hours": 1.0, "processes": 1, "threads": 1, "batch": 3, "frozen": 0, "patience": 0,
        "decoder_layers": [0], "warm_up": 2, "save_minutes": 60.0, "seed": 1, "fresh": False,
        "restart": False, "words_every": 1, "device": "cpu", "workers": 1, "steps": 3,
    }  # fmt: skip
    return argparse.Namespace(**(usual | wishes))


def _tensors(state: State) -> dict[str, torch.Tensor]:
    found = {f"own {n}": w for n, w in state.network.state_dict().items()}
    found |= {f"smooth {n}": w for n, w in state.smooth.items()}
    for at, moments in enumerate(state.adam.state_dict()["state"].values()):
        found |= {f"adam {at} {n}": torch.as_tensor(v) for n, v in moments.items()}
    return found


def test_a_run_is_taken_up_where_it_was_left(tmp_path: Path) -> None:
    work(0, _options(), _Tiny(tmp_path, [0.5]))
    saved = torch.load(tmp_path / "checkpoint.pt")
    taken = begin(0, _options(), _Tiny(tmp_path, []), CPU)
    again = begin(0, _options(), _Tiny(tmp_path, []), CPU)

    assert (taken.step, taken.passes) == (3, 9)
    assert taken.best == Best(human=0.5, step=3, since=0)
    assert taken.spent_s == saved["spent_s"]
    for name, weight in saved["network"].items():
        assert torch.equal(taken.network.state_dict()[name], weight), name
    moments = [name for name in _tensors(taken) if name.endswith("exp_avg")]
    assert moments
    for name, tensor in _tensors(taken).items():
        assert torch.equal(tensor, _tensors(again)[name]), name
    assert all(_tensors(taken)[name].abs().sum() > 0 for name in moments if "adam 0 " in name)


def test_two_runs_from_one_checkpoint_learn_the_same(tmp_path: Path) -> None:
    work(0, _options(), _Tiny(tmp_path, [0.5]))
    first = (tmp_path / "checkpoint.pt").read_bytes()
    ends = []
    for _ in range(2):
        (tmp_path / "checkpoint.pt").write_bytes(first)
        work(0, _options(steps=4), _Tiny(tmp_path, [0.5]))
        ends.append(torch.load(tmp_path / "checkpoint.pt"))

    assert [end["step"] for end in ends] == [7, 7]
    for name, weight in ends[0]["network"].items():
        assert torch.equal(weight, ends[1]["network"][name]), name


def test_a_restart_keeps_the_weights_and_begins_the_schedule_anew(tmp_path: Path) -> None:
    work(0, _options(), _Tiny(tmp_path, [0.5]))
    state = begin(0, _options(restart=True), _Tiny(tmp_path, []), CPU)

    assert (state.step, state.spent_s, state.warm_from) == (3, 0.0, 3)
    assert not state.adam.state_dict()["state"]


def test_training_ends_when_people_are_heard_no_better(tmp_path: Path) -> None:
    human = [0.5, 0.4, 0.41, 0.3999, 0.39, 0.38]
    parts = _Tiny(tmp_path, human)
    # every step is a checkpoint; the fourth is the second one that is not better
    work(0, _options(steps=100, save_minutes=0.0, patience=2), parts)

    assert human == [0.39, 0.38]
    assert torch.load(tmp_path / "checkpoint.pt")["step"] == 4
    assert torch.load(tmp_path / "best.pt")["step"] == 2


def test_without_patience_it_goes_on(tmp_path: Path) -> None:
    human = [0.5, 0.6, 0.6, 0.6, 0.1]
    work(0, _options(steps=5, save_minutes=0.0), _Tiny(tmp_path, human))

    assert human == []
    assert torch.load(tmp_path / "best.pt")["step"] == 5


def test_the_device_is_a_gpu_when_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert [chosen_device(wish) for wish in ("auto", "cuda", "cpu")] == ["cuda", "cuda", "cpu"]

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert chosen_device("auto") == "cpu"
    with pytest.raises(ValueError, match="no GPU is there"):
        chosen_device("cuda")


def test_this_machine_trains_on_what_it_has() -> None:
    assert chosen_device("auto") == ("cuda" if torch.cuda.is_available() else "cpu")
