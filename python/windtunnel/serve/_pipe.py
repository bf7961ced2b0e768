"""The child's side of the `subprocess` protocol: a line in, a line out, on pipes that nothing else can write to."""

from __future__ import annotations

import base64
import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ._answers import Predict, objects
from ._scores import scores

if TYPE_CHECKING:
    import numpy

# Of the protocol; `windtunnel` refuses others.
VERSION = 1
# What can be answered, and how; windtunnel refuses to ask for anything else than a child says.
ANSWERS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "detect": ("detections", objects),
    "classify": ("scores", scores),
}
DETECT, CLASSIFY = ANSWERS


class Pipe:
    """Questions and answers. Made before anything else is imported, since what is imported may print."""

    def __init__(self) -> None:
        sys.stdout.flush()
        # Copies that no child inherits. What was standard output is standard error from now on, also for C libraries, which
        # know nothing of `sys.stdout`; what was standard input is empty.
        self._questions: IO[str] = os.fdopen(os.dup(0), encoding="utf-8")
        self._answers: IO[str] = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)

    def serve(self, predict: Predict, classes: Sequence[str] | None = None, task: str = DETECT) -> None:
        """Answers until there are no more questions. `classes` are what labels that are numbers stand for, and all
        that there are: windtunnel refuses others."""
        if task not in ANSWERS:
            raise ValueError(f"there is no task {task!r}, but {', '.join(ANSWERS)}")
        key, read = ANSWERS[task]
        hello: dict[str, Any] = {"windtunnel": VERSION, "task": task}
        self._say({**hello, "classes": list(classes)} if classes else hello)
        for line in self._questions:
            question = json.loads(line)
            try:
                self._say({"id": question["id"], key: read(predict(_picture(question)), classes)})
            except Exception as error:
                traceback.print_exc()
                # Where a path like "best.pt" leads from.
                here = f" (this runs in {os.getcwd()}, the folder of the spec)" if isinstance(error, FileNotFoundError) else ""
                self._say({"id": question["id"], "error": f"{type(error).__name__}: {error}{here}{_place(error)}"})

    def _say(self, message: dict[str, Any]) -> None:
        print(json.dumps(message), file=self._answers, flush=True)


def serve(predict: Predict, classes: Sequence[str] | None = None, task: str = DETECT) -> None:
    """Serves `predict` from a script of your own: `command = ["python", "predict.py"]`. What it prints before this call goes
    to standard output, where it breaks the protocol; `python -m windtunnel.serve` is there from the beginning. `task` is what
    it answers: `detect`, or `classify`."""
    Pipe().serve(predict, classes, task)


def _place(error: Exception) -> str:
    """Where in the code of whoever is served it was raised: ` (models.py:12)`; nothing where it is about the answer."""
    own, library = Path(__file__).parent, Path(os.__file__).parent
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        # Of a library that is called with something wrong, the line that calls it tells more than the library's own.
        if path.is_file() and not {own, library} & set(path.parents) and "site-packages" not in path.parts:
            here = Path.cwd()
            return f" ({path.relative_to(here) if here in path.parents else path}:{frame.lineno})"
    return ""


def _picture(question: dict[str, Any]) -> numpy.ndarray[Any, Any]:
    import numpy
    from PIL import Image

    with Image.open(io.BytesIO(base64.b64decode(question["png_base64"]))) as picture:
        # A copy: functions may draw on what they get.
        return numpy.array(picture.convert("RGB"))
