//! `windtunnel run --watch`: runs again when something that it read changes. Each test waits for what the program says, for as
//! long as it takes, and never for a time.

use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::support::{Workshop, repository, small_spec};

/// Longer than anything here takes, on any machine.
const LONG: Duration = Duration::from_mins(5);

const WAITS: &str = "for changes; Ctrl-C ends";

/// A program that watches, and what it says on both streams.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(workshop: &Workshop, args: &[&str]) -> Self {
        // One pipe for both streams, so that what comes first is read first.
        let (out, into) = std::io::pipe().unwrap();
        let mut command = workshop.command(&[&["run"], args, &["--watch"]].concat());
        let child = command.stdout(into.try_clone().unwrap()).stderr(into).spawn().unwrap();
        let (said, lines) = channel();
        std::thread::spawn(move || {
            BufReader::new(out).lines().map_while(Result::ok).try_for_each(|line| said.send(line))
        });
        Self { child, lines }
    }

    /// All that it says until it waits for changes.
    fn until_it_waits(&self) -> String {
        let mut said = String::new();
        while !said.contains(WAITS) {
            let line = self.lines.recv_timeout(LONG).unwrap_or_else(|_| panic!("it says no more than:\n{said}"));
            said += &(line + "\n");
        }
        said
    }

    /// Interrupts it; the exit code.
    #[cfg(unix)]
    fn end(mut self) -> i32 {
        let kill = std::process::Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        self.child.wait().unwrap().code().unwrap()
    }

    #[cfg(not(unix))]
    fn end(self) {}
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn check(least: f64) -> String {
    small_spec(&format!("[[check]]\non = \"clean\"\nmin = {least}\n"))
}

/// Four pictures in a folder of their own, and a copy of the detector, so that both can change.
fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.blood_cells(4);
    workshop.write("a.onnx", std::fs::read(repository("examples/models/bccd_a.onnx")).unwrap());
    workshop.write("spec.toml", own_model(&check(0.2)));
    workshop
}

/// The spec with the model in the workshop.
fn own_model(spec: &str) -> String {
    let path = repository("examples/models/bccd_a.onnx");
    spec.replace(&serde_json::json!(path.display().to_string()).to_string(), "\"a.onnx\"")
}

#[test]
fn a_threshold_a_model_a_picture_and_a_baseline_that_change_are_judged_again() {
    let workshop = workshop();
    let watching = Watching::start(&workshop, &["spec.toml"]);
    let said = watching.until_it_waits();
    assert!(said.contains("small passed") && !said.contains("answers from the store"), "{said}");

    // As editors replace a file.
    workshop.write(".spec.toml.new", own_model(&check(0.99)));
    std::fs::rename(workshop.path(".spec.toml.new"), workshop.path("spec.toml")).unwrap();
    let said = watching.until_it_waits();
    assert!(said.contains(" UTC: spec.toml changed; running again"), "{said}");
    assert!(said.contains("small failed") && said.contains("4 answers from the store"), "{said}");

    workshop.write("a.onnx", std::fs::read(repository("examples/models/bccd_b.onnx")).unwrap());
    let said = watching.until_it_waits();
    assert!(said.contains("a.onnx changed; running again") && !said.contains("answers from the store"), "{said}");

    let first = std::fs::read_dir(workshop.path("images")).unwrap().next().unwrap().unwrap();
    let name = first.file_name().into_string().unwrap();
    let picture = image::open(first.path()).unwrap().fliph();
    picture.save(workshop.path("images/.new.jpg")).unwrap();
    std::fs::rename(workshop.path("images/.new.jpg"), first.path()).unwrap();
    let said = watching.until_it_waits();
    assert!(said.contains(&format!("{name} changed; running again")), "{said}");
    assert!(said.contains("3 answers from the store"), "only what changed is asked: {said}");

    workshop.write("windtunnel.baseline.json", "{}");
    let said = watching.until_it_waits();
    assert!(said.contains("windtunnel.baseline.json is new; running again"), "{said}");
    #[cfg(unix)]
    assert_ne!(watching.end(), 0);
    #[cfg(not(unix))]
    watching.end();
}

#[test]
fn a_spec_that_is_broken_meanwhile_says_so_and_is_watched_on() {
    let workshop = workshop();
    workshop.write("specs/a.toml", std::fs::read(workshop.path("spec.toml")).unwrap());
    workshop.write(
        "specs/a.toml",
        own_model(&check(0.2))
            .replace("\"a.onnx\"", "\"../a.onnx\"")
            .replace("= \"labels", "= \"../labels")
            .replace("= \"images\"", "= \"../images\""),
    );
    let right = std::fs::read_to_string(workshop.path("specs/a.toml")).unwrap();
    let watching = Watching::start(&workshop, &[]);
    assert!(watching.until_it_waits().contains("small passed"));

    workshop.write("specs/a.toml", right.replace("on = \"clean\"", "on = \"clean"));
    let said = watching.until_it_waits();
    assert!(said.contains("not valid TOML") && said.contains("specs/a.toml:"), "{said}");

    workshop.write("specs/a.toml", &right);
    assert!(watching.until_it_waits().contains("small passed"));

    // A folder is watched for specs that come and go.
    workshop.write("specs/b.toml", right.replace("\"small\"", "\"other\""));
    let said = watching.until_it_waits();
    assert!(said.contains("specs/b.toml is new; running again") && said.contains("other passed"), "{said}");
    std::fs::remove_file(workshop.path("specs/b.toml")).unwrap();
    let said = watching.until_it_waits();
    assert!(said.contains("specs/b.toml is gone; running again") && !said.contains("other passed"), "{said}");
    #[cfg(unix)]
    assert_eq!(watching.end(), 0, "the code of the last run");
    #[cfg(not(unix))]
    watching.end();
}

