"""Hostile input to a built program: each case must end in time, within its memory, with its exit code and its words.

    .ci/hostile.py WINDTUNNEL [CASE...]    all cases where none is named

A case is a function here: it makes files in a folder of its own, and says what is run and what must come of it. Memory is
the peak of the resident set, as the kernel tells it of each child.
"""
import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path

import desk

MIB = 1 << 20

# What a run of next to nothing may take: the program, its tables, a small store.
SECONDS, MEMORY = 5.0, 150

CASES = []


def case(function):
    CASES.append(function)
    return function


class Skipped(Exception):
    pass


def png(width, height, lines=None):
    """A black PNG; the pixels of only the first lines are there, if so."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    packed = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    data = b"".join(packed.compress(row) for _ in range(height if lines is None else lines)) + packed.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


LABELS = {
    "images": [{"id": 1, "file_name": "a.png"}],
    "categories": [{"id": 1, "name": "cat"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 10]}],
}
RESULTS = [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 10], "score": 0.9}]
DATASET = 'format = "coco"\npath = "labels.json"\n'
MODEL = 'kind = "precomputed"\npath = "{condition}.json"\n'
# Looks at pixels.
CHILD = 'kind = "subprocess"\ncommand = ["python3", "child.py"]\n'
CHILD_PY = """import json, sys
print(json.dumps({"windtunnel": 1}), flush=True)
for line in sys.stdin:
    print(json.dumps({"id": json.loads(line)["id"], "detections": []}), flush=True)
"""


class Place:
    """A folder with a sound spec, and the program in it."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.write("a.png", png(40, 30))
        self.write("labels.json", LABELS)
        self.write("clean.json", RESULTS)
        self.write("child.py", CHILD_PY)
        self.spec()

    def spec(self, dataset=DATASET, model=MODEL, rest=""):
        check = '[[check]]\non = "clean"\nmin = 0.001\n'
        self.write("spec.toml", f'version = 1\nname = "s"\n[dataset.d]\n{dataset}[model.m]\n{model}{rest}{check}')

    def yolo(self, data):
        """A YOLO dataset of one picture."""
        self.write("data.yaml", data)
        self.write("images/a.png", png(40, 30))
        self.write("labels/a.txt", "0 0.5 0.5 0.5 0.5\n")
        self.write("clean.json", "[]")
        self.spec(dataset='format = "yolo"\npath = "data.yaml"\nsplit = "val"\n')

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, (dict, list)):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def pipe(self, name):
        (self.folder / name).unlink(missing_ok=True)
        os.mkfifo(self.folder / name)

    def run(self, *args, code, words=(), seconds=SECONDS, memory=MEMORY, before=None, env=None):
        """Runs the program; what is not as it must be is an AssertionError."""
        started = time.monotonic()
        with tempfile.TemporaryFile() as out:
            child = subprocess.Popen([self.program, *args], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out,
                                     stderr=subprocess.STDOUT, preexec_fn=before, start_new_session=True,
                                     env=desk.environment(NO_COLOR="1", **(env or {})))
            # A case that hangs is killed with all that it has started, long after its time.
            killer = threading.Timer(seconds + 30, lambda: os.killpg(child.pid, signal.SIGKILL))
            killer.start()
            _, status, usage = os.wait4(child.pid, 0)
            killer.cancel()
            child.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            said = " ".join(out.read().decode(errors="replace").split())
        took, peak = time.monotonic() - started, usage.ru_maxrss * 1024 / MIB
        self.told = f"{took:5.2f} s, {peak:5.0f} MiB"
        shown = f"{' '.join(args)}: {self.told}: {said[-600:]}"
        codes = code if isinstance(code, tuple) else (code,)
        assert child.returncode in codes, f"exit code {child.returncode}, not {code}: {shown}"
        for one in [words] if isinstance(words, str) else words:
            assert one in said, f"`{one}` is not said: {shown}"
        assert "panicked" not in said, shown
        assert took <= seconds, f"more than {seconds} s: {shown}"
        assert peak <= memory, f"more than {memory} MiB: {shown}"
        return said


@case
def a_sound_spec(place):
    place.run("run", "spec.toml", code=0)


