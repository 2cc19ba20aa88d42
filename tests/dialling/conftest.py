"""Records on both databases, as for their own tests."""

from __future__ import annotations

from tests.records.conftest import (  # noqa: F401 - fixtures
    clock,
    filled_url,
    postgresql_server,
    records,
    server,
    sqlite_server,
)
