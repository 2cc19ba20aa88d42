"""Build the word model of the CTC search: vocabulary, sounds, and a pruned trigram model.

python -m models.greek.words [--out FOLDER] [--words 125000]
"""

from __future__ import annotations

import argparse
import collections
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.greek import corpora
from models.greek.announcements import announcements, own_words
from models.greek.corpora import Sentences
from models.greek.export import digest
from models.greek.gathered import FOREIGN, gathered
from models.greek.hard import development_sentences
from models.greek.language import Counts, Mixture, Pruned, context, last, prune
from models.greek.places import WORK
from models.greek.vocabulary import written
from voicebot.hearing.greek_sounds import plain, sound_ids
from voicebot.hearing.language_model import STEP

#: Share of running text that words have which only a dictionary knows.
_RARE = 0.01
_LONGEST = 28
_END = 0.09


def _accented(word: str) -> bool:
    return plain(word) != word


#: The only words of one syllable that bear an accent, as they differ from others by it.
_ACCENTED = frozenset({"πού", "πώς", "ή"})


def _syllables(word: str) -> int:
    return len(re.findall(r"αι|ει|οι|ου|υι|[αεηιουω]", plain(word)))


def spelling(counts: Mapping[str, float], known: set[str]) -> dict[str, str]:
    """What is meant by a word of several syllables without accent, or of one syllable with one."""
    best: dict[str, tuple[float, str]] = {}
    for word in [*counts, *known]:
        if _accented(word):
            score = (counts.get(word, 0.0), word)
            best[plain(word)] = max(best.get(plain(word), score), score)
    meant = {
        word: best[word][1]
        for word in counts
        if not _accented(word) and word in best and _syllables(word) > 1
    }
    for word in [*counts, *known]:
        bare = plain(word)
        # γειά, πιά have two vowels and one syllable
        short = _syllables(word) == 1 or (_syllables(word) == 2 and "ι" in bare[:-1])
        other = short and bare != word and word not in _ACCENTED
        if other and counts.get(bare, 0) > counts.get(word, 0):
            meant[word] = bare
    return meant


def choose(
    texts: list[Sentences], names: list[str], known: set[str], size: int
) -> tuple[list[str], npt.NDArray[np.float64], dict[str, str]]:
    """Choose words; return them in the order of their sounds, their general shares, spellings."""
    often = corpora.frequencies()
    seen = collections.Counter(word for text in texts for words in text for word in words)
    del seen[FOREIGN]
    meant = spelling({**often, **seen}, known)
    everyday: dict[str, float] = collections.defaultdict(float)
    for word, share in often.items():
        everyday[meant.get(word, word)] += share
    for text in texts:  # words of the texts are in general use as well, each kind alike
        of_kind = collections.Counter(word for words in text for word in words)
        total = sum(of_kind.values())
        del of_kind[FOREIGN]
        for word, count in of_kind.items():
            everyday[meant.get(word, word)] += 0.2 / len(texts) * count / total
    # a form that nobody wrote down is as likely as its relatives make it
    stems: dict[str, float] = collections.defaultdict(float)
    for word, share in everyday.items():
        stems[_stem(word)] += share
    forms = collections.Counter(_stem(word) for word in known)
    rare = {
        word: _RARE * stems[_stem(word)] / forms[_stem(word)]
        for word in known
        if word not in everyday and _stem(word) in stems
    }
    required = dict.fromkeys([*names, *(meant.get(w, w) for t in texts[:1] for s in t for w in s)])
    ranked = sorted(
        ((share, word) for word, share in everyday.items()
         if word in known or seen.get(word, 0) > 1 or share > 2e-7),
        reverse=True,
    )  # fmt: skip
    chosen = dict(required)
    for _, word in (*ranked, *sorted(((s, w) for w, s in rare.items()), reverse=True)):
        if len(chosen) >= size:
            break
        chosen.setdefault(word)
    words = [word for word in chosen if 0 < len(sound_ids(word)) <= _LONGEST]
    words.sort(key=lambda word: (sound_ids(word), -everyday.get(word, 0.0), word))
    shares = np.array([everyday.get(w, 0.0) or rare.get(w, 0.0) for w in words])
    shares = np.maximum(shares, 3e-9)
    shares = np.append(shares / shares.sum() * (1 - _END), _END)
    return words, shares, meant


