"""Several requests in one utterance, and one request that only looks like several."""

from __future__ import annotations

import pytest

from voicebot.understanding.segmentation import requests


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "θέλω να δω τη σύνταξή μου και να κλείσω ένα ραντεβού",
            ["θέλω να δω τη σύνταξή μου", "να κλείσω ένα ραντεβού"],
        ),
        (
            "πότε μπαίνουν οι συντάξεις, και επίσης πώς βγάζω κάρτα ανεργίας;",
            ["πότε μπαίνουν οι συντάξεις", "πώς βγάζω κάρτα ανεργίας"],
        ),
        (
            "πόσα ένσημα έχω κι πότε βγαίνω στη σύνταξη και θέλω κι ένα ραντεβού",
            ["πόσα ένσημα έχω", "πότε βγαίνω στη σύνταξη", "θέλω κι ένα ραντεβού"],
        ),
    ],
)
def test_several_requests_are_parted(text: str, parts: list[str]) -> None:
    assert requests(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "πότε μπαίνουν οι συντάξεις",
        "με απέλυσαν χθες και θέλω να βγάλω κάρτα ανεργίας",
        "είμαι άνεργος και έχω δύο παιδιά τι δικαιούμαι",
        "ήμουν στο ίκα και στο τέβε και θέλω να κάνω τα χαρτιά μου",
        "θέλω να μιλήσω με υπάλληλο και να μην περιμένω",
    ],
)
def test_one_request_stays_whole(text: str) -> None:
    assert requests(text) == [text]
