"""Scoring with the CTC head: closed lists exactly, automata by a Viterbi search with n-best.

Scores are natural log-probabilities of the sounds given the audio. Frames in which the head is
sure of silence say nothing and are merged before any search.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from voicebot.hearing import ctc_kernels
from voicebot.hearing.constraint import Arc, Constraint
from voicebot.hearing.greek_sounds import BLANK, SOUNDS, sound_ids
from voicebot.hearing.recogniser import FloatArray

_SURE_BLANK = np.log(0.98)
_MOST_STEPS = 2000
_IMPOSSIBLE = -1e20

IntArray = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Path:
    """One reading of the audio; `score` is a log-probability, constraint weights included."""

    text: str
    score: float


def log_softmax(logits: FloatArray) -> FloatArray:
    """Log-probabilities over the last axis; shape (frames, sounds) in and out."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    total = np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return np.asarray(shifted - total, dtype=np.float32)


def without_silence(scores: FloatArray) -> FloatArray:
    """Merge runs of frames that are surely blank into one; shape (frames, sounds)."""
    blank = scores[:, BLANK] > _SURE_BLANK
    keep = ~blank
    keep[0] = True
    keep[1:] |= blank[1:] & ~blank[:-1]
    return np.asarray(scores[keep], dtype=np.float32)


def best_path(scores: FloatArray) -> tuple[str, float]:
    """The unconstrained best path: its sounds, and its score (the sum over frames)."""
    best = scores.argmax(axis=1)
    before = np.concatenate([[BLANK], best[:-1]])
    heard = best[(best != BLANK) & (best != before)]
    return "".join(SOUNDS[i] for i in heard), float(scores.max(axis=1).sum())


