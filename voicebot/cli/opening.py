"""Opens the records as the settings say, with the book of appointments that they name."""

from __future__ import annotations

from voicebot.records import Records
from voicebot.records.book_client import BookClient, Patience
from voicebot.settings import Settings


async def open_records(settings: Settings, *, instance: str | None = None) -> Records:
    """The records, with the book of appointments that is set.

    Args:
        instance: name of this process; that of the settings by default.

    Raises:
        RecordsUnavailable: the database cannot be used.
    """
    wanted = settings.appointments
    book = None
    if wanted.book != "embedded":
        token = wanted.token.get_secret_value() if wanted.token is not None else None
        book = BookClient(wanted.book, token=token, patience=Patience(timeout_s=wanted.timeout_s))
    return await Records.open(
        settings.records.url,
        instance=instance or settings.records.instance,
        book=book,
        book_messages=wanted.messages,
    )
