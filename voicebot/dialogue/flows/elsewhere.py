"""Another branch near by, or video and telephone, when nothing suits where it was wished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from voicebot.dialogue.call import Call
from voicebot.dialogue.flows.draft import Draft
from voicebot.dialogue.prompts import booking, labels
from voicebot.dialogue.spoken import spoken_moment
from voicebot.dialogue.wishes import Wish
from voicebot.records.schedule import ANY_TIME, DateRange, TimeRange
from voicebot.records.types import Branch, Slot, VisitChannel

_LOOKED_AT = 60


@dataclass(frozen=True)
class Place:
    """Where else, and the first free time there."""

    channel: VisitChannel
    branch: Branch | None
    slot: Slot


class Elsewhere:
    """The other places of one search, each offered once."""

    def __init__(self, call: Call, draft: Draft) -> None:
        self._call = call
        self._draft = draft
        self._offered: set[str] = set()

    async def offer(self, wish: Wish, *, only: VisitChannel | None = None) -> bool:
        """Offer places one after the other until the caller takes one, which the draft then has.

        Args:
            only: just this way of being served, as the caller asked for it.

        Returns:
            Whether one was taken. Raises as `Conversation.ask`, and `RecordsUnavailable`.
        """
        for channel in self._channels(only):
            place = await self._find(channel, wish)
            if place is None:
                continue
            self._offered.add(place.slot.branch.code)
            if await self._call.talk.confirm(self._prompt(place), slot="branch"):
                self._draft.channel = place.channel
                self._draft.branch = place.branch
                return True
        return False

    def _channels(self, only: VisitChannel | None) -> tuple[VisitChannel, ...]:
        category = self._draft.category
        assert category is not None
        others = [one for one in category.channels if one is not VisitChannel.IN_PERSON]
        here = self._draft.branch
        nearby = [VisitChannel.IN_PERSON] if here is not None and here.region is not None else []
        return tuple(
            one
            for one in (*nearby, *others)
            if (only is None or one is only)
            and (one is VisitChannel.IN_PERSON or one is not self._draft.channel)
        )

    async def _find(self, channel: VisitChannel, wish: Wish) -> Place | None:
        """The first free time: as wished, or else on any later day at any time."""
        later = None
        if wish.days is not None:
            later = DateRange(wish.days.first, wish.days.first + timedelta(days=60))
        for days, times in ((wish.day_range, wish.time_range), (later, ANY_TIME)):
            slot = await self._first(channel, days, times)
            if slot is not None:
                near = slot.branch if channel is VisitChannel.IN_PERSON else None
                return Place(channel, near, slot)
        return None

    async def _first(
        self, channel: VisitChannel, days: DateRange | None, times: TimeRange
    ) -> Slot | None:
        draft = self._draft
        assert draft.agency is not None
        assert draft.category is not None
        here = draft.branch
        in_person = channel is VisitChannel.IN_PERSON
        found = await self._call.records.appointments.find_slots(
            draft.agency,
            draft.category.code,
            channel=channel,
            region=here.region if in_person and here is not None else None,
            days=days,
            times=times,
            limit=_LOOKED_AT,
        )
        return next(
            (
                slot
                for slot in found
                if slot.branch.code not in self._offered
                and (here is None or slot.branch.code != here.code)
            ),
            None,
        )

    def _prompt(self, place: Place) -> str:
        time = spoken_moment(place.slot.starts_at, self._call.today())
        if place.branch is not None:
            return booking.other_branch(place.branch.name, time)
        return booking.other_channel(labels.CHANNELS[place.channel].name, time)
