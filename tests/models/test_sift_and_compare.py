"""What a clip is heard as against its text, and the targets that are compared."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

pytest.importorskip("torch", reason="training has an environment of its own")

from models.greek.compare import VARIANTS, Targets, collapsed, table
from models.greek.sift import disagreement
from voicebot.hearing.greek_sounds import sounds


def test_a_clip_that_says_its_text_agrees() -> None:
    text = "ουνα κασα βερντε"
    assert disagreement(sounds(text), text) == 0.0
    assert disagreement("υνακασαβεdε", text) < 0.2
    assert disagreement("πορφαβορινγκρεσεσυνυμερο", text) > 0.8


def test_a_text_without_sounds_never_agrees() -> None:
    assert disagreement("", "...") == 1.0


def test_repeats_and_blanks_of_a_path_fall_away() -> None:
    assert collapsed([0, 3, 3, 0, 3, 5, 5, 0]) == [3, 3, 5]


def test_characters_and_sounds_are_heard_as_sounds() -> None:
    speller = cast(Any, SimpleNamespace(size=10))
    by_sound, by_letter = Targets("sounds", speller), Targets("characters", speller)
    for text in ("καλημέρα σας", "θέλω ραντεβού", "είκοσι οκτώ"):
        assert by_sound.heard(by_sound.of_text(text)) == sounds(text)
        assert by_letter.heard(by_letter.of_text(text)) == sounds(text)
        assert 0 not in by_sound.of_text(text) + by_letter.of_text(text)
        assert max(by_letter.of_text(text)) < by_letter.size


def test_the_table_has_a_line_for_each_variant() -> None:
    rows = [
        {"name": v.name, "clips": 32, "trained": 8_400_000, "voices_nats": 2.5, "people_nats": 3.0,
         "voices_wrong": 0.91, "people_wrong": 0.96}
        for v in VARIANTS
    ]  # fmt: skip
    rows[-1] |= {"voices_decoder_nats": 1.25, "people_decoder_nats": 1.5}
    lines = table(cast(Any, rows)).splitlines()

    assert len(lines) == len(VARIANTS) + 2
    assert lines[2].endswith("| 8.4 M | 32 | 2.50 / 3.00 |  | 91% / 96% |")
    assert "1.25 / 1.50" in lines[-1]
    assert {line.count("|") for line in lines} == {lines[0].count("|")}
