"""The one PJSUA2 instance of the process: opened, polled from the event loop, closed."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Protocol

import pjsua2 as pj

from voicebot.settings import Telephony
from voicebot.telephony import configuration
from voicebot.telephony.call import PhoneError
from voicebot.telephony.leg import guarded

logger = logging.getLogger(__name__)
_POLL_S = 0.005
# At a burst of calls several messages wait at once; not so many that audio has to wait for them.
_EVENTS_A_POLL = 40
_NO_NETWORK = 3


class LibraryListener(Protocol):
    """What the library tells the phone."""

    def on_incoming(self, call_id: int, invite: str) -> None: ...
    def on_audio(self, tokens: Iterable[int]) -> None: ...


class _Account(pj.Account):  # type: ignore[misc]  # the generated module has no types
    def __init__(self, listener: LibraryListener) -> None:
        self._listener = listener
        self.reply: asyncio.Future[tuple[int, str]] | None = None
        self.registered = False
        super().__init__()

    @guarded
    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:  # noqa: N802
        self._listener.on_incoming(prm.callId, prm.rdata.wholeMsg)

    @guarded
    def onRegState(self, prm: pj.OnRegStateParam) -> None:  # noqa: N802
        self.registered = prm.code // 100 == 2 and prm.expiration > 0
        if self.registered:
            logger.info("registered with the trunk for %d s", prm.expiration)
        elif prm.code // 100 != 2:
            logger.warning("the trunk refused the registration: %d %s", prm.code, prm.reason)
        if self.reply is not None and not self.reply.done():
            self.reply.set_result((prm.code, prm.reason))


class _Log(pj.LogWriter):  # type: ignore[misc]
    def write(self, entry: pj.LogEntry) -> None:
        level = logging.ERROR if entry.level <= 1 else logging.WARNING
        logger.log(level, "%s", entry.msg.strip())


class Library:
    """Opens PJSUA2 by the settings and keeps it going."""

    def __init__(
        self, settings: Telephony, networks: Iterable[IPv4Network], listener: LibraryListener
    ) -> None:
        self.port = settings.sip_port
        self._settings = settings
        self._networks = list(networks)
        self._listener = listener
        self._log = _Log()
        self._endpoint: pj.Endpoint | None = None
        self._account: _Account | None = None
        self._poll: asyncio.TimerHandle | None = None
        self._bell: int | None = None

    @property
    def account(self) -> pj.Account:
        return self._account

    @property
    def registered(self) -> bool:
        return self._account is not None and self._account.registered

    @property
    def dropped_requests(self) -> int:
        count: int = pj.Gate.dropped()
        return count

    def open(self) -> None:
        """Start the library and bind the transport.

        Raises:
            PhoneError: a setting cannot work, or the port is taken.
        """
        settings = self._settings
        configuration.raise_file_limit(settings.max_calls + settings.overflow_calls)
        self._endpoint = endpoint = pj.Endpoint()
        pj.set_log_level(0)
        try:
            endpoint.libCreate()
            endpoint.libInit(configuration.endpoint_config(settings, self._log))
            pj.Gate.install()
            for network in self._networks:
                pj.Gate.allow(str(network.network_address), network.prefixlen)
            endpoint.audDevManager().setNullDev()
            configuration.set_codecs(endpoint, settings.codecs)
            self._open_transport(endpoint)
            endpoint.libStart()
            self._account = _Account(self._listener)
            self._account.create(configuration.account_config(settings, self.port))
        except pj.Error as error:
            raise PhoneError(f"the SIP endpoint cannot start: {error.reason}") from error
        loop = asyncio.get_running_loop()
        self._bell = pj.RingPort.ring_fd()
        loop.add_reader(self._bell, self._hear)
        self._handle_events()

    async def registration(self, timeout_s: float) -> None:
        """Wait for the trunk's reply to the first REGISTER.

        A trunk that does not reply is tried again for ever; calls may come meanwhile.

        Raises:
            PhoneError: the trunk refuses us.
        """
        account = self._account
        if account is None or account.registered:
            return
        account.reply = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout_s):
                code, reason = await account.reply
        except TimeoutError:
            logger.warning("no reply from %s; trying on", self._settings.registrar)
            return
        if code in (401, 403, 404, 407):
            raise PhoneError(
                f"{self._settings.registrar} refuses the registration ({code} {reason}): check "
                "telephony.registrar, telephony.username and telephony.password"
            )

    async def unregister(self) -> None:
        """Tell the trunk that no more calls are taken."""
        account = self._account
        if account is None or not account.registered:
            return
        account.reply = asyncio.get_running_loop().create_future()
        try:
            account.setRegistration(False)
            async with asyncio.timeout(2.0):
                await account.reply
        except (pj.Error, TimeoutError):
            logger.warning("the trunk did not confirm the end of the registration")

    def close(self) -> None:
        """End the library; no thread of it is left."""
        loop = asyncio.get_running_loop()
        if self._poll is not None:
            self._poll.cancel()
        if self._bell is not None:
            loop.remove_reader(self._bell)
        endpoint, self._endpoint = self._endpoint, None
        if self._account is not None:
            self._account.shutdown()
            self._account = None
        # Calls that only cyclic garbage still holds must go while the library is there.
        gc.collect()
        if endpoint is not None:
            endpoint.libDestroy(_NO_NETWORK)
            del endpoint
        gc.collect()

    def _open_transport(self, endpoint: pj.Endpoint) -> None:
        settings = self._settings
        config = configuration.transport_config(settings)
        try:
            number = endpoint.transportCreate(configuration.transport_type(settings), config)
        except pj.Error as error:
            raise PhoneError(
                f"{settings.transport} port {settings.sip_port} on {settings.bind} cannot be "
                f"bound ({error.reason}): is another SIP program running? Set telephony.sip_port"
            ) from error
        local = endpoint.transportGetInfo(number).localName
        self.port = int(local.rpartition(":")[2])

    def _handle_events(self) -> None:
        endpoint = self._endpoint
        if endpoint is None:
            return
        for _ in range(_EVENTS_A_POLL):
            if endpoint.libHandleEvents(0) <= 0:
                break
        self._poll = asyncio.get_running_loop().call_later(_POLL_S, self._handle_events)

    def _hear(self) -> None:
        self._listener.on_audio(pj.RingPort.take_ready())
