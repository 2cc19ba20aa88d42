"""Imports pipecat without its banner, and keeps its debug log, which is its default, out of the
service's standard error. Imported before anything else that imports pipecat."""

import sys
import warnings

import loguru

loguru.logger.disable("pipecat")
with warnings.catch_warnings():
    # It imports audioop, which Python 3.13 gets from a package that pipecat depends on.
    warnings.simplefilter("ignore", DeprecationWarning)
    import pipecat.audio.utils  # noqa: F401
loguru.logger.enable("pipecat")
loguru.logger.remove()
loguru.logger.add(sys.stderr, level="WARNING", filter="pipecat")
