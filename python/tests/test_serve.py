"""`windtunnel.serve`: what functions may return, and what may not reach the protocol."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest
from PIL import Image

import windtunnel
from conftest import spec, starts
from windtunnel.serve import _answers, _labels, _scores

BOX = {"bbox": [1.0, 2.0, 3.0, 4.0], "category": "red", "score": 0.5}
CORNERS = [[1, 2, 4, 6]]
HELLO = {"windtunnel": 1, "task": "detect"}
CLASSIFIER = {"windtunnel": 1, "task": "classify"}
NAMES = ["red", "blue", "green"]
EACH = [0.75, 0.125, 0.125]
BEST = [{"label": "red", "score": 0.75}, {"label": "green", "score": 0.125}]


def ask(words: list[str], module: str, folder: Path, *questions: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The lines that a served module answers, and its standard error."""
    (folder / "served.py").write_text(module)
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([sys.executable, "-m", "windtunnel.serve", *words], cwd=folder, input=lines, capture_output=True,
                          text=True, check=False, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def question(number: int, colour: tuple[int, int, int] = (255, 0, 0)) -> dict[str, Any]:
    """A picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(file, "PNG")
    return {"id": number, "width": 8, "height": 6, "png_base64": base64.b64encode(file.getvalue()).decode()}


@pytest.mark.parametrize(
    "found",
    [
        (CORNERS, ["red"], [0.5]),
        [CORNERS, ["red"], [0.5]],
        (numpy.array(CORNERS, dtype="float32"), numpy.array([0]), numpy.array([0.5])),
        {"boxes": CORNERS, "labels": [0.0], "scores": (0.5,), "masks": None},
        [BOX],
        iter([BOX]),
    ],
)
def test_an_answer_may_have_these_forms(found: Any) -> None:
    assert _answers.objects(found, ["red"]) == [BOX]


@pytest.mark.parametrize("found", [[], ([], [], []), {"boxes": numpy.zeros((0, 4)), "labels": [], "scores": []}, iter([])])
def test_nothing_found_is_an_answer(found: Any) -> None:
    assert _answers.objects(found, None) == []


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (None, "the answer is None"),
        ("red", "the answer is 'red'"),
        (7, "the answer is 7"),
        ((CORNERS, ["red"]), "the answer is of 2 parts"),
        ((CORNERS, ["red"], [0.5, 0.6]), "1 boxes, 1 labels and 2 scores"),
        ((CORNERS, "red", [0.5]), "a part of the answer is 'red'"),
        ({"boxes": CORNERS, "scores": [0.5]}, "no labels"),
        (([[1, 2, 3]], ["red"], [0.5]), "not enough values"),
        (([[4, 2, 1, 6]], ["red"], [0.5]), "corners have to be"),
        ((CORNERS, [1], [0.5]), "there are 1 names: positions are 0 to 0"),
        ((CORNERS, [-1], [0.5]), "there are 1 names"),
        ((CORNERS, [0.5], [0.5]), "there are 1 names"),
        ([{"bbox": [1, 2, 3, 4], "category": "red"}], "an object has no score"),
    ],
)
def test_what_cannot_be_read_is_an_error_not_less_found(found: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        _answers.objects(found, ["red"])


def test_numbers_without_names_are_refused() -> None:
    with pytest.raises(TypeError, match="--labels"):
        _answers.objects((CORNERS, [0], [0.5]), None)


@pytest.mark.parametrize("found", [EACH, tuple(EACH), numpy.array(EACH), numpy.array(EACH, dtype="float32"), iter(EACH)])
def test_scores_may_be_given_for_each_name(found: Any) -> None:
    assert _scores.scores(found, NAMES) == EACH


@pytest.mark.parametrize(
    "found",
    [
        {"red": 0.75, "green": 0.125},
        {0: 0.75, 2: numpy.float32(0.125)},
        [("red", 0.75), ("green", 0.125)],
        [("red", numpy.float64(0.75)), [numpy.int64(2), 0.125]],
        BEST,
    ],
)
def test_scores_may_be_given_by_label_all_or_the_best(found: Any) -> None:
    assert _scores.scores(found, NAMES) == BEST


def test_scores_by_label_need_no_names() -> None:
    assert _scores.scores({"red": 1}, None) == [{"label": "red", "score": 1.0}]


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (None, "the answer is None"),
        ("red", r"the label 'red' alone: .* such as \{'red': 0.9\}"),
        (0.5, "one number.*return the probabilities of all classes"),
        (numpy.array(EACH).argmax(), "one number, such as an `argmax` has: return the probabilities"),
        (["red"], "begins with 'red'"),
        (["red", "blue", "green"], "begins with 'red'"),
        ({}, "has no scores"),
        (numpy.array([EACH]), r"the shape \(1, 3\).*such as `scores\[0\]`"),
        (numpy.array([[[EACH]]]), r"such as `scores\[0, 0, 0\]`"),
        (numpy.array([EACH, EACH]), r"the shape \(2, 3\), and a list of scores of one picture is wanted"),
        (EACH[:2], "2 scores, but there are 3 names"),
        ([0.1, 0.2, 0.3], "sum to 0.6"),
        ([0.9, 0.8, 0.1], "sum to 1.8"),
        ([5.0, -2.0, 1.0], "5.0, no probability of 0 to 1: if these are logits"),
        ([float("nan"), 0.5, 0.5], "nan, no probability"),
        ({"red": 0.9, "grey": 0.1}, "'grey', which is none of the 3 names"),
        ({"red": 0.3, "blue": 0.3, "green": 0.3}, "sum to 0.9"),
        ([("red", 0.5), (0, 0.5)], "has 'red' 2 times"),
        ([(3, 0.5)], "there are 3 names"),
        ([{"label": "red"}], "a score has no score"),
        ([BOX], "a score has no label"),
    ],
)
def test_what_is_no_probability_of_a_class_is_an_error(found: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        _scores.scores(found, NAMES)


def test_scores_without_labels_need_names() -> None:
    with pytest.raises(TypeError, match="--labels"):
        _scores.scores(EACH, None)
    with pytest.raises(TypeError, match="--labels"):
        _scores.scores({1: 1.0}, None)


def test_a_classifier_says_so_and_answers_with_scores(project: Path) -> None:
    module = f"def f(image):\n    return {EACH} if image[0, 0, 0] > 9 else None\n"
    words = ["served:f", "--task", "classify", "--labels", "red,blue,green"]
    said, _ = ask(words, module, project, question(0), question(1, (0, 0, 0)))
    assert said[:2] == [{**CLASSIFIER, "classes": NAMES}, {"id": 0, "scores": EACH}]
    assert said[2]["id"] == 1 and "the answer is None" in said[2]["error"]
    module = "def f(image):\n    return {'red': 0.75, 'green': 0.125}\n"
    said, _ = ask(["served:f", "--task", "classify"], module, project, question(0))
    assert said == [CLASSIFIER, {"id": 0, "scores": BEST}]


def test_a_function_that_classifies_is_told_how_to_say_so(project: Path) -> None:
    said, _ = ask(["served:f"], "def f(image):\n    return {'red': 0.75}\n", project, question(0))
    assert "no boxes, labels, scores" in said[1]["error"] and "--task classify" in said[1]["error"]


def test_pictures_are_arrays_with_red_first(project: Path) -> None:
    module = "def f(image):\n    return [image.shape[1::-1] + (8, 6)], [str(image[0, 0].tolist())], [image.dtype.itemsize]\n"
    said, _ = ask(["served:f"], module, project, question(7, (1, 2, 3)))
    assert said[0] == HELLO
    assert said[1] == {"id": 7, "detections": [{"bbox": [8.0, 6.0, 0.0, 0.0], "category": "[1, 2, 3]", "score": 1.0}]}


def test_names_are_announced_and_numbers_stand_for_them(project: Path) -> None:
    module = f"def f(image):\n    return {CORNERS}, [1], [0.5]\n"
    (project / "names.txt").write_text("blue\nred\n")
    (project / "names.json").write_text('["blue",\n "red"]')
    for given in ("blue,red", "blue, red", "names.txt", "names.json"):
        said, _ = ask(["served:f", "--labels", given], module, project, question(0))
        assert said == [{**HELLO, "classes": ["blue", "red"]}, {"id": 0, "detections": [BOX]}]


def test_nothing_that_is_printed_reaches_the_protocol(project: Path) -> None:
    module = """
import ctypes, os, subprocess, sys
c = ctypes.CDLL(None)
print("while it is imported")
c.puts(b"by C, while it is imported")
c.fflush(None)
def f(image):
    print("python")
    os.write(1, b"descriptor\\n")
    c.puts(b"C")
    c.fflush(None)
    subprocess.run("echo child", shell=True)
    sys.__stdout__.write("original\\n")
    print("read:", repr(sys.stdin.read()), subprocess.run("cat", capture_output=True).stdout)
    return []
"""
    said, err = ask(["served:f"], module, project, question(0), question(1))
    assert said == [HELLO, {"id": 0, "detections": []}, {"id": 1, "detections": []}]
    for word in ("while it is imported", "by C, while", "python", "descriptor", "C\n", "child", "original", "read: '' b''"):
        assert word in err


def test_an_error_of_the_function_is_told_and_the_next_picture_is_answered(project: Path) -> None:
    module = "n = []\ndef f(image):\n    n.append(1)\n    if len(n) == 1: raise ValueError('too red')\n    return []\n"
    said, err = ask(["served:f"], module, project, question(0), question(1))
    assert said[1:] == [{"id": 0, "error": "ValueError: too red (served.py:4)"}, {"id": 1, "detections": []}]
    assert "Traceback" in err


def test_an_error_in_a_library_shows_the_line_that_called_it(project: Path) -> None:
    lines = ["import json, numpy", "def f(image):", "    if image[0, 0, 0]:", "        json.loads('{')"]
    module = "\n".join([*lines, "    return numpy.zeros(3).reshape(2, 2)", ""])
    said, _ = ask(["served:f"], module, project, question(0), question(1))
    places = [answer["error"].rsplit(" ", 1)[1] for answer in said[1:]]
    assert set(places) <= {"(served.py:4)", "(served.py:5)"} and places, said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["served"], "write MODULE:FUNCTION"),
        (["nowhere:f"], "there is no module `nowhere` in"),
        (["served:g"], "there is no `g` in `served:g`"),
        (["served:predit"], "there is no `predit` in `served:predit`: did you mean `predict`?"),
        (["served.py:f"], "leave off `.py`, write `served:f`"),
        (["./served.py:f"], "leave off `.py`, write `served:f`"),
        (["models/served.py:f"], "write `models.served:f`"),
        (["../served.py:f"], "write `served:f`, and set PYTHONPATH=/"),
        (["served:n"], "is a int, which cannot be called"),
        ([], "one of the arguments"),
        (["served:f", "--ultralytics", "best.pt"], "not allowed with"),
        (["served:f", "--task", "segment"], "invalid choice"),
    ],
)
def test_what_cannot_be_served_is_told_before_the_first_question(project: Path, words: list[str], message: str) -> None:
    said, err = ask(words, "n = 1\ndef f(image): return []\npredict = f\n", project)
    assert said == [] and message in err and "Traceback" not in err


def test_a_module_above_the_folder_of_the_spec_is_found_for_the_message(project: Path) -> None:
    specs = project / "specs"
    specs.mkdir()
    (project / "mine.py").write_text("")
    _, err = ask(["mine:f"], "", specs)
    assert f"no module `mine` in {specs} (the folder of the spec, in which this runs)" in err
    assert f"it lies in {project}: set PYTHONPATH={project} (a whole path" in err and "in `files`" in err


def test_a_file_that_is_not_there_is_told_with_the_folder_that_paths_lead_from(project: Path) -> None:
    said, err = ask(["served:f"], "open('best.pt')\n", project)
    assert said == [] and f"this runs in {project}, the folder of the spec" in err and "'best.pt'" in err
    said, _ = ask(["served:f"], "def f(image): open('best.pt')\n", project, question(0))
    assert f"'best.pt' (this runs in {project}, the folder of the spec)" in said[1]["error"]


def test_a_module_whose_own_import_fails_shows_where(project: Path) -> None:
    said, err = ask(["served:f"], "import nowhere\n", project)
    assert said == [] and "Traceback" in err and "served.py" in err and "No module named 'nowhere'" in err


def test_fillers_of_libraries_are_no_categories() -> None:
    names = ["__background__", "red", "N/A", "blue", "red"]
    assert _labels.real(names) == ["red", "blue"]
    found = {"boxes": numpy.array(CORNERS * 3), "labels": numpy.array([1, 2, 3]), "scores": numpy.array([0.5, 0.4, 0.3])}
    assert _labels.named(found, names) == (CORNERS * 2, ["red", "blue"], [0.5, 0.3])


def test_a_served_function_is_another_model_when_its_module_changes(project: Path) -> None:
    checks = "[[check]]\non = \"clean\"\nmin = 0.9\n"
    (project / "site.toml").write_text(spec(checks).replace("[perturbation", 'version = "1"\n[perturbation', 1))
    assert windtunnel.run("site.toml").passed and starts(project) == 1
    assert windtunnel.run("site.toml").passed and starts(project) == 1
    worse = (project / "models.py").read_text().replace("return boxes, labels, [0.9] * len(boxes)", "return []")
    (project / "models.py").write_text(worse)
    assert windtunnel.run("site.toml").verdict == "failed" and starts(project) == 2
