"""Which sound was heard as which: alignment of two strings of sounds and a table of confusions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator


def aligned(said: str, found: str) -> Iterator[tuple[str, str]]:
    """Pairs (said, heard) of a cheapest alignment; "" where nothing was heard or said."""
    rows = [[0] * (len(found) + 1) for _ in range(len(said) + 1)]
    for i in range(len(said) + 1):
        for j in range(len(found) + 1):
            if i and j:
                same = rows[i - 1][j - 1] + (said[i - 1] != found[j - 1])
                rows[i][j] = min(same, rows[i - 1][j] + 1, rows[i][j - 1] + 1)
            else:
                rows[i][j] = i + j
    i, j, pairs = len(said), len(found), []
    while i or j:
        if i and j and rows[i][j] == rows[i - 1][j - 1] + (said[i - 1] != found[j - 1]):
            pairs.append((said[i - 1], found[j - 1]))
            i, j = i - 1, j - 1
        elif i and rows[i][j] == rows[i - 1][j] + 1:
            pairs.append((said[i - 1], ""))
            i -= 1
        else:
            pairs.append(("", found[j - 1]))
            j -= 1
    return reversed(pairs)


def report(pairs: Counter[tuple[str, str]]) -> str:
    """The error rates and the most frequent confusions as text."""
    said: Counter[str] = Counter()
    for (a, _), count in pairs.items():
        said[a] += count
    total = sum(count for sound, count in said.items() if sound)
    kinds: Counter[str] = Counter()
    for (a, b), count in pairs.items():
        if a != b:
            kinds["deleted" if not b else "inserted" if not a else "substituted"] += count
    lines = [
        f"{sum(kinds.values()) / total:.1%} of {total} sounds wrong: "
        + ", ".join(f"{name} {count / total:.1%}" for name, count in kinds.most_common())
    ]
    wrong = Counter({pair: count for pair, count in pairs.items() if pair[0] != pair[1]})
    for (a, b), count in wrong.most_common(24):
        share = f" {count / said[a]:.0%} of {a}" if a else ""
        lines.append(f"  {a or '·'} → {b or '·'}  {count}{share}")
    return "\n".join(lines)
