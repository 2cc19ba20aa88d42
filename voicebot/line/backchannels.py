"""The small sounds by which a listener says «go on»: no interruption, while an answer is read."""

from __future__ import annotations

from voicebot.understanding.text import fold

_MAX_WORDS = 3
_WORDS = (
    "ναι", "ναί", "μμ", "μμμ", "μχμ", "μ", "α", "αα", "αχά", "αχα", "ε", "εε", "εμ", "ω", "ο",
    "οκ", "οκέι", "οκει", "ok", "εντάξει", "ωραία", "μάλιστα", "σωστά", "καλά", "τέλεια",
    "κατάλαβα", "βέβαια", "σωστό", "ευχαριστώ",
)  # fmt: skip
_FOLDED = frozenset(fold(word) for word in _WORDS)


def is_backchannel(text: str) -> bool:
    """Whether a text only says «I am listening».

    >>> is_backchannel("ναι, εντάξει"), is_backchannel("ναι θέλω ραντεβού"), is_backchannel("")
    (True, False, False)
    """
    words = fold(text).split()
    return 0 < len(words) <= _MAX_WORDS and all(word in _FOLDED for word in words)
