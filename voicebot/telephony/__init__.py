"""Calls: SIP signalling and 20 ms audio frames. Knows no Greek."""
