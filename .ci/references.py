"""Plain references of what pycocotools does not compute, with numpy alone: written for being read, not for speed."""
import numpy as np

MIN_IOU, MIN_CONFIDENCE = 0.5, 0.3


def shared(one, other):
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return width * height if width > 0 and height > 0 else 0.0


def iou(one, other):
    both = shared(one, other)
    return both / (one[2] * one[3] + other[2] * other[3] - both) if both else 0.0


def of(elements, image, category=None):
    return [e for e in elements if e["image_id"] == image and category in (None, e["category_id"])]


def ordered(detections):
    """By falling score, equal ones as they come."""
    return sorted(detections, key=lambda d: -d["score"])


def claims(detections):
    return [d for d in ordered(detections) if d["score"] >= MIN_CONFIDENCE]


def voc(labels, results, category, eleven_points):
    """Pascal VOC's average precision of one category, crowds as difficult objects; None without others."""
    images = sorted(image["id"] for image in labels["images"])
    objects = {image: of(labels["annotations"], image, category) for image in images}
    positives = sum(not o["iscrowd"] for image in images for o in objects[image])
    if positives == 0:
        return None
    taken, right, wrong = set(), [], []
    for detection in ordered([d for image in images for d in of(results, image, category)]):
        near = objects[detection["image_id"]]
        overlaps = [iou(o["bbox"], detection["bbox"]) for o in near]
        at = int(np.argmax(overlaps)) if overlaps else -1
        found = at >= 0 and overlaps[at] >= MIN_IOU
        if found and near[at]["iscrowd"]:
            continue
        is_right = found and near[at]["id"] not in taken
        if is_right:
            taken.add(near[at]["id"])
        right.append(is_right)
        wrong.append(not is_right)
    right, wrong = np.cumsum(right), np.cumsum(wrong)
    recall, precision = right / positives, right / np.maximum(right + wrong, 1)
    if eleven_points:
        reached = [precision[recall >= threshold] for threshold in np.arange(11) * 0.1]
        return float(np.mean([p.max() if p.size else 0.0 for p in reached]))
    recall = np.concatenate([[0], recall, [1]])
    precision = np.concatenate([[0], precision, [0]])
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall) * envelope[1:]))


def counts(labels, results, category):
    """True positives, false positives, false negatives of one category at IoU 0.5 and the confidence 0.3."""
    right = wrong = missed = 0
    for image in (image["id"] for image in labels["images"]):
        objects = of(labels["annotations"], image, category)
        crowds = [o["bbox"] for o in objects if o["iscrowd"]]
        free = [o["bbox"] for o in objects if not o["iscrowd"]]
        for claim in claims(of(results, image, category)):
            overlaps = [iou(box, claim["bbox"]) for box in free]
            best = max(overlaps, default=0.0)
            inside = [shared(box, claim["bbox"]) for box in crowds]
            if best >= MIN_IOU:
                free.pop(len(overlaps) - 1 - overlaps[::-1].index(best))
                right += 1
            elif not any(part > 0 and part >= MIN_IOU * claim["bbox"][2] * claim["bbox"][3] for part in inside):
                wrong += 1
        missed += len(free)
    return right, wrong, missed


def operating_point(right, wrong, missed):
    def share(part, whole):
        return part / whole if whole else None

    return {"counts": [right, wrong, missed], "precision": share(right, right + wrong),
            "recall": share(right, right + missed), "f1": share(2 * right, 2 * right + wrong + missed)}


def unseen(labels, results):
    """Claims per image without objects (None without such images), and per image of categories without objects: neither
    lowers the mean AP by itself."""
    busy = {a["image_id"] for a in labels["annotations"]}
    present = {a["category_id"] for a in labels["annotations"] if not a["iscrowd"]}
    images = [image["id"] for image in labels["images"]]
    empty = len(set(images) - busy)
    return (sum(d["image_id"] not in busy for d in claims(results)) / empty if empty else None,
            sum(d["category_id"] not in present for d in claims(results)) / len(images))


def stability(clean, perturbed):
    """F1 of the perturbed image's claims matched with the clean image's; 1 where there are none."""
    clean, perturbed = claims(clean), claims(perturbed)
    if not clean and not perturbed:
        return 1.0
    free, matched = list(clean), 0
    for claim in perturbed:
        overlaps = [iou(c["bbox"], claim["bbox"]) if c["category_id"] == claim["category_id"] else 0.0 for c in free]
        best = max(overlaps, default=0.0)
        if best >= MIN_IOU:
            free.pop(len(overlaps) - 1 - overlaps[::-1].index(best))
            matched += 1
    return 2 * matched / (len(clean) + len(perturbed))


def stabilities(labels, results, perturbed):
    return [stability(of(results, image["id"]), of(perturbed, image["id"])) for image in labels["images"]]
