"""How many values are captured rightly when they are spoken by telephone, within two tries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict

import numpy as np

from voicebot.dialogue.number_questions import (
    afm_question,
    amka_question,
    mobile_question,
    number_question,
    phone_question,
)
from voicebot.dialogue.prompts import services
from voicebot.dialogue.questions import Question, Value
from voicebot.hearing.recogniser import FloatArray, Recogniser, Transcript
from voicebot.line.belief import taken
from voicebot.line.constraints import constraint_for, hotwords_for
from voicebot.rehearsal.spoken_rows import VARIANTS, telephone
from voicebot.settings import Hearing
from voicebot.speaking.espeak import EspeakVoice
from voicebot.speaking.normaliser import normalise
from voicebot.speaking.numerals import digits as digit_by_digit
from voicebot.understanding.capture import Outcome
from voicebot.understanding.capture_evaluation import KINDS, CaptureRow, Judgement, judge
from voicebot.understanding.digits import parse_digits
from voicebot.understanding.expectation import Expectation, Kind
from voicebot.understanding.identifiers import validate_afm, validate_amka
from voicebot.understanding.places import spoken_places

Readings = Sequence[tuple[str, float]]

# At first as callers dictate; a number that is asked for again, as the question then has it:
# «ένα ένα, αργά».
_RATE = 0.9
_SLOW_RATE = 0.75
# The noise of the second try is another one.
_SECOND_SEED = 100_000

# The questions of the dialogue, and with them what the line listens for.
_QUESTIONS: Mapping[str, Question[str]] = {
    "AFM": afm_question(),
    "AMKA": amka_question(),
    "MOBILE": mobile_question(),
    "PHONE": phone_question(services.PHONE, "phone"),
    "PROTOCOL": number_question(
        services.CASE_NUMBER, services.CASE_NUMBER_AGAIN, services.CASE_NUMBER_HELP, "number"
    ),
}
_EXPECTATIONS: Mapping[str, Expectation] = {
    **{kind: question.expectation for kind, question in _QUESTIONS.items()},
    "POSTCODE": Expectation(Kind.DIGITS, "postcode", lengths=(5,)),
    "PLACE": Expectation(Kind.PLACE, "place", spoken_places()),
}
_CHECKSUMS: Mapping[Kind, Callable[[str], object]] = {
    Kind.AFM: validate_afm,
    Kind.AMKA: validate_amka,
}
# «Πείτε τα δύο δύο.»
_IN_PAIRS = frozenset({"PROTOCOL"})


class SpokenWrongRow(TypedDict):
    """A row that was not right within two tries, and what was heard at each."""

    line: int
    spoken: str
    expected: str
    got: list[str]
    heard: list[str]


class SpokenKindReport(TypedDict):
    """Result of one kind; shares of its rows.

    `accuracy` is `within_two`. `believed_wrong` counts wrong values that the dialogue would have
    taken without reading them back, `wrong_checksums` values whose checksum fails (never).
    """

    accuracy: float
    first_try: float
    within_two: float
    rows: int
    believed_wrong: int
    wrong_checksums: int
    wrong: list[SpokenWrongRow]


class SpokenCapturesReport(TypedDict):
    """Result of a file."""

    by_kind: dict[str, SpokenKindReport]


@dataclass(frozen=True)
class _Try:
    judgement: Judgement
    right: bool
    believed: bool
    text: str


@dataclass
class _Tally:
    rows: int = 0
    first: int = 0
    second: int = 0
    believed_wrong: int = 0
    wrong_checksums: int = 0
    wrong: list[SpokenWrongRow] = field(default_factory=list)

    def report(self) -> SpokenKindReport:
        within_two = round((self.first + self.second) / self.rows, 4)
        return SpokenKindReport(
            accuracy=within_two,
            first_try=round(self.first / self.rows, 4),
            within_two=within_two,
            rows=self.rows,
            believed_wrong=self.believed_wrong,
            wrong_checksums=self.wrong_checksums,
            wrong=self.wrong,
        )


def expectation_of(kind: str) -> Expectation:
    """What the line expects when it asks for a kind of row (a key of `KINDS`)."""
    name = kind.removesuffix("_INVALID")
    asked, slot = KINDS[kind]
    return _EXPECTATIONS.get(name, Expectation(asked, slot))


class SpokenCaptures:
    """Speaks rows, listens as the line does when it has asked for their kind, and captures.

    A row has the voices and the noise of its line in the file; espeak-ng speaks the same words a
    little otherwise each time. A row is tried again, by the other voice, when no value came of it
    or when a wrong one would have been read back and denied; a number is then said as the
    question asks for it the second time. A wrong value that would have been believed is wrong at
    once: nobody would ask again.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        settings: Hearing,
        today: date,
        *,
        snr_db: float | None = None,
    ) -> None:
        """Load the voices.

        Args:
            recogniser: as the line has it.
            settings: the least confidences.
            today: the day that relative dates start from.
            snr_db: of speech to noise on the line; a quiet line if left out.

        Raises:
            VoiceError: a voice is missing.
        """
        self._snr_db = snr_db
        self._recogniser = recogniser
        self._settings = settings
        self._today = today
        self._voices = [EspeakVoice(variant) for variant in VARIANTS]

    def evaluate(
        self, rows: Sequence[CaptureRow], progress: Callable[[int, int], None]
    ) -> SpokenCapturesReport:
        """Try all rows in order; `progress` is told how many of how many are done.

        Raises:
            VoiceError: a row could not be spoken.
            RecogniserError: it could not be recognised.
        """
        tallies: dict[str, _Tally] = {}
        for done, row in enumerate(rows, 1):
            self._count(tallies.setdefault(row.kind, _Tally()), row)
            progress(done, len(rows))
        return SpokenCapturesReport(
            by_kind={kind: tally.report() for kind, tally in sorted(tallies.items())}
        )

    def _count(self, tally: _Tally, row: CaptureRow) -> None:
        tries = [self._try(row, normalise(row.spoken), row.line, rate=_RATE)]
        # A number that is no right one is said twice, and must not be taken either time.
        must_fail = row.kind.endswith("_INVALID")
        if (must_fail and tries[0].right) or not (tries[0].right or tries[0].believed):
            again, rate = said_again(row)
            tries.append(
                self._try(row, again, row.line + 1, rate=rate, seed=_SECOND_SEED + row.line)
            )
        tally.rows += 1
        tally.believed_wrong += sum(one.believed and not one.right for one in tries)
        tally.wrong_checksums += sum(_fails_checksum(row, one.judgement) for one in tries)
        if tries[0].right and (not must_fail or tries[-1].right):
            tally.first += 1
        elif tries[-1].right and not must_fail:
            tally.second += 1
        else:
            tally.wrong.append(
                SpokenWrongRow(
                    line=row.line,
                    spoken=row.spoken,
                    expected="|".join(row.values),
                    got=[one.judgement.got for one in tries],
                    heard=[one.text for one in tries],
                )
            )

    def _try(
        self,
        row: CaptureRow,
        words: str,
        voice_number: int,
        *,
        rate: float,
        seed: int | None = None,
    ) -> _Try:
        voice = self._voices[voice_number % len(self._voices)]
        pcm = np.frombuffer(voice.synthesize(words, rate=rate), "<i2")
        samples = (pcm / 32768).astype(np.float32)
        noise = voice_number if seed is None else seed
        audio = telephone(samples, voice.sample_rate_hz, seed=noise, snr_db=self._snr_db)
        transcript, readings = self._listen(audio, expectation_of(row.kind))
        judged = judge(row, readings, self._today)
        believed = judged.result.outcome is Outcome.ACCEPTED and _taken(row.kind, readings)
        # What is read back is denied when it is wrong: of an invalid number, always.
        right = not believed if row.kind.endswith("_INVALID") else judged.right
        return _Try(judged, right, believed, transcript.text)

    def _listen(self, audio: FloatArray, expectation: Expectation) -> tuple[Transcript, Readings]:
        """As the line does it: the grammar, the likelier of grammar and free speech, belief."""
        constraint = constraint_for(expectation)
        found = self._recogniser.transcribe(audio, constraint, hotwords_for(expectation))
        transcript, believed = taken(
            found, self._settings, constraint=constraint, is_open=expectation.open, truncated=False
        )
        if not believed:
            return transcript, []
        readings = [(one.text, one.probability) for one in transcript.alternatives]
        return transcript, readings or [(transcript.text, transcript.confidence)]


