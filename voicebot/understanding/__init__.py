"""From an utterance to meaning: an intent with a probability, or a value. Holds no state."""
