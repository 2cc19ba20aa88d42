"""How people join sounds: what espeak-ng's stream always says one way, they say in several.

The stream drops every nasal within words (`sidaXi`) and voices every stop after one between words
(`tim boli`). People do each of it now and then, run like vowels together, swallow ι and ου between
voiceless consonants, slow down before pauses and change tempo as they go. The texts stay as they
are written: the head is to hear the same words in all of it.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace

from models.greek.phones import VOWELS, Phone

_NASALS = {"b": "m", "d": "n", "g": "V"}
_UNVOICED = {"b": "p", "d": "t", "g": "k"}
_VOICELESS = frozenset("ptkcfTsxCSXY")
_SHORT_MS = 14.0


def connected(stream: list[Phone], rng: random.Random) -> list[Phone]:
    """The same phrase as somebody might say it."""
    return _paced(_swallowed(_nasals(stream, rng), rng), rng)


def _nasals(stream: list[Phone], rng: random.Random) -> list[Phone]:
    out: list[Phone] = []
    for at, sound in enumerate(stream):
        before = out[-1] if out else None
        after = stream[at + 1].symbol if at + 1 < len(stream) else "_"
        if after in _NASALS and sound.symbol == _NASALS[after] and rng.random() < 0.3:
            continue  # «την πόλη» as ti boli
        if sound.symbol in _NASALS and before is not None:
            nasal = _NASALS[sound.symbol]
            if before.symbol == nasal and rng.random() < 0.3:
                sound = replace(sound, symbol=_UNVOICED[sound.symbol])  # as tin poli
            elif before.symbol in VOWELS and rng.random() < 0.4:
                out.append(Phone(nasal, rng.uniform(35, 70), ()))  # «σύνταξη» with nd
        elif sound.symbol == "z" and after not in VOWELS and rng.random() < 0.25:
            sound = replace(sound, symbol="s")
        out.append(sound)
    return out


def _swallowed(stream: list[Phone], rng: random.Random) -> list[Phone]:
    out: list[Phone] = []
    for at, sound in enumerate(stream):
        before = out[-1].symbol if out else "_"
        after = stream[at + 1].symbol if at + 1 < len(stream) else "_"
        if sound.symbol in VOWELS and sound.symbol == before and rng.random() < 0.4:
            out[-1] = replace(out[-1], duration_ms=out[-1].duration_ms * 1.25)
            continue
        between = before in _VOICELESS and after in _VOICELESS
        if sound.symbol in "iu" and between and rng.random() < 0.3:
            sound = replace(sound, duration_ms=_SHORT_MS)
        out.append(sound)
    return out


def _paced(stream: list[Phone], rng: random.Random) -> list[Phone]:
    """Tempo that wanders, and what comes before a pause drawn out."""
    out: list[Phone] = []
    tempo, spread = 0.0, rng.uniform(0.05, 0.2)
    for at, sound in enumerate(stream):
        tempo = 0.85 * tempo + rng.gauss(0, spread)
        factor = math.exp(tempo)
        pause_near = any(s.symbol == "_" for s in stream[at + 1 : at + 3])
        if pause_near and sound.symbol in VOWELS:
            factor *= rng.uniform(1.0, 1.8)
        pause = sound.symbol == "_"
        out.append(sound if pause else replace(sound, duration_ms=sound.duration_ms * factor))
    return out
