"""A proposal as the draft of a file of intents/: right in form, to be finished by an editor."""

from __future__ import annotations

from typing import Any

import yaml

from voicebot.desk import labels
from voicebot.records.people_types import Proposal
from voicebot.records.types import Agency
from voicebot.understanding.knowledge_schema import TOPIC_CODE, KnowledgeFile

_LETTERS = {
    Agency.EFKA: "E",
    Agency.DYPA: "D",
    Agency.OPEKA: "O",
    Agency.LABOUR: "W",
    Agency.TEKA: "T",
    Agency.KEP: "K",
}
_UNUSED = "99"


def draft_entry(proposal: Proposal) -> str:
    """YAML that the schema of intents/ accepts.

    Raises:
        pydantic.ValidationError: it would not be; that is a mistake of this program.
    """
    file: dict[str, Any] = {
        "agency": proposal.agency.value,
        "entries": [
            {
                "id": f"{proposal.agency.lower()}.proposal_{proposal.proposal_id}",
                "topic": _topic(proposal),
                "title": _line(proposal.question),
                "examples": [_line(proposal.question)],
                "answer": _line(proposal.answer),
                "sources": [labels.DRAFT_SOURCE.format(number=proposal.case_number or "–")],
            }
        ],
    }
    KnowledgeFile.model_validate(file)
    written = yaml.safe_dump(file, allow_unicode=True, sort_keys=False, width=100)
    return f"{labels.DRAFT_HEADER}{written}"


def _topic(proposal: Proposal) -> str:
    if proposal.topic is not None and TOPIC_CODE.fullmatch(proposal.topic):
        return proposal.topic
    return _LETTERS[proposal.agency] + _UNUSED


def _line(text: str) -> str:
    # Braces would stand for figures.
    return " ".join(text.split()).translate(str.maketrans("{}", "()"))
