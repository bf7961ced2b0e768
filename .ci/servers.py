#!/usr/bin/env python3
"""Servers that drop, hang, drip, lie and redirect, and networks that lose a tenth of what goes through them: whatever they
do, an error is told by its name within its time, never "no detections", and what gets through gives the record of a
server that has no faults.

    python .ci/servers.py WINDTUNNEL [SEED]     exit 1 with what is wrong; SEED chooses which requests are lost
"""
import gzip
import hashlib
import json
import os
import random
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import desk

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "tok-3f9a/b c"
# Seconds that no case may take, after which it is ended, and what a run may need of memory, MiB.
SECONDS, LONGEST, MEMORY = 20, 60, 900
CATEGORIES = ["RBC", "WBC", "Platelets"]
FOUND = 60  # objects in each answer

SPEC = f"""
version = 1
name = "servers"
[dataset.test]
format = "coco"
path = "{ROOT}/examples/bccd/annotations/test.json"
images = "{ROOT}/examples/bccd/images"
limit = {{limit}}
[model.m]
{{model}}
[perturbation.blur]
kind = "gaussian_blur"
severity = [1, 3]
[[check]]
on = "all"
max = 0.999
"""
HTTP = ('kind = "http"\nurl = "{url}/predict"\nbody = "raw"\nlist = "objects"\nbox = "bbox"\nbox_format = "xywh"\n'
        'bearer_env = "SERVERS_TOKEN"\nversion = "1"\n')
ROBOFLOW = 'kind = "roboflow"\nurl = "{url}"\nmodel_id = "cells/1"\napi_key_env = "SERVERS_TOKEN"\n'
OIP = ('kind = "oip"\nurl = "{url}"\nmodel = "cells"\nbearer_env = "SERVERS_TOKEN"\ndecoder = "efficient_nms"\n'
       f'labels = {json.dumps(CATEGORIES)}\n')


class Server:
    """A server of plain sockets: `behave` is given each request, the connection, and how many requests came before."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.lock, self.requests, self.behave = threading.Lock(), [], None
        threading.Thread(target=self.listen, daemon=True).start()

    def expect(self, behave):
        with self.lock:
            self.behave, self.requests = behave, []
        return self

    def listen(self):
        while True:
            connection, _ = self.listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        """Answers on one connection until it is closed, by either side."""
        try:
            with connection, connection.makefile("rb") as stream:
                while request := read(stream):
                    with self.lock:
                        behave, before = self.behave, len(self.requests)
                        self.requests.append(request)
                    if behave(request, connection, before) != "next":
                        return
        except OSError:
            pass  # whoever asked is gone


def read(stream):
    """Method and path, headers and body; `None` at the end."""
    first = stream.readline().split(b" ")
    if len(first) != 3:
        return None
    headers = {}
    while (line := stream.readline().rstrip()):
        name, _, value = line.partition(b": ")
        headers[name.lower().decode()] = value.decode("latin-1")
    return first[1].decode(), headers, stream.read(int(headers.get("content-length", 0)))


def answer(body, status="200 OK", kind="application/json", **headers):
    """The bytes of a right answer."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": kind, "Content-Length": len(body)} | {k.replace("_", "-"): v for k, v in headers.items()}
    return f"HTTP/1.1 {status}\r\n{''.join(f'{k}: {v}' + chr(13) + chr(10) for k, v in headers.items())}\r\n".encode() + body


def says(*parts, pause=0.0, then="close"):
    """A behaviour: these bytes, with a pause after each part, whatever is asked."""
    status, line, rest = parts[0].partition(b"\r\n") if parts else (b"", b"", b"")
    if then == "close" and status.startswith(b"HTTP/1.1 ") and line:
        # Else the next question may be on its way on this connection already, and is told as a reset one.
        parts = (status + line + b"Connection: close\r\n" + rest, *parts[1:])

    def behave(request, connection, before):
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        if then == "hang":
            time.sleep(60)
        return then
    return behave


def endless(head, part, pause=0.0):
    """A behaviour: `part` again and again."""
    def behave(request, connection, before):
        connection.sendall(head)
        while True:
            connection.sendall(part)
            time.sleep(pause)
    return behave


