//! `windtunnel init`: a spec drafted from what lies around, measured, and written with thresholds that hold.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, bail};
use windtunnel::exit::Exit;
use windtunnel::gate::Outcome;
use windtunnel::plan::Plan;
use windtunnel::record::{CaseRecord, Record, Silence, calibrate};
use windtunnel::report::{calibration, counted};
use windtunnel::run::{Context, Threads, run};
use windtunnel::store::Store;
use windtunnel::untrusted::Shown as _;

use crate::args::{Global, Init, STORE};
use crate::clock::clock;
use crate::context::threads;
use crate::files;
use crate::init::{
    Draft, EXAMPLE_SPEC, Fit, Limit, Model, Surroundings, dataset, detects, ignore_output, look, model, named_folders,
    plan, section_name, workflow_text, write_example,
};
use crate::progress::Progress;

/// Models that are compared, at first.
const MODELS: usize = 4;

/// How far below what was measured a threshold lies that has no interval to lie below.
const BELOW: f64 = 0.05;

/// Fewer images than this say little.
const MIN_IMAGES: usize = 50;

/// Writes a spec; the exit code.
pub fn init(args: &Init, global: &Global) -> anyhow::Result<Exit> {
    // Messages without a leading `./`.
    let folder: PathBuf = args.folder.components().filter(|part| *part != Component::CurDir).collect();
    if args.example {
        return example(&folder);
    }
    let specs = folder.join("specs");
    let file = specs.join(format!("{}.toml", args.name));
    let workflow = folder.join(".github/workflows/windtunnel.yml");
    if !args.folder.is_dir() {
        bail!("there is no folder `{}`: name the one that holds the images and the models", args.folder.shown());
    }
    if file.symlink_metadata().is_ok() {
        bail!("{} is there already: move it away, or choose another --name", file.shown());
    }
    if args.github && workflow.symlink_metadata().is_ok() {
        bail!("{} is there already: move it away, or leave out --github", workflow.shown());
    }
    // Paths of a spec lead over its folder, which has to be there for that.
    let is_new = !specs.exists();
    std::fs::create_dir_all(&specs).with_context(|| format!("cannot make {}", specs.shown()))?;
    let drafted = drafted(args, &file, global);
    if drafted.is_err() && is_new {
        let _still_used = std::fs::remove_dir(&specs);
    }
    let code = match drafted? {
        Drafted::Whole(text, judged) => {
            files::write(&file, text.as_bytes())?;
            say!("{}: {} cases, all hold", file.shown(), judged.cases.len());
            if judged.models.len() > 1 {
                say!("  every model meets the thresholds, so the weakest sets them: leave in the spec what you ship");
            }
            Exit::Passed
        }
        Drafted::Unfinished(text) => {
            files::write(&file, text.as_bytes())?;
            say!("{}: a draft that is not finished: `windtunnel check {0}` says what is left to fill in", file.shown());
            Exit::Misused
        }
    };
    if ignore_output(Path::new(""))? {
        say!(".gitignore: what runs write is ignored (target/windtunnel)");
    }
    if args.github {
        files::write(&workflow, workflow_text().as_bytes())?;
        say!("{}: judges every pull request;", workflow.shown());
        say!("  put the account that holds windtunnel's repository in place of OWNER in it");
    }
    if code == Exit::Passed {
        say!("next: windtunnel run {}", file.shown());
    }
    Ok(code)
}

/// Writes the example, and says what to do with it.
fn example(folder: &Path) -> anyhow::Result<Exit> {
    write_example(folder)?;
    let spec = folder.join(EXAMPLE_SPEC);
    say!("{}: a spec to read and change", spec.shown());
    say!("{}: 12 pictures of blood cells with labels, and a small detector (0.6 MB)", folder.join("example").shown());
    if ignore_output(folder)? {
        say!("{}: what runs write is ignored (target/windtunnel)", folder.join(".gitignore").shown());
    }
    say!("next:");
    if !folder.as_os_str().is_empty() {
        // Quotes that every shell knows.
        let name = folder.shown();
        say!("  cd {}", if name.contains(' ') { format!("\"{name}\"") } else { name });
    }
    say!("  windtunnel run {EXAMPLE_SPEC}    # 3 cases, all hold");
    say!("  windtunnel run {EXAMPLE_SPEC} --set perturbation.archive.severity=5    # stronger compression: one fails");
    say!("  then open target/windtunnel/example/report.html, and see which cells were lost");
    say!("  with --watch it judges again whenever you save the spec: raise `min` to 0.9");
    say!("for your own: `windtunnel init` in a folder with your pictures, labels and ONNX files");
    Ok(Exit::Passed)
}

