"""E-mail through an SMTP server.

SMTP has no key that makes a repetition harmless. Of the two honest choices this one is made: at
least once. A crash between the server's answer and our note of it sends the letter again, with
the same Message-ID and Date, by which many mail stores drop it. The other choice would lose it.
"""

from __future__ import annotations

import ssl
from typing import Literal

import aiosmtplib

from voicebot.operations.gateways.base import GatewayRefused, GatewayUnavailable, MessageGateway
from voicebot.operations.gateways.mime import as_email
from voicebot.records import Message

Security = Literal["starttls", "tls", "none"]


class SmtpEmail(MessageGateway):
    """One connection a letter.

    Args:
        sender: the address that letters come from.
        security: STARTTLS is demanded, not only tried; "none" is for a server on this machine.
        tls: how certificates are checked; by default against those of the system.
    """

    repeats_safely = False

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        *,
        security: Security = "starttls",
        username: str | None = None,
        password: str | None = None,
        timeout_s: float = 30.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._sender = sender
        self._security = security
        self._login = (username, password)
        self._timeout_s = timeout_s
        self._tls = tls

    async def send(self, message: Message) -> str:
        """Send the letter; gives its Message-ID."""
        letter = as_email(message, self._sender)
        try:
            await aiosmtplib.send(
                letter,
                sender=self._sender,
                recipients=[message.recipient],
                hostname=self._host,
                port=self._port,
                username=self._login[0],
                password=self._login[1],
                use_tls=self._security == "tls",
                start_tls=self._security == "starttls",
                tls_context=self._tls,
                timeout=self._timeout_s,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refusal(error.recipients[0].code) from error
        except aiosmtplib.SMTPAuthenticationError as error:
            # Somebody must mend the password; the letters wait for that.
            raise GatewayUnavailable(f"mail server: log-in refused with {error.code}") from error
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error.code) from error
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPNotSupported) as error:
            raise GatewayUnavailable(f"mail server: {type(error).__name__}") from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise GatewayUnavailable(
                f"mail server: {type(error).__name__}", handed_over=True
            ) from error
        return str(letter["Message-ID"])


def _refusal(code: int) -> GatewayRefused | GatewayUnavailable:
    if 500 <= code < 600:
        return GatewayRefused(f"mail server: refused with {code}")
    return GatewayUnavailable(f"mail server: answered {code}")
