"""What is said on the telephone: announcements, and the line's own prompts and answers."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator

import yaml

from models.greek.corpora import Sentences, sentences
from models.greek.gathered import held_out
from models.greek.places import REPOSITORY
from models.greek.text import expand
from models.greek.vocabulary import written
from voicebot.understanding.number_words import number_words

_SPOKEN_KEYS = frozenset({"answer"})


def announcements(count: int = 6000) -> Sentences:
    """So many sentences of data/announcements.yaml."""
    file = REPOSITORY / "models/greek/data/announcements.yaml"
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    rng, found = random.Random(23), []
    for _ in range(count):
        template = rng.choice(data["templates"])
        thing = rng.choice(data["things"])
        while "{n}" in template:
            template = template.replace("{n}", number_words(_number(rng)), 1)
        found.append(written(expand(template, rng, {"thing": thing})).split())
    return _allowed(found)


def _allowed(found: Sentences) -> Sentences:
    """Without the sentences of the development sets."""
    barred = held_out()
    return [words for words in found if " ".join(words) not in barred]


def _number(rng: random.Random) -> int:
    return rng.randint(0, 9) if rng.random() < 0.6 else rng.randint(10, 130)


def own_words() -> Sentences:
    """What the line itself says: the prompts, and the answers of `intents/`."""
    return _allowed([words for text in (*_prompts(), *_answers()) for words in sentences(text)])


def _prompts() -> Iterator[str]:
    """Every text of the prompt modules; read, not imported, as they need what the line runs on."""
    for file in sorted((REPOSITORY / "voicebot/dialogue/prompts").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.sub(r"\{[^}]*\}", "|", node.value)


def _answers() -> Iterator[str]:
    for file in sorted((REPOSITORY / "intents").glob("*.yaml")):
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        for entry in data.get("entries", []) if isinstance(data, dict) else []:
            yield from _texts(entry)


def _texts(node: object, spoken: bool = False) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _texts(value, spoken or key in _SPOKEN_KEYS)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value, spoken)
    elif spoken and isinstance(node, str):
        yield re.sub(r"\{[^}]*\}", "|", node)
