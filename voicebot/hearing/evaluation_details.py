"""How far an error rate can be trusted, and what is taken for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

_SEED = 1555
_RESAMPLES = 1000
_AT_ONCE = 100
#: What stands for nothing in a confusion: something left out or put in.
NOTHING = "∅"


def interval(wrong: npt.ArrayLike, of: npt.ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """Confidence interval of a rate by drawing clips again (bootstrap, percentiles, seeded).

    Args:
        wrong: errors of each clip.
        of: what each clip has that could be wrong.
        level: share of the draws inside the interval.
    """
    errors, sizes = np.asarray(wrong, np.float64), np.asarray(of, np.float64)
    if not len(errors):
        return 0.0, 0.0
    rng, rates = np.random.default_rng(_SEED), []
    for _ in range(_RESAMPLES // _AT_ONCE):
        drawn = rng.integers(0, len(errors), (_AT_ONCE, len(errors)))
        rates.append(errors[drawn].sum(1) / np.maximum(sizes[drawn].sum(1), 1))
    low, high = np.quantile(np.concatenate(rates), [(1 - level) / 2, (1 + level) / 2])
    return round(float(low), 4), round(float(high), 4)


def aligned(said: Sequence[str], heard: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of what was said and what was heard for it, by the fewest errors.

    >>> aligned("ναι", "νε")
    [('ν', 'ν'), ('α', '∅'), ('ι', 'ε')]
    """
    costs = np.zeros((len(said) + 1, len(heard) + 1), np.int32)
    costs[:, 0], costs[0, :] = range(len(said) + 1), range(len(heard) + 1)
    for i, left in enumerate(said, 1):
        for j, right in enumerate(heard, 1):
            costs[i, j] = min(
                costs[i - 1, j] + 1, costs[i, j - 1] + 1, costs[i - 1, j - 1] + (left != right)
            )
    pairs, i, j = [], len(said), len(heard)
    while i or j:
        if i and j and costs[i, j] == costs[i - 1, j - 1] + (said[i - 1] != heard[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((said[i], heard[j]))
        elif i and costs[i, j] == costs[i - 1, j] + 1:
            i -= 1
            pairs.append((said[i], NOTHING))
        else:
            j -= 1
            pairs.append((NOTHING, heard[j]))
    return pairs[::-1]


def confusions(
    pairs: Iterable[tuple[Sequence[str], Sequence[str]]], count: int = 40
) -> tuple[float, list[tuple[str, str, int]]]:
    """The share of errors, and the commonest: said, heard, how often.

    Args:
        pairs: what was said and what was heard, as words or sounds, clip by clip.
        count: how many errors to give.
    """
    found: Counter[tuple[str, str]] = Counter()
    total = 0
    for said, heard in pairs:
        total += len(said)
        found.update(pair for pair in aligned(said, heard) if pair[0] != pair[1])
    wrong = round(found.total() / max(total, 1), 4)
    return wrong, [(*pair, times) for pair, times in found.most_common(count)]
