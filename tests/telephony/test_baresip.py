"""baresip calls the phone with an audio file: every codec, and TLS with SRTP."""

from __future__ import annotations

import asyncio
import contextlib
import re
import subprocess
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.telephony.harness import (
    ALICE_HZ,
    BOT_HZ,
    Bench,
    hears,
    listen,
    need_program,
    running_phone,
    running_program,
    settings,
    tone,
    write_wav,
)
from voicebot.telephony.call import EndReason
from voicebot.telephony.softphone import Softphone

pytestmark = pytest.mark.call

MODULES = Path("/usr/lib/baresip/modules")
CONFIGURATION = """\
poll_method epoll
sip_listen 127.0.0.1:0
net_interface 127.0.0.1
rtp_ports 30000-30999
audio_source aufile,{folder}/say.wav
audio_player aufile,none
audio_alert aufile,none
audio_level no
snd_path {folder}
module_path {modules}
module g711.so
module g722.so
module opus.so
module aufile.so
module sndfile.so
module srtp.so
module_tmp account.so
module_app menu.so
"""


@contextlib.asynccontextmanager
async def baresip(folder: Path, bench: Bench, account: str) -> AsyncIterator[None]:
    """A running baresip that calls the phone and says the caller's tone for 4 seconds."""
    program = need_program("baresip", "baresip-core")
    # baresip does not resample its file.
    codec = re.search(r"\w+/(\d+)/(\d)", account)
    rate_hz, channels = (int(codec[1]), int(codec[2])) if codec else (8000, 1)
    write_wav(folder / "say.wav", ALICE_HZ, 4.0, rate_hz, channels)
    configuration = CONFIGURATION.format(folder=folder, modules=MODULES)
    if "tls" in account:
        configuration += f"sip_certificate {folder}/pair.pem\n"
    (folder / "config").write_text(configuration)
    (folder / "accounts").write_text(f"<sip:2105555555@127.0.0.1{account}\n")
    target = bench.uri + (";transport=tls" if "tls" in account else "")
    command = [program, "-4", "-f", str(folder), "-e", f"/dial {target}", "-t", "20"]
    async with running_program(*command, cwd=folder):
        yield


def heard_by_baresip(folder: Path) -> bytes:
    """What baresip decoded, at whatever rate, as 8 kHz PCM."""
    (recording,) = folder.glob("dump-*-dec.wav")
    with wave.open(str(recording), "rb") as file:
        step = file.getframerate() // 8000 * file.getnchannels()
        frames = file.readframes(file.getnframes())
    samples = memoryview(frames).cast("h")[::step]
    return samples.tobytes()


@pytest.mark.parametrize("codec", ["PCMA/8000/1", "PCMU/8000/1", "G722/16000/1", "opus/48000/2"])
async def test_both_hear_each_other_in_every_codec(codec: str, tmp_path: Path) -> None:
    async with running_phone() as bench:
        async with baresip(tmp_path, bench, f">;regint=0;audio_codecs={codec}"):
            call = await bench.answered_call()
            assert call.info.number == "2105555555"
            call.write(tone(BOT_HZ, 1.5))
            assert hears(await listen(call, 2.0), ALICE_HZ)
            await call.hang_up()
            await bench.end_of(call)
            await asyncio.sleep(0.5)  # for baresip to write its recording
        log = (tmp_path / "output.txt").read_text(errors="replace")
        assert f"Set audio encoder: {codec.split('/')[0]} " in log
        assert hears(heard_by_baresip(tmp_path), BOT_HZ)


async def test_the_end_of_its_file_ends_the_call(tmp_path: Path) -> None:
    async with running_phone() as bench, baresip(tmp_path, bench, ">;regint=0"):
        call = await bench.answered_call()
        assert (await bench.end_of(call)).reason is EndReason.REMOTE_HANGUP


@pytest.fixture
def pair(tmp_path: Path) -> dict[str, object]:
    """Settings with a self-signed certificate for the loopback."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = [need_program("openssl", "openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    (tmp_path / "pair.pem").write_text(certificate.read_text() + key.read_text())
    return {"transport": "tls", "tls_certificate": certificate, "tls_key": key}


async def test_tls_and_srtp(pair: dict[str, object], tmp_path: Path) -> None:
    changes = settings(**pair, srtp="mandatory").model_dump(exclude_unset=True)
    async with running_phone(**changes) as bench:
        async with baresip(tmp_path, bench, ";transport=tls>;regint=0;mediaenc=srtp-mand"):
            call = await bench.answered_call()
            call.write(tone(BOT_HZ, 1.5))
            assert hears(await listen(call, 2.0), ALICE_HZ)
            await call.hang_up()
            await bench.end_of(call)
            await asyncio.sleep(0.5)
        assert "SRTP" in (tmp_path / "output.txt").read_text(errors="replace")
        assert hears(heard_by_baresip(tmp_path), BOT_HZ)


async def test_mandatory_srtp_refuses_plain_rtp(pair: dict[str, object], tmp_path: Path) -> None:
    changes = settings(**pair, srtp="mandatory").model_dump(exclude_unset=True)
    async with running_phone(**changes) as bench:
        async with baresip(tmp_path, bench, ";transport=tls>;regint=0"):
            log = tmp_path / "output.txt"
            async with asyncio.timeout(10):
                while "session closed" not in log.read_text(errors="replace"):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        assert "488" in log.read_text(errors="replace")
        assert bench.calls.empty()


async def test_optional_srtp_takes_both_over_udp(tmp_path: Path) -> None:
    async with running_phone(srtp="optional") as bench, await Softphone.open() as plain:
        async with baresip(tmp_path, bench, ">;regint=0;mediaenc=srtp-mand"):
            call = await bench.answered_call()
            assert hears(await listen(call, 1.5), ALICE_HZ)
            await call.hang_up()
            await bench.end_of(call)
        placed = plain.invite(bench.uri)
        call = await bench.answered_call()
        await placed.answered()
        placed.send(tone(ALICE_HZ))
        assert hears(await listen(call, 1.0), ALICE_HZ)
