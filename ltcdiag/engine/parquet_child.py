"""Reads Parquet files once from their first to their last value, in a process of its own: `parquet.py` starts it.

Nothing of ours is imported here. Its input is JSON: a list of paths and of the rows that each may have at most. Prints
JSON, an answer a file: {"columns": [name, type] each} where it can be read, else {"detail": why}.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def all_tried(files: list[tuple[str, int]]) -> list[dict[str, object]]:
    """What is in each of the files, after all of it has been read."""
    import duckdb

    connection = duckdb.connect(":memory:", config={
        "autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "temp_directory": ""})
    return [tried(connection, path, most_rows) for path, most_rows in files]


def tried(connection: duckdb.DuckDBPyConnection, path: str, most_rows: int) -> dict[str, object]:
    """What is in one file."""
    import duckdb

    try:
        rows = connection.execute("select coalesce(sum(num_rows), 0) from parquet_file_metadata(?)", [path]).fetchall()
        if rows[0][0] > most_rows:
            return {"detail": f"{rows[0][0]:,} rows > {most_rows:,}"}
        columns = [row[:2] for row in connection.execute(
            "describe select * from read_parquet(?, hive_partitioning = false)", [path]).fetchall()]
        connection.execute(
            "select bit_xor(hash(columns(*))) from read_parquet(?, hive_partitioning = false)", [path]).fetchall()
    except duckdb.Error as error:
        return {"detail": str(error).splitlines()[0].replace(path, Path(path).name)}
    return {"columns": columns}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(all_tried(json.loads(sys.stdin.buffer.read()))))
