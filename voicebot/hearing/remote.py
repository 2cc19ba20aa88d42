"""A transcription service with OpenAI's interface, on one's own machines or elsewhere.

Sends each utterance as a WAV file to `POST {url}/audio/transcriptions`, Greek forced. What comes
back has no alternatives, and a confidence only where the service gives segments with
`avg_logprob` (response format "verbose_json").
"""

from __future__ import annotations

import io
import math
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import httpx
import soundfile

from voicebot.hearing.recogniser import (
    SAMPLE_RATE_HZ,
    FloatArray,
    Hypothesis,
    Recogniser,
    RecogniserError,
    Transcript,
)

if TYPE_CHECKING:
    from voicebot.hearing.constraint import Constraint
    from voicebot.settings import Remote

# Without scores from the service: believed, but asked back about in doubt.
_UNSCORED = 0.6
_WAIT_S = 0.1
_MOST_SHOWN = 200


class RemoteRecogniser(Recogniser):
    """Asks a transcription service; a failed connection or a 5xx is tried again.

    Args:
        settings: address, key, model, time limit and tries.

    Raises:
        RecogniserError: no address is set.
    """

    name = "remote"

    def __init__(self, settings: Remote) -> None:
        if settings.url is None:
            raise RecogniserError(
                "hearing.remote.url: set the service's address, such as http://127.0.0.1:8000/v1"
            )
        self._settings = settings
        headers = {}
        if settings.key is not None:
            headers["Authorization"] = f"Bearer {settings.key.get_secret_value()}"
        self._url = f"{settings.url.rstrip('/')}/audio/transcriptions"
        self._client = httpx.Client(headers=headers, timeout=settings.timeout_s)

    def transcribe(
        self,
        audio: FloatArray,
        constraint: Constraint | None = None,
        hotwords: Sequence[str] = (),
    ) -> Transcript:
        """Send one utterance. A constraint cannot be sent and is left to whoever reads the text;
        hot words go as the prompt.

        Raises:
            RecogniserError: the service cannot be reached, refuses, or answers something else.
        """
        started = time.monotonic()
        form = {
            "model": self._settings.model,
            "language": "el",
            "response_format": "verbose_json",
            "temperature": "0",
        }
        if hotwords:
            form["prompt"] = ", ".join(hotwords)
        answer = self._post(form, _wav(audio))
        text = answer.get("text")
        if not isinstance(text, str):
            raise RecogniserError(f"{self._url}: the answer has no text")
        confidence, no_speech = _scores(answer.get("segments"))
        text = text.strip()
        return Transcript(
            text,
            confidence if text else 0.0,
            (Hypothesis(text, 1.0),) if text else (),
            audio_ms=round(len(audio) * 1000 / SAMPLE_RATE_HZ),
            decode_ms=round((time.monotonic() - started) * 1000),
            no_speech_prob=no_speech,
            engine=self.name,
        )

    def warm_up(self) -> None:
        """Nothing to load here; whether the service is there shows with the first caller."""

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _post(self, form: Mapping[str, str], wav: bytes) -> dict[str, Any]:
        problem = ""
        for attempt in range(1 + self._settings.retries):
            if attempt:
                time.sleep(_WAIT_S * attempt)
            try:
                reply = self._client.post(
                    self._url, data=dict(form), files={"file": ("turn.wav", wav, "audio/wav")}
                )
            except httpx.HTTPError as error:
                problem = f"{type(error).__name__}: {error}"
                continue
            if reply.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                problem = f"status {reply.status_code}"
                continue
            if reply.status_code != httpx.codes.OK:
                told = reply.text[:_MOST_SHOWN]
                raise RecogniserError(f"{self._url}: status {reply.status_code}: {told}")
            try:
                answer = reply.json()
            except ValueError as error:
                raise RecogniserError(f"{self._url}: the answer is not JSON") from error
            if not isinstance(answer, dict):
                raise RecogniserError(f"{self._url}: the answer is no JSON object")
            return answer
        raise RecogniserError(f"{self._url}: {problem}")


def _wav(audio: FloatArray) -> bytes:
    target = io.BytesIO()
    soundfile.write(target, audio, SAMPLE_RATE_HZ, format="WAV", subtype="PCM_16")
    return target.getvalue()


def _scores(segments: object) -> tuple[float, float]:
    """Confidence and probability of no speech, each 0..1."""
    if not isinstance(segments, list):
        return _UNSCORED, 0.0
    scored = [s for s in segments if isinstance(s, dict) and "avg_logprob" in s]
    if not scored:
        return _UNSCORED, 0.0
    logprob = sum(float(s["avg_logprob"]) for s in scored) / len(scored)
    no_speech = max(float(s.get("no_speech_prob", 0.0)) for s in scored)
    return min(1.0, math.exp(logprob)), min(1.0, max(0.0, no_speech))
