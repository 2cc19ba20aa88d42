"""The token that agents log in with, and the session that stands for it afterwards."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from voicebot.settings import ROOT, Desk, SettingsError

LIFETIME = timedelta(hours=12)
SHORTEST = 12
TOKEN_FILE = ROOT / "var" / "desk-token"


def desk_token(settings: Desk, file: Path = TOKEN_FILE) -> str:
    """The token of the settings, or else the one kept in a file, made on first use.

    Raises:
        SettingsError: the token is too short, or the file can neither be read nor made.
    """
    if settings.token is not None:
        token = settings.token.get_secret_value()
        if len(token) < SHORTEST:
            raise SettingsError(f"desk.token: at least {SHORTEST} characters are needed")
        return token
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            token = file.read_text(encoding="ascii").strip()
        else:
            token = secrets.token_urlsafe(18)
            with os.fdopen(handle, "w", encoding="ascii") as opened:
                opened.write(token + "\n")
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"desk.token: {file}: {error}; or set desk.token") from error
    if len(token) < SHORTEST:
        raise SettingsError(f"desk.token: {file} holds no token; remove it to make a new one")
    return token


# Between the parts of a cookie; in none of them.
_MARK = "~"


class Sessions:
    """Signed cookies: nothing is kept on the server, and a new token ends all sessions.

    Args:
        token: what agents log in with; also the key.
    """

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def admits(self, token: str) -> bool:
        """Whether this is the token; takes the same time for every wrong one."""
        return hmac.compare_digest(self._token, token.encode())

    def begin(self, now: datetime, name: str = "") -> str:
        """A new session's cookie, for a person or, without a name, for the shared login."""
        until = int((now + LIFETIME).timestamp())
        body = _MARK.join((secrets.token_urlsafe(12), str(until), name))
        return f"{body}{_MARK}{self._sign('session', body)}"

    def visitor(self, cookie: str, now: datetime) -> str | None:
        """The name that a session was begun with, empty for the shared login; None when the
        cookie is not ours or no longer good."""
        body, _, signature = cookie.rpartition(_MARK)
        if not hmac.compare_digest(signature.encode(), self._sign("session", body).encode()):
            return None
        _, until, name = body.split(_MARK)
        return name if int(until) > now.timestamp() else None

    def form_key(self, cookie: str) -> str:
        """What a form of this session must carry, so that no other site can send it."""
        return self._sign("form", cookie)

    def _sign(self, purpose: str, text: str) -> str:
        return hmac.new(self._token, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
