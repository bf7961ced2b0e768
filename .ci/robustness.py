#!/usr/bin/env python3
"""Holds stability, affected, risk, mPC and rPC of a record against plain Python, from the exported detections.

    windtunnel run SPEC --detections DIR --json RECORD
    python .ci/robustness.py RECORD DIR        exit 1 on any difference beyond 1e-9

Stability is taken again of conditions that move nothing (no geometric step): where content moves, boxes are moved by the
program. Affected and risk of the record's own stability, image by image, are taken again for the cells that hold images.
"""
import json
import sys
from pathlib import Path

from references import of, stability

SAME = 1e-9
STRICTNESS = 0.75


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else None


def by(keys, values):
    groups = {}
    for key, value in zip(keys, values):
        groups.setdefault(key, []).append(value)
    return groups


def main(record, folder):
    record = json.loads(Path(record).read_text())
    metric, wrong, compared = record["spec"]["metric"], [], 0

    def hold(what, ours, wanted):
        nonlocal compared
        compared += 1
        if (ours is None) != (wanted is None) or (ours is not None and abs(ours - wanted) > SAME):
            wrong.append(f"{what}: {ours}, not {wanted}")

    groups = {c["name"]: sorted({step["group"] for step in c["steps"]}) for c in record["conditions"]}
    cells = {(c["model"], c["dataset"], c["condition"]): c for c in record["cells"] if c["figures"]}

    def detections(model, dataset, condition):
        return json.loads((Path(folder) / model / dataset / f"{condition}.json").read_text())

    for (model, dataset, condition), cell in cells.items():
        if condition == "clean" or "geometric" in groups[condition]:
            continue
        labels = json.loads((Path(folder) / "labels" / dataset / "clean.json").read_text())
        clean, found = detections(model, dataset, "clean"), detections(model, dataset, condition)
        stable = [stability(of(clean, image["id"]), of(found, image["id"])) for image in labels["images"]]
        hold(f"{model}/{condition} stability", cell["figures"]["stability"], mean(stable))
        hold(f"{model}/{condition} affected", cell["figures"]["affected"], mean(s < STRICTNESS for s in stable))
    for found in record["robustness"]:
        here = [(c, cell) for (m, d, c), cell in cells.items() if (m, d) == (found["model"], found["dataset"])]
        perturbed = [(c, cell) for c, cell in here if c != "clean"]
        clean = next(cell for c, cell in here if c == "clean")["figures"][metric]
        kinds = by([c.split("@")[0] for c, _ in perturbed], [cell["figures"][metric] for _, cell in perturbed])
        mpc = mean(mean(values) for values in kinds.values())
        hold(f"{found['model']} mPC", found["mpc"], mpc)
        hold(f"{found['model']} rPC", found["rpc"], mpc / clean)
        affected = [(group, cell["figures"]["affected"]) for c, cell in perturbed for group in groups[c]]
        shares = by(*zip(*affected))
        hold(f"{found['model']} risk", found["risk"], 100 * mean(mean(values) for values in shares.values()))
    print(f"{compared} figures compared, {len(wrong)} differences", *wrong[:20], sep="\n")
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
