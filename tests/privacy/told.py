"""Everything that a folder of outputs says: names of files, texts, what is inside workbooks and pictures."""

import zipfile


def told(folder):
    """File (or part of a file) → its text, each picture and workbook opened."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        found[f"name of {name}"] = name
        if path.is_dir():
            continue
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found |= {f"{name}: {part}": book.read(part).decode("utf-8", "replace") for part in book.namelist()}
        else:
            found[name] = path.read_bytes().decode("utf-8", "replace")
    return found


def hits(texts, needles):
    """(where, what) of everything that should not be there."""
    return [(where, needle) for where, text in texts.items() for needle in needles if needle in text]