/// What came of drafting.
enum Drafted {
    /// The spec's text, and what came of running it.
    Whole(String, Box<Record>),
    /// The text with what is left to say.
    Unfinished(String),
}

fn drafted(args: &Init, file: &Path, global: &Global) -> anyhow::Result<Drafted> {
    let found = as_models_have_it(args, file, look(&args.folder));
    let mut open = Open::default();
    let mut draft = with_dataset(args, file, &found, &mut open)?;
    if draft.dataset.is_some() {
        choose_models(args, file, &mut draft, &found, &mut open)?;
    }
    if open.is_open {
        return Ok(Drafted::Unfinished(draft.unfinished(file, &open.why)));
    }
    let threads = threads(None)?;
    let mut measured = measure(&plan(file, draft.unjudged()).map_err(anyhow::Error::msg)?, &threads, global)?;
    if leave_out_the_silent(&mut draft, &measured) {
        measured = measure(&plan(file, draft.unjudged()).map_err(anyhow::Error::msg)?, &threads, global)?;
    }
    let checks = if draft.is_labelled() {
        calibration(&calibrate(&measured, None), "the first run")
    } else {
        without_labels(&measured, &[])
    };
    let mut text = draft.whole(file, &checks);
    let mut judged = measure(&plan(file, text.clone()).map_err(anyhow::Error::msg)?, &threads, global)?;
    if !draft.is_labelled() && leave_out_the_unjudged(&mut draft, &judged) {
        measured = measure(&plan(file, draft.unjudged()).map_err(anyhow::Error::msg)?, &threads, global)?;
        text = draft.whole(file, &without_labels(&measured, &[]));
        judged = measure(&plan(file, text.clone()).map_err(anyhow::Error::msg)?, &threads, global)?;
    }
    if judged.exit_code != Exit::Passed && !draft.is_labelled() {
        // Where a model says nothing of many clean pictures, saying nothing of all would hold as well: no check for that.
        let hollow: Vec<String> =
            judged.cases.iter().filter(|case| is_open(case)).map(|case| case.on.clone()).collect();
        let checks = without_labels(&measured, &hollow);
        if !checks.contains("[[check]]") {
            bail!(
                "nothing can be held of these models on these pictures: {}; take pictures with things that they know, or models \
                 that are surer",
                voices(&draft, &measured)
            );
        }
        text = draft.whole(file, &checks);
        judged = measure(&plan(file, text.clone()).map_err(anyhow::Error::msg)?, &threads, global)?;
    }
    if judged.exit_code != Exit::Passed {
        bail!("the drafted spec would not pass (exit code {}): please report this", judged.exit_code);
    }
    Ok(Drafted::Whole(text, Box::new(judged)))
}

/// Whether a case does not hold.
fn is_open(case: &CaseRecord) -> bool {
    case.verdict.outcome != Outcome::Pass
}

/// How much each model says of the clean pictures.
fn voices(draft: &Draft, measured: &Record) -> String {
    let Some(dataset) = measured.datasets.first() else { return String::new() };
    let told = draft.models.iter().filter_map(|model| Silence::of(measured, &model.name, dataset));
    told.map(|silence| format!("`{}` {}", silence.model, silence.told())).collect::<Vec<_>>().join(", ")
}

