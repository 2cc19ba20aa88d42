"""Opens the records as the settings say, with the book of appointments that they name."""

from __future__ import annotations

from voicebot.records import Records
from voicebot.records.book_client import BookClient, Patience
from voicebot.settings import Settings

# Three tries are made of what fails at once; of what is not answered, as many as a caller bears.
_TRIES_IN_FULL = 2.25


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
        patience = Patience(
            timeout_s=wanted.timeout_s, deadline_s=_TRIES_IN_FULL * wanted.timeout_s
        )
        book = BookClient(wanted.book, token=token, patience=patience)
    return await Records.open(
        settings.records.url,
        instance=instance or settings.records.instance,
        book=book,
        book_messages=wanted.messages,
    )
