"""The child's side of windtunnel's `subprocess` protocol: hand `serve` a function of a picture.

    from windtunnel_predictor import serve
    serve(detect, classes=["cat", "dog"])

`detect` takes a picture (PIL, RGB) and gives a list of (x, y, width, height, category, score): pixels, scores 0..1.
"""

import base64
import io
import json
import sys
import traceback

from PIL import Image


def serve(detect, classes=None):
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever libraries print must not mix with the answers
    say = lambda message: print(json.dumps(message), file=answers, flush=True)
    say({"windtunnel": 1, "task": "detect"} | ({"classes": classes} if classes else {}))
    for line in sys.stdin:
        question = json.loads(line)
        try:
            picture = Image.open(io.BytesIO(base64.b64decode(question["png_base64"]))).convert("RGB")
            found = [
                {"bbox": [float(x), float(y), float(width), float(height)], "category": category, "score": float(score)}
                for x, y, width, height, category, score in detect(picture)
            ]
            say({"id": question["id"], "detections": found})
        except Exception as error:
            traceback.print_exc()
            say({"id": question["id"], "error": f"{type(error).__name__}: {error}"})
