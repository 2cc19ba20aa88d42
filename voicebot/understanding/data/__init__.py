"""Language tables of the value parsers: what people say, and nothing else."""
