"""Answers to cases that may become entries of the knowledge: proposed here, decided by editors.

Nothing here is spoken: an editor takes the draft, writes it as it should be, and puts it into
intents/, where it is checked like everything else.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit
from voicebot.records.case_rows import by_number
from voicebot.records.database import Database
from voicebot.records.errors import AlreadyFinished, InvalidRecord, NotFound
from voicebot.records.masking import mask
from voicebot.records.models import ProposalRow
from voicebot.records.people_types import Proposal, ProposalState
from voicebot.records.types import Clock


class Proposals:
    """The list of what is proposed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def propose(self, case_number: str, who: str, question: str, answer: str) -> Proposal:
        """Propose the answer to a case as knowledge for all. Texts are stored masked.

        Raises:
            InvalidRecord: question or answer is missing.
            NotFound: there is no such case.
        """
        if not question.strip() or not answer.strip():
            raise InvalidRecord("proposal: a question and an answer are needed")
        now = self._clock()

        async def work(session: AsyncSession) -> Proposal:
            case = await by_number(session, case_number)
            row = ProposalRow(
                # An anonymous complaint leaves no trace of itself.
                case_number=None if case.anonymous else case.number,
                agency=case.agency,
                topic=case.topic,
                question=mask(question.strip()),
                answer=mask(answer.strip()),
                proposed_by=who,
                proposed_at=now,
                state=ProposalState.NEW,
            )
            session.add(row)
            await session.flush()
            await audit.append(session, who, "proposal.made", row.proposal_id, now=now)
            return _proposal(row)

        return await self._database.write(work)

    async def get(self, proposal_id: int) -> Proposal:
        """One proposal.

        Raises:
            NotFound: there is none of that id.
        """

        async def work(session: AsyncSession) -> Proposal:
            return _proposal(await _row(session, proposal_id))

        return await self._database.read(work)

    async def list(self, *, limit: int = 200) -> tuple[Proposal, ...]:
        """Proposals, latest first."""

        async def work(session: AsyncSession) -> tuple[Proposal, ...]:
            query = select(ProposalRow).order_by(ProposalRow.proposal_id.desc()).limit(limit)
            return tuple(_proposal(row) for row in await session.scalars(query))

        return await self._database.read(work)

    async def decide(self, proposal_id: int, who: str, state: ProposalState) -> Proposal:
        """Note that the draft was taken, or that it will not be.

        Raises:
            NotFound: there is none of that id.
            AlreadyFinished: it was rejected before.
        """
        now = self._clock()

        async def work(session: AsyncSession) -> Proposal:
            row = await _row(session, proposal_id)
            if row.state is ProposalState.REJECTED:
                raise AlreadyFinished("the proposal was rejected already")
            row.state, row.decided_by, row.decided_at = state, who, now
            await audit.append(session, who, f"proposal.{state}", proposal_id, now=now)
            return _proposal(row)

        return await self._database.write(work)


async def _row(session: AsyncSession, proposal_id: int) -> ProposalRow:
    row = await session.get(ProposalRow, proposal_id, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no proposal {proposal_id}")
    return row


def _proposal(row: ProposalRow) -> Proposal:
    return Proposal(
        proposal_id=row.proposal_id,
        case_number=row.case_number,
        agency=row.agency,
        topic=row.topic,
        question=row.question,
        answer=row.answer,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        state=row.state,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