/// Leaves out the models of which most checks cannot be held, where those of another can: thresholds for all would hold for one
/// that says nothing. Whether any was left out.
fn leave_out_the_unjudged(draft: &mut Draft, judged: &Record) -> bool {
    let count = |model: &Model| {
        let cases = || judged.cases.iter().filter(|case| case.model.as_ref() == Some(&model.name));
        (cases().filter(|case| is_open(case)).count(), cases().count())
    };
    let counts: Vec<(usize, usize)> = draft.models.iter().map(count).collect();
    let Some(best) = counts.iter().position(|count| !is_mostly_open(*count)) else { return false };
    let other = draft.models[best].path.shown();
    let before = draft.models.len();
    let mut counts = counts.into_iter();
    draft.models.retain(|model| {
        let (open, all) = counts.next().unwrap_or_default();
        let path = model.path.shown();
        if is_mostly_open((open, all)) {
            say!(
                "model: {path}: left out: it says too little for {open} of {all} checks to be held: `windtunnel parity {other} \
                 {path}` holds the two against each other"
            );
        }
        !is_mostly_open((open, all))
    });
    draft.models.len() < before
}

/// Whether most checks of a model, of all, do not hold.
fn is_mostly_open((open, all): (usize, usize)) -> bool {
    2 * open > all
}

/// Leaves out the models that say nothing of most pictures, where others say more and no label tells who is right: the threshold of
/// all would hold for one that says nothing at all. Whether any was left out.
fn leave_out_the_silent(draft: &mut Draft, measured: &Record) -> bool {
    let Some(dataset) = measured.datasets.first() else { return false };
    let silence = |model: &Model| Silence::of(measured, &model.name, dataset).filter(Silence::is_most);
    let Some(speaking) = draft.models.iter().find(|model| silence(model).is_none()).map(|model| model.path.clone())
    else {
        return false;
    };
    let before = draft.models.len();
    draft.models.retain(|model| {
        let Some(silence) = silence(model) else { return true };
        let path = model.path.shown();
        say!(
            "model: {path}: left out: it {}, and others find more: `windtunnel parity {} {path}` holds them against each other",
            silence.told(),
            speaking.shown()
        );
        false
    });
    draft.models.len() < before
}

/// What was found, with folders of pictures taken for classes only if no model says otherwise: cameras and days have folders,
/// too, and a detector does not tell classes of pictures.
fn as_models_have_it(args: &Init, file: &Path, found: Surroundings) -> Surroundings {
    let Some(pictures) = &found.pictures else { return found };
    let draft = Draft { dataset: Some(pictures.clone()), ..empty(args) };
    let labels = args.labels.as_deref();
    let are_detectors = found.models.iter().map(|path| detects(file, &draft, path, labels)).collect::<Vec<_>>();
    // One classifier beside them is for classes; what is neither says nothing.
    let classes = found.datasets.first().map(|classes| Draft { dataset: Some(classes.clone()), ..draft.clone() });
    let classifies = |path: &PathBuf| {
        let Some((classes, data)) = classes.as_ref().and_then(|draft| Some((draft, dataset(file, draft).ok()?))) else {
            return false;
        };
        let tried = Model { name: section_name(path, &[]), path: path.clone(), lines: Vec::new() };
        model(file, classes, &tried, &data, labels).map_or_else(|misfit| misfit.open.is_some(), |_| true)
    };
    let mut others = found.models.iter().zip(&are_detectors).filter(|(_, detects)| !**detects).map(|(path, _)| path);
    if !are_detectors.contains(&true) || others.any(classifies) {
        return found;
    }
    let folders = found.datasets.first().map(|classes| classes.classes.join(", ")).unwrap_or_default();
    say!("folders of {} ({folders}): pictures, not classes, as the models detect objects", named(&pictures.path));
    Surroundings { datasets: vec![pictures.clone()], pictures: None, ..found }
}

/// What keeps a draft from being finished.
#[derive(Default)]
struct Open {
    is_open: bool,
    /// For the draft's own comments.
    why: Vec<String>,
}

impl Open {
    /// Says what hindered, here and in the draft.
    fn because(&mut self, why: String) {
        tell!("{why}");
        self.is_open = true;
        self.why.push(why);
    }
}

/// A draft of nothing yet.
fn empty(args: &Init) -> Draft {
    Draft {
        name: args.name.clone(),
        dataset: None,
        categories: None,
        limit: None,
        min_images: 1,
        elsewhere: Vec::new(),
        models: Vec::new(),
        classifies: false,
    }
}

