"""Text of other kinds than callers': short sentences of running text, and words strung together.

    python -m models.greek.diverse OUT.txt [--sentences 6000] [--strings 3000]

The head of sounds learns which sounds follow which from what it hears; with the domain's sentences
alone it hears the domain everywhere. Strings of frequent words, drawn by the fourth root of how
often they occur, show it words that no sentence at hand has.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from models.greek import corpora
from models.greek.gathered import held_out

_LONGEST_WORDS = 14


def running_text() -> list[str]:
    """Sentences of 2 to 14 words from all corpora, each once, none of a development set."""
    kinds = (corpora.everyday, corpora.encyclopaedia, corpora.fiction, corpora.manuals)
    found = dict[str, None]()
    for kind in kinds:
        for words in kind():
            if 2 <= len(words) <= _LONGEST_WORDS:
                found[" ".join(words)] = None
    barred = held_out()
    return [line for line in found if line not in barred]


def strings(count: int, rng: random.Random) -> list[str]:
    """So many strings of 2 to 6 words that have nothing to do with one another."""
    shares = {word: share for word, share in corpora.frequencies().items() if len(word) > 2}
    words = list(shares)
    weights = [shares[word] ** 0.25 for word in words]
    drawn = iter(rng.choices(words, weights, k=count * 6))
    return [" ".join(next(drawn) for _ in range(rng.randint(2, 6))) for _ in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--sentences", type=int, default=6000)
    parser.add_argument("--strings", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    known = running_text()
    lines = rng.sample(known, min(options.sentences, len(known)))
    lines += strings(options.strings, rng)
    rng.shuffle(lines)
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{options.out}: {len(lines)} lines; {len(known)} sentences of running text are known")


if __name__ == "__main__":
    main()
