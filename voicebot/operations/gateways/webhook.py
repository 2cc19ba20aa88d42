"""Where the SMS service brings the answers of citizens.

The contract:

    POST /hooks/sms
    Authorization: Bearer <messages.reply_token>
    {"id": "...", "from": "+306945123456", "text": "ΑΚΥΡΟ"}

    202   kept; it is dealt with within seconds
    401   wrong token
    422   something is missing or too long
    503   the records cannot be used: bring it again

The same id brought again changes nothing.
"""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from voicebot.operations.replies import take_reply
from voicebot.records import Records, RecordsUnavailable


class IncomingSms(BaseModel):
    """One answer."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(min_length=1, max_length=200)
    sender: str = Field(alias="from", min_length=1, max_length=32)
    text: str = Field(max_length=2000)


def reply_routes(records: Records, token: str) -> APIRouter:
    """The routes, for the desk's server.

    Args:
        token: what the SMS service must show.
    """
    router = APIRouter()

    @router.post("/hooks/sms", status_code=202)
    async def incoming(
        sms: IncomingSms, authorization: Annotated[str, Header()] = ""
    ) -> dict[str, str]:
        if not secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(401)
        try:
            await take_reply(records, sms.id, sms.sender, sms.text)
        except RecordsUnavailable as error:
            raise HTTPException(503) from error
        return {"status": "kept"}

    return router
