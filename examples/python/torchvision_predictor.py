"""A detector of torchvision:  command = ["python", "torchvision_predictor.py"]"""

import torch
from torchvision.models import detection

from windtunnel_predictor import serve

weights = detection.FasterRCNN_MobileNet_V3_Large_FPN_Weights.DEFAULT
model = detection.fasterrcnn_mobilenet_v3_large_fpn(weights=weights).eval()
names = weights.meta["categories"]
prepare = weights.transforms()


@torch.inference_mode()
def detect(picture):
    found = model([prepare(picture)])[0]
    for (x0, y0, x1, y1), label, score in zip(found["boxes"].tolist(), found["labels"].tolist(), found["scores"].tolist()):
        yield x0, y0, x1 - x0, y1 - y0, names[label], score


# Its names hold fillers ("N/A", "__background__"), so none are announced: those it finds must be the dataset's.
serve(detect)
