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


@numba.njit(nogil=True, cache=True)
def word_search(
    scores: Any,
    symbols: Any,
    entry: Any,
    leave: Any,
    by_sound: Any,
    sound_starts: Any,
    unigram: Any,
    backoff: Any,
    offsets: Any,
    successors: Any,
    bigram: Any,
    end: Any,
    beam: Any,
    entry_beam: Any,
) -> Any:
    """Search a bigram language model over words; returns the best path's words, last one first.

    `by_sound` has the words whose first sound is i at `sound_starts[i]` to `sound_starts[i + 1]`,
    the commonest first. Only words that can still win are touched.
    """
    frames, words = scores.shape[0], len(entry)
    sound = np.full(len(symbols), NEVER, np.float32)
    blank = np.full(len(symbols), NEVER, np.float32)
    # what a token came from: a record of a word's end, −1 for the start
    sound_from = np.full(len(symbols), -1, np.int32)
    blank_from = np.full(len(symbols), -1, np.int32)
    low, high = entry.copy(), entry - 1  # the states of each word that are alive; none yet
    live, is_live, lives = np.empty(words, np.int32), np.zeros(words, np.bool_), 0
    after = np.full(words, NEVER, np.float32)  # in the silence after the word
    after_record = np.full(words, -1, np.int32)
    ended, is_ended, ends = np.empty(words, np.int32), np.zeros(words, np.bool_), 0
    entering = np.full(words, NEVER, np.float32)
    entering_from = np.full(words, -1, np.int32)
    record_word = np.empty(4096, np.int32)
    record_before = np.empty(4096, np.int32)
    records = 0
    start_score, best_now = np.float32(0.0), np.float32(0.0)
    for t in range(frames):
        quiet, loudest = scores[t, 0], scores[t].max()
        best_so_far = max(best_now, start_score)
        floor = best_so_far - beam
        begin_at = best_so_far + loudest - entry_beam
        # 1. which words may begin now, and with what score
        best_any, best_record = start_score + backoff[words], -1
        kept = 0
        for i in range(ends):
            w = ended[i]
            if after[w] < floor:
                after[w], is_ended[w] = NEVER, False
                continue
            ended[kept] = w
            kept += 1
            if after[w] + backoff[w] > best_any:
                best_any, best_record = after[w] + backoff[w], after_record[w]
        ends = kept
        for first_sound in range(1, len(sound_starts) - 1):
            needed = begin_at - scores[t, first_sound] - best_any
            for at in range(sound_starts[first_sound], sound_starts[first_sound + 1]):
                w = by_sound[at]
                if unigram[w] < needed:
                    break
                entering[w], entering_from[w] = unigram[w] + best_any, best_record
                if not is_live[w]:
                    is_live[w], live[lives] = True, w
                    lives += 1
        for i in range(ends + 1):
            w, score, record = words, start_score, -1
            if i < ends:
                w = ended[i]
                score, record = after[w], after_record[w]
            for at in range(offsets[w], offsets[w + 1]):
                v, begun = successors[at], score + bigram[at]
                if begun > entering[v] and begun + scores[t, symbols[entry[v]]] >= begin_at:
                    entering[v], entering_from[v] = begun, record
                    if not is_live[v]:
                        is_live[v], live[lives] = True, v
                        lives += 1
        # 2. move along the words; what fell behind the best of the frame before is given up
        best_now, kept = NEVER, 0
        for i in range(lives):
            w = live[i]
            lo, hi = low[w], high[w]
            while lo <= hi and sound[lo] < floor and blank[lo] < floor:
                sound[lo], blank[lo] = NEVER, NEVER
                lo += 1
            while hi >= lo and sound[hi] < floor and blank[hi] < floor:
                sound[hi], blank[hi] = NEVER, NEVER
                hi -= 1
            before, before_from = entering[w], entering_from[w]
            entering[w] = NEVER
            if before > NEVER:
                if hi < lo:
                    hi = entry[w] - 1
                lo = entry[w]
            elif hi < lo:
                low[w], high[w], is_live[w] = entry[w], entry[w] - 1, False
                continue
            live[kept] = w
            kept += 1
            if hi < leave[w]:
                hi += 1
            low[w], high[w] = lo, hi
            for s in range(lo, hi + 1):
                best, best_from = sound[s], sound_from[s]
                if blank[s] > best:
                    best, best_from = blank[s], blank_from[s]
                if before > sound[s]:
                    sound[s], sound_from[s] = before, before_from
                sound[s] += scores[t, symbols[s]]
                blank[s], blank_from[s] = best + quiet, best_from
                before, before_from = best, best_from
                if sound[s] > best_now:
                    best_now = sound[s]
                if blank[s] > best_now:
                    best_now = blank[s]
        lives = kept
        start_score += quiet
        # 3. words that end
        for i in range(ends):
            after[ended[i]] += quiet
        for i in range(lives):
            w = live[i]
            if high[w] != leave[w]:
                continue
            done = sound[leave[w]]
            if done > after[w] and done > best_now - beam:
                if records == len(record_word):
                    record_word = np.append(record_word, np.empty_like(record_word))
                    record_before = np.append(record_before, np.empty_like(record_before))
                record_word[records] = w
                record_before[records] = sound_from[leave[w]]
                after[w], after_record[w] = done, records
                records += 1
                if not is_ended[w]:
                    is_ended[w], ended[ends] = True, w
                    ends += 1
    best, record = NEVER, -1
    for i in range(ends):
        w = ended[i]
        if after[w] + end[w] > best:
            best, record = after[w] + end[w], after_record[w]
    path = np.empty(frames + 1, np.int32)
    length = 0
    while record >= 0 and length <= frames:
        path[length] = record_word[record]
        length += 1
        record = record_before[record]
    return path[:length]
