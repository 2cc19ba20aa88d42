"""Performance: measured by commands, reported as ratios; nothing here is a test."""
