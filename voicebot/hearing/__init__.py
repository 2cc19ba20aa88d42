"""From frames to utterances: voice activity, endpointing, recognition. Knows no topics."""
