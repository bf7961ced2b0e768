"""`windtunnel.run` and `windtunnel.read`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import windtunnel
from conftest import spec, starts


def test_a_record_has_cases_figures_and_a_verdict(project: Path) -> None:
    record = windtunnel.run("site.toml")
    assert record.verdict == "failed" and not record.passed
    outcomes = {case.id: case.outcome for case in record.cases}
    assert outcomes == {
        "good/test/clean/map:min": "pass",
        "good/test/gray@-0.1/map:max_drop": "pass",
        "good/test/gray@-0.9/map:max_drop": "fail",
        "good/test/flip/map:max_regression": "skipped",
        "good/test/gray@-0.9/map50:max_drop": "fail",
    }
    assert [case.is_waived for case in record.cases] == [False, False, False, False, True]
    (failed,) = record.failures
    assert (failed.check, failed.on, failed.threshold) == ("stands darkness", "gray@-0.9", 0.05)
    assert failed.value == pytest.approx(1) and failed.file == "site.toml"
    assert "images that lost most" in failed.text and failed.picture is not None and failed.picture.is_file()
    assert record.counts == {"passed": 2, "failed": 1, "errors": 0, "skipped": 1, "warned": 1}
    assert "stands darkness" in record.report or "gray@-0.9" in record.report


def test_figures_are_those_of_the_record_one_in_a_row(project: Path) -> None:
    record = windtunnel.run("site.toml", options=["--intervals"])
    cells = record.raw[0]["cells"]
    wanted = sum(len(cell["figures"]) + sum(map(len, cell["per_category"].values())) for cell in cells)
    assert len(record.figures) == wanted
    (clean,) = record.figures.where(condition="clean", metric="map", category=None)
    assert (clean.model, clean.dataset, clean.suite) == ("good", "test", "site")
    assert clean.value == cells[0]["figures"]["map"] and clean.low == cells[0]["interval"]["low"]
    (red,) = record.figures.where(condition="clean", metric="map50", category="red")
    assert red.value == cells[0]["per_category"]["red"]["map50"] and red.low is None
    with pytest.raises(TypeError, match="no colour"):
        record.figures.where(colour="red")


def test_figures_go_to_pandas(project: Path) -> None:
    pandas = pytest.importorskip("pandas")
    record = windtunnel.run("site.toml")
    table = record.figures.to_pandas()
    assert list(table.columns) == list(windtunnel.Figure._fields) and len(table) == len(record.figures)
    assert isinstance(table, pandas.DataFrame)


def test_keys_are_set_as_toml_has_them(project: Path) -> None:
    command = [sys.executable, "-m", "windtunnel.serve", "models:half"]
    changed = windtunnel.run("site.toml", set={"model.good.command": command, "model.good.version": "2", "seed": 7}, limit=3)
    assert changed.raw[0]["spec"]["seed"] == 7
    assert changed.raw[0]["models"][0]["card"]["settings"]["command"] == command
    assert changed.cases[0].outcome == "fail"
    with pytest.raises(TypeError, match="cannot be a object"):
        windtunnel.run("site.toml", set={"seed": object()})


def test_a_filter_runs_some_cases_and_leaves_the_whole_record_alone(project: Path) -> None:
    whole = windtunnel.run("site.toml")
    some = windtunnel.run("site.toml", filter=["*/clean/*", "*/flip/*"])
    assert [case.on for case in some.cases] == ["clean", "flip"]
    assert whole.paths != some.paths and windtunnel.read(whole.paths[0]).raw == whole.raw


def test_several_specs_are_one_record(project: Path) -> None:
    (project / "specs").mkdir()
    for name, function in (("a", "predict"), ("b", "broken")):
        text = spec("[[check]]\nmin = 0.5\non = \"clean\"\n", function).replace('"labels.json"', '"../labels.json"')
        text = text.replace('images = "."', 'images = ".."').replace("version = 1\n", f'version = 1\nname = "{name}"\n')
        (project / f"specs/{name}.toml").write_text(text)
    (project / "specs/models.py").write_text((project / "models.py").read_text())
    record = windtunnel.run()
    assert [(case.suite, case.outcome) for case in record.cases] == [("a", "pass"), ("b", "error")]
    assert record.verdict == "could not be judged"
    assert "too red" in record.cases[1].message


def test_mistakes_are_shown_at_their_place(project: Path) -> None:
    with pytest.raises(windtunnel.SpecError, match="--no-such"):
        windtunnel.run("site.toml", options=["--no-such"])
    (project / "site.toml").write_text(spec() + "max_dorp = 1\n")
    with pytest.raises(windtunnel.SpecError) as caught:
        windtunnel.run("site.toml")
    assert "site.toml:" in str(caught.value) and "did you mean `max_drop`" in str(caught.value)
    with pytest.raises(windtunnel.SpecError, match="there is no spec at `nowhere.toml`"):
        windtunnel.run("nowhere.toml")
    assert starts(project) == 0


def test_nothing_selected_is_no_pass(project: Path) -> None:
    with pytest.raises(windtunnel.NothingSelected, match="no case matches `nothing`"):
        windtunnel.run("site.toml", filter="nothing")


def test_a_model_that_cannot_be_used_is_no_pass(project: Path) -> None:
    (project / "models.py").write_text("import no_such_module\n")
    record = windtunnel.run("site.toml")
    assert record.verdict == "could not be judged"
    (setup,) = record.setup
    assert setup.model == "good" and "no_such_module" in setup.message
    assert all(case.blocked_by == setup for case in record.cases)


def test_what_is_read_is_what_was_written_and_a_damaged_record_is_refused(project: Path) -> None:
    record = windtunnel.run("site.toml")
    assert windtunnel.read(record.paths[0]).raw == record.raw
    path = project / "damaged.json"
    path.write_text(json.dumps({**record.raw[0], "version": 99}))
    with pytest.raises(windtunnel.WindtunnelError, match="damaged.json"):
        windtunnel.read(path)


def test_a_notebook_shows_verdict_failures_and_their_pictures(project: Path) -> None:
    page = windtunnel.run("site.toml")._repr_html_()
    assert "site: failed" in page and "good/test/gray@-0.9/map:max_drop" in page
    assert "data:image/" in page and "good/test/clean/map:min" not in page
    assert "<th>map on test</th><th>good</th>" in page and "<td style='text-align:left'>clean</td>" in page


def test_a_notebook_shows_figures_and_how_many_there_are(project: Path) -> None:
    figures = windtunnel.run("site.toml").figures
    page = figures._repr_html_()
    assert "<th>model</th>" in page and page.count("<tr>") == 21 and f"and {len(figures) - 20} more" in page
    assert "more" not in figures.where(metric="map", category=None)._repr_html_()


def test_listed_cases_are_those_that_are_judged(project: Path) -> None:
    (listing,) = windtunnel.list_cases("site.toml")
    record = windtunnel.run("site.toml")
    assert starts(project) == 1
    assert [case.id for case in listing.cases] == [case.id for case in record.cases]
    assert listing.record == record.paths[0] and listing.cases[0].line == record.cases[0].line


def test_progress_goes_to_the_standard_error_of_python(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    windtunnel.run("site.toml")
    told = capsys.readouterr()
    assert "12 predictions on 3 images" in told.err and told.out == ""
    windtunnel.run("site.toml", progress=False)
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(os.name != "posix", reason="signals as Unix has them")
def test_an_interrupt_ends_the_program_too(project: Path) -> None:
    slow = (project / "models.py").read_text() + "\ndef slow(image):\n    import time\n    time.sleep(600)\n"
    (project / "models.py").write_text(slow)
    # Other tests run beside this one: a name that none of them has tells its program from theirs.
    (project / "interrupted.toml").write_text(spec(function="slow"))
    code = "import windtunnel; windtunnel.run('interrupted.toml')"
    # Jobs in the background of a shell ignore interrupts, and hand that down to what they start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)
    while starts(project) == 0:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode != 0 and "KeyboardInterrupt" in err
    children = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert "run interrupted.toml" not in children and "models:slow" not in children


def test_the_python_of_a_spec_is_this_one(project: Path) -> None:
    noting = "import sys\nopen('python', 'w').write(sys.executable)\n"
    (project / "models.py").write_text(noting + (project / "models.py").read_text())
    record = windtunnel.run("site.toml", set={"model.good.command": ["python", "-m", "windtunnel.serve", "models:predict"]})
    assert record.cases[0].outcome == "pass"
    assert Path((project / "python").read_text()).parent == Path(sys.executable).parent


def test_the_program_is_named_by_a_variable_or_missed_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WINDTUNNEL_BIN", str(tmp_path / "none"))
    with pytest.raises(windtunnel.ProgramMissing, match="WINDTUNNEL_BIN names"):
        windtunnel.program()


def test_the_module_is_the_program(project: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "windtunnel", "check", "site.toml", "--no-such"], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 2 and "--no-such" in done.stderr
