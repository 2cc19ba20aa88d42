"""The recipe of the embedded Greek recogniser: text, voices, channel, training, export.

Nothing here is imported by the line; the model that comes out of it is. See docs/retrain.md.
"""
