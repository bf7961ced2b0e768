"""`python -m windtunnel.serve`: a function, or a model of a library, on the `subprocess` protocol."""

from __future__ import annotations

# ruff: noqa: E402
from ._pipe import ANSWERS, DETECT, Pipe

PIPE = Pipe()

import argparse
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ._answers import Predict
from ._labels import labels

EPILOG = """
a function takes a picture (numpy, height x width x 3, red first) and returns (boxes, labels, scores): corners in pixels, names
or positions in --labels, 0 to 1; with --task classify it returns the probability of each name in --labels, or a dict of them by
label; see `pydoc windtunnel.serve`
"""


def main() -> None:
    arguments = parser().parse_args()
    names = labels(arguments.labels)
    if arguments.function is not None:
        PIPE.serve(_function(arguments.function), names, arguments.task or DETECT)
        return
    if arguments.ultralytics is not None:
        from ._ultralytics import open_ultralytics

        opened = open_ultralytics(arguments.ultralytics, arguments.device, arguments.size)
    elif arguments.torchvision is not None:
        from ._torchvision import open_torchvision

        opened = open_torchvision(arguments.torchvision, arguments.weights, names, arguments.device)
    else:
        from ._transformers import open_transformers

        opened = open_transformers(arguments.transformers, arguments.device)
    if arguments.task not in (None, opened.task):
        sys.exit(f"the model is one for the task `{opened.task}`, not `{arguments.task}`: leave --task out, it is for functions")
    PIPE.serve(opened.predict, opened.classes, opened.task)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser("python -m windtunnel.serve", description=__doc__, epilog=EPILOG)
    which = made.add_mutually_exclusive_group(required=True)
    which.add_argument("function", nargs="?", metavar="MODULE:FUNCTION", help="a function, or what else can be called")
    which.add_argument("--ultralytics", metavar="FILE", help="a detector or a classifier of Ultralytics: best.pt")
    which.add_argument("--torchvision", metavar="NAME", help="a detector or a classifier of torchvision: ssd300_vgg16, resnet18")
    which.add_argument("--transformers", metavar="MODEL", help="a detector or a classifier of transformers: a folder, or a name"
        " of the hub")
    add = made.add_argument
    add("--task", choices=list(ANSWERS), help="what a function answers: detect (default), or classify; models say it themselves")
    add("--labels", metavar="NAMES", help="what labels that are numbers stand for: `cat,dog`, or a file with a name a line")
    add("--weights", metavar="FILE", help="with --torchvision: a state_dict of your own, with its --labels, or the name of"
        " weights that are downloaded (default: DEFAULT)")
    add("--size", metavar="PIXELS", type=int, help="with --ultralytics: the size of its input, if not as trained")
    add("--device", metavar="DEVICE", default="cpu", help="of PyTorch: cpu (default), cuda, cuda:1, mps")
    return made


def _function(name: str) -> Predict:
    """`package.module:function`, found in the folder of the spec, where this was started, and in the environment."""
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        sys.exit(f"`{name}` is no function: write MODULE:FUNCTION, such as mypackage.models:predict")
    try:
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        # A module that is there and imports one that is not has a traceback to show.
        if error.name is None or not (module == error.name or module.startswith(f"{error.name}.")):
            raise
        sys.exit(f"there is no module `{error.name}` in {Path.cwd()} (the folder of the spec) nor in the environment of"
                 f" {sys.executable}: install it there (`pip install -e .`), or name its folder in PYTHONPATH")
    for part in attribute.split("."):
        if not hasattr(found, part):
            sys.exit(f"there is no `{part}` in `{name}`")
        found = getattr(found, part)
    if not callable(found):
        sys.exit(f"`{name}` is a {type(found).__name__}, which cannot be called")
    called: Callable[..., Any] = found
    return called


if __name__ == "__main__":
    main()