@case
def picture_of_900_million_pixels_by_its_header(place):
    place.write("a.png", png(30_000, 30_000, lines=10))
    place.run("check", "spec.toml", code=3, words=["30000x30000 pixels are more than `max_pixels = 178956970`"])


@case
def picture_of_900_million_pixels_that_is_whole(place):
    place.write("a.png", png(30_000, 30_000))
    assert (place.folder / "a.png").stat().st_size < 200_000
    place.spec(model=CHILD)
    place.run("run", "spec.toml", code=3, words="are more than `max_pixels = 178956970`")


@case
def picture_larger_than_a_limit_of_ones_own(place):
    place.spec(dataset=DATASET + "max_pixels = 1000\n")
    place.run("check", "spec.toml", code=3, words="40x30 pixels are more than `max_pixels = 1000`")


@case
def picture_that_is_allowed_but_not_there(place):
    """A header of 100 million pixels with next to none: no more memory than for the picture itself."""
    place.write("a.png", png(10_000, 10_000, lines=10))
    place.spec(model=CHILD)
    place.run("run", "spec.toml", code=3, words="unusable image", seconds=20, memory=700)


@case
def picture_that_has_grown_since(place):
    """Read as 40 x 30 pixels, then replaced by a bomb while the model answers."""
    place.write("child.py", 'import os\nos.replace("bomb.png", "b.png")\n' + CHILD_PY)
    labels = {**LABELS, "images": [{"id": i, "file_name": f"{n}.png"} for i, n in enumerate("ab", 1)]}
    place.write("labels.json", labels)
    place.write("b.png", png(40, 30))
    place.write("bomb.png", png(30_000, 30_000))
    place.spec(model=CHILD + "workers = 1\n")
    place.run("run", "spec.toml", "--jobs", "1", code=3, words="another picture than when the labels were read", seconds=10)


@case
def jpeg_of_ten_thousand_scans(place):
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x00\x00\x00"
    frame = b"\xff\xc2\x00\x0b\x08\x20\x00\x20\x00\x01\x01\x11\x00"
    place.write("a.png", b"\xff\xd8\xff\xdb\x00\x43\x00" + b"\x01" * 64 + frame + scan * 10_000 + b"\xff\xd9")
    place.spec(model=CHILD)
    place.run("run", "spec.toml", code=3, words="it has more scans than any encoder writes")


@case
def json_of_a_gigabyte(place):
    with open(place.folder / "labels.json", "wb") as file:
        file.write(json.dumps(LABELS).encode())
        file.truncate(1 << 30)
    place.run("check", "spec.toml", code=3, words=["it is of 1024 MiB, and at most 512 MiB are read", "raise `max_file_mib`"])


@case
def results_of_a_gigabyte(place):
    with open(place.folder / "clean.json", "wb") as file:
        file.write(b"[")
        file.truncate(1 << 30)
    place.run("check", "spec.toml", code=3, words=["it is of 1024 MiB, and at most 512 MiB are read", "raise `max_file_mib`"])


@case
def ten_million_annotations(place):
    """In one picture, all of one place: refused as they are, and read where the spec says so."""
    with open(place.folder / "labels.json", "wb") as file:
        file.write(b'{"images": [{"id": 1, "file_name": "a.png"}], "categories": [{"id": 1, "name": "cat"}], "annotations": [\n')
        for first in range(0, 10_000_000, 100_000):
            one = b'{"id":%d,"image_id":1,"category_id":1,"bbox":[1,2,10,10]},\n'
            file.write(b"".join(one % number for number in range(first, first + 100_000)))
        file.write(b'{"id":10000000,"image_id":1,"category_id":1,"bbox":[1,2,10,10]}]}')
    place.run("check", "spec.toml", code=3, words="and at most 512 MiB are read")
    place.spec(dataset=DATASET + "max_file_mib = 1024\n")
    place.run("check", "spec.toml", code=0, words="objects written twice (10000000)", seconds=45, memory=3500)


@case
def deep_json(place):
    for text in ('{"images": ' + "[" * 1_000_000, '{"info": ' + '{"a":' * 1_000_000, "[" * 1_000_000):
        place.write("labels.json", text)
        place.run("check", "spec.toml", code=3, words="is not COCO instances JSON")


