"""A Piper voice (VITS through onnxruntime) from a file on disk."""

from __future__ import annotations

import json
from pathlib import Path

import onnxruntime
from piper import PiperConfig, SynthesisConfig
from piper import PiperVoice as PiperModel

from voicebot.speaking.pronunciation import respell
from voicebot.speaking.voice import Voice, VoiceError


class PiperVoice(Voice):
    """A neural voice. Several threads may synthesize at once, each on one core."""

    def __init__(self, model: Path) -> None:
        """Load a voice.

        Args:
            model: the `.onnx` file; its configuration lies beside it as `.onnx.json`.

        Raises:
            VoiceError: a file is missing or no Piper voice.
        """
        config_file = model.with_name(f"{model.name}.json")
        for file in (model, config_file):
            if not file.is_file():
                raise VoiceError(
                    f"Piper voice: {file} is missing; fetch it with "
                    "`voicebot models pull el_GR-rapunzelina-low` or set speaking.piper_voice"
                )
        options = onnxruntime.SessionOptions()
        # The speaker's threads are the parallelism: more threads a sentence only take cores from
        # the recogniser.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        try:
            config = PiperConfig.from_dict(json.loads(config_file.read_text(encoding="utf-8")))
            session = onnxruntime.InferenceSession(
                str(model), sess_options=options, providers=["CPUExecutionProvider"]
            )
        # onnxruntime raises a family of errors without a common base of its own.
        except Exception as error:
            raise VoiceError(
                f"Piper voice {model} cannot be loaded ({error}); "
                f"pull it again with `voicebot models pull {model.parent.name}`"
            ) from error
        self._model = PiperModel(session=session, config=config)
        self.name = f"piper-{model.stem}"
        self.sample_rate_hz = config.sample_rate

    def synthesize(self, text: str, *, rate: float = 1.0) -> bytes:
        """See `Voice.synthesize`."""
        if not text.strip():
            return b""
        settings = SynthesisConfig(length_scale=self._model.config.length_scale / rate)
        try:
            chunks = self._model.synthesize(respell(text), settings)
            return b"".join(chunk.audio_int16_bytes for chunk in chunks)
        except Exception as error:
            raise VoiceError(f"{self.name} failed on {text[:40]!r}: {error}") from error
