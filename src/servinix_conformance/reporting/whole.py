"""Files that are there whole or not at all: however a run ends, none is left that looks like more than it is."""

from __future__ import annotations

from pathlib import Path

SIGNATURE = "report.jws"
"""The file of a signed folder that holds the signature."""


class FolderError(ValueError):
    """The folder for the reports cannot be used; the message names it and the remedy."""


def clear(folder: Path, names: tuple[str, ...]) -> None:
    """Make the folder, and take out of it what an earlier run left.

    Raises:
        FolderError: it cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            _partial(folder / name).write_bytes(b"")
            _partial(folder / name).unlink()
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise FolderError(f"--report {folder}: {error.strerror}; name a folder that can be written to") from error


def write(path: Path, data: bytes) -> None:
    """Write a file beside its place, and put it there when it is whole."""
    _partial(path).write_bytes(data)
    _partial(path).replace(path)


def tidy(path: Path) -> None:
    """Take away what a write of a file left that was cut off. Raises `OSError`."""
    _partial(path).unlink(missing_ok=True)


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")
