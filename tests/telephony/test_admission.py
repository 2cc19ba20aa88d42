from ipaddress import IPv4Network

import pytest

from voicebot.settings import Telephony
from voicebot.telephony.admission import Admission, parse_networks
from voicebot.telephony.call import PhoneError


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_refuses_beyond_the_limit_with_a_time_to_come_back() -> None:
    admission = Admission(2)
    assert admission.decide(0) is None
    assert admission.decide(1) is None
    refusal = admission.decide(2)
    assert refusal is not None
    assert refusal.sip_code == 503
    assert refusal.retry_after_s > 0


def test_refuses_everything_while_draining() -> None:
    admission = Admission(10)
    admission.draining = True
    refusal = admission.decide(0)
    assert refusal is not None
    assert refusal.reason == "shutting down"


def test_a_flood_is_cut_to_the_rate_and_time_heals() -> None:
    clock = Clock()
    admission = Admission(500, rate_per_s=10, burst=20, clock=clock)
    assert [admission.decide(0) for _ in range(20)] == [None] * 20
    refusal = admission.decide(0)
    assert refusal is not None
    assert refusal.reason == "too many new calls"
    clock.now_s += 0.5
    assert [admission.decide(0) is None for _ in range(6)] == [True] * 5 + [False]
    clock.now_s += 3600
    assert sum(admission.decide(0) is None for _ in range(100)) == 20


def test_the_settings_say_how_many_calls_may_come() -> None:
    admission = Admission.from_settings(
        Telephony(max_calls=500, new_calls_per_s=0.001, new_calls_burst=3)
    )
    assert [admission.decide(0) is None for _ in range(5)] == [True] * 3 + [False] * 2


def test_reads_networks_and_single_addresses() -> None:
    assert parse_networks(["10.0.0.0/8", "192.0.2.7", "192.0.2.9/24"]) == [
        IPv4Network("10.0.0.0/8"),
        IPv4Network("192.0.2.7/32"),
        IPv4Network("192.0.2.0/24"),
    ]


@pytest.mark.parametrize("entry", ["", "all", "10.0.0.0/33", "::1"])
def test_names_the_setting_that_is_wrong(entry: str) -> None:
    with pytest.raises(PhoneError, match=r"telephony\.allowed_peers"):
        parse_networks([entry])
