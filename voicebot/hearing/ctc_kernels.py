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
    unigram: Any,
    backoff: Any,
    offsets: Any,
    successors: Any,
    bigram: Any,
    end: Any,
    beam: float,
) -> Any:
    """Search a bigram language model over words; returns the best path's words, last one first."""
    frames, words = scores.shape[0], len(entry)
    sound = np.full(len(symbols), NEVER, np.float32)
    blank = np.full(len(symbols), NEVER, np.float32)
    # what a token came from: a record of a word's end, −1 for the start
    sound_from = np.full(len(symbols), -1, np.int32)
    blank_from = np.full(len(symbols), -1, np.int32)
    active = np.zeros(words, np.bool_)
    after = np.full(words, NEVER, np.float32)  # in the silence after the word
    after_record = np.full(words, -1, np.int32)
    entering = np.empty(words, np.float32)
    entering_from = np.empty(words, np.int32)
    record_word = np.empty(4096, np.int32)
    record_before = np.empty(4096, np.int32)
    records = 0
    start_score, best_now = np.float32(0.0), np.float32(0.0)
    for t in range(frames):
        quiet, loudest = scores[t, 0], scores[t].max()
        # 1. with what score each word may begin now
        best_any, best_record = start_score + backoff[words], -1
        top = start_score
        for w in range(words):
            if after[w] > _HALF:
                top = max(top, after[w])
                if after[w] + backoff[w] > best_any:
                    best_any, best_record = after[w] + backoff[w], after_record[w]
        for w in range(words):
            entering[w] = unigram[w] + best_any
            entering_from[w] = best_record
        for w in range(words + 1):
            score, record = start_score, -1
            if w < words:
                score, record = after[w], after_record[w]
            if score > top - beam:
                for at in range(offsets[w], offsets[w + 1]):
                    v = successors[at]
                    if score + bigram[at] > entering[v]:
                        entering[v], entering_from[v] = score + bigram[at], record
        # 2. move along the words
        best_before, best_now = max(best_now, start_score), NEVER
        for w in range(words):
            first, last = entry[w], leave[w]
            if not active[w]:
                if entering[w] + scores[t, symbols[first]] < best_before + loudest - beam:
                    continue
                for s in range(first, last + 1):
                    sound[s], blank[s] = NEVER, NEVER
                active[w] = True
            before, before_from = entering[w], entering_from[w]
            own = NEVER
            for s in range(first, last + 1):
                best, best_from = sound[s], sound_from[s]
                if blank[s] > best:
                    best, best_from = blank[s], blank_from[s]
                if before > sound[s]:
                    sound[s], sound_from[s] = before, before_from
                sound[s] += scores[t, symbols[s]]
                blank[s], blank_from[s] = best + quiet, best_from
                before, before_from = best, best_from
                own = max(own, sound[s], blank[s])
            entering[w] = own
            best_now = max(best_now, own)
        start_score += quiet
        # 3. words that end, and words that fell out of the beam
        for w in range(words):
            after[w] = max(after[w] + quiet, NEVER)
            if not active[w]:
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
            if entering[w] < best_now - beam:
                active[w] = False
    best, record = NEVER, -1
    for w in range(words):
        if after[w] > _HALF and after[w] + end[w] > best:
            best, record = after[w] + end[w], after_record[w]
    path = np.empty(frames + 1, np.int32)
    length = 0
    while record >= 0 and length <= frames:
        path[length] = record_word[record]
        length += 1
        record = record_before[record]
    return path[:length]
