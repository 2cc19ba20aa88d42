"""The programs: `voicebot --help`."""

from voicebot.cli.app import main

__all__ = ["main"]
