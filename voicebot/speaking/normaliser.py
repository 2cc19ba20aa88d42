"""Written Greek to words that a voice can say."""

from __future__ import annotations


def normalise(text: str) -> str:
    """Put a text into words."""
    return text
