"""Reads a Parquet file once from its first to its last value, in a process of its own: `parquet.py` starts it.

Nothing of ours is imported here. Prints JSON: {"columns": names} where the file can be read, else {"detail": why}.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def tried(path: str, most_rows: int) -> dict[str, object]:
    """What is in a file, after all of it has been read."""
    import duckdb

    connection = duckdb.connect(":memory:", config={
        "autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "temp_directory": ""})
    try:
        rows = connection.execute("select coalesce(sum(num_rows), 0) from parquet_file_metadata(?)", [path]).fetchall()
        if rows[0][0] > most_rows:
            return {"detail": f"{rows[0][0]:,} rows > {most_rows:,}"}
        columns = [row[0] for row in connection.execute(
            "describe select * from read_parquet(?)", [path]).fetchall()]
        connection.execute("select bit_xor(hash(columns(*))) from read_parquet(?)", [path]).fetchall()
    except duckdb.Error as error:
        return {"detail": str(error).splitlines()[0].replace(path, Path(path).name)}
    return {"columns": columns}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(tried(sys.argv[1], int(sys.argv[2]))))
