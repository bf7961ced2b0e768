#!/usr/bin/env python3
"""Datasets from and shards to a store of objects: windtunnel (built with the feature `cloud`) against moto's S3 server.

    python .ci/cloud.py WINDTUNNEL     exit 1 with what is wrong

Needs moto[server]. Google's and Azure's stores are reached by the same crate; no server of theirs is at hand here.
"""
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3

ROOT = Path(__file__).resolve().parent.parent
COCO = ROOT / "examples/coco-mini"
BUCKET = "windtunnel-data"
SECRET = "a-secret-key-that-nobody-may-see"
SPEC = """
version = 1
name = "cloud"
[dataset.coco]
format = "coco"
path = "{data}/annotations/val.json"
images = "{data}/images"
limit = 8
[model.fastest]
kind = "onnx"
path = "{root}/examples/models/fastestdet.onnx"
labels = "coco"
[perturbation.blur]
kind = "gaussian_blur"
severity = [1, 3]
[[check]]
on = "all"
max_drop = 0.2
rule = "point"
"""
faults = []


def expect(what, holds, found=""):
    if not holds:
        faults.append(what)
        print(f"FAULT: {what}\n{found}")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def served(port):
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(300):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.1)
    raise SystemExit("moto's server does not start")


class Windtunnel:
    def __init__(self, program, port):
        self.program = str(Path(program).resolve())
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GITHUB_"))
        } | {
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT": f"http://127.0.0.1:{port}",
            "AWS_ALLOW_HTTP": "true",
        }

    def __call__(self, folder, *arguments, code=0):
        done = subprocess.run(
            [self.program, *arguments], cwd=folder, env=self.environment, text=True, capture_output=True, timeout=300
        )
        told = done.stdout + done.stderr
        expect(f"{arguments}: exit {done.returncode}, not {code}", done.returncode == code, told[-3000:])
        expect(f"{arguments} tells the secret", SECRET not in told)
        return told


def record(folder):
    found = json.loads((folder / "target/windtunnel/cloud/record.json").read_text())
    del found["times"]
    return found


def main():
    port = free_port()
    server = served(port)
    try:
        with tempfile.TemporaryDirectory() as name:
            check(Windtunnel(sys.argv[1], port), Path(name), port)
    finally:
        server.kill()
    print(f"cloud: {len(faults)} faults")
    raise SystemExit(bool(faults))


def check(windtunnel, folder, port):
    s3 = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="somebody",
        aws_secret_access_key=SECRET,
    )
    s3.create_bucket(Bucket=BUCKET)
    files = [COCO / "annotations/val.json", *sorted((COCO / "images").glob("*.jpg"))]
    for path in files:
        s3.upload_file(str(path), BUCKET, f"coco/{path.relative_to(COCO)}")
    here, there = folder / "here", folder / "there"
    for place, data in ((here, str(COCO)), (there, f"s3://{BUCKET}/coco")):
        place.mkdir()
        (place / "spec.toml").write_text(SPEC.format(data=data, root=ROOT))

    # A dataset from S3 gives what the same files here give.
    windtunnel(here, "run", "spec.toml")
    told = windtunnel(there, "run", "spec.toml", "--no-cache")
    expect("the first run brings all files", f"{len(files) - 1} of {len(files) - 1} files are new" in told and "1 of 1 files" in told, told)
    single = record(there)
    expect("the records differ", record(here)["cells"] == single["cells"] and record(here)["cases"] == single["cases"])

    # Only what changed comes again; what is gone goes.
    told = windtunnel(there, "check", "spec.toml")
    expect("nothing is brought twice", "files are new" not in told, told)
    extra = COCO / "images" / files[1].name
    s3.upload_file(str(extra), BUCKET, "coco/images/another.jpg")
    told = windtunnel(there, "check", "spec.toml")
    expect("one new file comes", f"1 of {len(files)} files are new" in told, told)
    s3.delete_object(Bucket=BUCKET, Key="coco/images/another.jpg")
    windtunnel(there, "check", "spec.toml")
    mirrored = there / f"target/windtunnel/mirrors/s3/{BUCKET}/coco/images/another.jpg"
    expect("what is gone stays", not mirrored.exists())

    # Shards go there and come back.
    shards = f"s3://{BUCKET}/shards/one"
    for part in ("1/2", "2/2"):
        told = windtunnel(there, "run", "spec.toml", "--partition", part, "--shards", shards, "--no-cache")
        expect("a part names its shard", f"shard: {shards}/cloud-" in told, told)
    windtunnel(there, "merge", shards)
    expect("the merged record differs", record(there) == single)
    told = windtunnel(there, "merge", f"{shards}/cloud-1-of-2.jsonl.gz", code=5)
    expect("a gap is told", "2/2" in told, told)

    # What people do wrong.
    told = windtunnel(there, "merge", f"s3://{BUCKET}/nothing", code=5)
    expect("no shards there", "there is no shard at s3://" in told, told)
    for data, words in (
        (f"s3://{BUCKET}/cocoa", "there is nothing there"),
        ("s3://no-such-bucket/coco", "NoSuchBucket"),
        ("http://127.0.0.1/coco", "use `https://`"),
        ("https://127.0.0.1/coco?sig=x", "credentials come from the environment"),
    ):
        (there / "wrong.toml").write_text(SPEC.format(data=data, root=ROOT))
        told = windtunnel(there, "check", "wrong.toml", code=2)
        expect(f"{data}: no word of {words}", words in told and "wrong.toml:6" in told, told)
    told = windtunnel(
        there, "run", "spec.toml", "--partition", "1/2", "--shards", "s3://no-such-bucket/x", "--no-cache", code=3
    )
    kept = there / "target/windtunnel/shards/cloud-1-of-2.jsonl.gz"
    expect("a shard is lost", "the shard is kept in" in told and kept.exists(), told)


if __name__ == "__main__":
    main()
