import numpy as np
import pytest

from voicebot.telephony.g711 import Law, decode, encode


@pytest.mark.parametrize(
    ("law", "code", "level"),
    # ITU-T G.711, tables 1a to 2b, scaled to 16 bits: smallest, largest and a middle level.
    [
        (Law.PCMA, 0xD5, 8),
        (Law.PCMA, 0x55, -8),
        (Law.PCMA, 0xAA, 32256),
        (Law.PCMA, 0x2A, -32256),
        (Law.PCMU, 0xFF, 0),
        (Law.PCMU, 0x80, 32124),
        (Law.PCMU, 0x00, -32124),
        (Law.PCMU, 0xEF, 132),
    ],
)
def test_levels_are_those_of_the_standard(law: Law, code: int, level: int) -> None:
    assert np.frombuffer(decode(law, bytes([code])), dtype="<i2")[0] == level


@pytest.mark.parametrize("law", list(Law))
def test_every_code_survives(law: Law) -> None:
    codes = bytes(range(256))
    again = encode(law, decode(law, codes))
    # µ-law has two zeros.
    assert decode(law, again) == decode(law, codes)


@pytest.mark.parametrize("law", list(Law))
def test_the_error_is_that_of_a_companding_codec(law: Law) -> None:
    samples = np.arange(-32000, 32000, 7, dtype="<i2")
    heard = np.frombuffer(decode(law, encode(law, samples.tobytes())), dtype="<i2")
    error = np.abs(heard.astype(int) - samples)
    assert (error <= np.maximum(16, np.abs(samples.astype(int)) // 24)).all()
