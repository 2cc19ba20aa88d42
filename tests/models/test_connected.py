"""How sounds are joined in synthetic speech."""

from __future__ import annotations

import random

import pytest

from models.greek.connected import connected
from models.greek.phones import Phone

DRAWS = 200


def stream(symbols: str) -> list[Phone]:
    return [Phone(symbol, 70.0, ()) for symbol in symbols]


def ways(symbols: str) -> set[str]:
    """All that a stream becomes in many draws."""
    drawn = (connected(stream(symbols), random.Random(seed)) for seed in range(DRAWS))
    return {"".join(phone.symbol for phone in one) for one in drawn}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("timboli", {"timboli", "timpoli", "tiboli"}),  # την πόλη
        ("sidaXi", {"sidaXi", "sindaXi"}),  # σύνταξη
        ("toonoma", {"toonoma", "tonoma"}),  # το όνομα
        ("kalo", {"kalo"}),
    ],
)
def test_what_people_vary_is_varied_and_nothing_else(written: str, said: set[str]) -> None:
    assert ways(written) == said


def test_a_pause_keeps_its_length() -> None:
    for seed in range(DRAWS):
        spoken = connected([*stream("kalo"), Phone("_", 120.0, ())], random.Random(seed))
        assert spoken[-1] == Phone("_", 120.0, ())
        assert all(phone.duration_ms > 0 for phone in spoken)


def test_iota_between_voiceless_sounds_is_swallowed_now_and_then() -> None:
    lengths = [connected(stream("pisto"), random.Random(seed))[1].duration_ms for seed in range(50)]
    assert min(lengths) < 30 < max(lengths)
