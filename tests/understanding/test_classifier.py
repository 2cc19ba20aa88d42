"""The classifier trained from the shipped knowledge, and how it is loaded."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from onnxruntime import InferenceSession

from voicebot.understanding.calibration import Mixture, softmax
from voicebot.understanding.classifier import Classifier, ClassifierError
from voicebot.understanding.encoder import Encoder
from voicebot.understanding.evaluation import evaluate_understanding, read_rows
from voicebot.understanding.features import FeatureExtractor
from voicebot.understanding.interpretation import Decision
from voicebot.understanding.knowledge import Knowledge, load_knowledge
from voicebot.understanding.linear import CountedUtterances, LinearModel, Vocabulary
from voicebot.understanding.model_file import Trained, save_model
from voicebot.understanding.model_meta import (
    GRAPH_FILE,
    META_FILE,
    VOCABULARY_FILE,
    Meta,
    Thresholds,
)
from voicebot.understanding.text import fold
from voicebot.understanding.training import train

# The first test to ask for the classifier trains it, which takes half a minute of processor time.
pytestmark = pytest.mark.timeout(600)

UNSEEN = Path(__file__).parent / "unseen.tsv"
# By another hand, from the list of topics alone; nothing is tuned on it.
BLIND = Path(__file__).parent / "blind.tsv"
DEVELOPMENT = UNSEEN.with_name("development.tsv")


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("πότε μπαίνουν οι συντάξεις", "E06"),
        ("θέλω να κλείσω ένα ραντεβού", "APPOINTMENT"),
        ("θέλω να μιλήσω με υπάλληλο", "AGENT"),
        ("ναι", "YES"),
        ("όχι", "NO"),
        ("αντίο", "GOODBYE"),
        ("σκέφτομαι να αυτοκτονήσω", "DISTRESS"),
    ],
)
def test_plain_requests_are_sure(classifier: Classifier, text: str, topic: str) -> None:
    result = classifier.understand(text)
    assert result.best.topic == topic
    assert result.decision is Decision.SURE


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("ναι γεια σας παιδί μου παίρνω από τα τρίκαλα πότε μπένουν ι σιντάξις", "E06"),
        ("καλημέρα ήθελα να ρωτήσω για την εβροπαϊκή κάρτα ασθένιας", "E15"),
        ("ανανέοσι κάρτας ανεργία", "D02"),
    ],
)
def test_misheard_and_roundabout_requests_are_understood(
    classifier: Classifier, text: str, topic: str
) -> None:
    assert classifier.understand(text).best.topic == topic


@pytest.mark.parametrize("topic", ["YES", "NO", "REPEAT", "GOODBYE", "AGENT", "E06", "DISTRESS"])
def test_what_an_editor_wrote_is_understood_as_written(
    classifier: Classifier, knowledge: Knowledge, topic: str
) -> None:
    for entry in knowledge.by_topic[topic]:
        for example in entry.examples:
            result = classifier.understand(example)
            assert (result.best.topic, result.decision) == (topic, Decision.SURE), example


@pytest.mark.parametrize("text", ["", "   ", "…", "!;", "ζζζζ γγγγ", "中文"])
def test_nothing_to_understand_is_unknown(classifier: Classifier, text: str) -> None:
    result = classifier.understand(text)
    assert result.decision is Decision.UNKNOWN
    assert result.candidates


def test_candidates_are_distinct_topics_in_order(classifier: Classifier) -> None:
    result = classifier.understand("ραντεβού για σύνταξη")
    probabilities = [candidate.probability for candidate in result.candidates]
    assert probabilities == sorted(probabilities, reverse=True)
    assert 0 < sum(probabilities) <= 1 + 1e-5
    labels = [(candidate.topic, candidate.intent) for candidate in result.candidates]
    assert len(set(labels)) == len(labels)


def test_other_readings_change_the_meaning_by_their_weight(classifier: Classifier) -> None:
    alone = classifier.understand("θέλω ακτή ανεργίας")
    helped = classifier.understand(
        "θέλω ακτή ανεργίας",
        [("θέλω ακτή ανεργίας", 0.2), ("θέλω να βγάλω κάρτα ανεργίας", 0.8)],
    )
    assert helped.best.topic == "D01"
    d01 = {c.topic: c.probability for c in alone.candidates}.get("D01", 0.0)
    assert helped.best.probability > d01


def test_one_likely_reading_is_enough_for_an_alarm(classifier: Classifier) -> None:
    readings = [("θέλω να παίξω", 0.6), ("θέλω να πεθάνω", 0.4)]
    result = classifier.understand("θέλω να παίξω", readings)
    assert result.best.topic == "DISTRESS"
    assert result.decision is Decision.SURE


def test_an_exception_of_an_editor_calms_the_words_around_it(classifier: Classifier) -> None:
    result = classifier.understand("με χτύπησε η ακρίβεια και δεν τα βγάζω πέρα")
    assert result.best.topic != "DISTRESS"


def test_the_rows_of_development_are_understood(classifier: Classifier) -> None:
    report = evaluate_understanding(DEVELOPMENT, classifier)
    assert report["top1"] >= 0.95
    assert report["out_of_scope_recall"] >= 0.9
    assert report["false_rejections"] <= 0.05
    assert report["distress_recall"] >= 0.97
    assert report["distress_precision"] >= 0.9


def test_threads_share_one_classifier(classifier: Classifier) -> None:
    texts = [row.utterance for row in read_rows(UNSEEN)]
    alone = [classifier.understand(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(classifier.understand, texts)) == alone


def test_no_test_utterance_is_an_example(knowledge: Knowledge) -> None:
    examples = {fold(example) for entry in knowledge for example in entry.examples}
    rows = read_rows(UNSEEN) + read_rows(DEVELOPMENT) + read_rows(BLIND)
    assert len(rows) >= 1200
    assert not [row.utterance for row in rows if fold(row.utterance) in examples]


def test_the_unseen_utterances_are_understood(classifier: Classifier) -> None:
    report = evaluate_understanding(UNSEEN, classifier)
    assert report["top1"] >= 0.92
    assert report["top1_committed"] >= 0.95
    assert report["out_of_scope_recall"] >= 0.9
    assert report["false_rejections"] <= 0.05
    assert report["distress_recall"] >= 0.9
    assert report["distress_precision"] >= 0.85
    assert report["ece"] <= 0.12


def test_utterances_by_another_hand_are_understood(classifier: Classifier) -> None:
    report = evaluate_understanding(BLIND, classifier)
    assert report["rows"] >= 400
    assert report["top1"] >= 0.93
    assert report["top1_committed"] >= 0.95
    assert report["out_of_scope_recall"] >= 0.88
    assert report["false_rejections"] <= 0.05
    assert report["distress_recall"] >= 0.95
    assert report["distress_precision"] >= 0.9


def test_a_missing_model_says_how_to_make_one(knowledge: Knowledge, tmp_path: Path) -> None:
    with pytest.raises(ClassifierError, match="voicebot train"):
        Classifier.load(tmp_path, knowledge)


@pytest.mark.parametrize(
    ("file", "content"), [(GRAPH_FILE, b"nonsense"), (META_FILE, b"{}"), (META_FILE, b"\xff")]
)
def test_a_broken_model_says_how_to_make_a_new_one(
    knowledge: Knowledge, model_folder: Path, tmp_path: Path, file: str, content: bytes
) -> None:
    broken = shutil.copytree(model_folder, tmp_path / "broken")
    (broken / file).write_bytes(content)
    with pytest.raises(ClassifierError, match="voicebot train"):
        Classifier.load(broken, knowledge)


def test_a_model_of_other_knowledge_is_refused(
    knowledge: Knowledge, model_folder: Path, tmp_path: Path
) -> None:
    stale = shutil.copytree(model_folder, tmp_path / "stale")
    meta = json.loads((stale / META_FILE).read_text(encoding="utf-8"))
    (stale / META_FILE).write_text(json.dumps(meta | {"digest": "0"}), encoding="utf-8")
    with pytest.raises(ClassifierError, match="changed since"):
        Classifier.load(stale, knowledge)


def small_knowledge(folder: Path) -> Knowledge:
    entries = []
    for name, topic, noun in (
        ("apples", "E01", "μήλα"),
        ("pears", "E02", "αχλάδια"),
        ("plums", "E03", "δαμάσκηνα"),
    ):
        verbs = (
            "θέλω πουλάω τρώω βλέπω μαζεύω καθαρίζω πλένω κόβω φυτεύω ζητάω φέρνω αγοράζω "
            "διαλέγω κρατάω ψάχνω"
        )
        examples = "".join(f"  - {verb} {noun}\n" for verb in verbs.split())
        entries.append(
            f"- id: efka.{name}\n  topic: {topic}\n  title: {noun}\n"
            f"  examples:\n{examples}  answer: Ναι.\n  sources: [test]\n"
        )
    (folder / "efka.yaml").write_text(
        "agency: EFKA\nentries:\n" + "".join(entries), encoding="utf-8"
    )
    return load_knowledge(folder)


def test_training_is_deterministic(tmp_path: Path) -> None:
    knowledge = small_knowledge(tmp_path)
    for name in ("one", "two"):
        report = train(knowledge, tmp_path / name)
        assert report.intents == 3
        assert report.examples == 45
    for file in (GRAPH_FILE, VOCABULARY_FILE, META_FILE):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_new_knowledge_works_without_negative_or_distress_entries(tmp_path: Path) -> None:
    knowledge = small_knowledge(tmp_path)
    train(knowledge, tmp_path / "model")
    classifier = Classifier.load(tmp_path / "model", knowledge)
    assert classifier.understand("μετράω αχλάδια").best.intent == "efka.pears"


def test_the_graph_computes_what_training_computed(tmp_path: Path) -> None:
    texts = ["πότε μπαίνει η σύνταξη", "θέλω ραντεβού", "πότε είναι το ραντεβού μου", "σύνταξη"]
    labels = ["b", "a", "a", "b"]
    extractor = FeatureExtractor({})
    counted = CountedUtterances.of([extractor.count(text) for text in texts])
    vocabulary = Vocabulary.learn(counted)
    matrix, importance = vocabulary.weigh(counted), np.ones(len(texts), dtype=np.float32)
    linear = LinearModel.fit(matrix, labels, importance)
    encoder = Encoder.fit(matrix, labels, importance)
    mixture = Mixture(margins=2.0, logits=0.7)
    meta = Meta(
        digest="",
        features_version=0,
        intents=linear.intents,
        thresholds=Thresholds(sure=0.5, unknown=0.1, distress=0.5),
        utterances=len(texts),
        cross_validation={},
    )
    save_model(tmp_path, Trained(vocabulary, linear, encoder, mixture), meta)
    expected = softmax(mixture.scores(linear.margins(matrix), encoder.logits(matrix)))
    session = InferenceSession(tmp_path / GRAPH_FILE, providers=["CPUExecutionProvider"])
    for row, probabilities in enumerate(expected):
        known = counted.counts[row][:, vocabulary.columns]
        inputs = {"ids": known.indices.astype(np.int64), "counts": known.data}
        assert session.run(None, inputs)[0] == pytest.approx(probabilities, abs=1e-5)
