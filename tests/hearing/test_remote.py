"""A transcription service with OpenAI's interface: over HTTP to a real server on loopback."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
import soundfile
from pydantic import SecretStr

from voicebot.hearing.loading import load_recogniser, load_second
from voicebot.hearing.pool import RecogniserPool
from voicebot.hearing.recogniser import RecogniserError
from voicebot.hearing.remote import RemoteRecogniser
from voicebot.settings import Hearing, Remote

SECOND = np.sin(np.arange(16000) / 20).astype(np.float32) / 3
GOOD: dict[str, Any] = {
    "text": " Θέλω ραντεβού. ",
    "segments": [{"avg_logprob": -0.2, "no_speech_prob": 0.1}],
}


class Service:
    """Answers what it is told to, and keeps what it was sent."""

    def __init__(self) -> None:
        self.replies: list[tuple[int, bytes]] = []
        self.delay_s = 0.0
        self.asked: list[dict[str, Any]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                service.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def says(self, status: int, body: object) -> None:
        self.replies.append(
            (status, body if isinstance(body, bytes) else json.dumps(body).encode())
        )

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        kind = handler.headers["Content-Type"].encode()
        message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind + b"\r\n\r\n" + body)
        form = {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            for part in message.iter_parts()
        }
        self.asked.append({"path": handler.path, "headers": handler.headers, **form})
        time.sleep(self.delay_s)
        status, reply = self.replies.pop(0) if self.replies else (200, json.dumps(GOOD).encode())
        try:
            handler.send_response(status)
            handler.send_header("Content-Length", str(len(reply)))
            handler.end_headers()
            handler.wfile.write(reply)
        except (BrokenPipeError, ConnectionResetError):
            """Whoever asked did not wait."""

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


def engine(service: Service, **changes: Any) -> RemoteRecogniser:
    return RemoteRecogniser(Remote(url=service.url, **changes))


def test_an_utterance_is_sent_as_the_interface_wants_it(service: Service) -> None:
    remote = engine(service, key=SecretStr("geheim"), model="whisper-large")
    transcript = remote.transcribe(SECOND, hotwords=("Πάτρα", "Λάρισα"))
    remote.close()

    (asked,) = service.asked
    assert asked["path"] == "/v1/audio/transcriptions"
    assert asked["headers"]["Authorization"] == "Bearer geheim"
    assert asked["model"] == b"whisper-large"
    assert asked["language"] == b"el"
    assert asked["prompt"].decode() == "Πάτρα, Λάρισα"
    audio, rate_hz = soundfile.read(io.BytesIO(asked["file"]), dtype="float32")
    assert rate_hz == 16000
    assert np.abs(audio - SECOND).max() < 1e-3
    assert transcript.text == "Θέλω ραντεβού."
    assert transcript.confidence == pytest.approx(np.exp(-0.2))
    assert transcript.no_speech_prob == pytest.approx(0.1)
    assert transcript.audio_ms == 1000
    assert transcript.engine == "remote"
    assert not transcript.constrained


def test_without_a_key_none_is_sent_and_a_bare_text_is_believed_in_part(service: Service) -> None:
    service.says(200, {"text": "ναι"})
    remote = engine(service)
    transcript = remote.transcribe(SECOND)
    remote.close()

    assert service.asked[0]["headers"]["Authorization"] is None
    assert transcript.text == "ναι"
    assert 0.3 < transcript.confidence < 0.9


def test_a_service_that_stumbles_is_asked_again(service: Service) -> None:
    service.says(503, {})
    remote = engine(service, retries=1)

    assert remote.transcribe(SECOND).text == "Θέλω ραντεβού."
    remote.close()
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    ("status", "body", "told", "asked"),
    [
        (503, {}, "status 503", 2),
        (401, {"error": "wrong key"}, "status 401.*wrong key", 1),
        (200, b"<html>", "not JSON", 1),
        (200, ["ναι"], "no JSON object", 1),
        (200, {"words": 3}, "no text", 1),
    ],
)
def test_what_goes_wrong_is_told(
    service: Service, status: int, body: object, told: str, asked: int
) -> None:
    for _ in range(2):
        service.says(status, body)
    remote = engine(service, retries=1)
    with pytest.raises(RecogniserError, match=told):
        remote.transcribe(SECOND)
    remote.close()
    assert len(service.asked) == asked


def test_a_slow_service_is_given_up(service: Service) -> None:
    service.delay_s = 0.3
    remote = engine(service, timeout_s=0.05, retries=0)
    with pytest.raises(RecogniserError, match="Timeout"):
        remote.transcribe(SECOND)
    remote.close()


def test_nobody_there_is_told() -> None:
    remote = RemoteRecogniser(Remote(url="http://127.0.0.1:9/v1", retries=0))
    with pytest.raises(RecogniserError, match=r"127\.0\.0\.1:9/v1/audio/transcriptions: Connect"):
        remote.transcribe(SECOND)
    remote.close()


def test_the_settings_choose_it_and_say_what_is_missing(service: Service) -> None:
    remote = load_recogniser(Hearing(engine="remote", remote=Remote(url=service.url)))
    assert isinstance(remote, RemoteRecogniser)
    remote.warm_up()
    remote.close()
    with pytest.raises(RecogniserError, match=r"hearing\.remote\.url"):
        load_recogniser(Hearing(engine="remote"))
    with pytest.raises(RecogniserError, match=r"hearing\.second_model"):
        load_second(Hearing(second="whisper"))
    assert load_second(Hearing()) is None


async def test_it_takes_over_when_the_first_engine_fails(service: Service) -> None:
    down = RemoteRecogniser(Remote(url="http://127.0.0.1:9/v1", retries=0))
    settings = Hearing(second="remote", remote=Remote(url=service.url))
    pool = RecogniserPool(down, second=load_second(settings), second_workers=2)
    try:
        texts = [(await pool.recognise(bytes(16000))).text for _ in range(4)]
        metrics = pool.metrics
    finally:
        await pool.close()
    assert texts == ["Θέλω ραντεβού."] * 4
    assert metrics.by_second == 4
    assert metrics.failed == 3, "an engine that is down is left alone"
