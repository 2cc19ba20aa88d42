"""From a text to audio: normaliser, voices, prompt cache."""
