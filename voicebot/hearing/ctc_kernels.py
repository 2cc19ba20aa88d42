"""The inner loops of CTC scoring and search, compiled by numba; they run without the GIL.

Each is plain dynamic programming over frames. Scores are natural log-probabilities (float32),
`NEVER` stands for an impossible one.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

NEVER = np.float32(-1e30)
_HALF = np.float32(-5e29)


@numba.njit(nogil=True, cache=True, fastmath=True)
def mel_energies(power: Any, filters: Any, first: Any, last: Any, out: Any) -> None:
    """Apply each filter where it is not zero; power (frames, bins), out (filters, frames).

    BLAS would start threads for this small product and let them spin.
    """
    for mel in range(len(first)):
        for frame in range(power.shape[0]):
            total = np.float32(0.0)
            for at in range(first[mel], last[mel]):
                total += filters[mel, at] * power[frame, at]
            out[mel, frame] = total


@numba.njit(nogil=True, cache=True, fastmath=True)
def linear(states: Any, weight: Any, bias: Any, out: Any) -> None:
    """out = states · weightᵀ + bias; states (frames, width), weight (outputs, width)."""
    for frame in range(states.shape[0]):
        for output in range(weight.shape[0]):
            total = bias[output]
            for at in range(states.shape[1]):
                total += states[frame, at] * weight[output, at]
            out[frame, output] = total


@numba.njit(nogil=True, cache=True)
def forward(scores: Any, labels: Any, starts: Any, out: Any) -> None:
    """Sum over all alignments for each label sequence; the texts lie end to end in `labels`."""
    frames = scores.shape[0]
    longest = 0
    for row in range(len(starts) - 1):
        longest = max(longest, starts[row + 1] - starts[row])
    alpha = np.empty(2 * longest + 1, np.float32)
    for row in range(len(starts) - 1):
        first, count = starts[row], starts[row + 1] - starts[row]
        states = 2 * count + 1
        alpha[:states] = NEVER
        alpha[0] = scores[0, 0]
        if count:
            alpha[1] = scores[0, labels[first]]
        for t in range(1, frames):
            for s in range(states - 1, -1, -1):  # backwards: the states before are those of t - 1
                top = alpha[s]
                step = alpha[s - 1] if s > 0 else NEVER
                jump = NEVER
                if s % 2 and s > 1 and labels[first + s // 2] != labels[first + s // 2 - 1]:
                    jump = alpha[s - 2]
                best = max(top, step, jump)
                if best > _HALF:
                    total = math.exp(top - best) + math.exp(step - best) + math.exp(jump - best)
                    best += math.log(total)
                symbol = labels[first + s // 2] if s % 2 else 0
                alpha[s] = best + scores[t, symbol]
        last = alpha[states - 1]
        before = alpha[states - 2] if count else NEVER
        best = max(last, before)
        if best > _HALF:
            best += math.log(math.exp(last - best) + math.exp(before - best))
        out[row] = best


@numba.njit(nogil=True, cache=True)
def viterbi(
    scores: Any,
    symbols: Any,
    entry: Any,
    leave: Any,
    sources: Any,
    targets: Any,
    weights: Any,
    ended: Any,
    began: Any,
    arrivals: Any,
) -> None:
    """Search an automaton whose arcs are chains of sounds.

    Fills `ended` and `began` (frames, arcs): the best score with which an arc ends at a frame, and
    the frame at which it began; and `arrivals` (frames + 1, nodes): the best score at a node
    before a frame, silence after its last word included.
    """
    size = len(symbols)
    sound = np.full(size, NEVER, np.float32)
    blank = np.full(size, NEVER, np.float32)
    sound_from = np.zeros(size, np.int32)
    blank_from = np.zeros(size, np.int32)
    arrivals[0, :] = NEVER
    arrivals[0, 0] = 0.0
    for t in range(scores.shape[0]):
        quiet = scores[t, 0]
        for node in range(arrivals.shape[1]):
            arrivals[t + 1, node] = arrivals[t, node] + quiet
        for arc in range(len(entry)):
            before, before_from = arrivals[t, sources[arc]], t
            for s in range(entry[arc], leave[arc] + 1):
                best, best_from = sound[s], sound_from[s]
                if blank[s] > best:
                    best, best_from = blank[s], blank_from[s]
                if before > sound[s]:
                    sound[s], sound_from[s] = before, before_from
                sound[s] += scores[t, symbols[s]]
                blank[s], blank_from[s] = best + quiet, best_from
                before, before_from = best, best_from
            score = sound[leave[arc]] + weights[arc]
            ended[t, arc], began[t, arc] = score, sound_from[leave[arc]]
            if score > arrivals[t + 1, targets[arc]]:
                arrivals[t + 1, targets[arc]] = score
