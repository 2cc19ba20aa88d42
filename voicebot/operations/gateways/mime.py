"""An e-mail as it goes over the wire, the same for every try at sending it."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from voicebot.records import Message


def as_email(message: Message, sender: str) -> EmailMessage:
    """Build the e-mail. `Message-ID` comes from the message's key and `Date` from when it was
    queued, so that a repetition is the same letter and mail stores that look for it drop it.

    Args:
        sender: the address it comes from.
    """
    letter = EmailMessage(policy=SMTP)
    letter["From"] = sender
    letter["To"] = message.recipient
    letter["Subject"] = message.title or "1555"
    letter["Date"] = format_datetime(message.queued_at)
    letter["Message-ID"] = message_id(message.key, sender)
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.text)
    for attachment in message.attachments:
        main, _, sub = attachment.media_type.partition("/")
        subtype, *parameters = (part.strip() for part in sub.split(";"))
        if main == "text":
            letter.add_attachment(
                attachment.content,
                subtype=subtype,
                filename=attachment.name,
                params=dict(pair.split("=", 1) for pair in parameters),
            )
        else:
            letter.add_attachment(
                attachment.content.encode(),
                maintype=main,
                subtype=subtype,
                filename=attachment.name,
            )
    if letter.is_multipart():
        # Drawn at random otherwise, and a repetition would be another letter.
        letter.set_boundary(f"=={_digest(message.key)}==")
    return letter


def message_id(key: str, sender: str) -> str:
    """RFC 5322 Message-ID of a message."""
    domain = sender.rpartition("@")[2] or "localhost"
    return f"<{_digest(key)}@{domain}>"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
