"""The synthetic voices that can say Greek: espeak-ng variants and MBROLA diphone databases.

espeak-ng gives the Greek phoneme stream with durations and pitch (`mb-gr2`); every MBROLA
database, whatever its language, is one more recorded person who can be made to say it, with a
neighbouring sound where its language lacks a Greek one.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MBROLA_DATABASES = Path("/usr/share/mbrola")


def _named(names: str) -> tuple[str, ...]:
    return tuple(names.split())


#: Kept apart for the development set: never trained on.
HELD_OUT_VARIANTS = frozenset({"f3", "m5", "Andrea"})
HELD_OUT_DIPHONES = frozenset({"es4", "tr2"})

ESPEAK_VARIANTS = _named(
    "m1 m2 m3 m4 m6 m7 m8 f1 f2 f4 f5 Alex Alicia Annie Denis Diogo Gene Gene2 Henrique Hugo "
    "Jacky Lee Marco Mario Michael Mike adam anika antonio aunty belinda benjamin boris caleb "
    "david ed edward edward2 grandma grandpa iven iven2 iven3 john linda marcelo max michel "
    "miguel norbert pablo paul pedro quincy rob robert sandro shelby steph steph2 travis victor "
    "zac klatt klatt2 klatt3"
)

_FEMALE = frozenset(_named("us1 it4 br4 pt1 de1 de3 de5 de7 cz1 hu1 pl1 tr2 sw2 nl3 bz1 hb2"))
_NATIVE = ("gr1", "gr2")
_FOREIGN = _named(
    "es1 es2 es4 it3 it4 mx1 mx2 ro1 cr1 us1 us2 us3 en1 pt1 br4 tr1 tr2 pl1 cz2 hu1 de1 de2 de3 "
    "de4 de5 de6 de7 sw1 sw2 nl2 nl3 ic1 ee1 hb1 hb2 la1 bz1 af1"
)

#: For each symbol of gr2's stream: what to try, best first. Several symbols in one entry are
#: spoken one after the other in the time of the one they replace.
_NEIGHBOURS: dict[str, tuple[str, ...]] = {
    "a": ("a", "A", "a:", "A:"),
    "e": ("e", "E", "e:", "E:"),
    "i": ("i", "i:", "I"),
    "o": ("o", "O", "o:", "O:"),
    "u": ("u", "u:", "U"),
    "p": ("p",),
    "t": ("t",),
    "k": ("k",),
    "b": ("b",),
    "d": ("d",),
    "g": ("g",),
    "c": ("c", "k"),
    "f": ("f", "v"),
    "v": ("v", "B", "b"),
    "T": ("T", "f", "s"),
    "D": ("D", "v", "d"),
    "s": ("s",),
    "z": ("z", "s"),
    "x": ("x", "X", "h"),
    "C": ("C", "x", "h"),
    "G": ("G", "g"),
    "j": ("j", "jj", "y"),
    "m": ("m",),
    "M": ("m",),
    "n": ("n",),
    "V": ("N", "n"),
    "N": ("J", "nh", "n'", "n j", "n i"),
    "l": ("l",),
    "L": ("L", "lh", "l'", "l j", "l i"),
    "r": ("r", "R", "4"),
    "R": ("r", "R", "4"),
    "S": ("ts", "t s"),
    "Z": ("dz", "d z", "d s"),
    "X": ("k s",),
    "Y": ("p s",),
    "q": ("k",),
}

#: Where a database uses a symbol for another sound than the table supposes.
_EXCEPTIONS: dict[str, dict[str, str]] = {
    "gr1": {"Z": "tz"},
    "gr2": {s: s for s in _NEIGHBOURS},
    "us1": {"r": "4", "R": "4"},
    "us2": {"r": "4", "R": "4"},
    "it3": {"x": "k", "C": "S"},
    "it4": {"x": "k", "C": "S"},
    "de1": {"o": "o:", "e": "e:"},
    "de2": {"o": "o:", "e": "e:"},
    "de3": {"o": "o:", "e": "e:", "T": "f", "D": "v"},
    "de5": {"i": "i:", "o": "o:", "e": "e:"},
    "de6": {"o": "o:"},
    "de7": {"o": "o:"},
    "mx2": {"V": "n", "N": "ny"},
    "mx1": {"V": "n", "N": "N"},
    "es1": {"D": "d", "V": "n"},
    "es2": {"D": "d", "V": "n"},
    "es4": {"D": "d", "V": "n"},
    "en1": {"o": "O:", "a": "A:"},
    "tr1": {"G": "g"},
    "tr2": {"G": "g"},
    "hu1": {"a": "a:", "o": "o"},
    "ee1": {"z": "s", "N": "n'", "L": "l'"},
    "sw1": {"a": "A:", "z": "s"},
    "sw2": {"a": "A:", "z": "s"},
    "pt1": {"x": "R", "C": "S"},
}


@dataclass(frozen=True)
class Diphones:
    """One MBROLA database with the way from gr2's symbols to its own."""

    name: str
    female: bool
    symbols: dict[str, tuple[str, ...]]

    @property
    def path(self) -> Path:
        return MBROLA_DATABASES / self.name / self.name


