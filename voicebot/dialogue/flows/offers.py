"""Choosing a free time together: two or three are offered, as a person would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from voicebot.dialogue.call import Call
from voicebot.dialogue.flows.draft import Draft
from voicebot.dialogue.flows.elsewhere import Elsewhere
from voicebot.dialogue.prompts import booking
from voicebot.dialogue.signals import Cancelled
from voicebot.dialogue.spoken import spoken_moment, spoken_time
from voicebot.dialogue.time_questions import offer_question, wish_question
from voicebot.dialogue.wishes import Change, Wish
from voicebot.records.errors import SlotTaken
from voicebot.records.schedule import ANY_TIME, DateRange, TimeRange, booking_window
from voicebot.records.types import Hold, Slot, VisitChannel

_OFFERS = 3
_SEARCHED = 120
_APART = timedelta(minutes=60)
_MOST_ROUNDS = 8


_ELSEWHERE = {
    Change.ELSEWHERE: VisitChannel.IN_PERSON,
    Change.BY_VIDEO: VisitChannel.VIDEO,
    Change.BY_PHONE: VisitChannel.PHONE,
}


class NothingSuits(Exception):
    """There is nothing free, or nothing that suits, here or elsewhere."""


class Offering:
    """The search for a time that suits: what is wished, what was offered already."""

    def __init__(self, call: Call, draft: Draft) -> None:
        self._call = call
        self._draft = draft
        self._seen: set[datetime] = set()
        self._wish = draft.wish or Wish()
        self._elsewhere = Elsewhere(call, draft)

    async def agree(self) -> Hold:
        """Offer times until one is taken, and hold it.

        Raises:
            NothingSuits: there is nothing free, or nothing that suits, and no other place either.
            HungUp and the signals of `Conversation.ask`; RecordsUnavailable.
        """
        call = self._call
        lead = ""
        for _ in range(_MOST_ROUNDS):
            offers = await self._find()
            if not offers:
                lead = booking.NOTHING_THEN if not self._seen else booking.NOTHING_MORE
                offers = await self._find_anything()
            if not offers:
                if not self._seen:
                    await call.say(booking.NOTHING_AT_ALL)
                lead = ""
                await self._go_elsewhere()
                continue
            reply = await call.talk.ask(
                offer_question(offers, self._spoken(offers), lead, call.now)
            )
            lead = ""
            reply = self._meant(reply, offers)
            self._seen.update(slot.starts_at for slot in offers)
            if isinstance(reply, Slot):
                try:
                    return await call.records.appointments.hold(reply, call.call_id)
                except SlotTaken:
                    lead = booking.TAKEN
                    continue
            self._draft.rejected_offers += 1
            if isinstance(reply, Change) and reply in _ELSEWHERE:
                if not await self._elsewhere.offer(self._wish, only=_ELSEWHERE[reply]):
                    lead = booking.NOTHING_ELSEWHERE
                self._seen.clear()
                continue
            await self._refine(reply, offers)
        raise NothingSuits

    async def _go_elsewhere(self) -> None:
        """Another branch or way takes the place of this one.

        Raises:
            NothingSuits: there is none, or the caller wants none of them.
        """
        if not await self._elsewhere.offer(self._wish):
            raise NothingSuits
        self._seen.clear()

    def _meant(self, reply: Slot | Wish | Change, offers: Sequence[Slot]) -> Slot | Wish | Change:
        """«Αυτό της Τρίτης» said on a Tuesday means the Tuesday that was offered."""
        if not isinstance(reply, Wish) or reply.days is None:
            return reply
        days = reply.days
        window = self._window()
        if days.first != days.last or window.first <= days.first <= window.last:
            return reply
        same = [
            slot
            for slot in offers
            if slot.day.weekday() == days.first.weekday()
            and (reply.times is None or slot.starts_at.time() in reply.times)
        ]
        return same[0] if len(same) == 1 else reply

    def _spoken(self, offers: Sequence[Slot]) -> list[str]:
        """The offered times; the day is named once when they share it."""
        today = self._call.today()
        said: list[str] = []
        day: date | None = None
        for slot in offers:
            said.append(
                spoken_time(slot.starts_at)
                if slot.day == day
                else spoken_moment(slot.starts_at, today)
            )
            day = slot.day
        return said

    async def _find(self) -> list[Slot]:
        slots = await self._search(self._wish.day_range, self._wish.time_range)
        return spread(self._fresh(slots))

    def _fresh(self, slots: Sequence[Slot]) -> list[Slot]:
        """Slots that differ from all that was offered; merely other ones when none differ."""
        new = [slot for slot in slots if slot.starts_at not in self._seen]
        apart = [
            slot for slot in new if all(abs(slot.starts_at - seen) >= _APART for seen in self._seen)
        ]
        return apart or new

    async def _find_anything(self) -> list[Slot]:
        """Nothing suits: the nearest after what was wished, then whatever there is."""
        first = self._wish.days.first if self._wish.days is not None else self._call.today()
        later = DateRange(first, first + timedelta(days=60))
        for days, times in ((later, self._wish.time_range), (later, ANY_TIME), (None, ANY_TIME)):
            slots = await self._search(days, times)
            fresh = [slot for slot in slots if slot.starts_at not in self._seen]
            if fresh:
                return spread(fresh)
        return []

    async def _search(self, days: DateRange | None, times: TimeRange) -> tuple[Slot, ...]:
        draft = self._draft
        assert draft.agency is not None
        assert draft.category is not None
        assert draft.channel is not None
        in_person = draft.channel is VisitChannel.IN_PERSON
        return await self._call.records.appointments.find_slots(
            draft.agency,
            draft.category.code,
            channel=draft.channel,
            branch=draft.branch.code if in_person and draft.branch is not None else None,
            days=days,
            times=times,
            limit=_SEARCHED,
        )

    async def _refine(self, reply: Wish | Change, offers: Sequence[Slot]) -> None:
        """Change the search by what the caller said instead of taking an offer."""
        first, last = offers[0], offers[-1]
        one_day = first.day == last.day
        match reply:
            case Wish():
                self._wish = self._wish.refined(reply, on=first.day if one_day else None)
                # Asked for by name, a time may be offered again.
                self._seen.clear()
            case Change.LATER:
                after = (last.starts_at + timedelta(minutes=1)).time()
                days = DateRange(first.day, first.day) if one_day else self._wish.days
                self._wish = replace(
                    self._wish, days=days, times=TimeRange(after, self._wish.time_range.latest)
                )
            case Change.EARLIER:
                before = (first.starts_at - timedelta(minutes=1)).time()
                earliest = time(0) if before < self._wish.time_range.earliest else None
                self._wish = replace(
                    self._wish,
                    times=TimeRange(earliest or self._wish.time_range.earliest, before),
                )
            case Change.OTHER_DAY:
                window = self._window()
                after_day = last.day + timedelta(days=1)
                if after_day > window.last:
                    after_day = window.first
                self._wish = replace(self._wish, days=DateRange(after_day, window.last))
            case Change.NEXT_WEEK:
                self._wish = replace(self._wish, days=week_after(first.day))
            case Change.OTHERS:
                if not one_day or self._wish.days is None:
                    return
                slots = await self._search(self._wish.day_range, self._wish.time_range)
                if any(slot.starts_at not in self._seen for slot in slots):
                    return
                self._wish = Wish(times=self._wish.times)
            case Change.NONE:
                if not await self._ask_when():
                    raise Cancelled

    def _window(self) -> DateRange:
        category = self._draft.category
        assert category is not None
        return booking_window(
            self._call.now(),
            earliest_days=category.earliest_days,
            window_days=category.window_days,
        )

    async def _ask_when(self) -> bool:
        """ "None of them": ask what would suit."""
        question = wish_question(self._call.now, booking.WHEN_THEN, booking.DATE_AGAIN)
        self._wish = await self._call.talk.ask(question)
        self._seen.clear()
        return True


def week_after(day: date) -> DateRange:
    """Monday to Friday of the week after a day's."""
    monday = day + timedelta(days=7 - day.weekday())
    return DateRange(monday, monday + timedelta(days=4))


def spread(slots: Sequence[Slot]) -> list[Slot]:
    """Two or three of the free times that differ enough to be worth offering.

    On one day at least an hour apart; over several days one a day, with a second time on the
    first when there are only two days.
    """
    by_day: dict[date, list[Slot]] = {}
    for slot in slots:
        kept = by_day.setdefault(slot.day, [])
        if not kept or slot.starts_at - kept[-1].starts_at >= _APART:
            kept.append(slot)
    days = list(by_day.values())[:_OFFERS]
    match days:
        case [one]:
            return one[:_OFFERS]
        case [one, other]:
            return [*one[: _OFFERS - 1], other[0]]
        case _:
            return [day[0] for day in days]