/// A draft with the first dataset that can be read.
fn with_dataset(args: &Init, file: &Path, found: &Surroundings, open: &mut Open) -> anyhow::Result<Draft> {
    let empty = empty(args);
    let mut failures = Vec::new();
    for guess in &found.datasets {
        let mut draft = Draft { dataset: Some(guess.clone()), ..empty.clone() };
        match dataset(file, &draft) {
            Ok(data) => {
                let images = data.images.len();
                draft.limit = Limit::of_run(args.limit.map(|limit| limit as usize), images);
                let judged = draft.limit.as_ref().map_or(images, |limit| limit.images);
                // A picture that is taken out later is no reason to judge nothing.
                draft.min_images = (judged - judged / 5).min(MIN_IMAGES);
                let categories = if data.is_labelled {
                    format!("{} categories", data.categories.len())
                } else {
                    "no labels: nothing here says what is in them".to_owned()
                };
                let path = &guess.path;
                let split = guess.split.as_ref().map(|split| format!(" ({split})")).unwrap_or_default();
                say!("dataset: {}{split}: {}, {}, {categories}", named(path), guess.format, counted(images, "image"));
                draft.elsewhere = found.left_out(guess);
                if !draft.elsewhere.is_empty() {
                    say!(
                        "  left out, as fewer pictures are there: {}; the spec has lines that take them",
                        named_folders(&draft.elsewhere)
                    );
                }
                if let Some(limit) = &draft.limit {
                    say!("  {} (--limit {images})", limit.told());
                }
                for unread in found.unread.iter().filter(|_| !data.is_labelled) {
                    say!("  note: {unread}");
                }
                for warning in &data.warnings {
                    say!("  note: {warning}");
                }
                return Ok(draft);
            }
            Err(reason) => failures.push(format!("{}: {reason}", named(&guess.path))),
        }
    }
    let folder = args.folder.shown();
    let why = if failures.is_empty() {
        format!(
            "no dataset in {folder}: looked for COCO JSON, a data.yaml and VOC XML files, with their images, for folders of classes, and for pictures"
        )
    } else {
        format!("no dataset in {folder} can be read:\n  {}", failures.join("\n  "))
    };
    if found.models.is_empty() {
        bail!(why);
    }
    open.because(why);
    let model = |path: &PathBuf| Model { name: section_name(path, &[]), path: path.clone(), lines: Vec::new() };
    Ok(Draft { models: found.models.iter().take(1).map(model).collect(), ..empty })
}

/// What the least stable model says now, as checks: the threshold of each condition lies below what was measured, by what is
/// left out of its interval or by [`BELOW`]. Conditions in `left_out` get none.
fn without_labels(measured: &Record, left_out: &[String]) -> String {
    let mut checks = String::from("# What the models do now, less a little; the thresholds are yours to judge.\n");
    let is_held = |name: &str| !left_out.iter().any(|left_out| left_out == name);
    for condition in measured.conditions.iter().filter(|one| !one.steps.is_empty() && is_held(&one.name.0)) {
        let of_condition = measured.cells.iter().filter(|cell| cell.condition == condition.name);
        let figures = of_condition.filter_map(|cell| {
            let figure = cell.figures.get("stability").copied().flatten()?;
            Some((
                figure,
                &cell.model,
                cell.interval.map_or(figure - BELOW, |interval| interval.low.min(figure - BELOW / 2.0)),
            ))
        });
        let Some((figure, model, low)) = figures.reduce(|one, other| if other.2 < one.2 { other } else { one }) else {
            continue;
        };
        let of = if measured.models.len() > 1 { format!(" of {model}") } else { String::new() };
        let threshold = (100.0 * low).floor() / 100.0;
        if threshold > 0.0 {
            let _infallible = write!(
                checks,
                "\n[[check]]\non = \"{}\"\nmetric = \"stability\"\nmin = {threshold:.2}  # {figure:.3} now{of}\n",
                condition.name
            );
        }
    }
    checks
}

/// A path below the folder that was looked into; the folder itself is `.`.
fn named(path: &Path) -> String {
    if path.as_os_str().is_empty() { ".".to_owned() } else { path.shown() }
}

