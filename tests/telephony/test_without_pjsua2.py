"""What the telephony room says when the PJSUA2 wheel is missing."""

from __future__ import annotations

import sys

import pytest

from tests.telephony.harness import settings
from voicebot.telephony.call import PhoneError
from voicebot.telephony.endpoint import SipPhone


async def test_starting_names_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("voicebot.telephony.")]:
        if name.rpartition(".")[2] in ("library", "leg", "sip_call", "call_audio", "configuration"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pjsua2", None)
    for _ in range(2):  # and a failed start leaves room for another
        with pytest.raises(PhoneError, match="make setup"):
            await SipPhone(settings()).start()


async def test_a_phone_that_was_not_started_says_so_and_can_be_stopped() -> None:
    phone = SipPhone(settings())
    with pytest.raises(PhoneError, match="not started"):
        _ = phone.port
    assert not phone.registered
    await phone.stop()
