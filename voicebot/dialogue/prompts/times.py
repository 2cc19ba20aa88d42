"""Words around days and times. The voice's normaliser agrees the articles («στη μία»)."""

from __future__ import annotations

TODAY = "σήμερα"
TOMORROW = "αύριο"


def at(time: str) -> str:
    """«στις 10:30»."""
    return f"στις {time}"


def between(day: str, start: str, end: str) -> str:
    """«Πέμπτη 26 Νοεμβρίου, από τις 8:00 έως τις 12:00»."""
    return f"{day}, από τις {start} έως τις {end}"
