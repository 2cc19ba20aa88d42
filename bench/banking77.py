"""The same classifier on somebody else's data: accuracy on the test set of BANKING77.

`python -m bench.banking77 --data FOLDER`, with the train.csv and test.csv of PolyAI's
task-specific-datasets (banking_data) in the folder. Features and models are those of the line,
without synonyms, patterns and Greek variants. Published, with large pretrained sentence encoders
and all of the training data: 93.1 to 94.9 % (Casanueva et al. 2020, Efficient Intent Detection with
Dual Sentence Encoders, and its successors).
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from pathlib import Path

import numpy as np

from voicebot.understanding.calibration import Mixture
from voicebot.understanding.encoder import Encoder
from voicebot.understanding.features import FeatureExtractor
from voicebot.understanding.linear import CountedUtterances, LinearModel, Vocabulary

PUBLISHED = (0.931, 0.949)
# Fixed beforehand, at what training on intents/ arrives at.
_MIXTURE = Mixture(margins=2.1, logits=1.0)


def _rows(path: Path) -> tuple[list[str], list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [row["category"] for row in rows]


def measure(folder: Path) -> dict[str, object]:
    """Train on train.csv, test on test.csv.

    Raises:
        OSError: a file is missing.
        KeyError: a file has no columns text and category.
    """
    texts, labels = _rows(folder / "train.csv")
    test_texts, test_labels = _rows(folder / "test.csv")
    started = time.monotonic()
    extractor = FeatureExtractor({})
    counted = CountedUtterances.of([extractor.count(text) for text in texts + test_texts])
    train = counted.rows(np.arange(len(texts)))
    test = counted.rows(np.arange(len(texts), len(texts) + len(test_texts)))
    vocabulary = Vocabulary.learn(train)
    matrix, tested = vocabulary.weigh(train), vocabulary.weigh(test)
    importance = np.ones(len(texts), dtype=np.float32)
    linear = LinearModel.fit(matrix, labels, importance)
    encoder = Encoder.fit(matrix, labels, importance)
    margins, logits = linear.margins(tested), encoder.logits(tested)
    wanted = np.array(test_labels)
    intents = np.array(linear.intents)

    def accuracy(scores: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
        return round(float((intents[scores.argmax(axis=1)] == wanted).mean()), 4)

    return {
        "train": len(texts),
        "test": len(test_texts),
        "accuracy": accuracy(_MIXTURE.scores(margins, logits)),
        "accuracy_linear_alone": accuracy(margins),
        "accuracy_encoder_alone": accuracy(logits),
        "published": PUBLISHED,
        "seconds": round(time.monotonic() - started, 1),
    }


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="Folder with both CSV files.")
    folder = parser.parse_args().data
    try:
        report = measure(folder)
    except (OSError, KeyError) as error:
        parser.error(f"{folder}: {error}: give the folder with train.csv and test.csv")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
