"""What a function returns about the class of a picture, as the protocol has it. As with objects, nothing is guessed: what
cannot be read, or is no probability, is an error."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Union

from ._labels import name_of

Scores = Union["list[float]", "list[dict[str, Any]]"]

FORMS = (
    "it has to return a score for each name of `--labels`, in their order (an array, a tensor or a list), a dict of scores by"
    " label, or a list of (label, score)"
)
# How far from 1 the sum of probabilities may be that a network has rounded: 16 bits and a thousand classes stay within.
SLACK = 1e-3


def scores(found: Any, names: Sequence[str] | None) -> Scores:
    """The scores of an answer; `names` are what positions stand for."""
    if isinstance(found, Mapping):
        return _best(list(found.items()), names)
    if hasattr(found, "shape") and len(found.shape) != 1:
        raise TypeError(_of_another_shape(tuple(found.shape)))
    if isinstance(found, (int, float)):
        raise TypeError(_of_another_shape(()))
    if isinstance(found, str):
        raise TypeError(f"the answer is the label {found!r} alone: return how sure the model is, too, such as {{{found!r}: 0.9}}")
    items = _plain(found)
    if all(_is_number(item) for item in items):
        return _of_each([float(item) for item in items], names)
    if all(isinstance(item, Mapping) for item in items):
        return _best([_labelled(item) for item in items], names)
    if all(isinstance(item, (tuple, list)) and len(item) == 2 for item in items):
        return _best([(item[0], item[1]) for item in items], names)
    raise TypeError(f"the answer is a list that begins with {items[0]!r}: {FORMS}")


def _of_another_shape(shape: tuple[int, ...]) -> str:
    if not shape:
        return ("the answer is one number, such as an `argmax` has: return the probabilities of all classes (the `softmax`), from"
                " which windtunnel takes the best")
    if shape[0] == 1:
        first = f"[{', '.join(['0'] * (len(shape) - 1))}]"
        return f"the answer has the shape {shape}: return the scores of one picture, such as `scores{first}`"
    return f"the answer has the shape {shape}, and a list of scores of one picture is wanted: {FORMS}"


def _labelled(item: Mapping[str, Any]) -> tuple[Any, Any]:
    """As the pipelines of transformers have it."""
    missing = [key for key in ("label", "score") if key not in item]
    if missing:
        raise TypeError(f"a score has no {', '.join(missing)}, but {', '.join(map(str, item))}: {FORMS}")
    return item["label"], item["score"]


def _of_each(values: list[float], names: Sequence[str] | None) -> list[float]:
    """A score for each name; two may be equal, which labels could not tell apart."""
    if names is None:
        raise TypeError("the answer is a list of numbers: say by `--labels` what they are the scores of, or return labels")
    if len(values) != len(names):
        raise ValueError(f"the answer has {len(values)} scores, but there are {len(names)} names")
    _check(values, is_whole=True)
    return values


def _best(pairs: list[tuple[Any, Any]], names: Sequence[str] | None) -> list[dict[str, Any]]:
    """Scores by label: all of them, or the best."""
    if not pairs:
        raise ValueError("the answer has no scores: a picture has a class")
    labels = [_name(label, names) for label, _ in pairs]
    label, times = Counter(labels).most_common(1)[0]
    if times > 1:
        raise ValueError(f"the answer has {label!r} {times} times: return a score for each name of `--labels`, in their order")
    values = [float(value) for _, value in pairs]
    _check(values, is_whole=names is not None and len(values) == len(names))
    return [{"label": label, "score": value} for label, value in zip(labels, values)]


def _check(values: list[float], is_whole: bool) -> None:
    wrong = [value for value in values if not (math.isfinite(value) and 0 <= value <= 1 + SLACK)]
    if wrong:
        raise ValueError(f"a score is {wrong[0]}, no probability of 0 to 1: if these are logits, return their softmax")
    total = sum(values)
    if total > 1 + SLACK or (is_whole and total < 1 - SLACK):
        raise ValueError(f"the scores sum to {total:.4g}, those of one class among others to 1: return probabilities by softmax;"
                         " a model of several labels for a picture (by sigmoid) is no classifier of this kind")


def _name(label: Any, names: Sequence[str] | None) -> str:
    name = name_of(label, names)
    if names is not None and name not in names:
        raise ValueError(f"a label is {label!r}, which is none of the {len(names)} names")
    return name


def _is_number(item: Any) -> bool:
    return isinstance(item, (int, float)) or (hasattr(item, "ndim") and item.ndim == 0)


def _plain(found: Any) -> list[Any]:
    """An array, a tensor on whatever device, or a list, as a list."""
    for step in ("detach", "cpu", "tolist"):
        if hasattr(found, step):
            found = getattr(found, step)()
    if found is None or isinstance(found, (str, bytes)) or not isinstance(found, Iterable):
        raise TypeError(f"the answer is {found!r}: {FORMS}")
    return list(found)
