"""The desk: calls as they go on, promises that somebody must keep, figures, proposals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from voicebot.desk import callbacks, case_actions, cases, figures, knowledge, login, pages
from voicebot.desk.headers import SecurityHeaders
from voicebot.desk.live import LiveCalls
from voicebot.desk.office import LoginNeeded, Office
from voicebot.desk.rendering import Renderer
from voicebot.desk.tokens import Sessions, desk_token
from voicebot.records import (
    AlreadyFinished,
    InvalidRecord,
    NotFound,
    Records,
    RecordsUnavailable,
)
from voicebot.settings import Desk

_STATIC = Path(__file__).parent / "static"


def create_app(
    records: Records,
    live: LiveCalls,
    settings: Desk,
    *,
    topic_titles: Mapping[str, str] | None = None,
) -> FastAPI:
    """The desk as an ASGI application.

    Args:
        records: for calls that are no longer live.
        live: the hub that the line feeds.
        settings: the token.
        topic_titles: titles of topics such as E01, from the knowledge.

    Raises:
        SettingsError: there is no token to log in with.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.office = Office(
        records=records,
        live=live,
        render=Renderer(topic_titles or {}),
        sessions=Sessions(desk_token(settings)),
        shared_login=settings.shared_login,
    )
    app.add_middleware(SecurityHeaders)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.include_router(login.router)
    app.include_router(pages.router)
    for part in (callbacks, cases, case_actions, figures, knowledge):
        app.include_router(part.router)
    app.add_exception_handler(LoginNeeded, _login_needed)
    app.add_exception_handler(NotFound, _refused)
    app.add_exception_handler(AlreadyFinished, _refused)
    app.add_exception_handler(RecordsUnavailable, _refused)
    app.add_exception_handler(InvalidRecord, _refused)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(HTTPException, _refused)
    return app


async def _login_needed(request: Request, _: Exception) -> Response:
    # A stream must fail, not lead to a page: the browser then stops asking for it.
    if request.url.path.endswith("/events"):
        return Response(status_code=401)
    asked_for = quote(request.url.path, safe="/")
    if request.method != "GET" or asked_for == "/":
        return RedirectResponse("/login", status_code=303)
    return RedirectResponse(f"/login?after={asked_for}", status_code=303)


async def _refused(request: Request, error: Exception) -> Response:
    match error:
        case NotFound():
            status = 404
        case AlreadyFinished():
            status = 409
        case RecordsUnavailable():
            status = 503
        case HTTPException():
            status = error.status_code
        case _:
            status = 422
    office: Office = request.app.state.office
    return HTMLResponse(office.render("error.html", status=status), status_code=status)
