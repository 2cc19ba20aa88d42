"""How well a person is told from an answering machine, on synthesized greetings.

    python -m bench.answering_machines

Voices of espeak-ng, three levels of noise and loudness; three in four machines give a tone. The
thresholds of `voicebot.telephony.machine` were chosen on these very sentences.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from voicebot.speaking.espeak import EspeakVoice
from voicebot.speaking.speaker import Speaker
from voicebot.telephony.call import FRAME_BYTES
from voicebot.telephony.machine import AnswerEar, Verdict

PEOPLE = (
    "Εμπρός;",
    "Παρακαλώ;",
    "Ναι;",
    "Λέγετε.",
    "Ναι, παρακαλώ;",
    "Ορίστε;",
    "Παρακαλώ, ποιος είναι;",
    "Γεια σας.",
    "Καλημέρα, λέγετε.",
    "Ναι, ο ίδιος.",
    "Έλα.",
    "Εμπρός, ποιος είναι παρακαλώ;",
    "Ναι ναι, σας ακούω.",
    "Παρακαλώ, οικία Παπαδοπούλου.",
    "Λογιστικό γραφείο, καλημέρα σας, πώς μπορώ να βοηθήσω;",
)
MACHINES = (
    "Καλέσατε την οικία Παπαδοπούλου. Αφήστε το μήνυμά σας μετά τον χαρακτηριστικό ήχο.",
    "Γεια σας, αυτή τη στιγμή δεν μπορώ να απαντήσω. Παρακαλώ αφήστε μήνυμα και θα σας καλέσω"
    " μόλις μπορέσω.",
    "Ο συνδρομητής που καλέσατε δεν είναι διαθέσιμος. Παρακαλώ αφήστε το μήνυμά σας μετά τον ήχο.",
    "Ο συνδρομητής που καλέσατε έχει πιθανόν το τηλέφωνό του απενεργοποιημένο. Παρακαλούμε καλέστε"
    " αργότερα.",
    "Αυτός είναι ο τηλεφωνητής του έξι εννιά τέσσερα πέντε ένα δύο τρία. Μιλήστε μετά το μπιπ.",
    "Γεια. Δεν είμαι εδώ. Πείτε μου.",
    "Γεια σας. Δεν είμαστε εδώ τώρα. Αφήστε μήνυμα.",
    "Τηλεφωνητής.",
    "Έχετε καλέσει το γραφείο του Νίκου Παππά. Οι ώρες λειτουργίας είναι εννέα με πέντε.",
    "Καλέσατε τον Γιώργο, πείτε ό,τι θέλετε μετά τον ήχο.",
)
VOICES = ("el+Annie", "el+f2", "el+f3", "el+m1", "el+m3", "el+f4", "el+m7", "el")
# Noise in dBFS, and loudness.
CONDITIONS = ((-65, 1.0), (-48, 1.0), (-55, 0.4))
_RATE = 8000


@dataclass(frozen=True)
class Case:
    """One answered call and what was made of it."""

    sentence: str
    right: bool
    reason: str
    known_ms: int


def _call(speech: np.ndarray, machine: bool, noise_db: float, rng: np.random.Generator) -> bytes:
    parts = [np.zeros(8 * int(rng.integers(150, 900))), speech]
    if machine and rng.random() < 0.75:
        time_s = np.arange(8 * int(rng.integers(300, 900))) / _RATE
        hertz = float(rng.choice([440, 800, 1000, 1400]))
        gap = np.zeros(8 * int(rng.integers(200, 1200)))
        parts += [gap, 0.3 * 32768 * np.sin(2 * np.pi * hertz * time_s)]
    parts.append(np.zeros(8 * 6000))
    samples = np.concatenate(parts)
    samples += rng.normal(0, 10 ** (noise_db / 20) * 32768, len(samples))
    return bytes(samples.clip(-32768, 32767).astype("<i2").tobytes())


def _listen(pcm: bytes, sentence: str, wanted: Verdict) -> Case:
    ear = AnswerEar()
    for start in range(0, len(pcm), FRAME_BYTES):
        if ear.feed(pcm[start : start + FRAME_BYTES]) is not None:
            break
    return Case(sentence, ear.verdict is wanted, ear.reason, ear.heard_ms)


async def run() -> Iterator[str]:
    """Lines of the report."""
    rng = np.random.default_rng(7)
    cases: dict[Verdict, list[Case]] = {Verdict.PERSON: [], Verdict.MACHINE: []}
    for voice in VOICES:
        speaker = Speaker(EspeakVoice(voice, nasal=True))
        for wanted, sentences in ((Verdict.PERSON, PEOPLE), (Verdict.MACHINE, MACHINES)):
            for sentence in sentences:
                spoken = np.frombuffer(await speaker.render(sentence), dtype="<i2").astype(float)
                for noise_db, loudness in CONDITIONS:
                    pcm = _call(spoken * loudness, wanted is Verdict.MACHINE, noise_db, rng)
                    cases[wanted].append(_listen(pcm, sentence, wanted))
        await speaker.close()
    return _report(cases)


def _report(cases: dict[Verdict, list[Case]]) -> Iterator[str]:
    for verdict, found in cases.items():
        right = sum(case.right for case in found)
        known = sorted(case.known_ms for case in found)
        yield f"{verdict}: {right} of {len(found)} right; known after {known[len(known) // 2]} ms"
        for sentence in dict.fromkeys(case.sentence for case in found if not case.right):
            wrong = sum(not case.right for case in found if case.sentence == sentence)
            yield f"  {wrong} wrong: {sentence}"


if __name__ == "__main__":
    for line in asyncio.run(run()):
        print(line)
