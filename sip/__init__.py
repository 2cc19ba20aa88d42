"""What belongs to SIP but not to the running line: the PJSUA2 build and peers to test against."""
