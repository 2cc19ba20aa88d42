"""The classifier that tests use: the one that set-up trained while it is current, else a new one
that is kept until something it rests on changes."""

from __future__ import annotations

import ast
import fcntl
import hashlib
from pathlib import Path

from voicebot.settings import ROOT
from voicebot.understanding import classifier
from voicebot.understanding.classifier import Classifier, ClassifierError
from voicebot.understanding.knowledge import Knowledge
from voicebot.understanding.model_meta import META_FILE

_PACKAGE = "voicebot.understanding."
_FROM_SET_UP = ROOT / "var" / "classifier"


def trained_classifier(knowledge: Knowledge, cache: Path) -> Path:
    """The folder of a classifier trained from this knowledge by the code as it is now.

    Args:
        knowledge: as shipped.
        cache: where one is kept from run to run.
    """
    sources = _sources()
    if _is_usable(_FROM_SET_UP, knowledge) and _is_newer(_FROM_SET_UP / META_FILE, sources):
        return _FROM_SET_UP
    content = b"".join(path.read_bytes() for path in sources)
    folder = cache / hashlib.sha256(knowledge.digest.encode() + content).hexdigest()[:16]
    # Of several processes that run tests at the same time one trains; the others wait for it.
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_usable(folder, knowledge):
            # It takes seconds to import, and mostly nothing is to be trained.
            from voicebot.understanding import training

            training.train(knowledge, folder)
    return folder


def _is_usable(folder: Path, knowledge: Knowledge) -> bool:
    try:
        Classifier.load(folder, knowledge)
    except ClassifierError:
        return False
    return True


def _is_newer(made: Path, sources: list[Path]) -> bool:
    return made.stat().st_mtime > max(path.stat().st_mtime for path in sources)


def _sources() -> list[Path]:
    """The module that trains, and every module of its room that it imports, however far away."""
    folder = Path(classifier.__file__).parent
    found: set[Path] = set()
    left = [folder / "training.py"]
    while left:
        path = left.pop()
        if path not in found and path.is_file():
            found.add(path)
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_PACKAGE):
                    left.append(folder / f"{(node.module or '').removeprefix(_PACKAGE)}.py")
    return sorted(found)
