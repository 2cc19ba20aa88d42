"""Compares ways to understand an utterance on intents/ and on rows that were not trained on.

`python -m bench.understanding [--json] [--encoder FOLDER]`. Held out are whole groups of
paraphrases (examples of an entry that share half of their stems), a third of all, so that no near
copy of a tested example was trained on; then the same models are trained on everything and tested
on the rows of tests/understanding. Every model has the same utterances and the same variants.

With `--encoder`, the folder of a sentence encoder (sentence_vectors.py), nearest neighbours over
its vectors take part as well; without one they do not.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bench.sentence_vectors import SentenceVectors
from voicebot.settings import ROOT, load_settings
from voicebot.understanding.calibration import Mixture, softmax
from voicebot.understanding.encoder import Encoder
from voicebot.understanding.evaluation import Row, read_rows
from voicebot.understanding.features import FeatureExtractor
from voicebot.understanding.knowledge import Knowledge, load_knowledge
from voicebot.understanding.linear import CountedUtterances, LinearModel, Vocabulary
from voicebot.understanding.text import skeleton
from voicebot.understanding.training import Corpus, build_corpus

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

ROWS = {
    name: ROOT / "tests" / "understanding" / f"{name}.tsv" for name in ("unseen", "development")
}
_SAME_STEMS = 0.5
_STEM = 5
_HELD_OUT = 3
_NEIGHBOURS = 7
_MIXTURE = Mixture(margins=2.1, logits=1.0)


@dataclass(frozen=True)
class Result:
    """One model: shares of utterances whose topic it finds first, processor time of training and
    testing once, and the size of what it keeps."""

    model: str
    held_out: float
    held_out_misheard: float
    unseen: float
    development: float
    train_s: float
    megabytes: float


@dataclass(frozen=True)
class _Data:
    """What a model is trained and tested on; texts beside their features."""

    knowledge: Knowledge
    corpus: Corpus
    rows: dict[str, list[Row]]
    counted_rows: CountedUtterances
    held_out: npt.NDArray[np.bool_]


# Trains on utterances and gives the scores (tested, intents), the intents and its bytes.
Model = Callable[[_Data, IntArray, IntArray], tuple[FloatArray, tuple[str, ...], int]]


def paraphrase_groups(corpus: Corpus) -> dict[int, int]:
    """The group of every example: examples of one entry that share half of their stems."""
    first: dict[int, int] = {}
    for row, example in enumerate(corpus.examples.tolist()):
        if example >= 0:
            first.setdefault(example, row)
    parent = {example: example for example in first}

    def root(example: int) -> int:
        while parent[example] != example:
            example = parent[example]
        return example

    stems = {
        example: {word[:_STEM] for word in skeleton(corpus.texts[row]).split() if len(word) > 2}
        for example, row in first.items()
    }
    by_intent: dict[str, list[int]] = {}
    for example, row in first.items():
        by_intent.setdefault(str(corpus.intents[row]), []).append(example)
    for examples in by_intent.values():
        for one, other in combinations(examples, 2):
            union = len(stems[one] | stems[other])
            if union and len(stems[one] & stems[other]) / union >= _SAME_STEMS:
                parent[root(one)] = root(other)
    return {example: root(example) for example in parent}


def _data() -> _Data:
    knowledge = load_knowledge(load_settings().understanding.intents)
    corpus = build_corpus(knowledge)
    group = paraphrase_groups(corpus)
    roots = sorted(set(group.values()))
    chosen = set(np.random.default_rng(0).permutation(roots)[: len(roots) // _HELD_OUT].tolist())
    held_out = np.array([group.get(example, -1) in chosen for example in corpus.examples.tolist()])
    rows = {name: read_rows(path) for name, path in ROWS.items()}
    extractor = FeatureExtractor(knowledge.synonyms)
    counted = [extractor.count(row.utterance) for some in rows.values() for row in some]
    # The same columns as the corpus, so that a vocabulary learnt there fits.
    known = set(corpus.counted.features)
    counted = [type(one)({f: n for f, n in one.items() if f in known}) for one in counted]
    position = {feature: index for index, feature in enumerate(corpus.counted.features)}
    matrix = sp.csr_matrix(
        (
            np.array([n for one in counted for n in one.values()], dtype=np.float32),
            [position[f] for one in counted for f in one],
            np.cumsum([0, *(len(one) for one in counted)]),
        ),
        shape=(len(counted), len(position)),
    )
    matrix.sort_indices()
    return _Data(
        knowledge, corpus, rows, CountedUtterances(corpus.counted.features, matrix), held_out
    )


def _matrices(
    data: _Data, train: IntArray, test: IntArray, views: str
) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Weighted features of the trained and the tested; no `test` rows means those of the files."""
    chosen = data.corpus.counted.rows(train)
    vocabulary = Vocabulary.learn(chosen)
    kept = np.flatnonzero([feature[0] in views for feature in vocabulary.features])
    tested = data.corpus.counted.rows(test) if len(test) else data.counted_rows
    return vocabulary.weigh(chosen)[:, kept].tocsr(), vocabulary.weigh(tested)[:, kept].tocsr()


