"""The plugin of pytest, in processes of their own, as users start it."""

from __future__ import annotations

import os
import xml.etree.ElementTree as xml
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import spec, starts

Run = Callable[..., pytest.RunResult]

PASSED, FAILED, INTERRUPTED, USAGE, NOTHING = 0, 1, 2, 4, 5


def test_every_case_is_a_test_with_its_end(run_pytest: Run, project: Path) -> None:
    ran = run_pytest("--windtunnel", "site.toml", "-v")
    ran.assert_outcomes(passed=3, failed=1, skipped=1, warnings=1)
    assert ran.ret == FAILED and starts(project) == 1
    ran.stdout.fnmatch_lines([
        "site.toml::good/test/clean/map:min *PASSED*",
        "site.toml::good/test/gray@-0.9/map:max_drop FAILED*",
        "site.toml::good/test/flip/map:max_regression SKIPPED*",
    ])
    ran.stdout.fnmatch_lines([
        "map drop 1.000 > 0.050 (clean 1.000 -> *",
        "again: windtunnel run site.toml -k good/test/gray@-0.9/map:max_drop",
        "picture: *good.test.gray@-0.9.jpg",
        "report: *report.html",
    ])
    ran.stdout.fnmatch_lines(["*WindtunnelWarning: good/test/gray@-0.9/map50:max_drop: *"])


def test_it_is_off_unless_asked_for(run_pytest: Run, project: Path) -> None:
    assert run_pytest().ret == NOTHING
    (project / "test_mine.py").write_text("def test_mine(): pass\n")
    run_pytest().assert_outcomes(passed=1)
    assert starts(project) == 0


def test_specs_of_a_folder_beside_other_tests(run_pytest: Run, project: Path) -> None:
    (project / "specs").mkdir()
    moved = spec().replace('"labels.json"', '"../labels.json"').replace('images = "."', 'images = ".."')
    (project / "specs/site.toml").write_text(moved)
    (project / "specs/models.py").write_text((project / "models.py").read_text())
    (project / "tests").mkdir()
    (project / "tests/test_mine.py").write_text("def test_mine(): pass\n")
    run_pytest("--windtunnel", "specs").assert_outcomes(passed=4, failed=1, skipped=1, warnings=1)
    run_pytest("tests", "--windtunnel", "specs/").assert_outcomes(passed=4, failed=1, skipped=1, warnings=1)
    run_pytest("specs", "--windtunnel", "specs").assert_outcomes(passed=3, failed=1, skipped=1, warnings=1)
    assert (project / "target/windtunnel/site/report.html").is_file() and not (project / "specs/target").exists()


@pytest.mark.parametrize("section", ["[tool.pytest.ini_options]", "[tool.pytest]"])
def test_the_configuration_asks_for_it_once_and_for_all(run_pytest: Run, project: Path, section: str) -> None:
    if section == "[tool.pytest]" and int(pytest.__version__.split(".")[0]) < 9:
        pytest.skip("pytest 9's")
    (project / "pyproject.toml").write_text(f'{section}\ntestpaths = ["tests"]\nwindtunnel = ["site.toml"]\n')
    (project / "tests").mkdir()
    (project / "tests/test_mine.py").write_text("def test_mine(): pass\n")
    run_pytest("-c", "pyproject.toml").assert_outcomes(passed=4, failed=1, skipped=1, warnings=1)
    run_pytest("-c", "pyproject.toml", "tests").assert_outcomes(passed=1)
    run_pytest("-c", "pyproject.toml", "site.toml::good/test/clean/map:min").assert_outcomes(passed=1)


def test_only_selected_cases_are_run(run_pytest: Run, project: Path) -> None:
    ran = run_pytest("--windtunnel", "site.toml", "-k", "clean or flip")
    ran.assert_outcomes(passed=1, skipped=1, deselected=3)
    ran.stderr.fnmatch_lines(["site: 6 predictions on 3 images*"])
    assert (project / "target/windtunnel/site/selected/record.json").is_file()


def test_what_failed_last_is_run_again_alone(run_pytest: Run, project: Path) -> None:
    run_pytest("--windtunnel", "site.toml")
    ran = run_pytest("--windtunnel", "site.toml", "--lf")
    ran.assert_outcomes(failed=1)
    ran.stderr.fnmatch_lines(["site: 6 predictions on 3 images*"])
    # What was mended is found out by running it.
    (project / "models.py").write_text((project / "models.py").read_text().replace("> 128", "> 5"))
    run_pytest("--windtunnel", "site.toml", "--lf").assert_outcomes(passed=1)
    run_pytest("--windtunnel", "site.toml", "--lf").assert_outcomes(passed=4, skipped=1)


def test_the_first_failure_ends_the_session(run_pytest: Run) -> None:
    ran = run_pytest("--windtunnel", "site.toml", "-x")
    assert ran.parseoutcomes()["failed"] == 1 and "stopping after 1 failures" in ran.stdout.str()


def test_workers_share_one_run(run_pytest: Run, project: Path) -> None:
    pytest.importorskip("xdist")
    ran = run_pytest("--windtunnel", "site.toml", "-n", "3")
    outcomes = ran.parseoutcomes()
    assert (outcomes["passed"], outcomes["failed"], outcomes["skipped"]) == (3, 1, 1)
    assert starts(project) == 1


def test_what_could_not_be_judged_is_an_error(run_pytest: Run, project: Path) -> None:
    (project / "site.toml").write_text(spec(function="broken"))
    ran = run_pytest("--windtunnel", "site.toml")
    assert ran.ret == FAILED and ran.parseoutcomes()["errors"] >= 3 and "passed" not in ran.parseoutcomes()
    ran.stdout.fnmatch_lines(["*ERROR at setup of case good/test/clean/map:min (finds all)*", "*it says: ValueError: too red*"])


