"""A model of Ultralytics (YOLO, RT-DETR, ...):  command = ["python", "ultralytics_predictor.py", "best.pt"]"""

import sys

from ultralytics import YOLO

from windtunnel_predictor import serve

model = YOLO(sys.argv[1])


def detect(picture):
    # `val`'s thresholds: COCO's figures want the boxes of low scores, too.
    boxes = model.predict(picture, conf=0.001, iou=0.7, max_det=300, verbose=False)[0].boxes
    for (x0, y0, x1, y1), label, score in zip(boxes.xyxy.tolist(), boxes.cls.tolist(), boxes.conf.tolist()):
        yield x0, y0, x1 - x0, y1 - y0, model.names[int(label)], score


serve(detect, classes=list(model.names.values()))