def said_again(row: CaptureRow) -> tuple[str, float]:
    """What a caller says who is asked again for a row's value, and at which rate (1 is normal)."""
    asked, _ = KINDS[row.kind]
    if asked not in (Kind.AFM, Kind.AMKA, Kind.PHONE, Kind.PROTOCOL, Kind.DIGITS):
        return normalise(row.spoken), _SLOW_RATE
    values = row.values or tuple(one.value for one in parse_digits(row.spoken, limit=1))
    digits = "".join(filter(str.isdigit, values[0])) if values else ""
    if not digits:
        return normalise(row.spoken), _SLOW_RATE
    if row.kind in _IN_PAIRS:
        return " ".join(_pair(digits[at : at + 2]) for at in range(0, len(digits), 2)), _RATE
    return digit_by_digit(digits), _SLOW_RATE


def _pair(digits: str) -> str:
    if digits.startswith("0") or len(digits) < 2:
        return digit_by_digit(digits)
    return normalise(digits)


def _taken(kind: str, readings: Readings) -> bool:
    """Whether the dialogue's own question takes what was heard without reading it back."""
    question = _QUESTIONS.get(kind.removesuffix("_INVALID"))
    if question is None or not readings:
        return True
    answer = question.capture(readings)
    return isinstance(answer, Value) and answer.read_back is None


def _fails_checksum(row: CaptureRow, judgement: Judgement) -> bool:
    check = _CHECKSUMS.get(KINDS[row.kind][0])
    value = judgement.result.value
    return check is not None and value is not None and check(str(value)) is not None


def first_of_each_kind(
    rows: Sequence[CaptureRow], limit: int | None, kinds: Sequence[str] = ()
) -> list[CaptureRow]:
    """At most `limit` rows of each kind, in order; only of `kinds` where some are given."""
    seen: dict[str, int] = {}
    chosen = []
    for row in rows:
        if kinds and row.kind not in kinds:
            continue
        seen[row.kind] = seen.get(row.kind, 0) + 1
        if limit is None or seen[row.kind] <= limit:
            chosen.append(row)
    return chosen