def objects(**changes):
    """A right answer of one object, with `changes`."""
    return answer({"objects": [{"bbox": [10, 8, 20, 30], "class": "RBC", "score": 0.9} | changes]})


def raw(text):
    return answer(text.encode() if isinstance(text, str) else text)


OK = objects()
BOMB = gzip.compress(bytes(1 << 29), 9)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
NONE, LATE, UNREADABLE = "no answer from http://127.0.0.1", "has not answered within", "its answer cannot be read"
NAN = "NaN or infinite"

# What the server does, its behaviour, what the report has to say, and lines for the spec.
CASES = [
    ("closes without a word", says(), NONE),
    ("closes within the headers", says(HEAD[:25]), NONE),
    ("closes within the body", says(OK[:-20]), NONE),
    ("cuts chunks short", says(CHUNKED + b"40\r\n{\"objects\": ["), NONE),
    ("ends before the last chunk", says(CHUNKED + b"10\r\n{\"objects\": []}\n\r\n"), NONE),
    ("sends chunks of no size", says(CHUNKED + b"xyz\r\n{}\r\n0\r\n\r\n"), NONE),
    ("hangs", says(then="hang"), LATE),
    ("hangs within the headers", says(HEAD, then="hang"), LATE),
    ("hangs within the body", says(OK[:-20], then="hang"), LATE),
    ("drips its headers", endless(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.1), LATE),
    ("drips its body", endless(HEAD + b"Content-Length: 1000000\r\n\r\n", b" ", 0.1), LATE),
    ("drips its chunks", endless(CHUNKED, b"1\r\n \r\n", 0.1), LATE),
    ("drips within an error", endless(b"HTTP/1.1 500 No\r\nContent-Length: 1000000\r\n\r\n", b" ", 0.1), LATE),
    ("says 100 Continue for ever", endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.001), (LATE, NONE)),
    ("counts its body too short", says(HEAD + b"Content-Length: 20\r\n\r\n" + b"{\"objects\": []              }"), UNREADABLE),
    ("counts its body too long", says(HEAD + b"Content-Length: 99\r\n\r\n{\"objects\": []}", then="hang"), LATE),
    ("counts its body in letters", says(HEAD + b"Content-Length: many\r\n\r\n{\"objects\": []}"), NONE),
    ("counts its body twice", says(HEAD + b"Content-Length: 15\r\nContent-Length: 3\r\n\r\n{\"objects\": []}"), NONE),
    ("sends a gzip bomb", says(answer(BOMB, Content_Encoding="gzip")), UNREADABLE),
    ("sends brotli that nobody asked for", says(answer(b"\x0b\x02\x80{}\x03", Content_Encoding="br")), UNREADABLE),
    ("sends without end", endless(CHUNKED, b"100000\r\n" + b" " * (1 << 20) + b"\r\n"), "is longer than", "timeout_seconds = 30"),
    ("sends numbers up to the limit", says(HEAD + b"Connection: close\r\n\r\n[" + b"0," * ((8 << 20) - 4) + b"0]"), "no list of objects",
     "timeout_seconds = 30"),
    ("sends headers without end", endless(HEAD, b"X-A: " + b"a" * 1000 + b"\r\n"), NONE),
    ("speaks another protocol", says(b"SSH-2.0-OpenSSH_9.6\r\n"), NONE),
    ("speaks TLS", says(b"\x15\x03\x01\x00\x02\x02\x46"), NONE),
    ("answers nothing", says(answer(b"")), UNREADABLE),
    ("answers 204", says(b"HTTP/1.1 204 No Content\r\n\r\n"), UNREADABLE),
    ("answers a page", says(answer(b"<html>Log in</html>", kind="text/html")), "`<html>Log in</html>` (text/html)"),
    ("answers half of its JSON", says(raw('{"objects": [')), UNREADABLE),
    ("answers JSON and more", says(raw('{"objects": []} {"objects": []}')), UNREADABLE),
    ("answers bytes that are no text", says(raw(b'{"objects": [{"class": "\xff\xfe"}]}')), UNREADABLE),
    ("answers brackets without end", says(raw("[" * 1_000_000)), UNREADABLE),
    ("answers null", says(raw("null")), "no list of objects"),
    ("answers an object for the list", says(raw('{"objects": {}}')), "no list of values"),
    ("answers 200 and an error", says(answer({"error": "no GPU"})), "no list of objects at `/objects`: {\"error\":\"no GPU\"}"),
    ("finds a box of NaN", says(raw(OK.partition(b"\r\n\r\n")[2].replace(b"20", b"NaN"))), NAN),
    ("finds a box of infinity", says(raw(OK.partition(b"\r\n\r\n")[2].replace(b"20", b"Infinity"))), NAN),
    ("finds a box of 1e999", says(raw(OK.partition(b"\r\n\r\n")[2].replace(b"20", b"1e999"))), UNREADABLE),
    ("finds a box of less than nothing", says(objects(bbox=[10, 8, -20, 30])), "a box is -20 x 30 pixels"),
    ("finds a box beyond all numbers", says(objects(bbox=[1e308, 1e308, 1e308, 1e308])), NAN),
    ("finds a box of three numbers", says(objects(bbox=[1, 2, 3])), "no box of four numbers"),
    ("finds a box of texts", says(objects(bbox=["a", "b", "c", "d"])), "no box of four numbers"),
    ("is sure to 90", says(objects(score=90)), "a score is 90, not 0..1"),
    ("is sure to -1", says(objects(score=-1)), "a score is -1, not 0..1"),
    ("is sure to null", says(objects(score=None)), "no number at `/score`"),
    ("finds an unknown class", says(objects(**{"class": "rbc"})), "found a `rbc`, which the dataset has no category for"),
    ("finds class 7 of 3", says(objects(**{"class": 7})), "7", f"labels = {json.dumps(CATEGORIES)}"),
    ("finds class -1", says(objects(**{"class": -1})), "no class name or number"),
    ("answers 408", says(answer({}, "408 Request Timeout")), "408"),
    ("answers 999", says(answer({}, "999 What")), "999"),
    ("asks to wait for a year", says(answer({}, "429 No", Retry_After="31536000")), "longer than is left of `patience_seconds`",
     "retries = 3"),
    ("asks to wait for ever", says(answer({}, "503 No", Retry_After="99999999999999999999")), "503", "retries = 1"),
]


