"""What a scripted caller answers to which question, in whatever order the questions come."""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.dialogue.scripts import ScriptCall, ScriptTurn

# What a caller who was not told otherwise answers.
_DEFAULTS = {
    "anything_else": ScriptTurn(say="όχι ευχαριστώ"),
    "offer_help": ScriptTurn(say="όχι"),
    "caller_id_ok": ScriptTurn(say="όχι"),
}
_OPEN = frozenset({"", "anything_else"})

NOT_TOLD = ScriptTurn(silence=6)
"""What comes of a question that the script says nothing of."""


class ScriptTurns:
    """The turns of a script that are still to be said.

    Args:
        call: the script.
        numbers: of the records that were there before the call, by reference.
    """

    def __init__(self, call: ScriptCall, numbers: Mapping[str, str]) -> None:
        self._left = list(call.turns)
        self._pool = {
            slot: list(texts) if isinstance(texts, list) else [texts]
            for slot, texts in call.pool.items()
        }
        self._numbers = numbers

    def filled(self, text: str) -> str:
        """A text with the numbers of the records in place of their references."""
        return text.format_map(_Blank(self._numbers))

    def knows(self, slot: str) -> bool:
        """Whether the script says what to answer to this question."""
        return self.coming(slot) is not None

    def coming(self, slot: str) -> ScriptTurn | None:
        """What the script says to this question next; None when it does not say."""
        own = next((turn for turn in self._left if turn.slot == slot), None)
        texts = self._pool.get(slot)
        return own or (ScriptTurn(say=texts[0]) if texts else None)

    def give_up_open(self, slot: str) -> None:
        """Leave unsaid what was to be said before the turn of a slot: the line has gone on."""
        own = next((i for i, turn in enumerate(self._left) if turn.slot == slot), 0)
        if all(turn.slot is None for turn in self._left[:own]):
            del self._left[:own]

    def next(self, slot: str) -> ScriptTurn | None:
        """The turn for a question ("": the open one); None to put the phone down."""
        free = next((i for i, turn in enumerate(self._left) if turn.slot is None), None)
        own = next((i for i, turn in enumerate(self._left) if slot and turn.slot == slot), None)
        # A turn without a slot is said when everything before it has been said; to an open
        # question at any rate.
        if free is not None and (free == 0 or (own is None and slot in _OPEN)):
            return self._left.pop(free)
        if own is not None:
            return self._left.pop(own)
        texts = self._pool.get(slot)
        if texts:
            return ScriptTurn(say=texts.pop(0) if len(texts) > 1 else texts[0])
        if slot in _DEFAULTS:
            return _DEFAULTS[slot]
        if free is not None:
            return self._left.pop(free)
        return NOT_TOLD if slot else None


class _Blank(dict[str, str]):
    """Numbers of seeded records by reference; anything else in braces stays as it is."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
