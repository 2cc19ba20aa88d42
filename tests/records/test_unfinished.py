from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.records.masking import mask
from voicebot.records.unfinished import mask_unfinished


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("θέλω να κλείσω", "θέλω να κλείσω"),
        ("θέλω να κλείσω ένα", "θέλω να κλείσω …"),
        ("θέλω να κλείσω ένα ραντεβού στην", "θέλω να κλείσω ένα ραντεβού στην"),
        ("το αφμ μου είναι 0940", "το αφμ μου είναι …"),
        ("το αφμ μου είναι μηδέν εννιά τέσσερα και", "το αφμ μου είναι …"),
        ("μηδέν εννιά τέτοια μηδέν", "…"),
        ("το αφμ μου είναι 094019245", "το αφμ μου είναι [ΑΦΜ]"),
        ("το αφμ μου είναι 094019245 και το κινητό 69", "το αφμ μου είναι [ΑΦΜ] και το κινητό …"),
        ("στις πέντε δεκεμβρίου", "στις πέντε δεκεμβρίου"),
        ("στείλτε το στο maria τελεία papa", "στείλτε το στο …"),
        ("", ""),
    ],
)
def test_a_number_is_not_shown_before_it_is_complete(said: str, shown: str) -> None:
    assert mask_unfinished(said) == shown


WORDS = st.sampled_from(
    ["0", "1", "24", "094", "μηδέν", "εννιά", "τέσσερα", "και", "λοιπόν", "τότε"]
)


@given(st.lists(WORDS, min_size=1, max_size=12))
def test_no_beginning_of_a_masked_number_is_shown(words: list[str]) -> None:
    """Whatever `mask` would take out at the end has never stood there on the way."""
    whole = " ".join(words)
    if mask(whole) == whole or not mask(whole).startswith("["):
        return
    for count in range(1, len(words) + 1):
        shown = mask_unfinished(" ".join(words[:count]))
        assert not any(letter.isdigit() for letter in shown)
