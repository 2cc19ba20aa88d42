"""Write the training text: domain sentences by grammar, and general Greek from the corpora.

    python -m models.greek.text [--domain 30000] [--wide 270000] [--seed 1]

Leaves domain.txt, domain-dev.txt (unseen sentences), digits-dev.txt, words.txt, general.txt and
wide.txt (the wide grammar, no sentence twice) under WORK/text, one utterance a line, spelled as
spoken. Left out: sentences in `--exclude` files and in the development shards that are there.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from models.greek import numbers_text, phrases
from models.greek.places import MATERIAL, REPOSITORY, WORK

_CHOICE = re.compile(r"\(([^()]*)\)")
_OPTION = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")


def _months(rng: random.Random) -> str:
    number = rng.randint(1, 14)
    if number == 1:
        return "ένα μήνα"
    return (
        f"{numbers_text.cardinal(number, rng)[:-1]}εις μήνες"
        if number == 3
        else (f"{numbers_text.cardinal(number, rng, female=True)} μήνες")
    )


def _any_number(rng: random.Random) -> int:
    limits = rng.choice([(0, 20), (0, 100), (100, 999), (1000, 20_000)])
    return rng.randint(*limits)


def _year(rng: random.Random) -> str:
    year = rng.randint(70, 126)
    if year >= 100:
        return f"δύο χιλιάδες {numbers_text.cardinal(year - 100 or 1, rng)}"
    short = numbers_text.cardinal(year, rng)
    return rng.choice([short, f"χίλια εννιακόσια {short}"])


_SLOTS: dict[str, Callable[[random.Random], str]] = {
    "agency": lambda r: r.choice(phrases.AGENCIES),
    "agency_at": lambda r: r.choice(phrases.AGENCIES_AT),
    "place": lambda r: r.choice(phrases.PLACES)[0],
    "place_at": lambda r: r.choice(phrases.PLACES)[1],
    "name": lambda r: r.choice(phrases.NAMES),
    "name_g": lambda r: r.choice(phrases.NAMES_GENITIVE),
    "surname": lambda r: r.choice(phrases.SURNAMES),
    "day": numbers_text.day,
    "weekday": lambda r: r.choice(numbers_text.DAYS[:5]),
    "date": numbers_text.date,
    "hour": numbers_text.hour,
    "amount": numbers_text.amount,
    "number": lambda r: numbers_text.cardinal(r.randint(1, 99), r),
    "numbers": lambda r: numbers_text.cardinal(_any_number(r), r),
    "digits": lambda r: numbers_text.digit_string(numbers_text.random_digits(r), r),
    "months": _months,
    "month": lambda r: r.choice(numbers_text.MONTHS),
    "month_a": lambda r: r.choice(numbers_text.ACCUSATIVE_MONTHS),
    "year": _year,
}  # fmt: skip


def expand(template: str, rng: random.Random, slots: dict[str, str] | None = None) -> str:
    """Draw one sentence from a template (see `phrases`)."""
    text = template
    while True:
        text, options = _OPTION.subn(
            lambda m: rng.choice(m[1].split("|")) if rng.random() < 0.4 else "", text
        )
        text, choices = _CHOICE.subn(lambda m: rng.choice(m[1].split("|")), text)
        if not options and not choices:
            break
    text = _SLOT.sub(lambda m: (slots or {}).get(m[1]) or _SLOTS[m[1]](rng), text)
    return re.sub(r"\s+([,.])", r"\1", re.sub(r"\s+", " ", text)).strip(" ,")


def domain_sentence(rng: random.Random) -> str:
    """Draw one utterance of a call."""
    kind = rng.random()
    if kind < 0.27:
        accusative, genitive = rng.choice(phrases.THINGS)
        return expand(rng.choice(phrases.ABOUT_A_THING), rng, {"a": accusative, "g": genitive})
    tables: Sequence[tuple[float, Sequence[str]]] = (
        (0.34, phrases.AGENCY_SENTENCES),
        (0.44, phrases.SENTENCES),
        (0.62, phrases.APPOINTMENT),
        (0.84, phrases.CALLBACK),
        (0.89, phrases.YES),
        (0.92, phrases.NO),
        (0.95, phrases.BACKCHANNELS),
        (1.01, phrases.COMMANDS),
    )
    for limit, table in tables:
        if kind < limit:
            return expand(rng.choice(table), rng)
    raise AssertionError(kind)


def plain(text: str) -> str:
    """Compare sentences without case and punctuation."""
    return " ".join(re.findall(r"\w+", text.lower()))


def general() -> list[str]:
    """Greek of other kinds: questions, home commands, region and municipality names."""
    found: set[str] = set()
    for article in json.loads((MATERIAL / "text/xquad/xquad.el.json").read_text())["data"]:
        for paragraph in article["paragraphs"]:
            found.update(q["question"] for q in paragraph["qas"])
            found.update(
                re.split(
                    r"(?<=[.!;])\s+|[:()]\s*|,\s+(?=\w+\s+\w+\s+\w+\s+\w+)", paragraph["context"]
                )
            )
    for file in (MATERIAL / "text/home-assistant-intents/tests").rglob("*.yaml"):
        found.update(re.findall(r"^ *- ([^-:{}\[\]\n]+)$", file.read_text(), re.M))
    for region in json.loads(
        (MATERIAL / "text/places/src/data/administrative-regions-el.json").read_text()
    ):
        found.add(region["name"])
        for unit in region["units"]:
            found.update((unit["name"], unit["seat"]))
            for town in unit["municipalities"]:
                found.update((town["name"], town["seat"], f"δήμος {town['name']}"))
    for office in json.loads((MATERIAL / "text/places/src/data/taxOffices-el.json").read_text()):
        found.add(office["name"])
    greek = re.compile(r"^[Ͱ-Ͽἀ-῿\s,.;!?'’·«»\-]+$")
    return sorted(
        s.strip()
        for s in found
        if 2 <= len(s.strip()) <= 95 and greek.match(s) and not s.strip().startswith("-")
    )


def knowledge(barred: set[str]) -> list[str]:
    """The examples of the answers in intents/, with acronyms as they are said."""
    found: list[str] = []

    def collect(node: object, key: str = "") -> None:
        if isinstance(node, dict):
            for name, value in node.items():
                collect(value, str(name))
        elif isinstance(node, list):
            for value in node:
                if key == "examples" and isinstance(value, str):
                    found.append(value)
                else:
                    collect(value, key if isinstance(value, str) else "")

    for file in sorted((REPOSITORY / "intents").glob("*.yaml")):
        collect(yaml.safe_load(file.read_text(encoding="utf-8")))
    spoken = (
        " ".join(phrases.SPOKEN_ACRONYMS.get(word, word) for word in example.lower().split())
        for example in found
    )
    greek = re.compile(r"[Ͱ-Ͽἀ-῿\s,.;!?'’·-]{2,95}")
    return sorted({s for s in spoken if greek.fullmatch(s) and plain(s) not in barred})


def development_sentences() -> set[str]:
    """What the development shards say, as `plain` has it."""
    return {
        plain(line.split("\t")[3])
        for shard in (WORK / "shards").glob("dev-*.tsv")
        for line in shard.read_text(encoding="utf-8").splitlines()
    }


def frequent_words(count: int) -> list[str]:
    lines = (MATERIAL / "text/frequency-words/content/2018/el/el_50k.txt").read_text().splitlines()
    words = [line.split()[0] for line in lines]
    return [w for w in words if re.fullmatch(r"[α-ωάέήίόύώϊϋΐΰ]{2,}", w)][:count]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--domain", type=int, default=30_000)
    parser.add_argument("--wide", type=int, default=270_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--exclude", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    rng = random.Random(options.seed)
    barred = {
        plain(quoted)
        for file in options.exclude
        for quoted in re.findall(r"[«\"]([^»\"]{6,})[»\"]", file.read_text())
    }
    folder = WORK / "text"
    folder.mkdir(parents=True, exist_ok=True)

    def draw(count: int, seen: set[str]) -> list[str]:
        lines: list[str] = []
        for _ in range(count * 3):
            sentence = domain_sentence(rng)
            short = len(sentence) < 22  # short ones may come again: yes, no, names
            if plain(sentence) in barred or (
                sentence in seen and not (short and rng.random() < 0.3)
            ):
                continue
            seen.add(sentence)
            lines.append(sentence)
            if len(lines) == count:
                break
        return lines

    seen: set[str] = set()
    sets = {"domain-dev": draw(500, seen), "domain": draw(options.domain, seen)}
    sets["digits-dev"] = [
        numbers_text.digit_string(numbers_text.random_digits(rng), rng) for _ in range(200)
    ]
    words = frequent_words(24_000)
    rng.shuffle(words)
    sets["words"] = [
        " ".join(words[at : at + size])
        for at, size in zip(range(0, 20_000, 2), rng.choices([1, 1, 2, 2], k=10_000), strict=True)
    ]
    sets["general"] = general()
    sets["knowledge"] = knowledge(barred)
    held_out = barred | development_sentences() | {plain(line) for line in sets["domain-dev"]}
    trained = [line for name in ("domain", "general", "knowledge") for line in sets[name]]
    distinct = {plain(line) for line in trained}
    from models.greek import wide  # which draws from this module's tables

    sets["wide"] = list(wide.sentences(options.wide, options.seed + 1, distinct, held_out))
    for name, lines in sets.items():
        if name in ("general", "words"):
            rng.shuffle(lines)
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")
        print(f"{name}: {len(lines)} lines")
    print(f"distinct sentences to train on, single words aside: {len(distinct)}")


if __name__ == "__main__":
    main()
