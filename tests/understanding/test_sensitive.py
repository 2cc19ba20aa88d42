from __future__ import annotations

import pytest

from voicebot.understanding.sensitive import Secret, detect_sensitive


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ο ιμπάν μου είναι τζι αρ δεκάξι μηδέν ένα ένα μηδέν ένα δύο πέντε μηδέν", Secret.IBAN),
        ("GR16 0110 1250 0000 0001 2300 695", Secret.IBAN),
        ("η κάρτα μου είναι 4111 1111 1111 1111", Secret.CARD),
        ("σαράντα ένα, έντεκα, έντεκα, έντεκα, έντεκα, έντεκα, έντεκα, έντεκα", Secret.CARD),
        ("ο κωδικός που μου ήρθε είναι τέσσερα οχτώ δύο έξι", Secret.CODE),
        ("το πιν είναι ένα δύο τρία τέσσερα", Secret.CODE),
        ("να σας πω τους κωδικούς μου", Secret.CODE),
    ],
)
def test_secrets_are_noticed(text: str, kind: Secret) -> None:
    found = detect_sensitive(text)
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "δεν έχω κωδικούς",
        "πώς βγάζω κλειδάριθμο",
        "η κάρτα ανεργίας έληξε",
        "εξήντα εννιά σαράντα πέντε εκατόν είκοσι τρία τετρακόσια πενήντα έξι",
        "διακόσια δέκα πενήντα δύο ογδόντα πέντε πεντακόσια είκοσι πέντε",
        "μηδέν ένα μηδέν ένα τριάντα ενενήντα εννιά ενενήντα εννιά εφτά",
        "το αφιμί μου είναι 731 385 437",
    ],
)
def test_what_may_be_said_is_no_secret(text: str) -> None:
    assert detect_sensitive(text) is None
