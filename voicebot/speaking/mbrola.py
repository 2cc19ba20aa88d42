"""MBROLA's Greek diphone voice gr2, through the espeak-ng program."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave

from voicebot.speaking.espeak import NORMAL_RATE_WPM
from voicebot.speaking.pronunciation import respell
from voicebot.speaking.voice import Voice, VoiceError

_VOICE = "mb-gr2"
_SAMPLE_RATE_HZ = 22050
_TIMEOUT_S = 20.0


class MbrolaVoice(Voice):
    """A diphone voice; one process a sentence, some 20 ms.

    gr2 may be used with MBROLA only and not be part of a product that is sold (the copyright file
    of Debian's mbrola-gr2): it is never chosen by itself and never shipped.
    """

    def __init__(self) -> None:
        """Find the programs and the voice.

        Raises:
            VoiceError: something is not installed.
        """
        missing = [name for name in ("espeak-ng", "mbrola") if shutil.which(name) is None]
        if missing:
            raise VoiceError(_mend(f"{' and '.join(missing)} not installed"))
        self.name = f"mbrola-{_VOICE}"
        self.sample_rate_hz = _SAMPLE_RATE_HZ
        try:
            self.synthesize("ναι")
        except VoiceError as error:
            raise VoiceError(_mend(str(error))) from error

    def synthesize(self, text: str, *, rate: float = 1.0) -> bytes:
        """See `Voice.synthesize`."""
        if not text.strip():
            return b""
        speed = str(round(NORMAL_RATE_WPM * rate))
        command = ["espeak-ng", "-v", _VOICE, "-s", speed, "-b", "1", "--stdin", "--stdout"]
        try:
            done = subprocess.run(
                command, input=respell(text).encode(), capture_output=True, timeout=_TIMEOUT_S
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise VoiceError(f"{self.name} failed: {error}") from error
        if done.returncode != 0 or len(done.stdout) < 44:
            reason = done.stderr.decode(errors="replace").strip() or "no audio"
            raise VoiceError(f"{self.name} failed: {reason}")
        # The header of a stream gives no length: read to the end.
        with wave.open(io.BytesIO(done.stdout)) as file:
            if file.getframerate() != self.sample_rate_hz or file.getnchannels() != 1:
                raise VoiceError(f"{self.name} gave {file.getframerate()} Hz audio")
            return bytes(file.readframes(len(done.stdout) // 2))


def _mend(problem: str) -> str:
    return (
        f"MBROLA voice: {problem}; on Debian (non-free) "
        "`apt-get install espeak-ng mbrola mbrola-gr2`, or set speaking.engine to auto"
    )
