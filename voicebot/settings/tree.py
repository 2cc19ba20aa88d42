"""The tree of all sections, and reading it."""

from __future__ import annotations

import tomllib

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from voicebot.settings.conversation import Dialogue, Speaking, Understanding
from voicebot.settings.hearing import Hearing
from voicebot.settings.operations import Desk, Messages, Scheduler
from voicebot.settings.records import Appointments, Records, Retention
from voicebot.settings.section import ROOT
from voicebot.settings.telephony import Dialler, Telephony


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix="VOICEBOT_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    telephony: Telephony = Telephony()
    hearing: Hearing = Hearing()
    understanding: Understanding = Understanding()
    dialogue: Dialogue = Dialogue()
    speaking: Speaking = Speaking()
    records: Records = Records()
    appointments: Appointments = Appointments()
    desk: Desk = Desk()
    dialler: Dialler = Dialler()
    scheduler: Scheduler = Scheduler()
    messages: Messages = Messages()
    retention: Retention = Retention()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Explicit arguments, then the environment, then `voicebot.toml`."""
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, ROOT / "voicebot.toml"),
        )


class SettingsError(Exception):
    """A setting cannot be used; the text names it and the mend."""


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: a file or variable has a wrong name or value.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            f" (got {problem.get('input')!r})"
            for problem in error.errors()
        ]
        raise SettingsError(
            "settings (voicebot.toml or VOICEBOT_* variables):\n  " + "\n  ".join(lines)
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"voicebot.toml: {error}") from error
