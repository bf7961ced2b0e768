"""Class names: those of a command line, and those of libraries, whose lists have fillers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# What COCO's lists of 91 have where COCO has no category, and what heads have for "nothing".
FILLERS = ("N/A", "__background__")


def labels(given: str | None) -> list[str] | None:
    """`cat,dog`, or a file with a name a line or a list of names in JSON."""
    if given is None:
        return None
    names = _of_file(Path(given)) if Path(given).is_file() else given.split(",")
    return [name.strip() for name in names if name.strip()]


def _of_file(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8-sig")
    try:
        read = json.loads(text)
    except ValueError:
        return text.splitlines()
    if isinstance(read, list) and all(isinstance(name, str) for name in read):
        return read
    if isinstance(read, (list, dict)):
        raise ValueError(f"{path} is JSON, but no list of names: write one name a line, or [\"cat\", \"dog\"]")
    return text.splitlines()


def name_of(label: Any, names: Sequence[str] | None) -> str:
    """What a label stands for: itself, or the name at its position."""
    if isinstance(label, str):
        return label
    if names is None:
        raise TypeError(f"a label is {label!r}: say what numbers stand for by `--labels`, or return names")
    if label != int(label) or not 0 <= label < len(names):
        raise ValueError(f"a label is {label!r}, but there are {len(names)} names: positions are 0 to {len(names) - 1}")
    return names[int(label)]


def real(names: Sequence[str]) -> list[str]:
    """The names of categories, each once."""
    return [name for name in dict.fromkeys(names) if name not in FILLERS]


def named(found: dict[str, Any], names: Sequence[str]) -> tuple[list[list[float]], list[str], list[float]]:
    """Boxes, names and scores of what a library found. What it found of a filler is of no category that could be scored;
    pycocotools leaves it out, too."""
    rows = zip(found["boxes"].tolist(), found["labels"].tolist(), found["scores"].tolist())
    kept = [(box, names[label], score) for box, label, score in rows if names[label] not in FILLERS]
    return [box for box, _, _ in kept], [name for _, name, _ in kept], [score for _, _, score in kept]
