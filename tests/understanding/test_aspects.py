"""Questions that have their topic from the one before, and what an entry says about them."""

from __future__ import annotations

from datetime import date

import pytest

from voicebot.understanding.aspects import Aspect, about, read_aspect
from voicebot.understanding.knowledge import Knowledge

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("πόσα λεφτά;", Aspect.AMOUNT),
        ("και πόσο είναι περίπου;", Aspect.AMOUNT),
        ("πότε;", Aspect.WHEN),
        ("μέχρι πότε;", Aspect.WHEN),
        ("πού πάω;", Aspect.WHERE),
        ("τι χαρτιά θέλει;", Aspect.PAPERS),
        ("και πώς το κάνω;", Aspect.HOW),
        ("για πόσους μήνες;", Aspect.DURATION),
    ],
)
def test_a_question_without_a_topic_is_recognised(text: str, aspect: Aspect) -> None:
    assert read_aspect(text) is aspect


@pytest.mark.parametrize(
    "text",
    [
        "",
        "πότε μπαίνουν οι συντάξεις",
        "πόσα ένσημα έχω",
        "και για τη μητέρα μου",
        "ναι",
        "ραντεβού",
    ],
)
def test_other_utterances_are_not(text: str) -> None:
    assert read_aspect(text) is None


def test_the_sentence_that_answers_is_found(knowledge: Knowledge) -> None:
    entry = knowledge.entry("efka.funeral_expenses")
    assert "883,92 ευρώ" in about(entry, Aspect.AMOUNT, TODAY)
    assert "παραστατικά" in about(entry, Aspect.PAPERS, TODAY)
    assert about(entry, Aspect.WHEN, TODAY) == ""


def test_a_figure_past_its_day_is_not_told(knowledge: Knowledge) -> None:
    entry = knowledge.entry("efka.funeral_expenses")
    assert "883" not in about(entry, Aspect.AMOUNT, date(2030, 1, 1))