def _stem(word: str) -> str:
    return plain(word)[: max(4, len(word) - 3)]


def quantised(values: Iterable[float]) -> npt.NDArray[np.uint8]:
    """Natural log-probabilities in steps; back-off weights may be a little above one."""
    steps = np.round(-np.asarray(list(values), np.float64) / STEP) + 1
    return np.clip(steps, 0, 255).astype(np.uint8)


def write(file: Path, words: list[str], model: Pruned) -> int:
    """Write the model as `language_model.LanguageModel.load` reads it; return the sequences."""
    count = len(words)
    spelled = [sound_ids(word) for word in words]
    after = np.bincount(context(model.pairs), minlength=count + 1)
    after_two = np.bincount(
        np.searchsorted(model.pairs, context(model.triples)), minlength=len(model.pairs)
    )
    if max(after.max(), after_two.max()) > np.iinfo(np.uint16).max:
        raise ValueError("too many words after one; raise --pair-gain or --triple-gain")
    np.savez_compressed(
        file,
        words=np.frombuffer(" ".join(words).encode(), np.uint8),
        sounds=np.array([i for ids in spelled for i in ids], np.uint8),
        lengths=np.array([len(ids) for ids in spelled], np.uint8),
        unigram=quantised(model.unigram),
        backoff=quantised(model.backoff),
        pair_counts=after.astype(np.uint16),
        pair_words=last(model.pairs).astype(np.uint32),
        pair_scores=quantised(model.pair_scores),
        pair_backoff=quantised(model.pair_backoff),
        triple_counts=after_two.astype(np.uint16),
        triple_words=last(model.triples).astype(np.uint32),
        triple_scores=quantised(model.triple_scores),
    )
    return len(model.pairs) + len(model.triples)


def at_least(shares: list[float], first: float) -> list[float]:
    """Raise the first share to a least value at the cost of the others."""
    if shares[0] >= first:
        return shares
    return [first, *(share * (1 - first) / (1 - shares[0]) for share in shares[1:])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=WORK / "export")
    parser.add_argument("--words", type=int, default=125_000)
    parser.add_argument("--domain-lines", type=int, default=60_000)
    parser.add_argument("--domain-share", type=float, default=0.35)
    parser.add_argument("--pair-gain", type=float, default=3e-8)
    parser.add_argument("--triple-gain", type=float, default=1e-7)
    options = parser.parse_args()
    kinds = {
        "domain": corpora.domain(options.domain_lines),
        "everyday": corpora.everyday(),
        "encyclopaedia": corpora.encyclopaedia(),
        "fiction": corpora.fiction(),
        "manuals": corpora.manuals(),
        **gathered(),
        "announcements": announcements(),
        "own words": own_words(),
    }
    print("words", {name: sum(map(len, text)) for name, text in kinds.items()})
    known = corpora.dictionary()
    words, general, meant = choose(list(kinds.values()), corpora.names(), known, options.words)
    index = {word: at for at, word in enumerate(words)}

    def numbered(text: Sentences) -> list[list[int]]:
        return [[index.get(meant.get(w, w), -1) for w in words] for words in text]

    mixture = Mixture(
        [Counts(numbered(text), len(words)) for text in kinds.values()],
        [1 / len(kinds)] * len(kinds),
        general,
    )
    held_out = {
        name: numbered([written(line).split() for line in lines])
        for name, lines in development_sentences().items()
    }
    mixture.fit([s for name in ("wording", "hard", "tatoeba") for s in held_out[name]])
    shown = {n: round(s, 3) for n, s in zip(kinds, mixture.shares, strict=True)}
    print("shares", shown)
    mixture.shares = at_least(mixture.shares, options.domain_share)
    for name, text in held_out.items():
        unknown = sum(w < 0 for s in text for w in s) / sum(len(s) for s in text)
        print(f"{name}: perplexity {mixture.perplexity(text):.0f}, unknown {unknown:.3%}")
    model = prune(mixture, options.pair_gain, options.triple_gain)
    sequences = write(options.out / "words.npz", words, model)
    digest(options.out)
    size = (options.out / "words.npz").stat().st_size / 1024
    print(f"{len(words)} words, {sequences} pairs and triples, {size:.0f} KiB")


if __name__ == "__main__":
    main()