@cache
def inventory(name: str) -> frozenset[tuple[str, str]]:
    """Read the pairs of symbols that a database holds from its header."""
    data = (MBROLA_DATABASES / name / name).read_bytes()[:1_200_000]
    (count,) = struct.unpack("<H", data[11:13])
    at, pairs = 26, set()
    for _ in range(count):
        end = data.index(b"\0", at)
        left = data[at:end].decode("latin1")
        at, end = end + 1, data.index(b"\0", end + 1)
        pairs.add((left, data[at:end].decode("latin1")))
        at = end + 5
    return frozenset(pairs)


def diphones(name: str) -> Diphones | None:
    """Map the Greek symbols onto one database; None when it lacks a sound that nothing replaces."""
    known = {symbol for pair in inventory(name) for symbol in pair}
    symbols: dict[str, tuple[str, ...]] = {"_": ("_",)}
    for greek, choices in _NEIGHBOURS.items():
        exception = _EXCEPTIONS.get(name, {}).get(greek)
        for choice in (exception, *choices) if exception else choices:
            parts = tuple(choice.split())
            if all(part in known for part in parts):
                symbols[greek] = parts
                break
        else:
            return None
    return Diphones(name, name in _FEMALE, symbols)


def installed() -> tuple[list[Diphones], list[Diphones]]:
    """Return the native and the foreign databases that are installed and usable."""

    def usable(names: tuple[str, ...]) -> list[Diphones]:
        there = (n for n in names if (MBROLA_DATABASES / n / n).is_file())
        return [voice for n in there if (voice := diphones(n)) is not None]

    return usable(_NATIVE), usable(_FOREIGN)


#: What a stand-in is heard as, for the symbols whose stand-ins are another Greek sound.
_HEARD_AS = {
    "D": ("δ", {"v": "β", "d": "d"}),
    "T": ("θ", {"f": "φ", "s": "σ"}),
    "v": ("β", {"b": "b"}),
    "z": ("ζ", {"s": "σ"}),
    "G": ("γ", {"g": "g"}),
    "x": ("χ", {"k": "κ"}),
}
#: Their b, d, g between vowels are the Greek β, δ, γ.
_SOFT = frozenset(_named("es1 es2 es4 mx1 mx2"))


@cache
def stand_ins(name: str) -> dict[str, str]:
    """Which Greek sounds a voice says as others: the CTC head is to write what is heard.

    γ and χ before ι and ε have symbols of their own (j, C) and are not meant.
    """
    voice = diphones(name) if (MBROLA_DATABASES / name / name).is_file() else None
    if voice is None or name in _NATIVE:
        return {}
    changed = {}
    for symbol, (sound, heard) in _HEARD_AS.items():
        spoken = voice.symbols[symbol][0]
        if spoken in heard and not (symbol in "DvG" and name in _SOFT):
            changed[sound] = heard[spoken]
    return changed


def heard_sounds(sounds: str, voice: str) -> str:
    """The sounds of a text as this voice says them (see `stand_ins`)."""
    changed = stand_ins(voice)
    if not changed:
        return sounds
    out = []
    for at, sound in enumerate(sounds):
        before_front = sound in "γχ" and sounds[at + 1 : at + 2] in ("ι", "ε")
        out.append(sound if before_front else changed.get(sound, sound))
    return "".join(out)