@case
def deep_toml(place):
    spec = (place.folder / "spec.toml").read_text()
    for text in ("x = " + "[" * 100_000, "x = " + "{a = " * 20_000, "[" + ".".join("a" * 100_000) + "]\nx = 1\n",
                 ".".join("a" * 100_000) + " = 1\n", "x = {" + ".".join("a" * 100_000) + " = 1}\n"):
        place.write("deep.toml", text)
        place.run("check", "deep.toml", code=2, words="mistake", memory=600)
        place.write("deep.toml", text + "\n" + spec if text.startswith(("x", "a")) else spec + text)
        place.run("check", "deep.toml", code=2, words="mistake", memory=600)


@case
def deep_yaml_and_xml(place):
    place.yolo("- " * 1_000_000)
    place.run("check", "spec.toml", code=3, words="nested more than 64 deep")
    place.write("a.xml", "<a>" * 1_000_000)
    place.spec(dataset='format = "voc"\npath = "."\n')
    place.run("check", "spec.toml", code=3, words="nested more than 64 deep")


@case
def yaml_of_copies_of_copies(place):
    lines = ["a0: &a0 [" + ", ".join("x" * 10) + "]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 15)]
    place.yolo("\n".join([*lines, "val: images", "names: [cat]"]))
    place.run("check", "spec.toml", code=3, words="do its aliases (`*name`) repeat each other?")


@case
def half_a_million_class_names(place):
    place.yolo("val: images\nnames: [" + ",".join(f"c{n}" for n in range(500_000)) + "]\n")
    place.run("check", "spec.toml", code=0, seconds=15, memory=800)


@case
def a_path_that_leaves_the_folder(place):
    place.write("labels.json", {**LABELS, "images": [{"id": 1, "file_name": "../../../../../../etc/passwd"}]})
    place.run("check", "spec.toml", code=3, words="image files outside of their folder, which are not read (1)")
    place.yolo("val: /\nnames: [cat]\n")
    place.run("check", "spec.toml", code=3, words="holds the folder of the dataset itself")


@case
def links_that_lead_into_each_other(place):
    """Two folders of links to each other: 2^40 ways through them, were they followed until the system stops."""
    for folder in ("x", "y"):
        (place.folder / "images" / folder).mkdir(parents=True)
    for one, other in (("x", "y"), ("y", "x")):
        for number in range(8):
            (place.folder / "images" / one / str(number)).symlink_to(f"../{other}")
    (place.folder / "images" / "self").symlink_to("self")
    place.yolo("val: images\nnames: [cat]\n")
    place.run("check", "spec.toml", code=0)


@case
def links_that_multiply(place):
    """Ten folders, each with links to all others: ten factorial ways."""
    for one in range(10):
        (place.folder / "images" / str(one)).mkdir(parents=True)
        for other in range(10):
            if one != other:
                (place.folder / "images" / str(one) / f"to{other}").symlink_to(f"../{other}")
    place.yolo("val: images\nnames: [cat]\n")
    place.run("check", "spec.toml", code=3, words="do the links multiply?", seconds=20)


@case
def pipes_and_folders_instead_of_files(place):
    no_file = "a pipe or a device, not "
    for name, code in (("a.png", 3), ("labels.json", 2), ("clean.json", 3), ("windtunnel.baseline.json", 3), ("spec.toml", 2)):
        sound = (place.folder / name).read_bytes() if (place.folder / name).exists() else None
        rest = "[[check]]\non = \"clean\"\nmax_regression = 0.1\n" if "baseline" in name else ""
        place.spec(rest=rest) if rest else None
        place.pipe(name)
        place.run("run", "spec.toml", "--no-cache", code=code, words=no_file)
        (place.folder / name).unlink()
        (place.folder / name).mkdir()
        words = "there is no spec (*.toml) in" if name == "spec.toml" else "folder"
        place.run("run", "spec.toml", "--no-cache", code=code, words=words)
        (place.folder / name).rmdir()
        place.write(name, sound) if sound is not None else None
    place.spec()
    for text in ('kind = "onnx"\npath = "m.onnx"\n', ):
        place.spec(model=text)
        place.pipe("m.onnx")
        place.run("run", "spec.toml", code=2, words=no_file)
    for args in (("report", "p", "--to", "json"), ("compare", "a", "b", "--record", "p"), ("baseline", "accept", "p", "--reason", "r")):
        place.pipe("p")
        place.run(*args, code=2, words=no_file)
    place.run("merge", "p", code=5, words=no_file)
    place.spec(dataset='format = "coco"\npath = "/dev/zero"\n')
    place.run("run", "spec.toml", code=2, words=no_file)


@case
def extends_what_never_ends(place):
    text = (place.folder / "spec.toml").read_text()
    place.write("spec.toml", 'extends = ["/dev/zero"]\n' + text)
    place.run("check", "spec.toml", code=2, words="a pipe or a device, not a file")
    with open(place.folder / "large.toml", "wb") as file:
        file.truncate(1 << 30)
    place.run("check", "large.toml", code=2, words="it is of 1024 MiB, and at most 1 MiB are read")


@case
def no_space_on_disk(place):
    """A full disk, where this may be mounted; elsewhere files that may not grow (RLIMIT_FSIZE)."""
    place.spec(model=CHILD)
    full = place.folder / "full"
    full.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(full)], capture_output=True).returncode == 0
    if not mounted:
        raise Skipped("a small tmpfs cannot be mounted")
    try:
        (full / "filler").write_bytes(bytes(60 * 1024))
        place.run("run", "spec.toml", "--store", "full/store.sqlite", code=2, words="full")
        with contextlib.suppress(OSError):
            (full / "rest").write_bytes(bytes(64 * 1024))
        place.run("run", "spec.toml", "--no-cache", "--json", "full/r.json", code=3, words=["full/r.json", "No space left"])
    finally:
        subprocess.run(["umount", str(full)], check=True)


