"""The measurement of understanding, on a classifier whose answers are known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from voicebot.understanding.classifier import Classifier
from voicebot.understanding.evaluation import EvaluationError, evaluate_understanding, read_rows
from voicebot.understanding.interpretation import Candidate, Decision, Interpretation

SURE, ASK, UNKNOWN = Decision.SURE, Decision.ASK_BACK, Decision.UNKNOWN


class Scripted:
    """Answers from a table: utterance → topic, probability, decision."""

    def __init__(self, answers: dict[str, tuple[str, float, Decision]]) -> None:
        self._answers = answers

    def understand(
        self, text: str, alternatives: Sequence[tuple[str, float]] = ()
    ) -> Interpretation:
        topic, probability, decision = self._answers[text]
        return Interpretation((Candidate(f"x.{topic}", topic, probability),), decision)


def test_every_figure_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text(
        "utterance\tlabels\n"
        "a\tE01\n"
        "b\tE01|E02\n"
        "c\tE03\n"
        "d\tE04\n"
        "e\tOUT_OF_SCOPE\n"
        "f\tOUT_OF_SCOPE\n"
        "g\tDISTRESS\n"
        "h\tE05\n",
        encoding="utf-8",
    )
    answers = {
        "a": ("E01", 0.95, SURE),
        "b": ("E02", 0.95, SURE),
        "c": ("E09", 0.95, SURE),
        "d": ("E04", 0.55, ASK),
        "e": ("E01", 0.05, UNKNOWN),
        "f": ("E01", 0.95, SURE),
        "g": ("DISTRESS", 0.95, SURE),
        "h": ("DISTRESS", 0.95, SURE),
    }
    report = evaluate_understanding(file, cast(Classifier, Scripted(answers)))
    assert report["rows"] == 8
    assert report["top1"] == pytest.approx(5 / 8)
    assert report["top1_committed"] == pytest.approx(3 / 6)
    assert report["asked_back"] == pytest.approx(1 / 8)
    assert report["out_of_scope_recall"] == 0.5
    assert report["false_rejections"] == 0.0
    assert report["distress_recall"] == 1.0
    assert report["distress_precision"] == 0.5
    # 0.95 bin: 6 rows, 3 right; 0.55: right; 0.05: right although improbable
    expected = (abs(0.5 - 0.95) * 6 + abs(1 - 0.55) + abs(1 - 0.05)) / 8
    assert report["ece"] == pytest.approx(expected, abs=1e-3)
    assert report["p95_ms"] >= report["p50_ms"] > 0
    assert {"wanted": "E03", "got": "E09", "count": 1} in report["confusions"]


def test_a_rejected_request_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text("a\tE01\nb\tE01\n", encoding="utf-8")
    answers = {"a": ("OUT_OF_SCOPE", 0.9, SURE), "b": ("E01", 0.1, UNKNOWN)}
    report = evaluate_understanding(file, cast(Classifier, Scripted(answers)))
    assert report["false_rejections"] == 1.0
    assert report["top1"] == 0.5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no rows"),
        ("utterance\tlabels\n", "no rows"),
        ("a E01\n", ":1: write utterance, a tab"),
        ("a\tE01\nb\t\n", ":2: write utterance, a tab"),
        ("a\tE01\nb\tE1|E02\n", ":2: 'E1' is neither"),
    ],
)
def test_a_bad_file_is_explained(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError) as error:
        read_rows(file)
    assert words in str(error.value)


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"none\.tsv"):
        read_rows(tmp_path / "none.tsv")
