"""The wide grammar: requests with openings, hesitations and endings, and values in every form.

`text.py` draws the domain's plain utterances; this draws the large set around them, in which
hardly a sentence comes twice.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from models.greek import numbers_text, phrases
from models.greek.text import domain_sentence, expand, plain


def _digits(rng: random.Random) -> str:
    return numbers_text.any_grouping(numbers_text.random_digits(rng), rng)


def _when(rng: random.Random) -> str:
    form = rng.randrange(6)
    if form == 0:
        return numbers_text.day(rng)
    if form == 1:
        return numbers_text.hour(rng)
    if form == 2:
        return f"{numbers_text.day(rng)} {numbers_text.hour(rng)}"
    if form == 3:
        return f"{numbers_text.date(rng)} {numbers_text.hour(rng)}"
    return numbers_text.date(rng)


def _framed(frames: tuple[str, ...], rng: random.Random) -> str:
    """Expand one frame; slots that come twice are drawn twice."""
    frame = rng.choice(frames)
    for slot, draw in (("{digits}", _digits), ("{when}", _when)):
        while slot in frame:
            frame = frame.replace(slot, draw(rng), 1)
    return expand(frame, rng)


def _request(rng: random.Random, barred: set[str]) -> str:
    """A domain utterance with something before, within or after it."""
    core = domain_sentence(rng)
    if plain(core) in barred:
        return ""
    words = core.split()
    if len(words) > 3 and rng.random() < 0.2:
        words.insert(rng.randrange(1, len(words)), f"{rng.choice(phrases.FILLERS)},")
    parts = [" ".join(words)]
    before, after = rng.random() < 0.7, rng.random() < 0.45
    if before or not after:
        parts.insert(0, _framed(phrases.OPENERS, rng))
    if after:
        parts.append(_framed(phrases.CLOSINGS, rng))
    return ", ".join(parts)


def _answered(rng: random.Random, barred: set[str]) -> str:
    """A yes or no, and a domain utterance after it."""
    core = domain_sentence(rng)
    if plain(core) in barred:
        return ""
    return f"{expand(rng.choice(phrases.YES + phrases.NO), rng)}, {core}"


def sentence(rng: random.Random, barred: set[str]) -> str:
    """Draw one utterance; empty when it holds a sentence that is barred (`text.plain`)."""
    kinds: tuple[tuple[float, Callable[[], str]], ...] = (
        (0.50, lambda: _request(rng, barred)),
        (0.80, lambda: _framed(phrases.VALUE_FRAMES, rng)),
        (0.95, lambda: _framed(phrases.PLACE_FRAMES, rng)),
        (1.00, lambda: _answered(rng, barred)),
    )
    drawn = rng.random()
    text = next(draw for limit, draw in kinds if drawn < limit)()
    return "" if plain(text) in barred or len(text) > 120 else text


def sentences(count: int, seed: int, seen: set[str], barred: set[str]) -> Iterator[str]:
    """Yield `count` sentences that are neither seen nor barred; `seen` grows by them.

    Raises RuntimeError when the grammar gives too few.
    """
    rng = random.Random(seed)
    found = 0
    for _ in range(count * 4):
        if found == count:
            return
        text = sentence(rng, barred)
        if text and plain(text) not in seen:
            seen.add(plain(text))
            found += 1
            yield text
    if found < count:
        raise RuntimeError(f"the wide grammar gave {found} of {count} sentences")
