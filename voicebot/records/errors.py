"""What can go wrong when a promise is written down or looked up."""

from __future__ import annotations


class RecordsError(Exception):
    """Any failure of the records."""


class RecordsUnavailable(RecordsError):
    """The database is locked, gone or too slow, also after trying again. Nothing was written."""


class NotFound(RecordsError):
    """There is no such call, branch, category, appointment, callback or case."""


class SlotTaken(RecordsError):
    """The place was given to somebody else, or the hold ran out and was given away."""


class AlreadyFinished(RecordsError):
    """The appointment is already cancelled, the callback or the handoff already ended."""


class InvalidRecord(RecordsError, ValueError):
    """A value that must not be stored; the text names the field and the mend."""


class TooLate(RecordsError):
    """The appointment begins too soon to be changed or cancelled without a person."""


class BookUnavailable(RecordsUnavailable):
    """The outside booking system does not answer, or not usefully. The records themselves work."""
