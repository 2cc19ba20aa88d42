"""The real knowledge, and a classifier trained from it once for the whole run."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.understanding.classifier import Classifier
from voicebot.understanding.knowledge import Knowledge, load_knowledge
from voicebot.understanding.training import train

INTENTS = Path(__file__).parents[2] / "intents"


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge(INTENTS)


@pytest.fixture(scope="session")
def model_folder(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("classifier")
    train(knowledge, folder)
    return folder


@pytest.fixture(scope="session")
def classifier(knowledge: Knowledge, model_folder: Path) -> Classifier:
    return Classifier.load(model_folder, knowledge)
