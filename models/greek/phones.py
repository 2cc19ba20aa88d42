"""espeak-ng's stream of Greek phonemes (its voice `mb-gr2`) with durations and melody."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

VOWELS = frozenset("aeiou")


@dataclass(frozen=True)
class Phone:
    symbol: str
    duration_ms: float
    pitch: tuple[tuple[float, float], ...]  # (position in %, Hz)


def phones(text: str) -> list[Phone]:
    """Greek text to gr2 phonemes, by espeak-ng."""
    run = subprocess.run(
        ["espeak-ng", "-v", "mb-gr2", "-q", "--pho", "--stdin"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    found = []
    for line in run.stdout.decode("utf-8", "replace").splitlines():
        fields = line.split()
        if len(fields) >= 2:
            numbers = [float(x) for x in fields[2:]]
            melody = tuple(zip(numbers[::2], numbers[1::2], strict=False))
            found.append(Phone(fields[0], float(fields[1]), melody))
    return found
