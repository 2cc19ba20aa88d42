"""The C++ ring port, in a bridge without any call."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.call

# In a process of its own: the library has one instance, and the port lives inside it.
PROGRAM = """
import pjsua2 as pj, select

pj.set_log_level(0)
endpoint = pj.Endpoint()
endpoint.libCreate()
config = pj.EpConfig()
config.uaConfig.threadCnt, config.uaConfig.mainThreadOnly = 0, True
config.logConfig.level = config.logConfig.consoleLevel = 0
config.medConfig.clockRate = 8000
config.medConfig.audioFramePtime = 20
endpoint.libInit(config)
endpoint.audDevManager().setNullDev()
endpoint.libStart()
near, far = pj.RingPort(7, 8000, 160, 200), pj.RingPort(8, 8000, 160, 200)

def collect(port, token, frames):
    heard = b""
    while len(heard) < frames * 320:
        assert select.select([pj.RingPort.ring_fd()], [], [], 5)[0], "the bell is silent"
        if token in pj.RingPort.take_ready():
            heard += port.read_up()
            assert len(heard) % 320 == 0
    return heard
"""


def run(body: str) -> None:
    ending = "\ndel near, far\nfor _ in range(30): endpoint.libHandleEvents(10)\n"
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", PROGRAM + body + ending + "endpoint.libDestroy(3)"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_one_plays_the_other_hears_and_short_frames_are_filled() -> None:
    run(
        """
near.startTransmit(far)
near.write_down(b"\\x01\\x10" * 160 + b"\\x02\\x20" * 100)
assert near.pending() == 520
heard = collect(far, 8, 12).lstrip(b"\\0")
assert heard.startswith(b"\\x01\\x10" * 160 + b"\\x02\\x20" * 100 + b"\\0" * 120), heard[:900]
assert near.pending() == 0
"""
    )


def test_dropping_tells_how_much_and_leaves_silence() -> None:
    run(
        """
near.startTransmit(far)
near.write_down(b"\\x01\\x10" * 8000)
collect(far, 8, 10)
dropped = near.clear_down()
assert 8000 < dropped < 16000 and dropped % 2 == 0, dropped
assert near.pending() == 0
collect(far, 8, 6)
assert not collect(far, 8, 6).strip(b"\\0")
"""
    )


def test_nobody_listening_time_goes_on() -> None:
    run(
        """
near.write_down(b"\\x01\\x10" * 1600)
while near.pending():
    collect(near, 7, 1)
"""
    )


def test_who_does_not_read_loses_the_oldest() -> None:
    run(
        """
import time
near.startTransmit(far)
near.write_down(b"\\x01\\x10" * 800 + b"\\x02\\x20" * 40000)
time.sleep(0.8)
heard = far.read_up()
assert len(heard) == 3200
assert far.overruns() > 0
assert heard == b"\\x02\\x20" * 1600
"""
    )


def test_a_quiet_port_neither_keeps_nor_rings() -> None:
    run(
        """
far.set_quiet(True)
pj.RingPort.take_ready()
for _ in range(10):
    collect(near, 7, 1)
assert far.read_up() == b""
far.set_quiet(False)
collect(far, 8, 2)
"""
    )


def test_a_busy_interpreter_costs_the_wire_nothing() -> None:
    run(
        """
import faulthandler
faulthandler.dump_traceback_later(40, exit=True)
near.startTransmit(far)
near.write_down(b"".join(bytes([n, 1]) * 160 for n in range(1, 101)))
while near.pending() > 320 * 50:
    sum(range(200_000))  # the interpreter's lock is never given up inside
# Fifty frames were played meanwhile, none by Python.
faulthandler.cancel_dump_traceback_later()
"""
    )


def test_only_bytes_are_played() -> None:
    run(
        """
for wrong in ("text", 5, None):
    try:
        near.write_down(wrong)
    except TypeError:
        continue
    raise AssertionError(wrong)
near.write_down(bytearray(b"ab"))
near.write_down(memoryview(b"cd"))
assert near.pending() == 4
"""
    )


def test_what_is_asked_of_the_gate_is_checked() -> None:
    run(
        """
pj.Gate.install()
assert pj.Gate.allow("10.0.0.0", 8)
assert not pj.Gate.allow("10.0.0", 8)
assert not pj.Gate.allow("10.0.0.0", 33)
assert pj.Gate.dropped() == 0
"""
    )


def test_no_sound_and_no_log_on_standard_output() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + "\ndel near, far\nendpoint.libDestroy(3)"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