@case
def files_that_may_not_grow(place):
    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    place.run("run", "spec.toml", "--no-cache", code=3, words="File too large", before=limited)


@case
def folders_that_may_only_be_read(place):
    if os.geteuid() == 0:
        # To root nothing is only to be read, but a folder of the kernel's takes no files from anybody.
        place.run("run", "spec.toml", "--store", "/proc/store.sqlite", code=2, words="/proc/store.sqlite")
        place.run("run", "spec.toml", "--no-cache", "--html", "/proc/r.html", code=2, words="cannot write /proc/r.html")
        return
    place.folder.chmod(0o555)
    try:
        place.run("run", "spec.toml", code=2, words=".windtunnel")
    finally:
        place.folder.chmod(0o755)


def stored(place):
    """A store with an answer, whose path is returned."""
    place.spec(model=CHILD)
    place.run("run", "spec.toml", "--store", "s.sqlite", code=1)
    return place.folder / "s.sqlite"


@case
def store_of_another_version(place):
    with contextlib.closing(sqlite3.connect(stored(place))) as store:
        store.execute("PRAGMA user_version = 99")
    place.run("run", "spec.toml", "--store", "s.sqlite", code=2, words="a store of version 99, not 1: name another one")


@case
def store_that_is_damaged(place):
    path = stored(place)
    with contextlib.closing(sqlite3.connect(path)) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = path.read_bytes()
    for damaged in (b"hello" * 1000, whole[:5000], whole[:100] + os.urandom(len(whole) - 100), whole[:8192] + bytes(len(whole) - 8192)):
        for file in place.folder.glob("s.sqlite*"):
            file.unlink()
        path.write_bytes(damaged)
        place.run("run", "spec.toml", "--store", "s.sqlite", code=(2, 3), words=["s.sqlite", "no store, or a damaged one"])


@case
def store_with_rows_that_are_none(place):
    """An answer that cannot be made sense of is none: the model is asked again, and the run is sound."""
    with contextlib.closing(sqlite3.connect(stored(place))) as store:
        store.execute("UPDATE answers SET detections = x'ff'")
        store.commit()
    said = place.run("run", "spec.toml", "--store", "s.sqlite", code=1)
    assert "from the store" not in said, said
    with contextlib.closing(sqlite3.connect(place.folder / "s.sqlite")) as store:
        store.execute("UPDATE answers SET seconds = 'soon', is_changed = 'maybe'")
        store.execute("UPDATE runs SET found = '{', started_unix = -5")
        store.commit()
    words = "of the store cannot be read: name another one with `--store`, or remove it"
    place.run("run", "spec.toml", "--store", "s.sqlite", code=3, words=words)
    place.run("history", "list", "--store", "s.sqlite", code=2, words=words)


