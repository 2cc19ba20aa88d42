"""The real knowledge, and a classifier trained from it, kept while nothing it rests on changes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from voicebot.understanding import training
from voicebot.understanding.classifier import Classifier, ClassifierError
from voicebot.understanding.knowledge import Knowledge, load_knowledge
from voicebot.understanding.training import train

INTENTS = Path(__file__).parents[2] / "intents"
SOURCES = Path(training.__file__).parent


def _fingerprint(knowledge: Knowledge) -> str:
    sources = b"".join(path.read_bytes() for path in sorted(SOURCES.glob("*.py")))
    return hashlib.sha256(knowledge.digest.encode() + sources).hexdigest()[:16]


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge(INTENTS)


@pytest.fixture(scope="session")
def model_folder(knowledge: Knowledge, pytestconfig: pytest.Config) -> Path:
    cache = pytestconfig.cache
    assert cache is not None
    folder = cache.mkdir("classifier") / _fingerprint(knowledge)
    try:
        Classifier.load(folder, knowledge)
    except ClassifierError:
        train(knowledge, folder)
    return folder


@pytest.fixture(scope="session")
def classifier(knowledge: Knowledge, model_folder: Path) -> Classifier:
    return Classifier.load(model_folder, knowledge)
