"""What every section of the settings is made from."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

ROOT = Path(__file__).resolve().parents[2]


class Section(BaseModel):
    """Unknown names are errors; values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
