"""Count the training text into the word model of the CTC search.

python -m models.greek.words [--out FOLDER] [--words 4500]
"""

from __future__ import annotations

import argparse
import collections
import math
import random
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from models.greek.export import digest
from models.greek.places import MATERIAL, WORK
from models.greek.text import domain_sentence
from models.greek.vocabulary import written

_DISCOUNT = 0.7
_SHARE_OF_DOMAIN = 0.6


def corpus(domain_lines: int) -> tuple[list[list[str]], list[list[str]]]:
    """Return domain and general sentences as words."""
    rng = random.Random(17)
    # drawn anew: other sentences than those that were spoken
    domain = [written(domain_sentence(rng)).split() for _ in range(domain_lines)]
    known = (WORK / "text/knowledge.txt").read_text(encoding="utf-8").splitlines()
    domain += [written(line).split() for line in known] * 6
    general = []
    for name in ("tatoeba", "general"):
        lines = (WORK / f"text/{name}.txt").read_text(encoding="utf-8").splitlines()
        general += [written(line).split() for line in lines]
    return domain, general


def count(
    sentences: Iterable[tuple[list[str], float]], index: dict[str, int]
) -> dict[tuple[int, int], float]:
    """Count pairs; the start is `len(index)`, the end −1; words unknown break the chain."""
    pairs: dict[tuple[int, int], float] = collections.Counter()
    for words, weight in sentences:
        before: int | None = len(index)
        for word in words:
            now = index.get(word)
            if before is not None and now is not None:
                pairs[before, now] += weight
            before = now
        if before is not None and words:
            pairs[before, -1] += weight
    return pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=WORK / "export")
    parser.add_argument("--words", type=int, default=20_000)
    parser.add_argument("--domain-lines", type=int, default=60_000)
    options = parser.parse_args()
    domain, general = corpus(options.domain_lines)
    in_domain = collections.Counter(word for words in domain for word in words)
    in_general = collections.Counter(word for words in general for word in words)
    everyday: dict[str, int] = {}
    frequency = MATERIAL / "text/frequency-words/content/2018/el/el_50k.txt"
    for line in frequency.read_text(encoding="utf-8").splitlines():
        word, number = line.split()
        if written(word):
            everyday[written(word)] = int(number)
    vocabulary = dict.fromkeys(word for word, _ in in_domain.most_common())
    for word, _ in (*in_general.most_common(2500), *everyday.items()):
        if len(vocabulary) >= options.words:
            break
        vocabulary.setdefault(word)
    words = [word for word in vocabulary if " " not in word]
    index = {word: at for at, word in enumerate(words)}
    sizes = [sum(c.values()) for c in (in_domain, in_general, everyday)]
    shares = (_SHARE_OF_DOMAIN, 0.25, 0.15)
    unigram = np.array(
        [
            sum(
                share * counts.get(word, 0) / size
                for share, counts, size in zip(
                    shares, (in_domain, in_general, everyday), sizes, strict=True
                )
            )
            for word in words
        ]
    )
    unigram = np.maximum(unigram, 1e-7)
    unigram /= unigram.sum()
    pairs = count([(s, 1.0) for s in domain] + [(s, 1.0) for s in general], index)
    total = np.zeros(len(words) + 1)
    kinds = np.zeros(len(words) + 1)
    for (before, _), times in pairs.items():
        total[before] += times
        kinds[before] += 1
    saved = np.where(total > 0, _DISCOUNT * kinds / np.maximum(total, 1), 1.0)
    saved = np.clip(saved, 1e-3, 1.0)
    end = np.log(saved[:-1] * 0.1)
    by_word: list[list[tuple[int, float]]] = [[] for _ in range(len(words) + 1)]
    for (before, now), times in pairs.items():
        own = max(times - _DISCOUNT, 0) / total[before]
        if now == -1:
            end[before] = math.log(own + saved[before] * 0.1)
        else:
            by_word[before].append((now, math.log(own + saved[before] * unigram[now])))
    offsets = np.cumsum([0, *(len(entries) for entries in by_word)])
    flat = [entry for entries in by_word for entry in sorted(entries)]
    np.savez_compressed(
        options.out / "words.npz",
        words=np.frombuffer(" ".join(words).encode(), np.uint8),
        unigram=np.log(unigram).astype(np.float16),
        backoff=np.log(saved).astype(np.float16),
        offsets=offsets.astype(np.int32),
        successors=np.array([now for now, _ in flat], np.uint16),
        bigram=np.array([score for _, score in flat], np.float16),
        end=end.astype(np.float16),
    )
    digest(options.out)
    size = (options.out / "words.npz").stat().st_size / 1024
    print(f"{len(words)} words, {len(flat)} pairs, {size:.0f} KiB")


if __name__ == "__main__":
    main()