@case
def store_that_is_a_pipe(place):
    place.pipe("s.sqlite")
    place.run("run", "spec.toml", "--store", "s.sqlite", code=2, words="s.sqlite")


@case
def clocks_that_jump(place):
    """Answers of the far future and of before 1970 are still answers; what is tidied goes by their times."""
    path = stored(place)
    for then in (-(1 << 62), (1 << 62)):
        with contextlib.closing(sqlite3.connect(path)) as store:
            store.execute("UPDATE answers SET stored_unix = ?", (then,))
            store.execute("UPDATE runs SET started_unix = ?", (then,))
            store.commit()
        place.run("run", "spec.toml", "--store", "s.sqlite", code=1)
        place.run("history", "list", "--store", "s.sqlite", code=0)
        place.run("cache", "size", "--store", "s.sqlite", code=0)
    os.utime(place.folder / "labels.json", (2 ** 33, 2 ** 33))
    place.run("run", "spec.toml", "--store", "s.sqlite", code=1)


@case
def a_shard_of_endless_parts(place):
    import gzip
    place.run("run", "spec.toml", "--partition", "1/1", "--no-cache", code=0)
    path = place.folder / "target/windtunnel/shards/s-1-of-1.jsonl.gz"
    lines = gzip.decompress(path.read_bytes()).split(b"\n")
    header = json.loads(lines[0])
    for change, words in (({"count": 2 ** 64 - 1}, "and more of 18446744073709551615 is missing"),
                          ({"started_unix": 2 ** 64 - 1, "seconds": 1e300}, None),
                          ({"images": 0}, "the file goes on after 0 images")):
        text = b"\n".join([json.dumps({**header, **change}).encode(), *lines[1:]])
        path.write_bytes(gzip.compress(text))
        place.run("merge", str(path), code=0 if words is None else 5, words=words or ())
    bomb = zlib.compressobj(9, wbits=31)
    path.write_bytes(b"".join(bomb.compress(bytes(MIB)) for _ in range(1000)) + bomb.flush())
    assert path.stat().st_size < 2 * MIB
    place.run("merge", str(path), code=5, words="it does not end, or is too long", memory=900)


@case
def an_answer_that_never_ends(place):
    """A child whose line has no end, and a server that sends for ever."""
    place.write("child.py", "import sys\nwhile True:\n    sys.stdout.write('x' * 65536)\n")
    place.spec(model=CHILD)
    place.run("run", "spec.toml", code=3, words="a line of its is longer than 16 MiB")
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=endless, args=(listener,), daemon=True).start()
    port = listener.getsockname()[1]
    place.spec(model=f'kind = "http"\nurl = "http://127.0.0.1:{port}/"\nbody = "raw"\nlist = "a"\nbox_format = "xyxy"\n')
    place.run("run", "spec.toml", code=3, words="16 MiB", seconds=30, memory=900, env={"NO_PROXY": "127.0.0.1"})
    listener.close()


def endless(listener):
    while True:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[")
            while True:
                connection.sendall(b"0," * 32768)
        if listener.fileno() < 0:
            return


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program, wanted = str(Path(sys.argv[1]).resolve()), sys.argv[2:]
    began, failed = time.monotonic(), 0
    for function in CASES:
        if wanted and function.__name__ not in wanted:
            continue
        name = function.__name__.replace("_", " ")
        folder = Path(tempfile.mkdtemp(prefix="windtunnel-hostile-"))
        place = Place(program, folder)
        try:
            function(place)
            print(f"{place.told}  {name}")
        except Skipped as reason:
            print(f"skipped: {name}: {reason}")
        except AssertionError as error:
            failed += 1
            print(f"FAILED {name}: {error}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{time.monotonic() - began:.0f} s; {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
