//! One running child: lines go in, lines come out, and in the end it is gone.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{self, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use super::words::Words;
use crate::predict::PredictError;
use crate::predict::wire::Patience;

/// A longer line is refused: a hundred thousand boxes are shorter.
const MOST_BYTES: u64 = 16 << 20;

/// How long an idle child may take to end after its input has.
const GRACE: Duration = Duration::from_secs(2);

/// How often an ending child is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// A running program.
pub struct Child {
    process: process::Child,
    /// To the thread that writes: a child that does not read must not block whoever asks. `None` once its input ended.
    questions: Option<Sender<Vec<u8>>>,
    /// From the thread that reads; closed at the end of the output.
    lines: Receiver<Line>,
    words: Words,
    /// Whether an answer is due: such a child is not waited for.
    is_busy: bool,
}

/// What the reading thread found.
enum Line {
    Whole(Vec<u8>),
    TooLong,
}

/// Why there is no line.
pub enum NoLine {
    /// The child has ended: how, and its last words.
    Ended(String),
    /// Something else.
    Failed(PredictError),
}

impl Child {
    /// Starts `command`.
    ///
    /// # Errors
    /// The system's message.
    pub fn start(mut command: Command) -> std::io::Result<Self> {
        in_a_group_of_its_own(&mut command);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let stdin = process.stdin.take().expect("it was piped");
        let stdout = process.stdout.take().expect("it was piped");
        let words = Words::of(process.stderr.take().expect("it was piped"));
        let (questions, to_write) = channel();
        let (found, lines) = channel();
        std::thread::spawn(move || write(stdin, &to_write));
        std::thread::spawn(move || read(BufReader::new(stdout), &found));
        Ok(Self { process, questions: Some(questions), lines, words, is_busy: true })
    }

    /// Sends a line, of which an answer is expected.
    pub fn send(&mut self, mut line: Vec<u8>) {
        line.push(b'\n');
        self.is_busy = true;
        if let Some(questions) = &self.questions {
            // A child that has ended is found out when its answer is read.
            let _ended = questions.send(line);
        }
    }

    /// The next line; `late` says what has not come in time.
    ///
    /// # Errors
    /// The child ended, was too slow or too long, or the run ended.
    pub fn line(&mut self, patience: &mut Patience<'_>, late: impl FnOnce() -> String) -> Result<Vec<u8>, NoLine> {
        match patience.receive_in_time(&self.lines, late) {
            Ok(Some(Line::Whole(line))) => {
                self.is_busy = false;
                Ok(line)
            }
            Ok(Some(Line::TooLong)) => {
                let message = format!("a line of its is longer than {} MiB", MOST_BYTES >> 20);
                Err(NoLine::Failed(PredictError::Inference(message)))
            }
            Ok(None) => Err(NoLine::Ended(self.obituary())),
            Err(error) => Err(NoLine::Failed(error)),
        }
    }

    /// Ends the child and tells what it said at last.
    pub fn last_words(mut self) -> String {
        self.end();
        self.words.last()
    }

    fn obituary(&mut self) -> String {
        let status = match self.end() {
            Some(status) => status.to_string(),
            None => "it closed its output".to_owned(),
        };
        format!("it ended ({status}) without an answer{}", self.words.last())
    }

    /// Ends the child; its status if it ended by itself.
    fn end(&mut self) -> Option<process::ExitStatus> {
        self.questions = None;
        let closed = matches!(self.lines.try_recv(), Err(std::sync::mpsc::TryRecvError::Disconnected));
        // One that still owes an answer may be at it for hours; an idle one gets the time to free what it holds.
        let looks = if self.is_busy && !closed { 0 } else { GRACE.as_millis() / LOOK.as_millis() };
        for look in 0..=looks {
            match self.process.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if look < looks => std::thread::sleep(LOOK),
                Ok(None) | Err(_) => {}
            }
        }
        kill(&mut self.process);
        None
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end();
    }
}

/// A terminal's interrupt is for windtunnel, which ends its children in order.
fn in_a_group_of_its_own(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _no_groups = command;
}

/// Kills the child, with what it has started where the system has a way, and lets nothing of it linger.
fn kill(process: &mut process::Child) {
    #[cfg(unix)]
    {
        let group = format!("-{}", process.id());
        let mut command = Command::new("kill");
        command.args(["-KILL", "--", &group]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Where there is no such program, the child alone is killed, below.
        let _group = command.status();
    }
    let _gone = process.kill();
    let _status = process.wait();
}

fn write(mut stdin: process::ChildStdin, lines: &Receiver<Vec<u8>>) {
    for line in lines {
        if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

fn read(mut stdout: impl BufRead, found: &Sender<Line>) {
    loop {
        let mut line = Vec::new();
        match stdout.by_ref().take(MOST_BYTES + 1).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(length) if length as u64 > MOST_BYTES => {
                let _gone = found.send(Line::TooLong);
                return;
            }
            // The beginning of a line whose end never came.
            Ok(_) if line.last() != Some(&b'\n') => return,
            Ok(_) if line.iter().all(u8::is_ascii_whitespace) => {}
            Ok(_) if found.send(Line::Whole(line)).is_err() => return,
            Ok(_) => {}
        }
    }
}
