"""When the line takes a caller for done: how often too early, and how long after they are.

Speech of held-out voices with pauses where people make them, on a telephone line with noise, goes
through the line's own ear; what is counted is where its turns end. The same speech is heard twice:
turns ended by silence alone, with one silence for each kind of answer, and as the line does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from stdnum.gr import vat

from bench.offline import RECOGNITION_MS, turns
from bench.telephone import VOICES, on_the_line, silence, spoken
from voicebot.hearing.loading import load_recogniser
from voicebot.hearing.recogniser import Recogniser
from voicebot.hearing.vad import SileroVad
from voicebot.settings import Hearing, load_settings
from voicebot.understanding.expectation import FREE, Expectation, Kind
from voicebot.understanding.number_words import number_words

_LEAD_MS, _TAIL_MS = 700, 3600
# An end this little before the last sound loses nothing: a plosive's tail, a fading vowel.
_TOLERANCE_MS = 100
_NOISE_DBFS = (None, -55.0, -45.0)
_PACES = {"quick": 1.15, "normal": 0.95, "elderly": 0.7}

_CITIES = ("αθήνα", "θεσσαλονίκη", "πάτρα", "ηράκλειο", "λάρισα", "βόλος", "ιωάννινα", "χανιά",
           "καλαμάτα", "κοζάνη", "σέρρες", "ρόδος", "λαμία", "τρίπολη", "ξάνθη")  # fmt: skip
_FREE = (
    ("θέλω να κλείσω ένα ραντεβού για", "τον έφκα της γειτονιάς μου"),
    ("πότε μπαίνει η σύνταξη",),
    ("έχω χάσει την κάρτα ανεργίας μου και", "δεν ξέρω τι να κάνω"),
    ("καλημέρα σας", "ήθελα να ρωτήσω για το επίδομα παιδιού"),
    ("να μιλήσω με έναν υπάλληλο",),
    ("μου είπαν ότι πρέπει να", "κάνω μια αίτηση για", "αναπηρική σύνταξη"),
    ("ο εργοδότης μου δεν με έχει πληρώσει",),
    ("θέλω να μάθω αν", "δικαιούμαι το επίδομα ενοικίου"),
)
_YES_NO = (("ναι",), ("όχι",), ("ναι βέβαια",), ("όχι ευχαριστώ",), ("σωστά",))
_DATES = (
    ("την τρίτη το πρωί",),
    ("στις δεκαέξι", "μαΐου"),
    ("αύριο",),
    ("την πέμπτη είκοσι τρεις ιουνίου",),
    ("για την παρασκευή", "το απόγευμα"),
    ("στις πέντε", "οκτωβρίου"),
)

Groups = tuple[str, ...]


@dataclass(frozen=True)
class StateReport:
    """One kind of answer, ended one way.

    Attributes:
        answers: how many were said.
        cut_off: share of them ended before the last word.
        missed: share that never ended (within 3.6 s), or was not heard at all.
        p50_ms, p95_ms: from the last sound to the end of the turn, of those not cut off.
    """

    answers: int
    cut_off: float
    missed: float
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True)
class EndpointingReport:
    """`before`: by silence alone; `after`: as the line does it. By kind of answer and pace."""

    before: dict[str, StateReport]
    after: dict[str, StateReport]
    recognition_ms: int


def _afm(rng: np.random.Generator) -> Groups:
    body = "".join(str(rng.integers(0, 10)) for _ in range(8))
    number = body + vat.calc_check_digit(body)
    return _dictated(number, rng)


def _phone(rng: np.random.Generator) -> Groups:
    return _dictated("69" + "".join(str(rng.integers(0, 10)) for _ in range(8)), rng)


def _dictated(number: str, rng: np.random.Generator) -> Groups:
    """Digit by digit in threes, or pairs; as people group them."""
    if rng.random() < 0.5:
        pieces = [number[at : at + 3] for at in range(0, len(number), 3)]
        return tuple(" ".join(number_words(int(digit)) for digit in piece) for piece in pieces)
    pairs = [number[at : at + 2] for at in range(0, len(number), 2)]
    return tuple(
        number_words(int(pair))
        if len(pair) == 2 and pair[0] != "0"
        else " ".join(number_words(int(digit)) for digit in pair)
        for pair in pairs
    )


def _one_of(texts: tuple[Groups, ...]) -> Callable[[np.random.Generator], Groups]:
    return lambda rng: texts[rng.integers(len(texts))]


def _city(rng: np.random.Generator) -> Groups:
    lead = ("", "στη ", "θέλω στη ")[rng.integers(3)]
    return (lead + _CITIES[rng.integers(len(_CITIES))],)


_STATES: dict[str, tuple[Expectation, Callable[[np.random.Generator], Groups], tuple[int, int]]] = {
    "free": (FREE, _one_of(_FREE), (350, 1000)),
    "yes_no": (Expectation(Kind.YES_NO), _one_of(_YES_NO), (0, 0)),
    "place": (Expectation(Kind.PLACE, phrases=_CITIES), _city, (0, 0)),
    "date": (Expectation(Kind.DATE), _one_of(_DATES), (300, 1000)),
    "afm": (Expectation(Kind.AFM), _afm, (300, 2000)),
    "phone": (Expectation(Kind.PHONE), _phone, (300, 2000)),
}


@dataclass(frozen=True)
class _Answer:
    state: str
    pace: str
    pcm: bytes
    end_ms: float


def _answers(count: int, seed: int) -> Iterator[_Answer]:
    for at_state, (state, (_, draw, (shortest, longest))) in enumerate(_STATES.items()):
        for number in range(count):
            rng = np.random.default_rng((seed, at_state, number))
            pace = tuple(_PACES)[number % len(_PACES)]
            voice = VOICES[rng.integers(len(VOICES))]
            # The old pause longer, the quick shorter; half of all pauses are in the lower third.
            stretch = {"quick": 0.6, "normal": 0.8, "elderly": 1.0}[pace]
            pcm = silence(_LEAD_MS)
            groups = draw(rng)
            for at, group in enumerate(groups):
                pcm += spoken(group, voice, _PACES[pace])
                if at < len(groups) - 1:
                    pcm += silence(shortest + (longest * stretch - shortest) * rng.random() ** 1.5)
            end_ms = len(pcm) / 16
            noise_dbfs = _NOISE_DBFS[rng.integers(len(_NOISE_DBFS))]
            yield _Answer(
                state, pace, on_the_line(pcm + silence(_TAIL_MS), noise_dbfs, rng), end_ms
            )


async def measure(count: int = 45, *, seed: int = 3) -> EndpointingReport:
    """Run the bench.

    Args:
        count: answers of each kind, a third of each pace.
        seed: for what is said, by whom, and how long pauses are.
    """
    hearing = load_settings().hearing
    fixed = hearing.model_copy(
        update={"end_silence_date_ms": hearing.end_silence_ms, "slow_speaker_stretch": 1.0}
    )
    recogniser = load_recogniser(hearing)
    try:
        recogniser.warm_up()
        answers = list(_answers(count, seed))
        before = await _pass(answers, recogniser, fixed, judges=False)
        after = await _pass(answers, recogniser, hearing, judges=True)
    finally:
        recogniser.close()
    return EndpointingReport(before, after, RECOGNITION_MS)


async def _pass(
    answers: list[_Answer], recogniser: Recogniser, settings: Hearing, *, judges: bool
) -> dict[str, StateReport]:
    ends: dict[str, list[float | None]] = {}
    vad = SileroVad()
    for answer in answers:
        expectation = _STATES[answer.state][0]
        found = await turns(
            answer.pcm, expectation, recogniser, vad, settings, judges=judges, unread=not judges
        )
        # One answer, one turn: the first end counts.
        after_ms = found[0].ended_ms - answer.end_ms if found else None
        for key in (answer.state, f"{answer.state}, {answer.pace}"):
            ends.setdefault(key, []).append(after_ms)
    return {key: _state(times) for key, times in sorted(ends.items())}


def _state(times: list[float | None]) -> StateReport:
    heard = [time for time in times if time is not None]
    late = [time for time in heard if time >= -_TOLERANCE_MS]
    return StateReport(
        answers=len(times),
        cut_off=round((len(heard) - len(late)) / len(times), 3),
        missed=round((len(times) - len(heard)) / len(times), 3),
        p50_ms=round(float(np.percentile(late, 50))) if late else float("nan"),
        p95_ms=round(float(np.percentile(late, 95))) if late else float("nan"),
    )
