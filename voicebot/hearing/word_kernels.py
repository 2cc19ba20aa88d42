"""The inner loop of the word search, compiled by numba; it runs without the GIL.

Tokens are (language model state, node of the sound tree); each keeps two scores, of having ended
in silence and in its sound. The language model looks ahead: a token carries the best score that
any word below its node can get, so that unlikely words fall out of the beam at their first sounds.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

NEVER = np.float32(-1e30)
#: Nodes below this stand between words; the number is the last sound that was said.
ROOTS = 24
_BLOCK = 16
_CAPACITY = 1 << 13
_SLOTS = 1 << 15
#: Words of the same sounds, and other ways to the same words, that are worse by more are dropped.
_OTHER_WAYS = np.float32(7.0)


class Tree(NamedTuple):
    """Nodes of a tree of sounds; node 0 is its root.

    Attributes:
        children: shape (nodes, 2): the children of node n are those from [n, 0] to [n, 1].
        sound: shape (nodes,), the sound of each.
        low, exit, high: shape (nodes,): words under a node are `low` to `high`, those that end at
            it are `low` to `exit`.
        best: shape (nodes,), the largest score of the words under a node.
    """

    children: npt.NDArray[np.int32]
    sound: npt.NDArray[np.int32]
    low: npt.NDArray[np.int32]
    exit: npt.NDArray[np.int32]
    high: npt.NDArray[np.int32]
    best: npt.NDArray[np.float32]


@numba.njit(nogil=True, cache=True, inline="always")
def _first_at_least(values: Any, low: int, high: int, wanted: int) -> int:
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@numba.njit(nogil=True, cache=True)
def block_maxima(values: Any) -> Any:
    """The largest of each run of 16 values."""
    out = np.full(len(values) // _BLOCK + 1, NEVER, np.float32)
    for at in range(len(values)):
        if values[at] > out[at // _BLOCK]:
            out[at // _BLOCK] = values[at]
    return out


@numba.njit(nogil=True, cache=True)
def _largest(values: Any, blocks: Any, low: int, high: int) -> Any:
    best = NEVER
    at = low
    while at < high and at % _BLOCK:
        best = max(best, values[at])
        at += 1
    while at + _BLOCK <= high:
        best = max(best, blocks[at // _BLOCK])
        at += _BLOCK
    while at < high:
        best = max(best, values[at])
        at += 1
    return best


@numba.njit(nogil=True, cache=True)
def _slot(keys: Any, stamps: Any, stamp: int, key: int) -> int:
    """Where a key lies or would lie in the open hash table of this frame."""
    at = ((key * 0x9E3779B97F4A7C1) >> 20) & (_SLOTS - 1)
    while stamps[at] == stamp and keys[at] != key:
        at = (at + 1) & (_SLOTS - 1)
    return at


@numba.njit(nogil=True, cache=True)
def word_search(
    scores: Any,
    tree: Any,
    hot: Any,
    words: int,
    unigram: Any,
    hot_scores: Any,
    hot_words: Any,
    offsets: Any,
    arc_words: Any,
    arc_scores: Any,
    arc_blocks: Any,
    arc_targets: Any,
    backoff: Any,
    backoff_state: Any,
    end_weight: Any,
    beam: Any,
    most: int,
    joined: Any,
) -> Any:
    """Find the best word sequences; see `word_search.WordSearch` for what the arrays hold.

    Nodes and words of the tree `hot` have numbers after those of `tree`, which all searches share.

    Returns:
        ends (score, record) of every way to end, and the records: word, record before it, another
        record that reached the same state at the same time (or −1), score.
    """
    frames = scores.shape[0]
    # two generations of tokens
    state = np.zeros((2, _CAPACITY), np.int32)
    node = np.zeros((2, _CAPACITY), np.int32)
    quiet = np.full((2, _CAPACITY), NEVER, np.float32)
    loud = np.full((2, _CAPACITY), NEVER, np.float32)
    quiet_from = np.full((2, _CAPACITY), -1, np.int32)
    loud_from = np.full((2, _CAPACITY), -1, np.int32)
    ahead = np.zeros((2, _CAPACITY), np.float32)
    ranges = np.zeros((2, _CAPACITY, 4), np.int32)
    keys = np.zeros(_SLOTS, np.int64)
    where = np.zeros(_SLOTS, np.int32)
    stamps = np.full(_SLOTS, -1, np.int32)
    record_word = np.empty(8192, np.int32)
    record_before = np.empty(8192, np.int32)
    record_other = np.empty(8192, np.int32)
    record_score = np.empty(8192, np.float32)
    records = 0
    children, node_sound, node_best = tree.children, tree.sound, tree.best
    node_low, node_exit, node_high = tree.low, tree.exit, tree.high
    hot_root = len(node_sound)
    nodes = np.int64(hot_root + len(hot.sound))
    root_ahead = node_best[0]

    now, count = 0, 1
    state[0, 0], node[0, 0], quiet[0, 0], ahead[0, 0] = words + 1, 0, 0.0, root_ahead
    top = root_ahead
    for t in range(frames):
        then = 1 - now
        row = scores[t]
        # what falls out of the beam, or is one too many
        cut = top - beam
        if count > most:
            histogram = np.zeros(64, np.int32)
            for i in range(count):
                behind = top - (max(quiet[now, i], loud[now, i]) + ahead[now, i])
                if behind < beam:
                    histogram[int(behind / beam * 63)] += 1
            seen = 0
            for bucket in range(64):
                seen += histogram[bucket]
                if seen > most:
                    cut = top - beam * max(bucket, 1) / np.float32(63)
                    break
        fresh = 0
        reached = NEVER  # the best total of this frame so far
        for i in range(count):
            level = max(quiet[now, i], loud[now, i])
            if level + ahead[now, i] < cut:
                continue
            here, at_state = node[now, i], state[now, i]
            from_record = quiet_from[now, i] if quiet[now, i] >= loud[now, i] else loud_from[now, i]
            between = here < ROOTS
            if between:
                last_sound = here
            elif here < hot_root:
                last_sound = node_sound[here]
            else:
                last_sound = hot.sound[here - hot_root]
            # stay: silence, or the same sound goes on
            stay_quiet = level + row[0]
            stay_loud = NEVER
            if not between and loud[now, i] > NEVER:
                stay_loud = loud[now, i] + row[last_sound]
            total = max(stay_quiet, stay_loud) + ahead[now, i]
            if total > reached - beam:
                slot = _slot(keys, stamps, t, at_state * nodes + here)
                if stamps[slot] != t:
                    if fresh == _CAPACITY:
                        continue
                    stamps[slot], keys[slot], where[slot] = t, at_state * nodes + here, fresh
                    j = fresh
                    fresh += 1
                    state[then, j], node[then, j], ahead[then, j] = at_state, here, ahead[now, i]
                    quiet[then, j], loud[then, j] = NEVER, NEVER
                    quiet_from[then, j], loud_from[then, j] = -1, -1
                    for k in range(4):
                        ranges[then, j, k] = ranges[now, i, k]
                j = where[slot]
                if stay_quiet > quiet[then, j]:
                    quiet[then, j], quiet_from[then, j] = stay_quiet, from_record
                if stay_loud > loud[then, j]:
                    loud[then, j], loud_from[then, j] = stay_loud, loud_from[now, i]
                if total > reached:
                    reached = total
            # go on to the next sound
            tries = 2 if between and nodes > hot_root else 1
            for attempt in range(tries):
                parent = here
                if between:
                    parent = hot_root if attempt else 0
                is_hot = parent >= hot_root
                if is_hot:
                    row_of = parent - hot_root
                    first, after = hot.children[row_of, 0], hot.children[row_of, 1]
                else:
                    first, after = children[parent, 0], children[parent, 1]
                for child in range(first, after):
                    sound = hot.sound[child - hot_root] if is_hot else node_sound[child]
                    if sound == last_sound:
                        score, record = quiet[now, i], quiet_from[now, i]
                        if between and loud[now, i] - joined > score:
                            # one sound said for two: the end of a word and the start of the next
                            score, record = loud[now, i] - joined, loud_from[now, i]
                    else:
                        score, record = level, from_record
                    score += row[sound]
                    if score + ahead[now, i] < reached - beam:
                        continue
                    slot = _slot(keys, stamps, t, at_state * nodes + child)
                    if stamps[slot] == t:
                        j = where[slot]
                        best = ahead[then, j]
                    else:
                        # what the language model says of the words under this node
                        best = hot.best[child - hot_root] if is_hot else node_best[child]
                        a0, a1, b0, b1 = 0, 0, 0, 0
                        if not is_hot:
                            low, high = node_low[child], node_high[child]
                            if between:
                                a0, a1 = offsets[at_state], offsets[at_state + 1]
                            else:
                                a0, a1 = ranges[now, i, 0], ranges[now, i, 1]
                                b0, b1 = ranges[now, i, 2], ranges[now, i, 3]
                            shorter = backoff_state[at_state]
                            if between and shorter > 0:
                                b0, b1 = offsets[shorter], offsets[shorter + 1]
                            if a0 < a1:
                                a0 = _first_at_least(arc_words, a0, a1, low)
                                a1 = _first_at_least(arc_words, a0, a1, high)
                            if b0 < b1:
                                b0 = _first_at_least(arc_words, b0, b1, low)
                                b1 = _first_at_least(arc_words, b0, b1, high)
                            lost = backoff[at_state]
                            best += lost + backoff[shorter]
                            if b0 < b1:
                                best = max(best, lost + _largest(arc_scores, arc_blocks, b0, b1))
                            if a0 < a1:
                                best = max(best, _largest(arc_scores, arc_blocks, a0, a1))
                        if score + best < reached - beam or fresh == _CAPACITY:
                            continue
                        j = fresh
                        fresh += 1
                        stamps[slot], keys[slot], where[slot] = t, at_state * nodes + child, j
                        state[then, j], node[then, j], ahead[then, j] = at_state, child, best
                        quiet[then, j], loud[then, j] = NEVER, NEVER
                        quiet_from[then, j], loud_from[then, j] = -1, -1
                        ranges[then, j, 0], ranges[then, j, 1] = a0, a1
                        ranges[then, j, 2], ranges[then, j, 3] = b0, b1
                    if score > loud[then, j]:
                        loud[then, j], loud_from[then, j] = score, record
                        if score + best > reached:
                            reached = score + best
        # words that end in this frame
        inside = fresh
        for i in range(inside):
            here = node[then, i]
            if here < ROOTS:
                continue
            if here < hot_root:
                first, after, root = node_low[here], node_exit[here], node_sound[here]
            else:
                at = here - hot_root
                first, after, root = hot.low[at], hot.exit[at], hot.sound[at]
            if first == after:
                continue
            score = loud[then, i]
            if score + ahead[then, i] < reached - beam:
                continue
            at_state, record = state[then, i], loud_from[then, i]
            shorter = backoff_state[at_state]
            a, a1 = ranges[then, i, 0], ranges[then, i, 1]
            b, b1 = ranges[then, i, 2], ranges[then, i, 3]
            for word in range(first, after):
                if word > words:  # a hot word
                    cost, next_state = hot_scores[word - words - 1], hot_words[word - words - 1] + 1
                else:
                    while a < a1 and arc_words[a] < word:
                        a += 1
                    while b < b1 and arc_words[b] < word:
                        b += 1
                    if a < a1 and arc_words[a] == word:
                        cost, next_state = arc_scores[a], arc_targets[a]
                    elif b < b1 and arc_words[b] == word:
                        cost, next_state = backoff[at_state] + arc_scores[b], arc_targets[b]
                    else:
                        cost = backoff[at_state] + backoff[shorter] + unigram[word]
                        next_state = word + 1
                total = score + cost
                if total + root_ahead < reached - beam:
                    continue
                slot = _slot(keys, stamps, t, next_state * nodes + root)
                if stamps[slot] != t:
                    if fresh == _CAPACITY:
                        continue
                    stamps[slot], keys[slot], where[slot] = t, next_state * nodes + root, fresh
                    j = fresh
                    fresh += 1
                    state[then, j], node[then, j], ahead[then, j] = next_state, root, root_ahead
                    quiet[then, j], loud[then, j] = NEVER, NEVER
                    quiet_from[then, j], loud_from[then, j] = -1, -1
                j = where[slot]
                best_way = loud_from[then, j]
                if best_way >= 0 and total < loud[then, j] - _OTHER_WAYS:
                    continue
                if records == len(record_word):
                    record_word = np.append(record_word, np.empty_like(record_word))
                    record_before = np.append(record_before, np.empty_like(record_before))
                    record_other = np.append(record_other, np.empty_like(record_other))
                    record_score = np.append(record_score, np.empty_like(record_score))
                record_word[records], record_before[records] = word, record
                record_score[records] = total
                if total > loud[then, j]:
                    record_other[records] = best_way
                    loud[then, j], loud_from[then, j] = total, records
                else:
                    record_other[records] = record_other[best_way]
                    record_other[best_way] = records
                records += 1
                if total + root_ahead > reached:
                    reached = total + root_ahead
        now, count, top = then, fresh, reached
    ends, end_records = np.empty(count, np.float32), np.empty(count, np.int32)
    found = 0
    for i in range(count):
        if node[now, i] >= ROOTS:
            continue
        if quiet[now, i] >= loud[now, i]:
            score, record = quiet[now, i], quiet_from[now, i]
        else:
            score, record = loud[now, i], loud_from[now, i]
        if record < 0:
            continue
        at_state, cost = state[now, i], np.float32(0.0)
        while True:
            if at_state == 0:
                cost += unigram[words]
                break
            # the end is the last of the words
            last = offsets[at_state + 1] - 1
            if last >= offsets[at_state] and arc_words[last] == words:
                cost += arc_scores[last]
                break
            cost += backoff[at_state]
            at_state = backoff_state[at_state]
        ends[found], end_records[found] = score + end_weight * cost, record
        found += 1
    return (
        ends[:found],
        end_records[:found],
        record_word[:records],
        record_before[:records],
        record_other[:records],
        record_score[:records],
    )
