"""Citizens who call the line over real SIP and speak: for the demo, the tests and the benches."""
