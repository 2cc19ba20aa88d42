"""Phrases of distress."""

from __future__ import annotations

import pytest

from voicebot.understanding.knowledge import Knowledge
from voicebot.understanding.signals import Signals


@pytest.mark.parametrize(
    ("phrases", "text", "found"),
    [
        (["θέλω να πεθάνω"], "δεν αντέχω, θέλω να πεθάνω", True),
        (["θέλω να πεθάνω"], "θέλο να πεθάνο", True),
        (["θέλω να πεθάνω"], "θέλω να μάθω", False),
        (["αυτοκτον*"], "θα αυτοκτονήσω", True),
        (["πεσω … μπαλκονι"], "θα πέσω από το μπαλκόνι", True),
        (["πεσω … μπαλκονι"], "να πέσω να κοιμηθώ κι αύριο βγαίνω στο μπαλκόνι", False),
        (["με χτυπα*", "-στην τσέπη"], "αυτό με χτυπάει στην τσέπη", False),
        (["με χτυπα*", "-στην τσέπη"], "ο άντρας μου με χτυπάει", True),
        ([], "τίποτα", False),
        (["βοήθεια"], "", False),
    ],
)
def test_phrases_are_matched_by_sound(phrases: list[str], text: str, found: bool) -> None:
    assert Signals(phrases).match(text) is found


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("general.suicide", "δεν έχει νόημα να ζω"),
        ("general.suicide", "θα τελειώσω με τη ζωή μου"),
        ("general.suicide", "δεν θα με ξαναβρείτε"),
        ("general.violence", "ο άντρας μου με χτύπησε"),
        ("general.medical_emergency", "ο πατέρας μου δεν αναπνέει"),
    ],
)
def test_the_shipped_signals_hear_distress(knowledge: Knowledge, entry: str, text: str) -> None:
    assert Signals(knowledge.entry(entry).signals).match(text)


def test_the_shipped_signals_are_quiet_on_other_examples(knowledge: Knowledge) -> None:
    alarms = [Signals(entry.signals) for entry in knowledge if entry.signals]
    false = [
        example
        for entry in knowledge
        if not entry.signals
        for example in entry.examples
        if any(alarm.match(example) for alarm in alarms)
    ]
    assert not false
