"""What `voicebot chat` prints around the conversation."""

from __future__ import annotations

from voicebot.dialogue.channel import HandoffResult

BOT = "Βοηθός:"
CALLER = "Εσείς:"
ENDED = "— τέλος κλήσης —"
RATE = "ταχύτητα"
GAIN = "ένταση"
USAGE = "Εντολές: /dtmf ΠΛΗΚΤΡΑ, /noise, /down. Κενή γραμμή: σιωπή. Ctrl-D: κλείσιμο."
HANDOFF = {
    HandoffResult.CONNECTED: "απάντησε υπάλληλος",
    HandoffResult.BUSY: "όλοι οι υπάλληλοι μιλούν",
    HandoffResult.NO_ANSWER: "δεν απάντησε υπάλληλος",
    HandoffResult.FAILED: "η κλήση απέτυχε",
}
