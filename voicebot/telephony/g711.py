"""G.711: 8-bit A-law and µ-law to and from 16-bit linear PCM, by table (ITU-T G.711)."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt


class Law(IntEnum):
    """The two laws, by their static RTP payload type."""

    PCMU = 0
    PCMA = 8


def encode(law: Law, pcm: bytes) -> bytes:
    """Compress.

    Args:
        law: which table.
        pcm: signed 16-bit little-endian samples.

    Returns:
        One byte a sample.
    """
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.int32) + 32768
    return _ENCODE[law][samples].tobytes()


def decode(law: Law, payload: bytes) -> bytes:
    """Expand.

    Returns:
        Signed 16-bit little-endian samples, two bytes for each byte of `payload`.
    """
    return _DECODE[law][np.frombuffer(payload, dtype=np.uint8)].tobytes()


def _ulaw_levels() -> npt.NDArray[np.int16]:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84 << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype("<i2")


def _alaw_levels() -> npt.NDArray[np.int16]:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent = (code & 0x70) >> 4
    mantissa = ((code & 0x0F) << 4) + 8
    magnitude = np.where(exponent == 0, mantissa, (mantissa + 0x100) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype("<i2")


def _nearest(levels: npt.NDArray[np.int16]) -> npt.NDArray[np.uint8]:
    """For each 16-bit sample (index: sample + 32768) the code whose level is nearest."""
    order = np.argsort(levels, kind="stable")
    ascending = levels[order].astype(np.int32)
    samples = np.arange(-32768, 32768, dtype=np.int32)
    above = np.clip(np.searchsorted(ascending, samples), 1, 255)
    is_lower = samples - ascending[above - 1] <= ascending[above] - samples
    return order[np.where(is_lower, above - 1, above)].astype(np.uint8)


_DECODE = {Law.PCMU: _ulaw_levels(), Law.PCMA: _alaw_levels()}
_ENCODE = {law: _nearest(levels) for law, levels in _DECODE.items()}
