import pytest

from voicebot.telephony.call import Direction, PhoneError, TransferOutcome
from voicebot.telephony.parties import TransferTargets, describe_inbound, outcome_of

INVITE = (
    "INVITE sip:1555@host SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
    "From: <sip:anonymous@anonymous.invalid>;tag=1\r\nTo: <sip:1555@host>\r\n"
    "Call-ID: c1\r\nCSeq: 1 INVITE\r\n{headers}Content-Length: 0\r\n\r\n"
)


def test_the_asserted_number_counts_more_than_from() -> None:
    invite = INVITE.format(
        headers="P-Asserted-Identity: <sip:+302101234567@trunk>\r\n"
        "User-to-User: 3132;encoding=hex\r\nX-Queue: epidomata\r\nSubject: no\r\n"
    )
    info = describe_inbound(invite, "c1", "<sip:6971234567@h>", "<sip:1555@host>")
    assert info.number == "+302101234567"
    assert info.direction is Direction.INBOUND
    assert info.headers == {
        "p-asserted-identity": "<sip:+302101234567@trunk>",
        "user-to-user": "3132;encoding=hex",
        "x-queue": "epidomata",
    }


@pytest.mark.parametrize(
    ("remote", "number"),
    [
        ('"A" <sip:210-123.4567@h>', "2101234567"),
        ("<sip:+306971234567@h>", "+306971234567"),
        ("<tel:1555>", "1555"),
        ("<sip:anonymous@anonymous.invalid>", None),
        ("<sip:12@h>", None),
        ("", None),
    ],
)
def test_a_number_is_only_what_can_be_dialled(remote: str, number: str | None) -> None:
    assert describe_inbound(INVITE.format(headers=""), "c", remote, "x").number == number


def test_an_unreadable_invite_still_makes_a_call() -> None:
    info = describe_inbound("garbage", "c9", "<sip:2101234567@h>", "<sip:1555@h>")
    assert (info.call_id, info.number, dict(info.headers)) == ("c9", "2101234567", {})


def test_only_listed_targets_may_be_transferred_to() -> None:
    targets = TransferTargets(["sip:agent@192.0.2.1:5070", "sip:desk@example.gr"])
    assert "sip:agent@192.0.2.1:5070" in targets
    assert "<sip:DESK@example.gr>" not in targets  # the user part has case
    assert "sip:desk@EXAMPLE.gr:5060" in targets
    for other in ("sip:agent@192.0.2.1", "sip:00900123@trunk", "sips:desk@example.gr", "nonsense"):
        assert other not in targets


def test_names_the_setting_with_a_bad_target() -> None:
    with pytest.raises(PhoneError, match="transfer_targets"):
        TransferTargets(["agent"])


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (200, TransferOutcome.COMPLETED),
        (486, TransferOutcome.BUSY),
        (408, TransferOutcome.NO_ANSWER),
        (480, TransferOutcome.NO_ANSWER),
        (603, TransferOutcome.REJECTED),
        (503, TransferOutcome.FAILED),
    ],
)
def test_codes_mean_what_the_waiting_caller_can_be_told(
    code: int, outcome: TransferOutcome
) -> None:
    assert outcome_of(code) is outcome