def linear(views: str) -> Model:
    """Support vector machines over some views of the words (features.py)."""

    def run(
        data: _Data, train: IntArray, test: IntArray
    ) -> tuple[FloatArray, tuple[str, ...], int]:
        matrix, tested = _matrices(data, train, test, views)
        labels = data.corpus.intents[train].tolist()
        model = LinearModel.fit(matrix, labels, data.corpus.importance[train])
        return softmax(model.margins(tested) * 6), model.intents, model.weights.nbytes

    return run


def bayes_weighted(
    data: _Data, train: IntArray, test: IntArray
) -> tuple[FloatArray, tuple[str, ...], int]:
    """Naive Bayes over presence of features (Wang and Manning 2012), no machine behind it."""
    matrix, tested = _matrices(data, train, test, "skwvgh")
    intents, truth = np.unique(data.corpus.intents[train], return_inverse=True)
    present = (matrix > 0).astype(np.float32)
    member = sp.csr_matrix(
        (data.corpus.importance[train], truth, np.arange(len(truth) + 1)),
        shape=(len(truth), len(intents)),
    )
    inside = np.asarray((present.T @ member).todense(), dtype=np.float32) + 0.3
    outside = inside.sum(axis=1, keepdims=True) - inside + 0.3
    weights = np.log(inside / inside.sum(axis=0)) - np.log(outside / outside.sum(axis=0))
    scores = np.asarray(tested @ weights.astype(np.float32), dtype=np.float32)
    return softmax(scores), tuple(str(i) for i in intents), weights.astype(np.float32).nbytes


def encoder(
    data: _Data, train: IntArray, test: IntArray
) -> tuple[FloatArray, tuple[str, ...], int]:
    """The small encoder trained here, alone."""
    matrix, tested = _matrices(data, train, test, "skwvgh")
    model = Encoder.fit(matrix, data.corpus.intents[train].tolist(), data.corpus.importance[train])
    return softmax(model.logits(tested)), model.intents, model.embedding.nbytes + model.head.nbytes


def together(
    data: _Data, train: IntArray, test: IntArray
) -> tuple[FloatArray, tuple[str, ...], int]:
    """The linear model and the encoder: what the line uses."""
    matrix, tested = _matrices(data, train, test, "skwvgh")
    labels, importance = data.corpus.intents[train].tolist(), data.corpus.importance[train]
    one, other = (
        LinearModel.fit(matrix, labels, importance),
        Encoder.fit(matrix, labels, importance),
    )
    scores = _MIXTURE.scores(one.margins(tested), other.logits(tested))
    return softmax(scores), one.intents, one.weights.nbytes + other.embedding.nbytes


