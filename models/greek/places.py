"""Where the recipe finds its material and keeps its work; both can be moved by environment."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
#: Speech and text for training (see its own README); never needed at run time.
MATERIAL = Path(os.environ.get("GREEK_MATERIAL", REPOSITORY / "material"))
#: Synthetic speech, checkpoints, curves, exports. Tens of gigabytes; outside the repository.
WORK = Path(os.environ.get("GREEK_WORK", Path.home() / ".cache" / "voicebot" / "greek-training"))
#: The model that ships.
MODEL = REPOSITORY / "models" / "greek" / "v4"
