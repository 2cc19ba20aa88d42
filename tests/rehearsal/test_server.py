"""Ports for lines that run beside others."""

import socket

from voicebot.rehearsal.server import free_port


def test_the_wanted_port_is_given_when_it_is_free_and_another_when_it_is_not() -> None:
    port = free_port()
    assert free_port(wanted=port) == port
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", port))
        assert free_port(wanted=port) != port
