"""How often the line acts on what nobody said to it, and how often it refuses what somebody did.

Hours of noise, music, tones and other languages go through the line's own ear, under each kind of
question; and real answers of held-out voices, to see what the gates cost.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from time import monotonic

import numpy as np

from bench.offline import Turn, turns
from bench.sounds import SOUNDS
from bench.telephone import VOICES, on_the_line, silence, spoken
from voicebot.dialogue.danger import alarms
from voicebot.hearing.loading import load_recogniser
from voicebot.hearing.recogniser import Recogniser, Transcript
from voicebot.hearing.vad import SileroVad, VoiceActivity
from voicebot.line.belief import is_worth_asking, taken
from voicebot.line.constraints import constraint_for
from voicebot.line.inbox import Alarms, utterance_of
from voicebot.settings import Hearing, load_settings
from voicebot.understanding.classifier import Classifier
from voicebot.understanding.expectation import FREE, Expectation, Kind
from voicebot.understanding.interpretation import Decision
from voicebot.understanding.knowledge import load_knowledge

_CITIES = ("αθήνα", "θεσσαλονίκη", "πάτρα", "ηράκλειο", "λάρισα", "βόλος", "χανιά", "καλαμάτα")
STATES: dict[str, Expectation] = {
    "free": FREE,
    "yes_no": Expectation(Kind.YES_NO),
    "place": Expectation(Kind.PLACE, phrases=_CITIES),
    "afm": Expectation(Kind.AFM),
}
_REAL: dict[str, tuple[str, ...]] = {
    "free": (
        "πότε μπαίνουν οι συντάξεις",
        "έχασα την κάρτα ανεργίας μου",
        "θέλω να κλείσω ραντεβού",
        "να μιλήσω με υπάλληλο",
        "ο εργοδότης μου δεν με πληρώνει",
        "βοήθεια",
        "τι δικαιολογητικά χρειάζονται για το επίδομα παιδιού",
    ),
    "yes_no": ("ναι", "όχι", "ναι βέβαια", "όχι ευχαριστώ", "σωστά", "εντάξει"),
    "place": ("στην αθήνα", "θεσσαλονίκη", "πάτρα", "στα χανιά", "λάρισα", "βόλος"),
    "afm": (
        "ένα δύο τρία τέσσερα πέντε έξι εφτά οχτώ τρία",
        "μηδέν εννιά μηδέν μηδέν μηδέν μηδέν μηδέν σαράντα πέντε",
        "ενενήντα εννιά ογδόντα οχτώ εβδομήντα πέντε σαράντα τρία δύο",
    ),
}
_PIECE_S = 20.0
# «Do you speak English?» is known by its sounds and answered.
_ENGLISH = "ENGLISH"
_LANGUAGES = "other languages"
_NOISE_DBFS = (None, -55.0, -45.0)


@dataclass(frozen=True)
class Heard:
    """One sound under one question.

    Attributes:
        minutes: how long it was.
        turns: stretches taken for utterances.
        given: of which had a text that the dialogue would be given.
        acted_on: of which again it would act on: an answer of the kind asked for, or words that
            the classifier is sure of. On the others it asks again.
        english_asked: requests for English, taken for what they were; in `given`, not in
            `acted_on`.
        danger_asked: texts that were not given, but after which it would ask whether somebody is
            in danger.
        examples: the commonest of the texts acted on, with how often.
    """

    minutes: float
    turns: int
    given: int
    acted_on: int
    english_asked: int
    danger_asked: int
    examples: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class QuietReport:
    """`given`, `acted_on`, `english_asked` and `danger_asked` in all; `languages_acted_on` in other
    languages and `babble_acted_on` in the voices of a crowd, all others noise and tones; `heard` by
    sound and question; `refused`: share of real answers that the dialogue was not given, by
    question, of `answers` said."""

    minutes: float
    given: int
    acted_on: int
    english_asked: int
    danger_asked: int
    languages_acted_on: int
    babble_acted_on: int
    heard: dict[str, dict[str, Heard]]
    refused: dict[str, float]
    answers: dict[str, int]


async def measure(
    minutes: float, *, seed: int = 6, answers: int = 60, seconds_limit: float | None = None
) -> QuietReport:
    """Run the bench.

    Args:
        minutes: of sound, shared evenly among sounds and questions.
        seed: for all that is random.
        answers: real answers to each question.
        seconds_limit: stop listening after so long, with what there is.
    """
    settings = load_settings()
    hearing = settings.hearing
    knowledge = load_knowledge(settings.understanding.intents)
    classifier = Classifier.load(settings.understanding.model, knowledge)
    is_cry = alarms(knowledge, classifier)
    recogniser = load_recogniser(hearing)
    vad = SileroVad()
    rng = np.random.default_rng(seed)
    until = None if seconds_limit is None else monotonic() + seconds_limit
    each_s = minutes * 60 / len(SOUNDS) / len(STATES)
    heard: dict[str, dict[str, Heard]] = {}
    try:
        recogniser.warm_up()
        for sound, make in SOUNDS.items():
            heard[sound] = {}
            for state, expectation in STATES.items():
                found: list[Turn] = []
                left_s = each_s
                while left_s > 0 and (until is None or monotonic() < until):
                    piece = make(min(_PIECE_S, left_s), rng)
                    found += await turns(
                        piece + silence(1500), expectation, recogniser, vad, hearing
                    )
                    left_s -= _PIECE_S
                heard_s = each_s - max(0.0, left_s)
                heard[sound][state] = _heard(
                    sound, found, expectation, hearing, classifier, is_cry, heard_s
                )
        refused = {
            state: await _refused(state, answers, recogniser, vad, hearing, rng) for state in STATES
        }
    finally:
        recogniser.close()
    return QuietReport(
        minutes=round(sum(one.minutes for by in heard.values() for one in by.values()), 1),
        given=sum(one.given for by in heard.values() for one in by.values()),
        acted_on=sum(one.acted_on for by in heard.values() for one in by.values()),
        english_asked=sum(one.english_asked for by in heard.values() for one in by.values()),
        danger_asked=sum(one.danger_asked for by in heard.values() for one in by.values()),
        languages_acted_on=sum(one.acted_on for one in heard[_LANGUAGES].values()),
        babble_acted_on=sum(one.acted_on for one in heard["babble"].values()),
        heard=heard,
        refused=refused,
        answers=dict.fromkeys(STATES, answers),
    )


def given(turn: Turn, expectation: Expectation, settings: Hearing) -> Transcript | None:
    """What the dialogue would be given, or None."""
    transcript, believed = _taken(turn, expectation, settings)
    return transcript if believed else None


def _taken(turn: Turn, expectation: Expectation, settings: Hearing) -> tuple[Transcript, bool]:
    return taken(
        turn.transcript,
        settings,
        constraint=constraint_for(expectation),
        is_open=expectation.open,
        truncated=turn.segment.truncated,
    )


def _is_sure(transcript: Transcript, classifier: Classifier) -> tuple[bool, str]:
    """Whether the dialogue acts on a text, and its topic ("" for an answer)."""
    if transcript.constrained:
        return True, ""
    readings = [(one.text, one.probability) for one in transcript.alternatives]
    meant = classifier.understand(transcript.text, readings)
    topic = meant.candidates[0].topic if meant.candidates else ""
    return meant.decision is Decision.SURE, topic


def _heard(
    sound: str,
    found: list[Turn],
    expectation: Expectation,
    settings: Hearing,
    classifier: Classifier,
    is_cry: Alarms,
    seconds: float,
) -> Heard:
    heard = [_taken(turn, expectation, settings) for turn in found]
    texts = [one for one, believed in heard if believed]
    doubted = [one for one, believed in heard if not believed and is_worth_asking(one, settings)]
    acted_on: Counter[str] = Counter()
    english_asked = 0
    for one in texts:
        is_sure, topic = _is_sure(one, classifier)
        if is_sure and topic == _ENGLISH and sound == _LANGUAGES:
            english_asked += 1
        elif is_sure:
            acted_on[one.text] += 1
    return Heard(
        minutes=round(seconds / 60, 2),
        turns=len(found),
        given=len(texts),
        acted_on=acted_on.total(),
        english_asked=english_asked,
        danger_asked=sum(is_cry(utterance_of(one)) for one in doubted),
        examples=dict(acted_on.most_common(5)),
    )


async def _refused(
    state: str,
    count: int,
    recogniser: Recogniser,
    vad: VoiceActivity,
    settings: Hearing,
    rng: np.random.Generator,
) -> float:
    expectation = STATES[state]
    lost = 0
    for number in range(count):
        text = _REAL[state][number % len(_REAL[state])]
        pcm = spoken(text, VOICES[rng.integers(len(VOICES))], rng.uniform(0.8, 1.15))
        stream = silence(700) + pcm + silence(2500)
        stream = on_the_line(stream, _NOISE_DBFS[rng.integers(len(_NOISE_DBFS))], rng)
        found = await turns(stream, expectation, recogniser, vad, settings)
        lost += not any(given(turn, expectation, settings) for turn in found)
    return round(lost / count, 3)