def run(program, folder, spec, *args):
    """Exit code, record, seconds, MiB of memory, and what was said."""
    (folder / "spec.toml").write_text(spec)
    (folder / "record.json").unlink(missing_ok=True)
    environment = desk.environment(SERVERS_TOKEN=TOKEN, NO_PROXY="127.0.0.1")
    command = [program, "run", "spec.toml", "-q", "--json", "record.json", *args]
    before = time.monotonic()
    with open(folder / "said", "w+b") as said:
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said)
        # Whatever does not end by itself is ended, and found by the time that it took.
        ends = threading.Timer(LONGEST, child.kill)
        ends.start()
        _, status, used = os.wait4(child.pid, 0)
        ends.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode()
    record = json.loads((folder / "record.json").read_text()) if (folder / "record.json").exists() else None
    return child.returncode, record, time.monotonic() - before, used.ru_maxrss / 1024, text


def told(record):
    return "\n".join([case.get("message") or "" for case in record["cases"]] + [s["failure"]["message"] for s in record["setup"]])


class Checks:
    def __init__(self, program):
        self.program, self.wrong, self.count = program, [], 0
        self.server, self.other = Server(), Server()

    def holds(self, name, condition, what):
        self.count += 1
        if not condition:
            self.wrong.append(name)
            print(f"FAIL a server that {name}: {what}", flush=True)

    def fails(self, name, behave, messages, lines="", model=HTTP, limit=2):
        """A run on a server with one fault: each case is an error of that name, in time."""
        self.server.expect(behave)
        self.other.expect(says(OK))
        lines = "\n".join([line for line in ["timeout_seconds = 0.5", "retries = 0", "concurrency = 1"]
                           if line.split(" ")[0] not in lines] + [lines])
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            spec = SPEC.format(limit=limit, model=model.format(url=self.server.url) + lines)
            code, record, seconds, memory, text = run(self.program, folder, spec, "--no-cache", "--detections", "found")
            found = [path for path in (folder / "found").rglob("*.json") if "labels" not in path.parts]
            self.silent(name, folder, text)
        self.holds(name, code == 3 and record, f"exit code {code}: {text[-600:]}")
        if record:
            messages = (messages,) if isinstance(messages, str) else messages
            self.holds(name, any(message in told(record) for message in messages), f"it is told as {told(record)[:500]}")
            figures = [cell["figures"] for cell in record["cells"] if cell.get("figures")]
            self.holds(name, not figures and not found, f"an error became a figure: {figures} {found}")
            others = [case for case in record["cases"] if case["verdict"]["outcome"]["outcome"] in ("pass", "fail")]
            self.holds(name, not others, f"an error was judged: {others}")
        self.holds(name, seconds < SECONDS, f"it took {seconds:.1f} s")
        self.holds(name, memory < MEMORY, f"it took {memory:.0f} MiB")
        self.holds(name, not self.other.requests, "another host was asked")
        return seconds, memory

    def silent(self, name, folder, text):
        """Nothing that was written or said holds the token."""
        files = [path for path in folder.rglob("*") if path.is_file()]
        shown = [path.name for path in files if b"tok-3f9a" in path.read_bytes()]
        self.holds(name, not shown and "tok-3f9a" not in text, f"the token is in {shown}: {text}")


