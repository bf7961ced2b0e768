//! The children of a model: started when first needed, as many as there are workers, and anew after a crash.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::child::{Child, NoLine};
use super::options::SubprocessOptions;
use super::protocol::{self, Hello, Reply, VERSION};
use crate::entry::nearest;
use crate::predict::PredictError;
use crate::predict::alike::matched;
use crate::predict::naming::Naming;
use crate::predict::wire::Patience;
use crate::task::Task;

/// A program that ended or hung so often without an answer in between is not started again.
const MOST_LOSSES: usize = 6;

/// How often those who wait look for an idle child.
const LOOK: Duration = Duration::from_millis(2);

/// Children, idle or busy.
pub struct Workers {
    /// What the section says.
    pub options: SubprocessOptions,
    /// What is asked for.
    pub task: Task,
    /// Categories that occur in the datasets.
    pub needed: Vec<String>,
    /// A place for each worker that nobody uses now; empty before its first use and after a crash.
    places: Mutex<Vec<Option<Child>>>,
    losses: AtomicUsize,
    /// Class names once a child has told them, or the spec's.
    naming: OnceLock<Naming>,
    /// Why no child is started any more.
    broken: OnceLock<String>,
}

impl Workers {
    /// None is started yet.
    pub fn new(options: SubprocessOptions, task: Task) -> Self {
        Self {
            task,
            needed: Vec::new(),
            places: Mutex::new((0..options.workers.get()).map(|_| None).collect()),
            losses: AtomicUsize::new(0),
            naming: OnceLock::new(),
            broken: OnceLock::new(),
            options,
        }
    }

    /// Starts a first child, unless there is one, and hears its hello.
    ///
    /// # Errors
    /// It does not start, or is none that can be used.
    pub fn start_first(&self, stop: &AtomicBool) -> Result<(), PredictError> {
        let mut place = self.take_place(stop)?;
        if place.child.is_none() {
            place.child = Some(self.start(stop)?);
        }
        Ok(())
    }

    /// How classes are named, as far as is known.
    pub fn naming(&self) -> &Naming {
        self.naming.get().unwrap_or(&self.options.naming)
    }

    /// The answer of some child to the question `line` of number `id`.
    ///
    /// # Errors
    /// There is none; the message names the program and quotes its last words.
    pub fn answer(&self, line: &[u8], id: u64, stop: &AtomicBool) -> Result<Reply, PredictError> {
        let mut place = self.take_place(stop)?;
        let mut again = true;
        loop {
            let mut child = match place.child.take() {
                Some(child) => child,
                None => self.start(stop)?,
            };
            child.send(line.to_vec());
            match self.read_answer(&mut child, id, stop) {
                Ok(reply) => {
                    self.losses.store(0, Ordering::Relaxed);
                    place.child = Some(child);
                    return Ok(reply);
                }
                // A program may end for reasons of its own, such as memory that somebody else took; one that ends on
                // the same picture twice would do so for ever.
                Err(NoLine::Ended(_)) if again => {
                    self.count_loss();
                    again = false;
                }
                Err(NoLine::Ended(how)) => {
                    self.count_loss();
                    return Err(self.failed(&format!("{how} (2 tries)")));
                }
                // Whatever it says next would be taken for the answer to another question: it goes.
                Err(NoLine::Failed(error)) => return Err(self.with_last_words(error, child)),
            }
        }
    }

