"""What to say or do next. Never sees audio, a SIP message or a database row."""
