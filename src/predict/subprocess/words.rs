//! The last words of a child: the end of what it wrote to standard error, for messages.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::traceback::in_one_line;

/// Lines that are shown of what is no traceback.
const LINES: usize = 6;

/// Lines kept: tracebacks of Python's with fifty or so frames, of several lines each.
const KEPT: usize = 200;

/// Bytes kept of a line: what is longer goes on in the next. Messages with a way out and paths are of several hundred.
const LINE_BYTES: u64 = 2000;

/// How long a child's end is waited for when its words are wanted: a process of its own may keep the pipe open.
const LINGER: Duration = Duration::from_millis(300);

/// Listens to a child's standard error.
pub struct Words {
    lines: Arc<Mutex<VecDeque<String>>>,
    /// Nothing comes through; it closes when the child has nothing to say any more.
    over: Receiver<()>,
}

impl Words {
    /// Starts to listen, on a thread of its own that ends with the pipe.
    pub fn of(pipe: impl Read + Send + 'static) -> Self {
        let (speaking, over) = channel();
        let words = Self { lines: Arc::default(), over };
        let lines = Arc::clone(&words.lines);
        std::thread::spawn(move || {
            listen(BufReader::new(pipe), &lines);
            drop(speaking);
        });
        words
    }

    /// The last lines of a child that has ended, ready to follow a message.
    pub fn last(&self) -> String {
        let _over = self.over.recv_timeout(LINGER);
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.is_empty() {
            return "; it said nothing on standard error".to_owned();
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let (traceback, end) = in_one_line(&lines).map_or((None, 0), |(told, end)| (Some(told), end));
        // A failure may be told and lived with: what came after it is as likely the end.
        let rest = &lines[end.max(lines.len().saturating_sub(LINES))..];
        let words: Vec<&str> =
            traceback.as_deref().into_iter().chain(rest.iter().map(|line| line.trim_start())).collect();
        let words = words.join(" | ");
        format!("; its last words on standard error: {words}")
    }
}

fn listen(mut pipe: impl BufRead, lines: &Mutex<VecDeque<String>>) {
    let mut line = Vec::new();
    loop {
        line.clear();
        match pipe.by_ref().take(LINE_BYTES).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&line);
        // What stands at the beginning tells Python's places from its messages.
        let text: String = text.trim_end().chars().filter(|c| !c.is_control()).collect();
        if !text.is_empty() {
            let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.push_back(text);
            let surplus = lines.len().saturating_sub(KEPT);
            lines.drain(..surplus);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept() {
        let text: String = (0..20).map(|line| ["line ", &line.to_string(), "\n\n"].concat()).collect();
        let words = Words::of(std::io::Cursor::new(text));
        let last = words.last();
        assert!(
            last.starts_with("; its last words on standard error: line 14 | ") && last.ends_with("line 19"),
            "{last}"
        );
    }

    #[test]
    fn a_sentence_with_paths_is_one_line() {
        let sentence = "there is no module in /a/long/path ".repeat(20);
        let last = Words::of(std::io::Cursor::new(sentence.clone())).last();
        assert!(last.ends_with(sentence.trim()) && !last.contains('|'), "{last}");
    }

    #[test]
    fn a_traceback_is_whole_however_much_was_said_before_it() {
        let frame =
            |at: usize| ["\n  File \"m.py\", line ", &at.to_string(), ", in f", &at.to_string(), "\n    f()"].concat();
        let frames: String = (0..8).map(frame).collect();
        let noise = "loading\n".repeat(100);
        let text =
            [noise.as_str(), "Traceback (most recent call last):", &frames, "\nValueError: no such file: best.pt\n"]
                .concat();
        let last = Words::of(std::io::Cursor::new(text)).last();
        let told = last.strip_prefix("; its last words on standard error: ").unwrap();
        assert!(told.starts_with("ValueError: no such file: best.pt (m.py, line 7, in f7, called from m.py"), "{last}");
        assert!(!last.contains('|') && !last.contains("loading"), "{last}");
    }
}