    fn read_answer(&self, child: &mut Child, id: u64, stop: &AtomicBool) -> Result<Reply, NoLine> {
        let timeout = self.options.timeout;
        let late = || {
            format!("it has not answered within {} s: give it more time with `timeout_seconds`", timeout.as_secs_f64())
        };
        let line = child.line(&mut Patience::new(timeout, stop), late)?;
        let reply: Reply = protocol::read(&line, ANSWER).map_err(NoLine::Failed)?;
        // An answer that says no task is of the greeting's.
        reply.task.as_deref().map_or(Ok(()), |said| self.task.expect(Some(said))).map_err(|other| {
            let way_out = "answer what is asked for, or correct the answer's `task`";
            let message = format!("its answer to question {id} does not fit: {other}: {way_out}");
            NoLine::Failed(PredictError::Inference(message))
        })?;
        match reply.id {
            Some(answered) if answered != id => {
                let message = format!("it answers question {answered}, but {id} was asked");
                Err(NoLine::Failed(PredictError::Inference(message)))
            }
            Some(_) => Ok(reply),
            // Of two answers to one question the second would be taken for the next one's.
            None => {
                let message = "its answer has no `id`: repeat the question's".to_owned();
                Err(NoLine::Failed(PredictError::Inference(message)))
            }
        }
    }

    /// A child that has said hello.
    fn start(&self, stop: &AtomicBool) -> Result<Child, PredictError> {
        if let Some(reason) = self.broken.get() {
            return Err(PredictError::Inference(reason.clone()));
        }
        self.try_to_start(stop).inspect_err(|error| {
            if !matches!(error, PredictError::Interrupted) {
                self.broken.get_or_init(|| error.to_string());
            }
        })
    }

    fn try_to_start(&self, stop: &AtomicBool) -> Result<Child, PredictError> {
        let not_started = |error| self.failed(&self.with_folder(&format!("it does not start: {error}")));
        let mut child = Child::start(self.command()).map_err(not_started)?;
        let timeout = self.options.start_timeout;
        let late = || {
            let seconds = timeout.as_secs_f64();
            format!("it has not said hello within {seconds} s: give it more time with `start_timeout_seconds`")
        };
        let hello = match child.line(&mut Patience::new(timeout, stop), late) {
            Ok(line) => protocol::read::<Hello>(&line, HELLO).and_then(|hello| self.meet(hello)),
            Err(NoLine::Ended(how)) => return Err(self.failed(&self.with_folder(&how))),
            Err(NoLine::Failed(error)) => Err(error),
        };
        match hello {
            Ok(()) => Ok(child),
            Err(error) => Err(self.with_last_words(error, child)),
        }
    }

    /// The folder of the spec, in which the program runs.
    fn folder(&self) -> &Path {
        if self.options.folder.as_os_str().is_empty() { ".".as_ref() } else { self.options.folder.as_path() }
    }

    /// What went wrong with where it was: relative paths lead from there, also those of `PYTHONPATH`.
    fn with_folder(&self, what: &str) -> String {
        format!(
            "{what}; it was started in the spec's folder, `{}`: relative paths lead from there",
            self.folder().display()
        )
    }

    fn command(&self) -> Command {
        let folder = self.folder();
        let program = &self.options.command[0];
        // A program with a folder in its name is sought from the spec's folder, as all paths are.
        let here = program.contains('/').then(|| std::path::absolute(folder.join(program)).ok()).flatten();
        let mut command = here.map_or_else(|| Command::new(program), Command::new);
        command.args(&self.options.command[1..]).current_dir(folder);
        for variable in &self.options.withheld {
            command.env_remove(variable);
        }
        command
    }

    /// Agrees with a child on version, task and classes.
    fn meet(&self, hello: Hello) -> Result<(), PredictError> {
        if hello.windtunnel != VERSION {
            let message = format!("it speaks version {} of the protocol; version {VERSION} is known", hello.windtunnel);
            return Err(PredictError::Inference(message));
        }
        self.task.expect(hello.task.as_deref()).map_err(|other| {
            let way_out = self.way_to_task();
            PredictError::Inference(format!("its greeting does not fit: {other}: {way_out}"))
        })?;
        let naming = match (hello.classes, self.options.naming.labels()) {
            (Some(classes), None) => self.options.naming.clone().with_labels(classes),
            (_, Some(_)) | (None, None) => self.options.naming.clone(),
        };
        self.has_every_class(&naming)?;
        if *self.naming.get_or_init(|| naming.clone()) == naming {
            Ok(())
        } else {
            Err(PredictError::Inference("it names other classes than when it was first started".to_owned()))
        }
    }

