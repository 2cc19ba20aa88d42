"""The embedded gateway: every message becomes a file in a folder, for another program to take.

The file is named by the message's key and appears whole or not at all; a message that is sent
again finds its file there and leaves it alone. Whoever takes a file away must remember its name
as long as a message may be repeated, which is until it is marked as sent (minutes).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

from voicebot.operations.gateways.base import GatewayUnavailable, MessageGateway
from voicebot.operations.gateways.mime import as_email
from voicebot.operations.gateways.sms_text import measure
from voicebot.records import Message, MessageChannel

_LONGEST_NAME = 200


class FileOutbox(MessageGateway):
    """SMS as `.json` (to, text, key, encoding, segments), e-mails as `.eml`, readable by the owner
    of the process alone.

    Args:
        folder: made when it is not there.
        sender: the address that e-mails come from.
    """

    repeats_safely = True

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    async def send(self, message: Message) -> str:
        """Write the file; gives its name."""
        return await asyncio.to_thread(self._write, message)

    def _write(self, message: Message) -> str:
        if message.channel is MessageChannel.EMAIL:
            name = _name(message.key, "eml")
            content = as_email(message, self._sender).as_bytes()
        else:
            name = _name(message.key, "json")
            content = _sms(message)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not (self._folder / name).exists():
                self._appear(name, content)
        except OSError as error:
            raise GatewayUnavailable(f"outbox {self._folder}: {error.strerror}") from error
        return name

    def _appear(self, name: str, content: bytes) -> None:
        """Put the file there, whole, on the disk, unless another process was faster."""
        handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(temporary, self._folder / name)
        finally:
            Path(temporary).unlink()
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _name(key: str, suffix: str) -> str:
    plain = quote(key, safe="")
    if len(plain) > _LONGEST_NAME:
        plain = hashlib.sha256(key.encode()).hexdigest()
    return f"{plain}.{suffix}"


def _sms(message: Message) -> bytes:
    size = measure(message.text)
    sms = {
        "to": message.recipient,
        "text": message.text,
        "key": message.key,
        "encoding": size.encoding,
        "segments": size.segments,
    }
    return json.dumps(sms, ensure_ascii=False, indent=1).encode()
