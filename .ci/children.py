"""Children of `kind = "subprocess"`, for real: Python programs that answer, lie, hang, crash and print garbage. Each must
give the exit code and the message written here, and no error may become "no detections".

    children.py WINDTUNNEL        needs numpy and Pillow
"""
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
SIZE = (96, 64)
OBJECTS = [[("red", [10, 8, 20, 30])], [("blue", [40, 20, 24, 16])], [("red", [60, 4, 16, 16]), ("blue", [4, 30, 30, 20])]]
COLOURS = {"red": (255, 0, 0), "blue": (0, 0, 255)}
SECONDS = 30  # no case may take longer, whatever its child does

# A child that says hello and hands every question to `answer`, which may print whatever it likes.
BARE = """
import base64, io, json, os, sys, time
def say(text): print(text, flush=True)
def reply(question, **more): say(json.dumps({"id": question["id"], **more}))
def found(**changes): return [{"bbox": [10, 8, 20, 30], "category": "red", "score": 0.9} | changes]
say('{"windtunnel": 1}')
open("pids", "a").write(f"{os.getpid()}\\n")
for number, line in enumerate(sys.stdin):
    question = json.loads(line)
    answer(question, number)
"""

# One that finds what there is, by the package that users install.
HONEST = f"""
import sys
sys.path.insert(0, {str(ROOT / "python")!r})
from windtunnel.serve import serve
def detect(picture):
    boxes, labels = [], []
    for name, channel in [("red", 0), ("blue", 2)]:
        rows, columns = (picture[..., channel] > 128).nonzero()
        if len(rows):
            boxes.append([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
            labels.append(name)
    return boxes, labels, [0.9] * len(boxes)
"""


def bare(answer):
    return f"def answer(question, number):\n    {answer}\n{BARE}"


def lie(**changes):
    return bare(f"reply(question, detections=found(**{changes!r}))").replace("nan", "float('nan')").replace(
        "inf", "float('inf')")


# What it does, the program, lines for the spec, exit code, and what the report has to say.
CASES = [
    ("answers right", HONEST + 'serve(detect, classes=["red", "blue"])', "", 0, []),
    ("answers right, two at once", HONEST + "serve(detect)", "workers = 2", 0, []),
    ("does not end with its input", HONEST + 'serve(detect)\nimport time; time.sleep(600)', "", 0, []),
    ("chats on standard error", HONEST + 'print("x" * 3_000_000, file=sys.stderr)\nserve(detect)', "", 0, []),
    ("finds nothing, and says so", bare("reply(question, detections=[])"), "", 1, []),
    ("fails on a picture", HONEST + "def no(picture): raise ValueError('too red')\nserve(no)", "", 3,
     ["it says: ValueError: too red"]),
    ("score NaN", lie(score=float("nan")), "", 3, ["a number is NaN or infinite"]),
    ("side infinite", lie(bbox=[1, 2, float("inf"), 4]), "", 3, ["a number is NaN or infinite"]),
    ("side negative", lie(bbox=[10, 8, -20, 30]), "", 3, ["a box is -20 x 30 pixels"]),
    ("score a percentage", lie(score=90), "", 3, ["a score is 90, not 0..1"]),
    ("score a text", lie(score="high"), "", 3, ["a line is no answer"]),
    ("box of three numbers", lie(bbox=[1, 2, 3]), "", 3, ["a line is no answer"]),
    ("no score", bare('reply(question, detections=[{"bbox": [1, 2, 3, 4], "category": "red"}])'), "", 3,
     ["missing field `score`"]),
    ("unknown class", lie(category="green"), "", 3, ["found a `green`, which the dataset has no category for"]),
    ("class by number", lie(category=1), "", 3, ["a line is no answer"]),
    ("class that it has not announced", HONEST + 'serve(detect, classes=["red"])', "", 3, ["it has no class for `blue`"]),
    ("wrong id", bare("reply({'id': 77}, detections=found())"), "", 3, ["it answers question 77, but 0 was asked"]),
    ("no id", bare('say(json.dumps({"detections": found()}))'), "", 3, ["its answer has no `id`"]),
    ("two answers for one question", bare("reply(question, detections=[]); reply(question, detections=[])"), "", 3,
     ["it answers question 0, but 1 was asked"]),
    ("neither detections nor error", bare("reply(question)"), "", 3, ["neither `detections` nor an `error`"]),
    ("detections null", bare("reply(question, detections=None)"), "", 3, ["neither `detections` nor an `error`"]),
    ("detections and an error", bare("reply(question, detections=[], error='no memory')"), "", 3, ["it says: no memory"]),
    ("one answer too few", bare("number < 2 and reply(question, detections=found())"), "timeout_seconds = 1", 3,
     ["it has not answered within 1 s"]),
    ("hangs", bare("print('thinking', file=sys.stderr, flush=True); time.sleep(600)"), "timeout_seconds = 1", 3,
     ["it has not answered within 1 s", "standard error: thinking"]),
    ("hangs before its hello", "import time\ntime.sleep(600)", "start_timeout_seconds = 1", 3,
     ["it has not said hello within 1 s"]),
    ("crashes before its hello", "import no_such_module", "", 3,
     ["exit status: 1", "ModuleNotFoundError: No module named 'no_such_module'"]),
    ("crashes on the third question", bare("number < 2 or 1 / 0; reply(question, detections=found())"), "", 1, []),
    ("crashes on every third picture", bare("question['width'] and len(question['png_base64']) > 0 and number == 0 and 1 / 0"),
     "", 3, ["exit status: 1", "ZeroDivisionError", "(2 tries)"]),
    ("ends with a code", bare("sys.stderr.write('giving up\\n'); os._exit(7)"), "", 3,
     ["exit status: 7", "standard error: giving up"]),
    ("is killed by a signal", bare("os.abort()"), "", 3, ["signal: 6"]),
    ("logs on its output before the hello", "print('Loading weights')\n" + bare("pass"), "", 3,
     ["logs belong on standard error", "Loading weights"]),
    ("logs on its output", bare("say('1 object, 8 ms'); reply(question, detections=[])"), "", 3,
     ["logs belong on standard error", "1 object, 8 ms"]),
    ("prints half a line and ends", bare("sys.stdout.write('{\"id\": 0, \"detec'); sys.stdout.flush(); os._exit(0)"), "", 3,
     ["exit status: 0", "without an answer"]),
    ("prints half a line and waits", bare("sys.stdout.write('{\"id\": 0, \"detec'); sys.stdout.flush()"),
     "timeout_seconds = 1", 3, ["it has not answered within 1 s"]),
    ("prints a huge line", bare("say('x' * 20_000_000)"), "", 3, ["is longer than 16 MiB"]),
    ("prints a line that does not end", bare("while True: sys.stdout.write('x' * 1_000_000)"), "", 3,
     ["is longer than 16 MiB"]),
    ("prints bytes that are no text", bare("sys.stdout.buffer.write(bytes(range(256)) + b'\\n'); sys.stdout.flush()"), "", 3,
     ["a line is no answer"]),
    ("prints brackets without end", bare("say('[' * 1_000_000)"), "", 3, ["a line is no answer"]),
    ("prints an object twice over", bare("say('{\"id\": 0, \"detections\": [], \"detections\": []}')"), "", 3,
     ["duplicate field"]),
    ("speaks another version", "print('{\"windtunnel\": 2}', flush=True)\ninput()", "", 3, ["version 2 of the protocol"]),
]