/// The models that can be used on the dataset, and the categories that they know.
fn choose_models(
    args: &Init,
    file: &Path,
    draft: &mut Draft,
    found: &Surroundings,
    open: &mut Open,
) -> anyhow::Result<()> {
    let data = dataset(file, draft).map_err(anyhow::Error::msg)?;
    let mut fits: Vec<Fit> = Vec::new();
    let mut left_open: Vec<Model> = Vec::new();
    for path in &found.models {
        if fits.len() == MODELS {
            say!("model: {}: left out, {MODELS} are enough for a start", path.shown());
            continue;
        }
        let taken: Vec<&str> =
            fits.iter().map(|fit| &fit.model).chain(&left_open).map(|model| model.name.as_str()).collect();
        let tried = Model { name: section_name(path, &taken), path: path.clone(), lines: Vec::new() };
        match model(file, draft, &tried, &data, args.labels.as_deref()) {
            Ok(fit) => {
                let few = fit.knows.as_ref().map(|knows| format!(": knows {} of the categories", knows.len()));
                say!("model: {}{}", path.shown(), few.unwrap_or_default());
                fits.push(fit);
            }
            Err(misfit) => {
                // The reason may begin with the path as the draft would name it.
                let name = format!("{}: ", path.shown());
                let reason = misfit.reason.split_once(&name).map_or(misfit.reason.as_str(), |(_, reason)| reason);
                let why = format!("model: {name}left out: {reason}");
                say!("{why}");
                open.why.push(why);
                left_open.extend(misfit.open);
            }
        }
    }
    if !fits.is_empty() {
        keep_those_that_agree(draft, fits);
        return Ok(());
    }
    open.because(why_no_model(found));
    // One is enough to say what is wanted.
    left_open.truncate(1);
    draft.models = left_open;
    Ok(())
}

/// The models that know all of the categories that count: all, or as many as one of them knows.
fn keep_those_that_agree(draft: &mut Draft, fits: Vec<Fit>) {
    let is_whole = fits.iter().any(|fit| fit.knows.is_none());
    let most = fits.iter().filter_map(|fit| fit.knows.clone()).rev().max_by_key(Vec::len).filter(|_| !is_whole);
    for fit in fits {
        let knows = |category: &String| fit.knows.as_ref().is_none_or(|knows| knows.contains(category));
        let is_enough = fit.knows.is_none() || most.as_ref().is_some_and(|most| most.iter().all(knows));
        if is_enough {
            draft.models.push(fit.model);
        } else {
            say!(
                "model: {}: left out: it knows fewer categories than the others; a spec of its own with `categories = [{}]` in the \
                 dataset holds it",
                fit.model.path.shown(),
                fit.knows.iter().flatten().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
            );
        }
    }
    if let Some(most) = &most {
        say!("categories: {}: the models know no others of the dataset's", most.join(", "));
    }
    draft.categories = most;
}

fn why_no_model(found: &Surroundings) -> String {
    match (found.models.is_empty(), found.weights.first()) {
        (false, _) => {
            "no model can be used on this dataset; `windtunnel check --probe` on a spec of your own tells more"
                .to_owned()
        }
        (true, Some(weights)) => format!(
            "no ONNX file found, but {0}: export it first, with what it was trained with (Ultralytics: `yolo export \
             model={0} format=onnx`)",
            weights.shown()
        ),
        (true, None) => {
            "no model found: put an ONNX file here (`yolo export format=onnx`), or write a spec for a hosted model, a \
                         server or a script: `windtunnel explain` lists them"
                .to_owned()
        }
    }
}

/// Runs a plan; the answers are kept for the runs to come.
fn measure(plan: &Plan, threads: &Threads, global: &Global) -> anyhow::Result<Record> {
    let store = Store::open(&PathBuf::from(STORE)).context("answers cannot be kept")?;
    let progress = Progress::new(&plan.name, global.quiet > 0);
    let clock = clock();
    let context = Context {
        threads,
        clock: &clock,
        events: &progress,
        interrupted: &AtomicBool::new(false),
        store: Some(&store),
        is_offline: false,
        is_drawing_all: true,
        is_failing_fast: false,
    };
    let finished = run(plan, &context);
    progress.finish();
    let record = finished.record;
    match record.setup.first() {
        Some(failed) => bail!("{}", failed.failure.message),
        None => Ok(record),
    }
}
