"""What was promised to citizens: calls, appointments, callbacks, cases, transcripts."""