#[test]
fn pictures_that_come_to_a_folder_are_judged_and_what_the_run_writes_is_no_change() {
    let workshop = workshop();
    // The folder of the pictures is that of everything: reports go to it, too.
    let dataset = "[dataset.test]\nformat = \"images\"\npath = \".\"\n";
    let report = "[report]\njunit = \"junit.xml\"\n";
    let blur = "[perturbation.blur]\nkind = \"gaussian_blur\"\nseverity = 1\n[[check]]\non = \"blur\"\nmin = 0.1\n";
    let model = "[model.a]\nkind = \"onnx\"\nengine = \"rten\"\npath = \"a.onnx\"\nlabels = [\"RBC\", \"WBC\", \"Platelets\"]\n";
    workshop.write("spec.toml", format!("version = 1\nname = \"small\"\n{dataset}{model}{blur}{report}"));
    let watching = Watching::start(&workshop, &["spec.toml"]);
    assert!(watching.until_it_waits().contains("on 4 images"));
    let first = std::fs::read_dir(workshop.path("images")).unwrap().next().unwrap().unwrap().path();
    workshop.write("images/more.jpg", std::fs::read(first).unwrap());
    let said = watching.until_it_waits();
    assert!(
        said.starts_with(|c: char| c.is_ascii_digit()) && said.contains("more.jpg is new; running again"),
        "{said}"
    );
    watching.end();
}

#[test]
fn what_is_missing_is_waited_for() {
    let workshop = workshop();
    std::fs::rename(workshop.path("a.onnx"), workshop.path("later.onnx")).unwrap();
    let watching = Watching::start(&workshop, &["spec.toml"]);
    let said = watching.until_it_waits();
    assert!(said.contains("no model file at a.onnx"), "{said}");
    std::fs::rename(workshop.path("later.onnx"), workshop.path("a.onnx")).unwrap();
    let said = watching.until_it_waits();
    assert!(said.contains("a.onnx is new; running again") && said.contains("small passed"), "{said}");

    // The folders of a split that `data.yaml` names.
    workshop.write("data.yaml", "path: .\nval: cells/images\nnames: [RBC, WBC, Platelets]\n");
    let spec = own_model(&check(0.01)).replace(
        "format = \"coco\"\npath = \"labels.json\"\nimages = \"images\"",
        "format = \"yolo\"\npath = \"data.yaml\"\nsplit = \"val\"",
    );
    workshop.write("spec.toml", spec);
    let said = watching.until_it_waits();
    assert!(said.contains("leads nowhere"), "{said}");
    for file in std::fs::read_dir(workshop.path("images")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let labels = std::fs::read(repository(&format!("examples/bccd/labels/{name}.txt"))).unwrap();
        workshop.write(&format!("cells.new/labels/{name}.txt"), labels);
        workshop.write(&format!("cells.new/images/{name}.jpg"), std::fs::read(&path).unwrap());
    }
    std::fs::rename(workshop.path("cells.new"), workshop.path("cells")).unwrap();
    let said = watching.until_it_waits();
    assert!(said.contains("cells/images is new; running again") && said.contains("small passed"), "{said}");
    watching.end();
}

#[test]
fn what_nobody_could_watch_is_refused_with_a_way_out() {
    let workshop = workshop();
    for (more, expected) in [
        (["--partition", "1/2"], "leave one of `--watch` and `--partition` out"),
        (["--last-failed", "-q"], "choose them by `-k GLOB` instead"),
        (["--json", "-"], "give `--json` a file"),
    ] {
        let ran = workshop.run(&[&["run", "spec.toml", "--watch"], &more[..]].concat());
        assert_eq!(ran.code, 2, "{more:?}");
        assert!(ran.says(expected), "{}", ran.stderr);
    }
    let ran = workshop.command(&["run", "spec.toml", "--watch"]).env("CI", "true").output().unwrap();
    let ran = workshop.finish(ran);
    assert!(
        ran.code == 2 && ran.says("CI=true says that this is a job of CI: leave `--watch` out, or unset CI"),
        "{}",
        ran.stderr
    );
    let ran = workshop.run(&["run", "absent.toml", "--watch"]);
    assert!(ran.code == 2 && ran.says("there is no spec at `absent.toml`"), "{}", ran.stderr);
    assert!(!workshop.has_reports());
}
