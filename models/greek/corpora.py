"""The text that the word model is counted from, as sentences of known spelling, by kind.

The manuals are read from Debian packages unpacked under WORK/debian (docs/retrain.md names them),
the fiction from WORK/text/fiction.txt (the sentences of UD_Greek-GUD). Both may be absent.
"""

from __future__ import annotations

import collections
import gettext
import html
import json
import random
import re
from collections.abc import Iterable, Iterator

import yaml

from models.greek.hard import ARTICLES_HELD_OUT
from models.greek.places import MATERIAL, REPOSITORY, WORK
from models.greek.text import domain_sentence
from models.greek.vocabulary import written

Sentences = list[list[str]]

_SENTENCE_END = re.compile(r"(?<=[.!;:…])\s+|[()\[\]«»\"“”|•]+|\n+")
_GREEK_ENOUGH = re.compile(r"[α-ωάέήίόύώϊϋΐΰ]{2}")
_FOREIGN = re.compile(r"[a-z0-9%{}_/\\<>=&#@$+*]")


def sentences(text: str, shortest: int = 1) -> Iterator[list[str]]:
    """Cut running text into sentences of written words; those with other letters are left out."""
    for part in _SENTENCE_END.split(text.lower()):
        if _GREEK_ENOUGH.search(part) and not _FOREIGN.search(part):
            words = written(part).split()
            if shortest <= len(words) <= 40:
                yield words


def domain(lines: int) -> Sentences:
    """Sentences of the training grammar (drawn anew) and the examples of the answers, six times."""
    rng = random.Random(17)
    drawn = [written(domain_sentence(rng)).split() for _ in range(lines)]
    known = (WORK / "text/knowledge.txt").read_text(encoding="utf-8").splitlines()
    return drawn + [written(line).split() for line in known] * 6


def everyday() -> Sentences:
    """Tatoeba's training part, and home commands."""
    found: Sentences = []
    for line in (WORK / "text/tatoeba.txt").read_text(encoding="utf-8").splitlines():
        found.extend(sentences(line))
    for file in sorted((MATERIAL / "text/home-assistant-intents/tests").rglob("*.yaml")):
        for line in re.findall(r"^ *- ([^-:{}\[\]\n]+)$", file.read_text(encoding="utf-8"), re.M):
            found.extend(sentences(line, 2))
    return found


def encyclopaedia() -> Sentences:
    """XQuAD without the articles that the hard development set is from."""
    found: Sentences = []
    data = json.loads((MATERIAL / "text/xquad/xquad.el.json").read_text(encoding="utf-8"))["data"]
    for article in data[:-ARTICLES_HELD_OUT]:
        for paragraph in article["paragraphs"]:
            found.extend(sentences(paragraph["context"]))
            for question in paragraph["qas"]:
                found.extend(sentences(question["question"]))
    return found


def fiction() -> Sentences:
    """The sentences of UD_Greek-GUD, whose σ την is written στην again."""
    file = WORK / "text/fiction.txt"
    if not file.is_file():
        return []
    found: Sentences = []
    for line in file.read_text(encoding="utf-8").splitlines():
        found.extend(sentences(re.sub(r"\bσ (?=τ)", "σ", line)))
    return found


def manuals() -> Sentences:
    """Help texts and messages of programs (LibreOffice, GNOME, GIMP)."""
    root, lines = WORK / "debian", dict[str, None]()
    block = re.compile(r"<(p|li|dd|td|h\d|title|desc)\b[^>]*>(.*?)</\1>", re.S)
    for pattern in (
        "gimp/2.0/help/el/*.html",
        "libreoffice/help/el/text/**/*.html",
        "help/el/**/*.page",
    ):
        for file in sorted(root.glob(f"usr/share/{pattern}")):
            for _, text in block.findall(file.read_text(encoding="utf-8", errors="replace")):
                lines[html.unescape(re.sub(r"<[^>]+>", " ", text))] = None
    for file in sorted(root.glob("usr/**/LC_MESSAGES/*.mo")):
        with file.open("rb") as catalogue:
            messages = gettext.GNUTranslations(catalogue)._catalog  # type: ignore[attr-defined]
        for text in messages.values():
            lines[re.sub(r"[~_&]", "", text)] = None
    found: Sentences = []
    for line in lines:
        found.extend(sentences(" ".join(line.split()), 3))
    return found


def frequencies() -> dict[str, float]:
    """Share of each word in subtitles, and where it is installed in wordfreq's mixed sources."""
    lists: list[dict[str, float]] = []
    file = MATERIAL / "text/frequency-words/content/2018/el/el_50k.txt"
    rows = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    lists.append(_shares((word, float(count)) for word, count in rows))
    mixed = WORK / "text/wordfreq.tsv"
    if mixed.is_file():
        rows = (line.split("\t") for line in mixed.read_text(encoding="utf-8").splitlines())
        lists.append(_shares((word, float(share)) for word, share in rows))
    found: dict[str, float] = collections.defaultdict(float)
    for shares in lists:
        for word, share in shares.items():
            found[word] += share / len(lists)
    return found


def _shares(rows: Iterable[tuple[str, float]]) -> dict[str, float]:
    counts: dict[str, float] = collections.defaultdict(float)
    for word, count in rows:
        word = re.sub(r"σ$", "ς", word)
        if written(word) == word:
            counts[word] += count
    total = sum(counts.values())
    return {word: count / total for word, count in counts.items()}


def dictionary() -> set[str]:
    """Forms that a dictionary knows: hunspell's, where unpacked, and those with known sounds."""
    found: set[str] = set()
    file = WORK / "debian/usr/share/hunspell/el_GR.dic"
    if file.is_file():
        for line in file.read_text(encoding="iso-8859-7", errors="replace").splitlines():
            found.add(line.split("/")[0])
    for line in (
        (MATERIAL / "text/wikipron/data/scrape/tsv/ell_grek_broad.tsv")
        .read_text(encoding="utf-8")
        .splitlines()
    ):
        found.add(line.split("\t")[0])
    return {word.lower() for word in found if written(word) == word.lower()}


def names() -> list[str]:
    """Places, offices, first names and surnames, in the forms that are listed."""
    found: list[str] = []
    folder = MATERIAL / "text/places"
    for file in sorted([*folder.rglob("*-el.json")]):
        found.extend(re.findall(r"[Ͱ-Ͽἀ-῿]{2,}", file.read_text(encoding="utf-8")))
    data = yaml.safe_load(
        (REPOSITORY / "models/greek/data/phrases.yaml").read_text(encoding="utf-8")
    )
    found.extend(re.findall(r"[Ͱ-Ͽἀ-῿]{2,}", json.dumps(data, ensure_ascii=False)))
    for name in ("first_names", "places_gr", "feasts", "calendar_words", "time_words"):
        code = (REPOSITORY / f"voicebot/understanding/data/{name}.py").read_text(encoding="utf-8")
        found.extend(re.findall(r"[Ͱ-Ͽἀ-῿]{2,}", code))
    return [word.lower() for word in found if written(word) == word.lower()]
