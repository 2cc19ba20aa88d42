"""Turns what is known of calls into pages and pieces of pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import jinja2

from voicebot.desk.labels import Labels
from voicebot.records import ATHENS
from voicebot.records.reference import grouped


class Renderer:
    """The templates. Everything that is put into them is escaped.

    Args:
        topic_titles: titles of topics such as E01, from the knowledge.
    """

    def __init__(self, topic_titles: Mapping[str, str]) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader("voicebot.desk"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            clock=_clock,
            minute=_minute,
            day=_day,
            last_day=_last_day,
            pairs=grouped,
            iso=_iso,
            percent=_percent,
            span=_span,
        )
        self._environment.globals["label"] = Labels(topic_titles)

    def __call__(self, template: str, **values: Any) -> str:
        """Fill one template in."""
        return self._environment.get_template(template).render(**values)


def _clock(moment: datetime) -> str:
    return moment.astimezone(ATHENS).strftime("%H:%M:%S")


def _minute(moment: datetime) -> str:
    return moment.astimezone(ATHENS).strftime("%H:%M")


def _day(moment: datetime) -> str:
    return moment.astimezone(ATHENS).strftime("%d/%m/%Y")


def _last_day(moment: datetime) -> str:
    """The day that ends at a moment, for deadlines, which are midnights."""
    return _day(moment - timedelta(seconds=1))


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _span(seconds: float) -> str:
    """Hours and minutes, as a clock shows them."""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"
