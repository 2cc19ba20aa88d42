"""Places as they are named in a sentence: «στον Βόλο», «στους Αμπελόκηπους»."""

from __future__ import annotations

from voicebot.understanding.places import spoken_places

_ACCUSATIVES = (
    ("ος", "ο"), ("ός", "ό"), ("ης", "η"), ("ής", "ή"), ("ας", "α"), ("άς", "ά"), ("οι", "ους"),
    ("οί", "ούς"),
)  # fmt: skip


def accusatives(name: str) -> tuple[str, ...]:
    """The accusatives of a lower-case name that differ from it; of several words all together or
    the first alone.

    >>> accusatives("βόλος"), accusatives("πάτρα")
    (('βόλο',), ())
    >>> accusatives("άγιος δημήτριος")
    ('άγιο δημήτριο', 'άγιο δημήτριος')
    """
    first, *rest = name.split()
    declined = [" ".join(_declined(word) for word in (first, *rest))]
    if rest:
        declined.append(" ".join((_declined(first), *rest)))
    return tuple(dict.fromkeys(one for one in declined if one != name))


def named_places() -> tuple[str, ...]:
    """Every place as it is named, alone and in a sentence, for the recogniser's closed list."""
    names = spoken_places()
    declined = (one for name in names for one in accusatives(name))
    return tuple(dict.fromkeys((*names, *declined)))


def _declined(word: str) -> str:
    for ending, accusative in _ACCUSATIVES:
        if word.endswith(ending):
            return word[: -len(ending)] + accusative
    return word
