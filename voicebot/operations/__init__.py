"""Running the line: metrics, overload, scheduling."""
