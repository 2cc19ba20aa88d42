"""Coming in and going out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from voicebot.desk.office import COOKIE, AnOffice, AVisitor, Office, local_page
from voicebot.desk.tokens import LIFETIME

router = APIRouter()


@router.get("/login", response_class=HTMLResponse)
async def login_page(office: AnOffice, after: str = "/") -> str:
    """The form. `after` is the page that was asked for."""
    return _form(office, "", local_page(after))


@router.post("/login")
async def login(
    request: Request,
    office: AnOffice,
    name: Annotated[str, Form(max_length=64)] = "",
    token: Annotated[str, Form(max_length=512)] = "",
    after: Annotated[str, Form(max_length=512)] = "/",
) -> Response:
    """Begin a session, if name and password are right, or the shared token without a name."""
    after = local_page(after)
    now = datetime.now(UTC)
    address = request.client.host if request.client else ""
    if office.throttle.blocks(address, now):
        return HTMLResponse(_form(office, "throttled", after), status_code=429)
    # Browsers say where a form comes from; one from elsewhere would log in unasked.
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403)
    name = name.strip().lower()
    if not await _admitted(office, name, token.strip()):
        office.throttle.failed(address, now)
        return HTMLResponse(_form(office, "wrong", after), status_code=401)
    office.throttle.succeeded(address)
    response = RedirectResponse(after, status_code=303)
    # Not "strict": an agent's telephone opens the page of the call, and that must not log out.
    response.set_cookie(
        COOKIE,
        office.sessions.begin(now, name),
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/logout")
async def logout(visitor: AVisitor, form_key: Annotated[str, Form()] = "") -> Response:
    """End the session in this browser."""
    visitor.check(form_key)
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


def _form(office: Office, problem: str, after: str) -> str:
    return office.render("login.html", problem=problem, after=after, shared=office.shared_login)


async def _admitted(office: Office, name: str, secret: str) -> bool:
    if name:
        return await office.records.desk_users.admit(name, secret) is not None
    return office.shared_login and office.sessions.admits(secret)
