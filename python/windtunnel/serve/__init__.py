"""Serves a Python function to windtunnel, which asks it about pictures over the pipes of `kind = "subprocess"`:

    [model.mine]
    kind = "subprocess"
    command = ["python", "-m", "windtunnel.serve", "mypackage.models:predict"]
    files = ["best.pt"]

`predict` takes a picture, a numpy array of height x width x 3 bytes, red first, and returns what it found in one of these forms:

- `boxes, labels, scores`, a tuple or a dict of these keys: boxes are N x 4 numbers, corners x0, y0, x1, y1 in pixels; labels
  are names, or positions in the names that `--labels` gives; scores are 0 to 1. Arrays and tensors of any library will do;
- a list of `{"bbox": [x, y, width, height], "category": name, "score": s}`, COCO's words.

With `--task classify` it returns of which class the picture is, by probabilities, of all classes or of the best:

- an array, a tensor or a list, with a score for each name of `--labels`, in their order;
- a dict of scores by label;
- a list of `(label, score)`, or of `{"label": name, "score": s}`, the words of transformers' pipelines.

A function that fails on a picture says so: the case that needs it is an error. Whatever it prints, or a library in C does,
goes to standard error; standard output is the protocol's alone.
"""

from ._answers import Predict
from ._pipe import serve

__all__ = ["Predict", "serve"]
