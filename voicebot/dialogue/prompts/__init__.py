"""Everything the line says apart from the answers of intents/: plain Greek, short sentences.

Constants are said as they stand; functions fill in what is only known in the call. `fixed()` lists
the constants, for rendering them ahead.
"""

from __future__ import annotations

from types import ModuleType

from voicebot.dialogue.prompts import booking, general, labels, safety, services


def fixed() -> tuple[str, ...]:
    """All texts that never change, in the order of the files."""
    return tuple(text for module in (general, booking, services, safety) for text in _texts(module))


def _texts(module: ModuleType) -> list[str]:
    return [
        value
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, str)
    ]


__all__ = ["booking", "fixed", "general", "labels", "safety", "services"]
