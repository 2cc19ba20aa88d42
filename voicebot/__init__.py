"""The voice of 1555: a Greek telephone agent for a citizen service number."""

__version__ = "0.1.0"
