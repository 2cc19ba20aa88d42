"""The SIP dialog of one softphone call (RFC 3261 §12): who is who, and the requests within it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voicebot.telephony.sip_message import SipMessage, SipUri, new_branch, parameter
from voicebot.telephony.soft_transactions import ClientTransaction, TransactionLayer, send_address

ALLOW = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, REFER, NOTIFY"


@dataclass
class Dialog:
    """One side's view of a call.

    `local` and `remote` are the values of From and To as this side sends them, tags included;
    `target` is the URI that requests go to, `routes` the proxies on the way.
    """

    layer: TransactionLayer
    contact: str
    call_id: str
    local: str
    remote: str
    target: str
    routes: list[str] = field(default_factory=list)
    cseq: int = 0

    @classmethod
    def answering(
        cls, layer: TransactionLayer, invite: SipMessage, contact: str, tag: str
    ) -> Dialog:
        """The dialog that an answer to `invite` makes."""
        return cls(
            layer=layer,
            contact=contact,
            call_id=invite.call_id,
            local=f"{invite.need('To')};tag={tag}",
            remote=invite.need("From"),
            target=_uri_in(invite.need("Contact")),
            routes=invite.all("Record-Route"),
        )

    def establish(self, response: SipMessage) -> None:
        """Take over what the other side said in its response to our INVITE."""
        self.remote = response.need("To")
        if (contact := response.get("Contact")) is not None:
            self.target = _uri_in(contact)
        self.routes = list(reversed(response.all("Record-Route"))) or self.routes

    def build(
        self,
        method: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        content_type: str = "application/sdp",
        cseq: int | None = None,
        branch: str = "",
    ) -> SipMessage:
        """Write a request; ACK and CANCEL give the number of the INVITE they belong to."""
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        host, port = SipUri.parse(self.contact).address
        request = SipMessage(method=method, uri=self.target)
        branch = branch or new_branch()
        request.add("Via", f"SIP/2.0/UDP {host}:{port};branch={branch};rport")
        for route in self.routes:
            request.add("Route", route)
        request.add("Max-Forwards", "70")
        request.add("From", self.local)
        request.add("To", self.remote)
        request.add("Call-ID", self.call_id)
        request.add("CSeq", f"{cseq} {method}")
        request.add("Contact", f"<{self.contact}>")
        request.add("Allow", ALLOW)
        for name, value in (headers or {}).items():
            request.add(name, value)
        if body:
            request.add("Content-Type", content_type)
            request.body = body
        return request

    def send(self, request: SipMessage) -> ClientTransaction:
        """Start a transaction towards the other side."""
        return self.layer.request(
            request, send_address(SipUri.parse(request.uri), request.all("Route"))
        )

    def acknowledge(self, response: SipMessage) -> None:
        """Send the ACK of a 2xx."""
        ack = self.build("ACK", cseq=response.cseq[0])
        self.layer.send(ack, send_address(SipUri.parse(ack.uri), ack.all("Route")))

    @property
    def local_tag(self) -> str:
        return parameter(self.local, "tag") or ""


def _uri_in(value: str) -> str:
    return str(SipUri.parse(value))
