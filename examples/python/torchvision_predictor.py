"""A detector of torchvision:  command = ["python", "torchvision_predictor.py"]

One of your own, the file of its `state_dict` and its classes:  [..., "best.pth", "cat", "dog"]"""

import sys

import torch
from torchvision.models import detection

from windtunnel_predictor import serve

weights = detection.FasterRCNN_MobileNet_V3_Large_FPN_Weights.DEFAULT
prepare = weights.transforms()
path, classes = sys.argv[1:2], sys.argv[2:]
names = ["__background__", *classes] if classes else weights.meta["categories"]
if path:
    model = detection.fasterrcnn_mobilenet_v3_large_fpn(weights=None, weights_backbone=None, num_classes=len(names))
    model.load_state_dict(torch.load(path[0], map_location="cpu", weights_only=True))
else:
    model = detection.fasterrcnn_mobilenet_v3_large_fpn(weights=weights)
model.eval()


@torch.inference_mode()
def detect(picture):
    found = model([prepare(picture)])[0]
    for (x0, y0, x1, y1), label, score in zip(found["boxes"].tolist(), found["labels"].tolist(), found["scores"].tolist()):
        yield x0, y0, x1 - x0, y1 - y0, names[label], score


# COCO's names hold fillers ("N/A", "__background__"), so none are announced: those it finds must be the dataset's.
serve(detect, classes=classes or None)