def forward_scores(scores: FloatArray, texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Exact log-probabilities of several texts, all at once.

    Args:
        scores: shape (frames, sounds), log-probabilities.
        texts: Greek; a text without sounds has the score of silence.

    Returns:
        Shape (texts,), summed over all alignments; about −1e30 where the audio is too short.
    """
    return forward_labels(scores, [sound_ids(text) for text in texts])


def forward_labels(scores: FloatArray, labels: Sequence[Sequence[int]]) -> npt.NDArray[np.float64]:
    """As `forward_scores`, for sounds by their indices."""
    starts = np.cumsum([0, *(len(ids) for ids in labels)]).astype(np.int32)
    flat = np.array([i for ids in labels for i in ids], np.int32)
    out = np.empty(len(labels), np.float64)
    ctc_kernels.forward(np.ascontiguousarray(scores), flat, starts, out)
    return out


def word_spans(scores: FloatArray, words: Sequence[str]) -> list[tuple[int, int]] | None:
    """First frame and frame after the last of each word, aligned; None where they do not fit."""
    arcs = tuple(Arc(at, at + 1, word) for at, word in enumerate(words))
    graph = _spelled(Constraint(len(words) + 1, arcs, frozenset({len(words)})))
    ended, began, _ = _viterbi(scores, graph, len(words) + 1)
    silence = np.concatenate([[0.0], np.cumsum(scores[:, BLANK], dtype=np.float64)])
    level = ended - silence[1:, None]
    spans: list[tuple[int, int]] = []
    end = len(scores)
    for word in range(len(words) - 1, -1, -1):
        if end <= 0 or ended[:end, word].max() < _IMPOSSIBLE:
            return None
        last = int(level[:end, word].argmax())
        spans.append((int(began[last, word]), last + 1))
        end = spans[-1][0]
    return spans[::-1]


def closed_list(scores: FloatArray, constraint: Constraint) -> list[Path]:
    """Score every phrase of a closed list, best first."""
    texts = [arc.text for arc in constraint.arcs]
    found = forward_scores(scores, texts)
    paths = [
        Path(text, float(score) + arc.weight)
        for text, score, arc in zip(texts, found, constraint.arcs, strict=True)
    ]
    return sorted(paths, key=lambda path: -path.score)


@dataclass(frozen=True)
class _Graph:
    """A constraint spelled in sounds: one chain of states an arc; all int32."""

    symbols: IntArray  # (states,) sound of each state
    entry: IntArray  # (arcs,) first state of each arc
    exit: IntArray  # (arcs,) last state of each arc
    sources: IntArray  # (arcs,) automaton state that each arc leaves
    targets: IntArray  # (arcs,) and enters
    weights: FloatArray  # (arcs,)


@lru_cache(maxsize=64)
def _graph(constraint: Constraint) -> _Graph:
    return _spelled(constraint)


def _spelled(constraint: Constraint) -> _Graph:
    spelled = [sound_ids(arc.text) for arc in constraint.arcs]
    for arc, ids in zip(constraint.arcs, spelled, strict=True):
        if not ids:
            raise ValueError(f"constraint {constraint.name!r}: {arc.text!r} has no Greek letters")
    lengths = np.array([len(ids) for ids in spelled])
    leave = np.cumsum(lengths) - 1
    return _Graph(
        np.array([i for ids in spelled for i in ids], np.int32),
        (leave - lengths + 1).astype(np.int32),
        leave.astype(np.int32),
        np.array([arc.source for arc in constraint.arcs], np.int32),
        np.array([arc.target for arc in constraint.arcs], np.int32),
        np.array([arc.weight for arc in constraint.arcs], np.float32),
    )


def search(scores: FloatArray, constraint: Constraint, count: int = 8) -> list[Path]:
    """Find the best sentences of an automaton, best first; empty if none fits the audio."""
    return search_whole(scores, constraint, count)[0]


def search_whole(
    scores: FloatArray, constraint: Constraint, count: int = 8
) -> tuple[list[Path], float]:
    """Find the best sentences of an automaton, and whether they are whole.

    Returns:
        The sentences, best first (empty if none fits the audio), and by how much the best
        beginning of one fits the audio better than any whole one: a difference of Viterbi
        log-probabilities, 0 when a whole one fits best.

    One Viterbi pass keeps, for every frame and arc, the best score with which the arc ended there
    and the frame at which it began; the best sentences are then read backwards from the end
    (their number is exact up to the choice of each arc's beginning) and scored exactly.
    """
    graph = _graph(constraint)
    ended, began, arrivals = _viterbi(scores, graph, constraint.states)
    sentences = _read_back(constraint, scores, ended, began, arrivals, count)
    last = arrivals[-1]
    whole = max((last[final] for final in constraint.finals if final), default=-np.inf)
    missing = max(0.0, float(last[1:].max() - whole))
    if not sentences:
        return [], missing
    exact = forward_scores(scores, [text for text, _ in sentences])
    paths = [
        Path(text, float(score) + weight)
        for (text, weight), score in zip(sentences, exact, strict=True)
    ]
    return sorted(paths, key=lambda path: -path.score), missing


def _viterbi(
    scores: FloatArray, graph: _Graph, states: int
) -> tuple[FloatArray, IntArray, FloatArray]:
    ended = np.empty((len(scores), len(graph.entry)), np.float32)
    began = np.empty(ended.shape, np.int32)
    arrivals = np.empty((len(scores) + 1, states), np.float32)
    ctc_kernels.viterbi(
        np.ascontiguousarray(scores),
        graph.symbols,
        graph.entry,
        graph.exit,
        graph.sources,
        graph.targets,
        graph.weights,
        ended,
        began,
        arrivals,
    )
    return ended, began, arrivals


def _read_back(
    constraint: Constraint,
    scores: FloatArray,
    ended: FloatArray,
    began: IntArray,
    arrivals: FloatArray,
    count: int,
) -> list[tuple[str, float]]:
    """Read the best sentences backwards, best first; arrival scores are exact costs to come.

    Returns (text, weight of its arcs).
    """
    silence = np.concatenate([[0.0], np.cumsum(scores[:, BLANK], dtype=np.float64)])
    level = ended - silence[1:, None]  # end scores comparable between frames
    entering: dict[int, list[int]] = {}
    for index, arc in enumerate(constraint.arcs):
        entering.setdefault(arc.target, []).append(index)
    frames = len(ended)
    # (minus the best score of any completion, serial, state, frame, score after it, arcs after it)
    heap: list[tuple[float, int, int, int, float, tuple[int, ...]]] = []
    for serial, final in enumerate(constraint.finals):
        if final and arrivals[frames, final] > _IMPOSSIBLE:
            heapq.heappush(heap, (-float(arrivals[frames, final]), serial, final, frames, 0.0, ()))
    serial, found = len(heap) + len(constraint.finals), dict[str, float]()
    for _ in range(_MOST_STEPS):
        if not heap or len(found) >= count:
            break
        _, _, state, time, after, words = heapq.heappop(heap)
        if state == 0:
            text = " ".join(constraint.arcs[i].text for i in words)
            found.setdefault(text, sum(constraint.arcs[i].weight for i in words))
            continue
        if time == 0:
            continue
        arcs = entering[state]
        ends = level[:time, arcs].argmax(axis=0)
        for index, end in zip(arcs, ends, strict=True):
            whole = float(level[end, index] + silence[time]) + after
            if whole < _IMPOSSIBLE:
                continue
            source, start = constraint.arcs[index].source, int(began[end, index])
            rest = whole - float(arrivals[start, source])
            serial += 1
            heapq.heappush(heap, (-whole, serial, source, start, rest, (index, *words)))
    return list(found.items())