def test_a_model_that_cannot_be_used_is_an_error_of_its_cases(run_pytest: Run, project: Path) -> None:
    (project / "models.py").write_text("import no_such_module\n")
    ran = run_pytest("--windtunnel", "site.toml")
    ran.assert_outcomes(errors=5)
    ran.stdout.fnmatch_lines(["model `good` cannot be used (site.toml:6): *No module named 'no_such_module'*"])


def test_a_mistake_in_a_spec_is_shown_at_its_place(run_pytest: Run, project: Path) -> None:
    (project / "site.toml").write_text(spec() + "max_dorp = 1\n")
    ran = run_pytest("--windtunnel", "site.toml")
    assert ran.ret == INTERRUPTED and starts(project) == 0
    ran.stdout.fnmatch_lines(["*ERROR collecting site.toml*", "error: unknown key `max_dorp` in check #4", "*--> site.toml:*"])


def test_a_spec_that_is_not_there_is_told(run_pytest: Run, project: Path) -> None:
    ran = run_pytest("--windtunnel", "nowhere.toml")
    assert ran.ret == USAGE
    ran.stderr.fnmatch_lines(["ERROR: there is no spec at *nowhere.toml*"])
    (project / "empty").mkdir()
    assert run_pytest("--windtunnel", "empty").ret == USAGE


def test_options_change_the_specs(run_pytest: Run, project: Path) -> None:
    ran = run_pytest("--windtunnel", "site.toml", "--windtunnel-set", "defaults.metric=map75", "--windtunnel-limit", "2", "-v")
    ran.stdout.fnmatch_lines(["site.toml::good/test/clean/map75:min *PASSED*"])
    ran.stderr.fnmatch_lines(["site: * predictions on 2 images*"])
    assert run_pytest("--windtunnel", "site.toml", "--windtunnel-profile", "nightly").ret == INTERRUPTED


def test_junit_xml_has_the_numbers(run_pytest: Run, project: Path) -> None:
    run_pytest("--windtunnel", "site.toml", "--junit-xml", "junit.xml")
    cases = {case.get("name"): case for case in xml.parse(project / "junit.xml").iter("testcase")}
    failed = cases["good/test/gray@-0.9/map:max_drop"]
    properties = {one.get("name"): one.get("value") for one in failed.iter("property")}
    assert properties["check"] == "stands darkness" and float(properties["value"] or "nan") == pytest.approx(1)
    assert os.path.isfile(properties["picture"] or "")
    told = failed.find("failure")
    assert told is not None and "map drop 1.000 > 0.050" in (told.text or "")


TESTS = """
import pytest, windtunnel as wt

def test_holds(windtunnel):
    (case,) = windtunnel.check("site.toml", on="clean")
    assert case.value > 0.9

def test_fails(windtunnel):
    windtunnel.check("site.toml", on="gray")

def test_one_level(windtunnel):
    windtunnel.check("site.toml", on="gray@-0.1", model="good", metric="map")

def test_no_such_case(windtunnel):
    with pytest.raises(wt.Unjudged, match="no case with on = 'blur': `on` is one of"):
        windtunnel.check("site.toml", on="blur")
    with pytest.raises(wt.Unjudged, match="did you mean on = 'gray'"):
        windtunnel.check("site.toml", on=["clean", "grey"])
    with pytest.raises(wt.Unjudged, match="did you mean metric = 'map'"):
        windtunnel.check("site.toml", metric="mapp")

def test_several(windtunnel):
    cases = windtunnel.check("site.toml", on=["clean", "gray@-0.1"], model="good", metric="map")
    assert {case.on for case in cases} == {"clean", "gray@-0.1"}

def test_nothing_to_compare_with(windtunnel):
    windtunnel.check("site.toml", on="flip")

def test_only_warns(windtunnel):
    windtunnel.check("site.toml", metric="map50")

def test_figures(windtunnel):
    assert windtunnel.run("site.toml").figures.where(condition="flip", metric="map", category=None)[0].value > 0.9
"""


def test_the_fixture_runs_a_spec_once_and_checks_its_cases(run_pytest: Run, project: Path) -> None:
    (project / "test_mine.py").write_text(TESTS)
    ran = run_pytest("test_mine.py")
    ran.assert_outcomes(passed=6, failed=1, skipped=1)
    assert starts(project) == 1
    ran.stdout.fnmatch_lines([">*windtunnel.check(\"site.toml\", on=\"gray\")", "E*map drop 1.000 > 0.050*"])


def test_a_spec_is_found_from_where_pytest_was_started_and_beside_the_test(run_pytest: Run, project: Path) -> None:
    (project / "tests").mkdir()
    for name in ("near.toml", "models.py"):
        text = (project / name.replace("near", "site")).read_text()
        text = text.replace('"labels.json"', '"../labels.json"').replace('images = "."', 'images = ".."')
        (project / "tests" / name).write_text(text)
    test = "def test_it(windtunnel):\n    windtunnel.check('{}', on='clean')\n"
    (project / "tests/test_far.py").write_text(test.format("site.toml"))
    (project / "tests/test_near.py").write_text(test.format("near.toml"))
    run_pytest("tests").assert_outcomes(passed=2)


def test_the_fixture_raises_where_nothing_could_be_judged(run_pytest: Run, project: Path) -> None:
    (project / "site.toml").write_text(spec(function="broken"))
    (project / "test_mine.py").write_text("def test_it(windtunnel):\n    windtunnel.check('site.toml', on='clean')\n")
    ran = run_pytest("test_mine.py")
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["E*Unjudged: *ValueError: too red*"])
