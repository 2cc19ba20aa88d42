"""What the request for an appointment has already said: agency, service, place, day."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.flows.draft import Draft
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.place_questions import places_in
from voicebot.dialogue.prompts import labels
from voicebot.dialogue.questions import Option
from voicebot.dialogue.slots import pick
from voicebot.dialogue.wishes import read_wish
from voicebot.records.types import Agency, VisitChannel
from voicebot.understanding.knowledge_schema import Entry

_AGENCIES = (Agency.EFKA, Agency.DYPA, Agency.OPEKA, Agency.KEP)
# Words that name an agency only as an answer to that question, not within a sentence.
_TOO_COMMON = frozenset({"το ταμείο μου", "επιδόματα", "ασφάλιση"})


async def prefill(call: Call, meaning: Meaning | None, entry: Entry | None) -> Draft:
    """A draft with what is known before the first question."""
    draft = Draft()
    if entry is not None:
        agency = entry.next.agency or entry.agency
        if agency is not None and agency.value in _AGENCIES:
            draft.agency = Agency(agency.value)
        draft.wanted_category = entry.next.category.value if entry.next.category else None
        return draft
    if meaning is None:
        return draft
    readings = meaning.readings[:1]
    draft.agency = pick(
        readings,
        [
            Option(
                agency,
                labels.AGENCIES[agency].name,
                tuple(p for p in labels.AGENCIES[agency].phrases if p not in _TOO_COMMON),
            )
            for agency in _AGENCIES
        ],
        within=True,
    )
    agencies = (draft.agency,) if draft.agency is not None else _AGENCIES
    for body in agencies:
        known = await call.records.appointments.categories(body)
        options = [
            Option(category.code, labels.CATEGORIES[category.code].name, _phrases(category.code))
            for category in known
            if category.code in labels.CATEGORIES
        ]
        code = pick(readings, options, within=True)
        if code is not None:
            draft.agency, draft.wanted_category = body, code
            break
    draft.channel = pick(
        readings,
        [
            Option(channel, labels.CHANNELS[channel].name, labels.CHANNELS[channel].phrases)
            for channel in VisitChannel
        ],
        within=True,
    )
    draft.places = places_in(readings)
    draft.wish = read_wish(readings, call.now(), within=True)
    return draft


def _phrases(code: str) -> tuple[str, ...]:
    return labels.CATEGORIES[code].phrases