# The first answer of each of its children is a right one: of two conditions one is measured.
HALF_RIGHT = "two answers for one question"


def make_dataset(folder):
    images, annotations = [], []
    for number, objects in enumerate(OBJECTS, 1):
        picture = Image.new("RGB", SIZE, (40, 60, 40))
        for name, (x, y, width, height) in objects:
            ImageDraw.Draw(picture).rectangle([x, y, x + width - 1, y + height - 1], fill=COLOURS[name])
            annotations.append({"id": len(annotations) + 1, "image_id": number, "category_id": list(COLOURS).index(name) + 1,
                                "bbox": [x, y, width, height], "area": width * height, "iscrowd": 0})
        picture.save(folder / f"{number}.png")
        images.append({"id": number, "file_name": f"{number}.png", "width": SIZE[0], "height": SIZE[1]})
    categories = [{"id": number, "name": name} for number, name in enumerate(COLOURS, 1)]
    labels = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "labels.json").write_text(json.dumps(labels))


def run(program, folder, child, lines):
    """Exit code, record, detections (`None` where there are none to tell of), and the seconds it took."""
    make_dataset(folder)
    (folder / "child.py").write_text(child)
    (folder / "spec.toml").write_text(
        'version = 1\nname = "children"\n[dataset.d]\nformat = "coco"\npath = "labels.json"\n'
        f'[model.m]\nkind = "subprocess"\ncommand = [{json.dumps(sys.executable)}, "child.py"]\n{lines}\n'
        '[perturbation.turned]\nkind = "horizontal_flip"\n'
        '[[check]]\non = ["clean", "turned"]\nmin = 0.999\n')
    command = [program, "run", "spec.toml", "-q", "-j", "1", "--json", "record.json", "--detections", "out"]
    before = time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=4 * SECONDS, check=False)
    seconds = time.monotonic() - before
    record = json.loads((folder / "record.json").read_text()) if (folder / "record.json").exists() else {}
    detections = [path for path in folder.glob("out/m/d/*.json") if path.name != "labels.json"]
    return done, record, detections, seconds


def told(record):
    cases = [case.get("message") or "" for case in record["cases"]]
    return "\n".join(cases + [setup["failure"]["message"] for setup in record["setup"]])


def living(folder):
    pids = (folder / "pids").read_text().split() if (folder / "pids").exists() else []
    return [pid for pid in pids if (Path("/proc") / pid).exists()]


def wrong(program, name, child, lines, code, messages):
    """What is not as it should be."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        done, record, detections, seconds = run(program, folder, child, lines)
        if done.returncode != code:
            yield f"exit code {done.returncode}, not {code}: {done.stderr[-1500:]}"
        if not record:
            yield f"no record: {done.stderr[-1500:]}"
            return
        yield from (f"`{message}` is not in: {told(record)}" for message in messages if message not in told(record))
        measured = [cell for cell in record["cells"] if cell.get("figures")]
        allowed = int(name == HALF_RIGHT)
        if code == 3 and (len(measured) > allowed or len(detections) > allowed):
            yield f"an error became a figure: {measured} {detections}"
        if code == 0 and not all(cell["figures"]["map"] == 1 for cell in measured):
            yield f"figures of the right answers: {measured}"
        if code < 2 and len(detections) != 2:
            yield f"not every cell has detections: {detections}"
        if seconds > SECONDS:
            yield f"it took {seconds:.0f} s"
        if living(folder):
            yield f"children are left: {living(folder)}"


def main():
    program = str(Path(sys.argv[1]).resolve())
    failures = 0
    for name, child, lines, code, messages in CASES:
        mistakes = list(wrong(program, name, child, lines, code, messages))
        failures += bool(mistakes)
        print("".join(f"FAIL a child that {name}: {mistake}\n" for mistake in mistakes) or f"ok   {name}\n", end="")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