def _vote(similar: FloatArray, data: _Data, train: IntArray) -> tuple[FloatArray, tuple[str, ...]]:
    """Votes of the nearest trained utterances, from similarities (tested, trained)."""
    intents, truth = np.unique(data.corpus.intents[train], return_inverse=True)
    votes = np.zeros((len(similar), len(intents)), dtype=np.float32)
    nearest = np.argpartition(-similar, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
    weights = np.exp(8 * np.take_along_axis(similar, nearest, axis=1))
    for column in range(_NEIGHBOURS):
        np.add.at(votes, (np.arange(len(votes)), truth[nearest[:, column]]), weights[:, column])
    return votes / votes.sum(axis=1, keepdims=True), tuple(str(intent) for intent in intents)


def neighbours(
    data: _Data, train: IntArray, test: IntArray
) -> tuple[FloatArray, tuple[str, ...], int]:
    """Nearest neighbours over the weighted features."""
    matrix, tested = _matrices(data, train, test, "skwvgh")
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    similar = np.asarray((tested @ matrix.T).todense(), dtype=np.float32) / lengths
    similar /= similar.max(initial=1e-6)
    votes, intents = _vote(similar, data, train)
    return votes, intents, matrix.data.nbytes + matrix.indices.nbytes


def sentence_neighbours(vectors: SentenceVectors) -> Model:
    """Nearest neighbours over the vectors of a sentence encoder; examples only, no variants."""

    def run(
        data: _Data, train: IntArray, test: IntArray
    ) -> tuple[FloatArray, tuple[str, ...], int]:
        known = train[data.corpus.importance[train] == 1.0]
        texts = (
            [data.corpus.texts[row] for row in test.tolist()]
            if len(test)
            else [row.utterance for some in data.rows.values() for row in some]
        )
        stored = vectors.of([data.corpus.texts[row] for row in known.tolist()])
        votes, intents = _vote(vectors.of(texts) @ stored.T, data, known)
        return votes, intents, stored.nbytes + vectors.megabytes * 1_000_000

    return run


def _right(data: _Data, scores: FloatArray, intents: tuple[str, ...]) -> npt.NDArray[np.str_]:
    """The topic that each utterance is taken for."""
    topics = [data.knowledge.entry(intent).topic for intent in intents]
    names = sorted(set(topics))
    merged = np.zeros((len(scores), len(names)), dtype=np.float32)
    for column, topic in enumerate(topics):
        merged[:, names.index(topic)] += scores[:, column]
    found: npt.NDArray[np.str_] = np.array(names)[merged.argmax(axis=1)]
    return found


def _measure(name: str, model: Model, data: _Data) -> Result:
    corpus = data.corpus
    tested = np.flatnonzero(data.held_out)
    scores, intents, _ = model(data, np.flatnonzero(~data.held_out), tested)
    wanted = np.array([data.knowledge.entry(str(i)).topic for i in corpus.intents[tested]])
    right = _right(data, scores, intents) == wanted
    as_written = corpus.importance[tested] == 1.0
    started = time.process_time()
    everything = np.arange(len(corpus.intents))
    scores, intents, size = model(data, everything, np.array([], dtype=np.int64))
    train_s = time.process_time() - started
    found = _right(data, scores, intents)
    shares, at = {}, 0
    for file, rows in data.rows.items():
        got = found[at : at + len(rows)]
        at += len(rows)
        hits = [topic in row.labels for topic, row in zip(got, rows, strict=True)]
        shares[file] = round(float(np.mean(hits)), 4)
    return Result(
        model=name,
        held_out=round(float(right[as_written].mean()), 4),
        held_out_misheard=round(float(right[~as_written].mean()), 4),
        unseen=shares["unseen"],
        development=shares["development"],
        train_s=round(train_s, 1),
        megabytes=round(size / 1e6, 1),
    )


def compare(folder: Path | None = None) -> Iterator[Result]:
    """Measure the models one after the other; `folder` holds a sentence encoder."""
    data = _data()
    models: dict[str, Model] = {
        "character n-grams, linear": linear("s"),
        "characters and sounds, linear": linear("sk"),
        "all views, linear": linear("skwvgh"),
        "naive Bayes over all views": bayes_weighted,
        "nearest neighbours over all views": neighbours,
        "encoder trained here": encoder,
        "linear and encoder (the line's)": together,
    }
    if folder is not None:
        vectors = SentenceVectors.load(folder)
        models[f"nearest neighbours, {folder.name}"] = sentence_neighbours(vectors)
    for name, model in models.items():
        yield _measure(name, model, data)


def main() -> None:
    """Measure and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="One JSON object.")
    parser.add_argument("--encoder", type=Path, help="Folder of a sentence encoder.")
    arguments = parser.parse_args()
    with threadpool_limits(limits=1):
        results = []
        for result in compare(arguments.encoder):
            results.append(asdict(result))
            if not arguments.json:
                print("\t".join(str(value) for value in asdict(result).values()), flush=True)
    if arguments.json:
        print(json.dumps({"models": results}, ensure_ascii=False))


if __name__ == "__main__":
    main()
