"""With whom, for what, how and where an appointment takes place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from voicebot.dialogue.call import Call
from voicebot.dialogue.flows.draft import Draft
from voicebot.dialogue.flows.regions import region_of
from voicebot.dialogue.place_questions import (
    alike_question,
    namesake_question,
    nearest_question,
    place_question,
)
from voicebot.dialogue.prompts import booking, general, labels
from voicebot.dialogue.questions import Option
from voicebot.dialogue.signals import HandoffReason, PersonWanted
from voicebot.dialogue.slots import choice_question
from voicebot.records.types import Agency, Branch, Category, VisitChannel
from voicebot.understanding.places import Place, all_places, same_name
from voicebot.understanding.text import fold

_AGENCIES = (Agency.EFKA, Agency.DYPA, Agency.OPEKA, Agency.KEP)
_NAMED = 3
_MOST_PLACES = 4
_MOST_BRANCHES = 4


def category_name(category: Category) -> str:
    """How a category is called in a sentence."""
    label = labels.CATEGORIES.get(category.code)
    return label.name if label is not None else category.title


async def ask_agency(call: Call, draft: Draft) -> None:
    """The body, of those that take appointments here. Raises as `Conversation.ask`."""
    served = [agency for agency in _AGENCIES if await call.records.appointments.categories(agency)]
    if not served:
        await call.say(general.SYSTEM_PROBLEM)
        raise PersonWanted(HandoffReason.FAILURE)
    options = [
        Option(agency, labels.AGENCIES[agency].name, labels.AGENCIES[agency].phrases)
        for agency in served
    ]
    names = [labels.FORMERLY.get(agency, labels.AGENCIES[agency].name) for agency in served]
    draft.agency = await call.talk.ask(
        choice_question(
            booking.agency([labels.WITH_AGENCY[agency] for agency in served]),
            options,
            slot="agency",
            again=booking.agency_again(names),
            help=booking.AGENCY_HELP,
        )
    )
    call.state.agency = draft.agency


async def ask_category(call: Call, draft: Draft) -> None:
    """The kind of service; not asked where there is only one. Raises as `Conversation.ask`."""
    assert draft.agency is not None
    categories = await call.records.appointments.categories(draft.agency)
    if not categories:
        await call.say(booking.NO_APPOINTMENTS)
        raise PersonWanted(HandoffReason.FAILURE)
    wanted = [one for one in categories if one.code == draft.wanted_category]
    if wanted or len(categories) == 1:
        draft.category = (wanted or categories)[0]
        return
    options = [_category_option(category) for category in categories]
    names = [option.name for option in options]
    draft.category = await call.talk.ask(
        choice_question(
            booking.category(names[:_NAMED]),
            options,
            slot="category",
            again=booking.CATEGORY_AGAIN,
            help=booking.category_list(names),
        )
    )


async def ask_channel(call: Call, draft: Draft) -> None:
    """At the branch, by video or by telephone, where there is a choice. Raises as
    `Conversation.ask`."""
    assert draft.category is not None
    channels = draft.category.channels
    if len(channels) == 1:
        draft.channel = channels[0]
        return
    options = [
        Option(channel, labels.CHANNELS[channel].name, labels.CHANNELS[channel].phrases)
        for channel in channels
    ]
    prompt = booking.channel([option.name for option in options])
    draft.channel = await call.talk.ask(choice_question(prompt, options, slot="channel"))


def branch_known(draft: Draft) -> bool:
    """Whether no place has to be asked any more."""
    return draft.channel is not VisitChannel.IN_PERSON or draft.branch is not None


async def ask_branch(call: Call, draft: Draft) -> None:
    """The city, and the branch where it has several. Raises as `Conversation.ask`."""
    prompt = booking.PLACE
    for _ in range(_MOST_PLACES):
        if not draft.places:
            is_served = await _served(call, draft)
            draft.places = await call.talk.ask(place_question(prompt, is_served))
        if len({place.name for place in draft.places}) > 1:
            draft.places = await call.talk.ask(alike_question(draft.places))
            prompt = booking.PLACE_MEANT
            continue
        place = await _settle(call, draft.places)
        draft.places = (place,)
        branches = await _branches(call, draft, place)
        if branches:
            draft.branch = await _choose_branch(call, branches)
            return
        nearest = await _nearest(call, draft, place)
        if isinstance(nearest, Branch):
            draft.branch = nearest
            return
        draft.places = nearest
        prompt = booking.NO_BRANCH
    raise PersonWanted(HandoffReason.FAILURE)


async def _served(call: Call, draft: Draft) -> Callable[[Place], bool]:
    """Whether the body of a draft has a branch in a place."""
    assert draft.agency is not None
    found = await call.records.appointments.branches(draft.agency, channel=VisitChannel.IN_PERSON)
    names = {fold(branch.place) for branch in found if branch.place}
    return lambda place: fold(place.name) in names


async def _settle(call: Call, places: Sequence[Place]) -> Place:
    """Which of the places of one name is meant: a capital by itself, else by a question."""
    capitals = [place for place in places if place == _capital(place.area)]
    if len(places) == 1 or len(capitals) == 1:
        return (capitals or list(places))[0]
    return await call.talk.ask(namesake_question(places[:_MOST_BRANCHES]))


async def _branches(call: Call, draft: Draft, place: Place) -> Sequence[Branch]:
    assert draft.agency is not None
    region = region_of(place.area) if len(same_name(place.name)) > 1 else None
    return await call.records.appointments.branches(
        draft.agency, place.name, region=region, channel=VisitChannel.IN_PERSON
    )


async def _nearest(call: Call, draft: Draft, place: Place) -> Branch | tuple[Place, ...]:
    """The branch of the area's capital, if the caller agrees to go there; else the places that
    are named instead, if any are."""
    capital = _capital(place.area)
    if capital is None or capital == place:
        return ()
    found = await _branches(call, draft, capital)
    if len(found) != 1:
        return ()
    answer = await call.talk.ask(nearest_question(place, capital))
    if isinstance(answer, bool):
        return found[0] if answer else ()
    return answer


def _capital(area: str) -> Place | None:
    """The first place that the table lists for an area."""
    return next((place for place in all_places() if place.area == area), None)


async def _choose_branch(call: Call, branches: Sequence[Branch]) -> Branch:
    if len(branches) == 1:
        return branches[0]
    regions = [branch.region or branch.name for branch in branches]
    namesakes = len({branch.name for branch in branches}) < len(branches)
    names = regions if namesakes else [branch.name for branch in branches]
    shown = list(zip(names, branches, strict=True))[:_MOST_BRANCHES]
    options = [Option(branch, name, (branch.place or name,)) for name, branch in shown]
    prompt = (
        booking.which_place([name for name, _ in shown])
        if namesakes
        else booking.branch([name for name, _ in shown])
    )
    return await call.talk.ask(choice_question(prompt, options, slot="branch"))


def _category_option(category: Category) -> Option[Category]:
    label = labels.CATEGORIES.get(category.code)
    if label is None:
        return Option(category, category.title)
    return Option(category, label.name, (*label.phrases, category.title))
