"""The inner loop of writing a word by its sounds, compiled by numba; it runs without the GIL."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

NEVER = np.float32(-1e30)
_SOUNDS = 24
_STATES = _SOUNDS**3
#: Sounds this much less likely than the likeliest of a frame are not tried.
_WORTH_TRYING = np.float32(8.0)


@numba.njit(nogil=True, cache=True)
def sound_search(scores: Any, following: Any, weight: Any, beam: Any) -> Any:
    """Find the likeliest sequences of sounds, each by its last three sounds.

    Args:
        scores: shape (frames, 24), log-probabilities, 0 is the blank.
        following: shape (24³, 24), log-probability of a sound (0: the end) after three (0: none).
        weight: of `following` against the scores.
        beam: sequences this much worse than the best are given up.

    Returns:
        ends (score, record) of every way to end, and the records: sound, record before it (or −1).
    """
    quiet = np.full((2, _STATES), NEVER, np.float32)
    loud = np.full((2, _STATES), NEVER, np.float32)
    quiet_from = np.full((2, _STATES), -1, np.int32)
    loud_from = np.full((2, _STATES), -1, np.int32)
    active = np.zeros((2, _STATES), np.int32)
    is_active = np.zeros((2, _STATES), np.bool_)
    sounds, before = np.empty(4096, np.int32), np.empty(4096, np.int32)
    records, count, top = 0, 1, np.float32(0.0)
    quiet[0, 0] = 0.0
    is_active[0, 0] = True
    now = 0
    for t in range(scores.shape[0]):
        then, row = 1 - now, scores[t]
        least = row.max() - _WORTH_TRYING
        fresh, reached = 0, NEVER
        for at in range(count):
            state = active[now, at]
            silent, sounding = quiet[now, state], loud[now, state]
            level = max(silent, sounding)
            record = quiet_from[now, state] if silent >= sounding else loud_from[now, state]
            own_quiet, own_loud = silent, sounding
            own_quiet_from, own_loud_from = quiet_from[now, state], loud_from[now, state]
            quiet[now, state], loud[now, state] = NEVER, NEVER
            is_active[now, state] = False
            if level < top - beam:
                continue
            last = state % _SOUNDS
            if not is_active[then, state]:
                is_active[then, state] = True
                active[then, fresh] = state
                fresh += 1
            if level + row[0] > quiet[then, state]:
                quiet[then, state], quiet_from[then, state] = level + row[0], record
            if last and own_loud + row[last] > loud[then, state]:
                loud[then, state] = own_loud + row[last]
                loud_from[then, state] = own_loud_from
            reached = max(reached, quiet[then, state], loud[then, state])
            for sound in range(1, _SOUNDS):
                if row[sound] < least:
                    continue
                base, source = level, record
                if sound == last:
                    base, source = own_quiet, own_quiet_from
                score = base + row[sound] + weight * following[state, sound]
                target = (state % (_SOUNDS * _SOUNDS)) * _SOUNDS + sound
                if score < reached - beam or score <= loud[then, target]:
                    continue
                if not is_active[then, target]:
                    is_active[then, target] = True
                    active[then, fresh] = target
                    fresh += 1
                if records == len(sounds):
                    sounds = np.append(sounds, np.empty_like(sounds))
                    before = np.append(before, np.empty_like(before))
                sounds[records], before[records] = sound, source
                loud[then, target], loud_from[then, target] = score, records
                records += 1
                reached = max(reached, score)
        now, count, top = then, fresh, reached
    ends, end_records = np.empty(count, np.float32), np.empty(count, np.int32)
    for at in range(count):
        state = active[now, at]
        silent, sounding = quiet[now, state], loud[now, state]
        ends[at] = max(silent, sounding) + weight * following[state, 0]
        end_records[at] = quiet_from[now, state] if silent >= sounding else loud_from[now, state]
    return ends, end_records, sounds[:records], before[:records]
