"""What the store opens, it closes."""

import gc
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from reference_server import Store


@pytest.mark.parametrize("database", ["in memory", "in a file"])
def test_a_store_that_nobody_has_any_more_is_closed(database: str, tmp_path: Path) -> None:
    opened: list[sqlite3.Connection] = []

    def note(connection: sqlite3.Connection, _record: object) -> None:
        opened.append(connection)

    event.listen(Engine, "connect", note)
    try:
        store = Store("sqlite://" if database == "in memory" else f"sqlite:///{tmp_path / 'kept.sqlite'}")
        assert [row["one"] for row in store.rows("SELECT 1 AS one")] == [1]
    finally:
        event.remove(Engine, "connect", note)
    (connection,) = opened
    assert connection.execute("SELECT 2").fetchone() == (2,)
    del store
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        connection.execute("SELECT 2")
