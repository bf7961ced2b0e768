"""`python -m windtunnel.serve`: a function, or a model of a library, on the `subprocess` protocol."""

from __future__ import annotations

# ruff: noqa: E402
from ._pipe import ANSWERS, DETECT, Pipe

PIPE = Pipe()

import argparse
import difflib
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
    if module.endswith(".py") or "/" in module or "\\" in module:
        sys.exit(_no_module_but_a_file(module, attribute))
    try:
        found: Any = importlib.import_module(module)
    except FileNotFoundError as error:
        # Its traceback shows the line; where a path like "best.pt" leads from, it does not.
        error.strerror = f"{error.strerror} ({_here()})"
        raise
    except ModuleNotFoundError as error:
        # A module that is there and imports one that is not has a traceback to show.
        if error.name is None or not (module == error.name or module.startswith(f"{error.name}.")):
            raise
        sys.exit(f"there is no module `{error.name}` in {Path.cwd()} (the folder of the spec, in which this runs) nor in the"
                 f" environment of {sys.executable}: {_way_to(error.name)}")
    for part in attribute.split("."):
        if not hasattr(found, part):
            near = difflib.get_close_matches(part, [name for name in dir(found) if callable(getattr(found, name, None))], n=1)
            meant = f": did you mean `{near[0]}`?" if near else ""
            sys.exit(f"there is no `{part}` in `{name}`{meant}")
        found = getattr(found, part)
    if not callable(found):
        sys.exit(f"`{name}` is a {type(found).__name__}, which cannot be called")
    called: Callable[..., Any] = found
    return called


def _here() -> str:
    return f"this runs in {Path.cwd()}, the folder of the spec: write paths from there, or from `Path(__file__).parent`"


def _no_module_but_a_file(module: str, attribute: str) -> str:
    """What to write for `models/shapes.py:predict`."""
    path = Path(module)
    wanted = f"{path.stem if path.suffix == '.py' else path.name}:{attribute}"
    folder = path.parent
    if folder == Path():
        return f"`{module}` is a file, and a module is wanted: leave off `.py`, write `{wanted}`"
    if folder.is_absolute() or ".." in folder.parts:
        return f"`{module}` is a file, and a module is wanted: write `{wanted}`, and {_in_path(folder.resolve())}"
    return f"`{module}` is a file, and a module is wanted: write `{'.'.join(folder.parts)}.{wanted}`"


def _way_to(module: str) -> str:
    """How a module is found: most often it lies in the project's folder, above that of the specs."""
    top = module.split(".")[0]
    holds = (folder for folder in list(Path.cwd().parents)[:DEPTH] if (folder / f"{top}.py").is_file() or (folder / top).is_dir())
    folder = next(holds, None)
    if folder is not None:
        return f"it lies in {folder}: {_in_path(folder)}, or install it (`pip install -e .`)"
    return "install it there (`pip install -e .`), or name its folder in PYTHONPATH, by its whole path"


def _in_path(folder: Path) -> str:
    return (f"set PYTHONPATH={folder} (a whole path, as this runs in the folder of the spec), and name the module's file in"
            " `files`, so that answers are asked for anew when it changes")


# How many folders above that of the spec are looked into.
DEPTH = 3


if __name__ == "__main__":
    main()
