"""The settings of this program as PJSUA2 wants them."""

from __future__ import annotations

import os
import resource

import pjsua2 as pj

from voicebot.settings import Telephony
from voicebot.telephony.call import FRAME_MS, SAMPLE_RATE_HZ, PhoneError

# What the wheel is compiled for, see sip/extension/config_site.h.
_COMPILED_CALLS = 512
_CODEC_IDS = {
    "PCMA": "PCMA/8000/1",
    "PCMU": "PCMU/8000/1",
    "G722": "G722/16000/1",
    "OPUS": "opus/48000/2",
}
_CA_FILE = "/etc/ssl/certs/ca-certificates.crt"
# RTP, RTCP and a little more for each call, and the rest of the program.
_FILES_PER_CALL, _FILES_BESIDE = 4, 512


def endpoint_config(settings: Telephony, log: pj.LogWriter) -> pj.EpConfig:
    """How the library runs: no threads of its own for SIP, an 8 kHz bridge without sound card."""
    config = pj.EpConfig()
    config.uaConfig.userAgent = "voicebot-1555"
    # Refusals need a place too, for as long as their transaction lasts.
    config.uaConfig.maxCalls = min(
        _COMPILED_CALLS, settings.max_calls * 2 + settings.overflow_calls + 16
    )
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.logConfig.level = 2
    config.logConfig.consoleLevel = 0
    config.logConfig.msgLogging = 0
    config.logConfig.writer = log
    media = config.medConfig
    media.clockRate = SAMPLE_RATE_HZ
    media.sndClockRate = SAMPLE_RATE_HZ
    media.audioFramePtime = FRAME_MS
    media.ptime = FRAME_MS
    media.maxMediaPorts = (settings.max_calls + settings.overflow_calls) * 4 + 64
    media.noVad = True
    media.ecTailLen = 0
    return config


def transport_config(settings: Telephony) -> pj.TransportConfig:
    """Where SIP listens."""
    config = pj.TransportConfig()
    config.port = settings.sip_port
    config.boundAddress = str(settings.bind)
    if settings.public_address:
        config.publicAddress = settings.public_address
    if settings.transport == "tls":
        if settings.tls_certificate is None or settings.tls_key is None:
            raise PhoneError(
                "telephony.transport is tls: set telephony.tls_certificate and telephony.tls_key"
            )
        for name in ("tls_certificate", "tls_key"):
            path = getattr(settings, name)
            if not path.is_file():
                raise PhoneError(f"telephony.{name}: {path} is no file")
        config.tlsConfig.certFile = str(settings.tls_certificate)
        config.tlsConfig.privKeyFile = str(settings.tls_key)
        config.tlsConfig.CaListFile = os.environ.get("SSL_CERT_FILE", _CA_FILE)
        config.tlsConfig.verifyServer = True
        config.tlsConfig.verifyClient = False
    return config


def transport_type(settings: Telephony) -> int:
    """The library's number for the transport."""
    numbers: dict[str, int] = {
        "udp": pj.PJSIP_TRANSPORT_UDP,
        "tcp": pj.PJSIP_TRANSPORT_TCP,
        "tls": pj.PJSIP_TRANSPORT_TLS,
    }
    return numbers[settings.transport]


def account_config(settings: Telephony, sip_port: int) -> pj.AccountConfig:
    """Who this machine is: an account at the trunk, or itself."""
    config = pj.AccountConfig()
    parameter = "" if settings.transport == "udp" else f";transport={settings.transport}"
    if settings.registrar:
        domain = settings.registrar.partition(":")[2].partition(";")[0]
        config.idUri = f"sip:{settings.username or '1555'}@{domain}"
        config.regConfig.registrarUri = settings.registrar + parameter
        config.regConfig.timeoutSec = 300
        config.regConfig.retryIntervalSec = 30
        config.regConfig.firstRetryIntervalSec = 5
        # A call in progress does not depend on the registration.
        config.regConfig.dropCallsOnFail = False
        if settings.username:
            password = settings.password.get_secret_value() if settings.password else ""
            credentials = pj.AuthCredInfo("digest", "*", settings.username, 0, password)
            config.sipConfig.authCreds.append(credentials)
    else:
        host = settings.public_address or str(settings.bind)
        config.idUri = f"sip:{settings.username or '1555'}@{host}:{sip_port}{parameter}"
        config.regConfig.registerOnAdd = False
    calls = config.callConfig
    calls.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
    calls.timerSessExpiresSec = settings.session_timer_s
    calls.timerMinSESec = 90
    media = config.mediaConfig
    media.ipv6Use = pj.PJSUA_IPV6_DISABLED
    media.lockCodecEnabled = False
    media.transportConfig.port = settings.rtp_port_min
    media.transportConfig.portRange = settings.rtp_port_count
    if not settings.bind.is_unspecified:
        media.transportConfig.boundAddress = str(settings.bind)
    if settings.public_address:
        media.transportConfig.publicAddress = settings.public_address
    media.srtpUse = {
        "off": pj.PJMEDIA_SRTP_DISABLED,
        "optional": pj.PJMEDIA_SRTP_OPTIONAL,
        "mandatory": pj.PJMEDIA_SRTP_MANDATORY,
    }[settings.srtp]
    media.srtpSecureSignaling = (
        1 if settings.transport == "tls" and settings.srtp == "mandatory" else 0
    )
    return config


def set_codecs(endpoint: pj.Endpoint, wanted: tuple[str, ...]) -> None:
    """Offer these codecs in this order, and no other.

    Raises:
        PhoneError: one of them does not exist here.
    """
    for codec in endpoint.codecEnum2():
        endpoint.codecSetPriority(codec.codecId, 0)
    for rank, name in enumerate(wanted):
        codec_id = _CODEC_IDS.get(name.upper())
        if codec_id is None:
            raise PhoneError(f"telephony.codecs: {name!r} is none of {', '.join(_CODEC_IDS)}")
        endpoint.codecSetPriority(codec_id, 250 - rank)


def raise_file_limit(max_calls: int) -> None:
    """Allow this process the sockets that `max_calls` calls need.

    Raises:
        PhoneError: the system does not permit so many.
    """
    needed = max_calls * _FILES_PER_CALL + _FILES_BESIDE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise PhoneError(
            f"{max_calls} calls need {needed} open files and this system permits {hard}: lower "
            f"telephony.max_calls, or raise the limit (LimitNOFILE={needed}, ulimit -n {needed})"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
