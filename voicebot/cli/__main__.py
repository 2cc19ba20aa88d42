"""`python -m voicebot.cli` is `voicebot`."""

from voicebot.cli.app import main

main()
