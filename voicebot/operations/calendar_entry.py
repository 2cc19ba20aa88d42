"""An appointment as an iCalendar file (RFC 5545), for the calendar of the citizen's telephone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from voicebot.operations import messages_el
from voicebot.records import Appointment, Attachment, VisitChannel


def calendar_entry(appointment: Appointment, now: datetime, *, cancelled: bool) -> Attachment:
    """The file. The same appointment keeps its UID, and a later file replaces an earlier one.

    Args:
        now: when the file is made.
        cancelled: the entry is to be taken out of the calendar.
    """
    slot = appointment.slot
    starts_at = slot.starts_at.astimezone(UTC)
    event = Event()
    event.add("uid", f"{appointment.number}@1555.gov.gr")
    event.add("sequence", max(0, int((now - appointment.booked_at).total_seconds())))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(minutes=slot.duration_minutes))
    event.add("summary", messages_el.calendar_summary(appointment))
    event.add("description", messages_el.calendar_note(appointment))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if slot.channel is VisitChannel.IN_PERSON:
        event.add("location", slot.branch.name)
    calendar = Calendar()
    calendar.add("prodid", "-//voicebot-1555//appointments//EL")
    calendar.add("version", "2.0")
    method = "CANCEL" if cancelled else "PUBLISH"
    calendar.add("method", method)
    calendar.add_component(event)
    return Attachment(
        name=messages_el.CALENDAR_FILE,
        media_type=f"text/calendar; method={method}",
        content=calendar.to_ical().decode(),
    )