def redirects(checks):
    """Whatever the status, nothing goes to another host; the place that is told does not hold the token."""
    for status in ("301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"):
        to = f"{checks.other.url}/predict?token={TOKEN.replace(' ', '+').replace('/', '%2F')}"
        for model in (HTTP, ROBOFLOW, OIP):
            checks.fails(f"redirects by {status}", says(answer(b"", status, Location=to)), "set `url` to that", model=model)


def found_in(picture):
    """Objects drawn by the digest of what was sent."""
    drawn = random.Random(hashlib.sha256(picture).digest())
    return [([drawn.uniform(0, 540), drawn.uniform(0, 380), drawn.uniform(70, 110), drawn.uniform(70, 110)],
             drawn.choice(CATEGORIES), drawn.random()) for _ in range(FOUND)]


def right(request, connection, before):
    """A behaviour: the right answer in the words of the protocol that was spoken."""
    connection.sendall(rightly(request))
    return "next"


def rightly(request):
    path, _, body = request
    if path == "/predict":
        return answer({"objects": [{"bbox": box, "class": name, "score": score} for box, name, score in found_in(body)]})
    if path.startswith("/cells/1"):
        return answer({"predictions": [
            {"x": x, "y": y, "width": w, "height": h, "class": name, "confidence": score}
            for [x, y, w, h], name, score in found_in(body)]})
    if path == "/v2":
        return answer({"name": "toy", "extensions": []})
    if path == "/v2/models/cells":
        port = lambda name, shape: {"name": name, "datatype": "FP32", "shape": shape}
        return answer({"name": "cells", "platform": "toy", "inputs": [port("images", [1, 3, 64, 64])], "outputs": [
            port("num_dets", [1, 1]), port("boxes", [1, FOUND, 4]), port("scores", [1, FOUND]), port("classes", [1, FOUND])]})
    asked = json.loads(body)
    found = found_in(json.dumps(asked["inputs"]).encode())
    output = lambda name, shape, data: {"name": name, "datatype": "FP32", "shape": shape, "data": data}
    corners = [side / 10 for [x, y, w, h], _, _ in found for side in (x, y, x + w, y + h)]
    return answer({"model_name": "cells", "model_version": "1", "id": asked.get("id", ""), "outputs": [
        output("num_dets", [1, 1], [FOUND]), output("boxes", [1, FOUND, 4], corners), output("scores", [1, FOUND], [f[2] for f in found]),
        output("classes", [1, FOUND], [CATEGORIES.index(f[1]) for f in found])]})


