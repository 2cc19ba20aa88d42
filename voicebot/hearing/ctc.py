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

from voicebot.hearing.constraint import Constraint
from voicebot.hearing.greek_sounds import BLANK, SOUNDS, sound_ids
from voicebot.hearing.recogniser import FloatArray

_NEVER = np.float32(-1e30)
_SURE_BLANK = np.log(0.98)
_MOST_STEPS = 2000

IntArray = npt.NDArray[np.int64]


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
    labels = [sound_ids(text) for text in texts]
    width = 2 * max((len(ids) for ids in labels), default=0) + 1
    states = np.full((len(labels), width), BLANK, np.int64)
    ends = np.array([2 * len(ids) for ids in labels])
    for row, ids in enumerate(labels):
        states[row, 1 : 2 * len(ids) : 2] = ids
    # A sound may follow the sound before it without a blank unless they are the same.
    skip = np.full((len(labels), width), _NEVER, np.float32)
    skip[:, 2:][(states[:, 2:] != BLANK) & (states[:, 2:] != states[:, :-2])] = 0.0
    alpha = np.full((len(labels), width + 2), _NEVER, np.float32)
    alpha[:, 2] = scores[0, BLANK]
    if width > 1:
        alpha[:, 3] = np.where(ends > 0, scores[0, states[:, 1]], _NEVER)
    for frame in scores[1:]:
        stay, step, jump = alpha[:, 2:], alpha[:, 1:-1], alpha[:, :-2] + skip
        top = np.maximum(np.maximum(stay, step), jump)
        total = np.exp(stay - top) + np.exp(step - top) + np.exp(jump - top)
        alpha[:, 2:] = top + np.log(total) + frame[states]
    rows = np.arange(len(labels))
    last = alpha[rows, ends + 2].astype(np.float64)
    before = np.where(ends > 0, alpha[rows, ends + 1], _NEVER).astype(np.float64)
    return np.asarray(np.logaddexp(last, before), dtype=np.float64)


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
    """A constraint spelled in sounds: one chain of states an arc."""

    symbols: IntArray  # (states,) sound of each state
    entry: IntArray  # (arcs,) first state of each arc
    exit: IntArray  # (arcs,) last state of each arc
    entry_nodes: IntArray  # (arcs,) automaton state that each arc leaves
    order: IntArray  # (arcs,) arcs sorted by the automaton state that they enter
    group_starts: IntArray  # (groups,) where each target's arcs begin in that order
    group_nodes: IntArray  # (groups,) the targets
    weights: FloatArray  # (arcs,)


@lru_cache(maxsize=64)
def _graph(constraint: Constraint) -> _Graph:
    symbols: list[int] = []
    entry, leave = [], []
    for arc in constraint.arcs:
        ids = sound_ids(arc.text)
        if not ids:
            raise ValueError(f"constraint {constraint.name!r}: {arc.text!r} has no Greek letters")
        entry.append(len(symbols))
        symbols.extend(ids)
        leave.append(len(symbols) - 1)
    targets = np.array([arc.target for arc in constraint.arcs])
    order = np.argsort(targets, kind="stable")
    nodes, starts = np.unique(targets[order], return_index=True)
    return _Graph(
        np.array(symbols),
        np.array(entry),
        np.array(leave),
        np.array([arc.source for arc in constraint.arcs]),
        order,
        starts,
        nodes,
        np.array([arc.weight for arc in constraint.arcs], np.float32),
    )


def search(scores: FloatArray, constraint: Constraint, count: int = 8) -> list[Path]:
    """Find the best sentences of an automaton, best first; empty if none fits the audio.

    One Viterbi pass keeps, for every frame and arc, the best score with which the arc ended there
    and the frame at which it began; the best sentences are then read backwards from the end
    (their number is exact up to the choice of each arc's beginning) and scored exactly.
    """
    ended, began, nodes = _viterbi(scores, constraint, _graph(constraint))
    sentences = _read_back(constraint, scores, ended, began, nodes, count)
    if not sentences:
        return []
    exact = forward_scores(scores, [text for text, _ in sentences])
    paths = [
        Path(text, float(score) + weight)
        for (text, weight), score in zip(sentences, exact, strict=True)
    ]
    return sorted(paths, key=lambda path: -path.score)


def _viterbi(
    scores: FloatArray, constraint: Constraint, graph: _Graph
) -> tuple[FloatArray, IntArray, FloatArray]:
    """Return (frames, arcs) end scores and beginnings, and (frames + 1, nodes) arrival scores.

    A node's arrival at t counts the frames before t, the silence after its last word included.
    """
    frames, size, arcs = len(scores), len(graph.symbols), len(graph.entry)
    sound = np.full(size, _NEVER, np.float32)  # in the sound
    blank = np.full(size, _NEVER, np.float32)  # in the silence after it, inside a word
    sound_from = np.zeros(size, np.int64)
    blank_from = np.zeros(size, np.int64)
    node = np.full(constraint.states, _NEVER, np.float32)
    node[0] = 0.0
    arrivals = np.full((frames + 1, constraint.states), _NEVER, np.float32)
    arrivals[0] = node
    ended = np.empty((frames, arcs), np.float32)
    began = np.empty((frames, arcs), np.int64)
    weights, inner = graph.weights, np.ones(size, bool)
    inner[graph.entry] = False
    for t in range(frames):
        frame = scores[t]
        here = frame[graph.symbols]
        # from the state before, directly or through a blank
        use_blank = blank > sound
        before = np.where(use_blank, blank, sound)
        before_from = np.where(use_blank, blank_from, sound_from)
        step = np.empty(size, np.float32)
        step_from = np.empty(size, np.int64)
        step[1:], step_from[1:] = before[:-1], before_from[:-1]
        step[graph.entry] = node[graph.entry_nodes]
        step_from[graph.entry] = t
        moved = step > sound
        blank_from = before_from
        blank = before + frame[BLANK]
        sound_from = np.where(moved, step_from, sound_from)
        sound = np.where(moved, step, sound) + here
        ended[t] = sound[graph.exit] + weights
        began[t] = sound_from[graph.exit]
        node = node + frame[BLANK]
        into = np.maximum.reduceat(ended[t][graph.order], graph.group_starts)
        node[graph.group_nodes] = np.maximum(node[graph.group_nodes], into)
        arrivals[t + 1] = node
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
        if final and arrivals[frames, final] > _NEVER / 2:
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
            if whole < _NEVER / 2:
                continue
            source, start = constraint.arcs[index].source, int(began[end, index])
            rest = whole - float(arrivals[start, source])
            serial += 1
            heapq.heappush(heap, (-whole, serial, source, start, rest, (index, *words)))
    return list(found.items())
