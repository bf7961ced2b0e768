"""What a function returns, as the protocol has it. Nothing is guessed, nothing is left out: what cannot be read is an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ._labels import name_of

if TYPE_CHECKING:
    import numpy

    Predict = Callable[[numpy.ndarray[Any, Any]], Any]
else:
    Predict = Callable[..., Any]

KEYS = ("boxes", "labels", "scores")
FORMS = (
    'it has to return (boxes, labels, scores), a dict of these, or a list of {"bbox": [x, y, width, height], "category": name,'
    ' "score": s}; what answers with a class of the picture is served by `--task classify`'
)


def objects(found: Any, names: Sequence[str] | None) -> list[dict[str, Any]]:
    """The objects of an answer; `names` are what labels that are numbers stand for."""
    if isinstance(found, Mapping):
        missing = [key for key in KEYS if key not in found]
        if missing:
            raise TypeError(f"the answer has no {', '.join(missing)}, but {', '.join(map(str, found))}: {FORMS}")
        return _from_columns(found["boxes"], found["labels"], found["scores"], names)
    if found is None or isinstance(found, (str, bytes)) or not isinstance(found, Iterable):
        raise TypeError(f"the answer is {found!r}: {FORMS}")
    items = list(found)
    if all(isinstance(item, Mapping) for item in items):
        return [_object(item) for item in items]
    if len(items) == len(KEYS):
        boxes, labels, scores = items
        return _from_columns(boxes, labels, scores, names)
    raise TypeError(f"the answer is of {len(items)} parts, the first a {type(items[0]).__name__}: {FORMS}")


def _object(item: Mapping[str, Any]) -> dict[str, Any]:
    missing = [key for key in ("bbox", "category", "score") if key not in item]
    if missing:
        raise TypeError(f"an object has no {', '.join(missing)}: {FORMS}")
    x, y, width, height = map(float, item["bbox"])
    return {"bbox": [x, y, width, height], "category": item["category"], "score": float(item["score"])}


def _from_columns(boxes: Any, labels: Any, scores: Any, names: Sequence[str] | None) -> list[dict[str, Any]]:
    boxes, labels, scores = (_plain(column) for column in (boxes, labels, scores))
    if not len(boxes) == len(labels) == len(scores):
        raise ValueError(f"the answer has {len(boxes)} boxes, {len(labels)} labels and {len(scores)} scores")
    return [_of_corners(*row, names) for row in zip(boxes, labels, scores)]


def _of_corners(box: Sequence[Any], label: Any, score: Any, names: Sequence[str] | None) -> dict[str, Any]:
    x0, y0, x1, y1 = map(float, box)
    if x1 < x0 or y1 < y0:
        raise ValueError(f"a box is {[x0, y0, x1, y1]}, but its corners have to be x0, y0, x1, y1: left, top, right, bottom")
    return {"bbox": [x0, y0, x1 - x0, y1 - y0], "category": name_of(label, names), "score": float(score)}


def _plain(column: Any) -> list[Any]:
    """An array, a tensor on whatever device, or a list, as a list."""
    for step in ("detach", "cpu", "tolist"):
        if hasattr(column, step):
            column = getattr(column, step)()
    if isinstance(column, (str, bytes, Mapping)) or not isinstance(column, Iterable):
        raise TypeError(f"a part of the answer is {column!r}, not a list: {FORMS}")
    return list(column)
