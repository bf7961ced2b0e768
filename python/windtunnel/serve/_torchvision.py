"""Detectors of torchvision."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ._answers import Predict
from ._labels import FILLERS, named, real


def open_torchvision(name: str, weights: str | None, labels: Sequence[str] | None, device: str) -> tuple[Predict, Sequence[str]]:
    """The model as a function, and its classes."""
    import torch
    from torchvision import models

    known = models.list_models(module=models.detection)
    if name not in known:
        sys.exit(f"torchvision has no detector `{name}`, but {', '.join(known)}")
    if weights is not None and Path(weights).is_file():
        if labels is None:
            sys.exit(f"{weights} does not say what its classes are: name them by --labels, without the background")
        names = [FILLERS[1], *labels]
        model = models.get_model(name, weights=None, weights_backbone=None, num_classes=len(names))
        model.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    else:
        chosen = models.get_model_weights(name)[weights or "DEFAULT"]
        names = chosen.meta["categories"]
        model = models.get_model(name, weights=chosen)
    model.eval().to(device)

    def predict(picture: Any) -> Any:
        # Its models normalise and resize by themselves; they want shares of 1.
        pixels = torch.from_numpy(picture).permute(2, 0, 1).float().div(255).to(device)
        with torch.inference_mode():
            return named(model([pixels])[0], names)

    return predict, real(names)