    /// What to do with a program of another task. Whoever serves a function has never seen its greeting.
    fn way_to_task(&self) -> &'static str {
        match (self.options.command.iter().any(|word| word == SERVE), self.task) {
            (true, Task::Classify) => {
                "where it is a function, add `\"--task\", \"classify\"` to `command`; a model of a library says itself what it is"
            }
            (true, Task::Detect) => {
                "write `task = \"classify\"` at the top of the spec where classes are wanted; where it is a function that finds \
                 objects, leave `--task` out of `command`"
            }
            (false, _) => "name another program in `command`, or correct the greeting's `task`",
        }
    }

    /// A category without a class of its name could never be found.
    fn has_every_class(&self, naming: &Naming) -> Result<(), PredictError> {
        let Some(labels) = naming.labels() else { return Ok(()) };
        let found: Vec<usize> = match self.task {
            Task::Detect => (0..self.needed.len()).filter(|at| labels.contains(&self.needed[*at])).collect(),
            Task::Classify => {
                let needed: Vec<&str> = self.needed.iter().map(String::as_str).collect();
                matched(labels, &needed).into_iter().flatten().collect()
            }
        };
        let near = |name: &str| match nearest(name, labels.iter().map(String::as_str)) {
            Some(label) => format!("`{name}` (nearest: `{label}`)"),
            None => format!("`{name}`"),
        };
        let missing: Vec<String> =
            (0..self.needed.len()).filter(|at| !found.contains(at)).map(|at| near(&self.needed[at])).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!(
            "it has no class for {}: give its classes the dataset's names with `rename = {{ theirs = \"ours\" }}`, or \
             name in the dataset's `categories` those that are to count",
            missing.join(", ")
        );
        Err(PredictError::Inference(message))
    }

    fn count_loss(&self) {
        let losses = self.losses.fetch_add(1, Ordering::Relaxed) + 1;
        if losses >= MOST_LOSSES {
            let reason = || format!("{}: it was lost {losses} times without an answer in between", self.name());
            self.broken.get_or_init(reason);
        }
    }

    /// An error with the child's name and last words; the child is ended.
    fn with_last_words(&self, error: PredictError, child: Child) -> PredictError {
        match error {
            PredictError::Interrupted | PredictError::Frame(_) | PredictError::Lost(_) => error,
            PredictError::Timeout(message) => {
                self.count_loss();
                PredictError::Timeout(format!("{}: {message}{}", self.name(), child.last_words()))
            }
            PredictError::NonFinite(message) => PredictError::NonFinite(format!("{}: {message}", self.name())),
            PredictError::Inference(message) => self.failed(&format!("{message}{}", child.last_words())),
        }
    }

    fn failed(&self, what: &str) -> PredictError {
        PredictError::Inference(format!("{}: {what}", self.name()))
    }

    fn name(&self) -> String {
        format!("`{}`", self.options.command.join(" "))
    }

    fn take_place(&self, stop: &AtomicBool) -> Result<WorkerPlace<'_>, PredictError> {
        let patience = Patience::new(Duration::MAX, stop);
        loop {
            let place = self.places.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match place {
                Some(child) => return Ok(WorkerPlace { child, places: &self.places }),
                None => patience.pause(LOOK)?,
            }
        }
    }
}

/// The module of ours that serves functions and models of libraries.
const SERVE: &str = "windtunnel.serve";

const HELLO: &str = "greeting `{\"windtunnel\": 1}`, alone on its line (logs belong on standard error)";
const ANSWER: &str = "answer, alone on its line (logs belong on standard error)";

/// A worker's place, given back when it is not used any more.
struct WorkerPlace<'a> {
    child: Option<Child>,
    places: &'a Mutex<Vec<Option<Child>>>,
}

impl Drop for WorkerPlace<'_> {
    fn drop(&mut self) {
        self.places.lock().unwrap_or_else(PoisonError::into_inner).push(self.child.take());
    }
}
