"""The transcription service with OpenAI's interface, against a real HTTP server."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import soundfile
from pydantic import SecretStr

from voicebot.hearing.recogniser import RecogniserError
from voicebot.hearing.remote import RemoteRecogniser
from voicebot.settings import Remote

SECOND = np.zeros(16000, np.float32)


@dataclass
class Service:
    """Answers with what it is given, in order; the last answer stands."""

    answers: list[tuple[int, bytes]]
    forms: list[dict[str, bytes]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    url: str = ""

    def take(self) -> tuple[int, bytes]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def service() -> Iterator[Service]:
    told = Service([(200, json.dumps({"text": " θέλω ραντεβού "}).encode())])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            told.forms.append(
                {
                    str(part.get_param("name", header="content-disposition")): bytes(
                        part.get_payload(decode=True)
                    )
                    for part in message_from_bytes(head + body).walk()
                    if not part.is_multipart()
                }
            )
            told.keys.append(self.headers.get("Authorization"))
            told.paths.append(self.path)
            status, answer = told.take()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.block_on_close = True
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def remote(service: Service) -> Iterator[RemoteRecogniser]:
    recogniser = RemoteRecogniser(Remote(url=service.url, key=SecretStr("geheim"), model="m"))
    yield recogniser
    recogniser.close()


def test_an_utterance_is_sent_as_wav_and_greek(remote: RemoteRecogniser, service: Service) -> None:
    transcript = remote.transcribe(SECOND, hotwords=("Πάτρα", "Βόλος"))
    assert transcript.text == "θέλω ραντεβού"
    assert 0 < transcript.confidence < 1
    assert transcript.engine == "remote"
    assert transcript.audio_ms == 1000
    assert service.paths == ["/v1/audio/transcriptions"]
    assert service.keys == ["Bearer geheim"]
    form = service.forms[0]
    assert form["language"] == b"el"
    assert form["model"] == b"m"
    assert form["prompt"].decode() == "Πάτρα, Βόλος"
    sent, rate_hz = soundfile.read(io.BytesIO(form["file"]))
    assert (rate_hz, len(sent)) == (16000, 16000)


def test_scores_of_segments_are_the_confidence(remote: RemoteRecogniser, service: Service) -> None:
    segments = [{"avg_logprob": -0.1, "no_speech_prob": 0.02}]
    service.answers = [(200, json.dumps({"text": "ναι", "segments": segments}).encode())]
    transcript = remote.transcribe(SECOND)
    assert transcript.confidence == pytest.approx(0.905, abs=0.001)
    assert transcript.no_speech_prob == pytest.approx(0.02)


def test_nothing_said_is_nothing_believed(remote: RemoteRecogniser, service: Service) -> None:
    service.answers = [(200, b'{"text": ""}')]
    transcript = remote.transcribe(SECOND)
    assert (transcript.text, transcript.confidence, transcript.alternatives) == ("", 0.0, ())


def test_a_failing_service_is_asked_once_more(remote: RemoteRecogniser, service: Service) -> None:
    service.answers = [(503, b"busy"), (200, b'{"text": "\xce\xbd\xce\xb1\xce\xb9"}')]
    assert remote.transcribe(SECOND).text == "ναι"
    assert len(service.forms) == 2


@pytest.mark.parametrize(
    ("status", "answer", "told"),
    [
        (401, b"wrong key", "status 401: wrong key"),
        (500, b"", "status 500"),
        (200, b"<html>", "not JSON"),
        (200, b"[]", "no JSON object"),
        (200, b"{}", "no text"),
    ],
)
def test_other_answers_are_clear_errors(
    remote: RemoteRecogniser, service: Service, status: int, answer: bytes, told: str
) -> None:
    service.answers = [(status, answer)]
    with pytest.raises(RecogniserError, match=told):
        remote.transcribe(SECOND)


def test_nobody_there_is_a_clear_error() -> None:
    recogniser = RemoteRecogniser(Remote(url="http://127.0.0.1:9/v1", retries=0))
    with pytest.raises(RecogniserError, match="ConnectError"):
        recogniser.transcribe(SECOND)
    recogniser.close()


def test_without_an_address_the_mend_is_said() -> None:
    with pytest.raises(RecogniserError, match=r"hearing\.remote\.url: set"):
        RemoteRecogniser(Remote())