def flaky(seed):
    """A behaviour: one request in ten is lost or turned away, by a draw from what is asked and how often it was."""
    tries, lock, lost = {}, threading.Lock(), []

    def behave(request, connection, before):
        key = hashlib.sha256(re.sub(rb'"id": ?"[^"]*"', b"", request[2]) + request[0].encode()).digest()
        with lock:
            tries[key] = tries.get(key, 0) + 1
            drawn = random.Random(key + struct.pack("<qq", seed, tries[key]))
        whole = rightly(request)
        if drawn.random() >= 0.1:
            connection.sendall(whole)
            return "next"
        with lock:
            lost.append(key)
        connection.sendall(drawn.choice([
            b"", whole[:20], whole[:-9], answer({}, "500 Oops"), answer({}, "502 Bad Gateway"),
            answer({}, "503 Busy", Retry_After="0"), answer({}, "503 Busy", Retry_After="1"), answer({}, "429 Slow down")]))
        return "close"
    behave.lost = lost
    return behave


def flaky_networks(checks, seed):
    """A network that loses a tenth gives the record of one that loses nothing."""
    for name, model in (("http", HTTP), ("roboflow", ROBOFLOW), ("oip", OIP)):
        records = []
        losing = flaky(seed)
        for behave in (right, losing):
            checks.server.expect(behave)
            with tempfile.TemporaryDirectory() as folder:
                spec = SPEC.format(limit=20, model=model.format(url=checks.server.url) + "requests_per_second = 1000")
                code, record, seconds, _, text = run(checks.program, Path(folder), spec)
            checks.holds(f"is {name}", code == 0 and record, f"exit code {code}: {text[-600:]}")
            records.append({key: value for key, value in (record or {}).items() if key != "times"})
        figures = [cell["figures"]["map50"] for cell in records[0].get("cells", [])]
        checks.holds(f"is {name}", len(figures) == 3 and any(figures), f"nothing was measured: {figures}")
        checks.holds(f"loses a tenth of {name}", records[0] == records[1], "another record than without losses")
        checks.holds(f"loses a tenth of {name}", len(losing.lost) >= 3, f"only {len(losing.lost)} requests were lost")
        print(f"{name}: the same record with {len(losing.lost)} of {len(checks.server.requests)} requests lost ({seconds:.1f} s)")


def mixed_up(checks):
    """Answers that belong to other questions."""
    def twice(request, connection, before):
        connection.sendall(rightly(request) + answer({"objects": []}))
        return "next"

    spec = SPEC.format(limit=8, model=HTTP.format(url=checks.server.url) + "retries = 9\nconcurrency = 1\n")
    records = []
    for behave in (right, twice):
        checks.server.expect(behave)
        with tempfile.TemporaryDirectory() as folder:
            _, record, _, _, _ = run(checks.program, Path(folder), spec, "--no-cache")
        records.append(record["cells"])
    checks.holds("answers twice on one connection", records[0] == records[1], "an answer too many was taken for the next one's")

    def other(request, connection, before):
        text = rightly(request).partition(b"\r\n\r\n")[2]
        connection.sendall(answer(json.loads(text) | {"id": "another"} if request[0].endswith("/infer") else text))
        return "next"
    checks.fails("answers another question (oip)", other, "its reply answers request", model=OIP)

    def size(request, connection, before):
        text = json.loads(rightly(request).partition(b"\r\n\r\n")[2])
        connection.sendall(answer(text | {"image": {"width": 64, "height": 48}}))
        return "next"
    checks.fails("answers about another picture (roboflow)", size, "about a picture of 64 x 48 pixels", model=ROBOFLOW)


def main():
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    checks, before = Checks(str(Path(sys.argv[1]).resolve())), time.monotonic()
    slowest = largest = (0, "")
    for name, behave, messages, *lines in CASES:
        seconds, memory = checks.fails(name, behave, messages, *lines)
        slowest, largest = max(slowest, (seconds, name)), max(largest, (memory, name))
    redirects(checks)
    mixed_up(checks)
    flaky_networks(checks, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print(f"slowest: {slowest[1]} ({slowest[0]:.1f} s); most memory: {largest[1]} ({largest[0]:.0f} MiB)")
    print(f"{checks.count} properties in {time.monotonic() - before:.0f} s: {len(checks.wrong)} faults")
    return 1 if checks.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
