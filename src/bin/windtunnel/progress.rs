//! How far a run is: a bar on a terminal, a counter line now and then elsewhere.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use windtunnel::run::Events;

use crate::clock::now;
use crate::terminal::is_interactive;

/// At most one counter line in this time.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Shows how far a run is on standard error.
pub enum Progress {
    /// Nothing is shown.
    Silent,
    /// A bar with predictions per second and the time left.
    Bar(ProgressBar),
    /// Lines.
    Lines(Lines),
}

/// Counter lines for logs.
pub struct Lines {
    things: &'static str,
    name: String,
    total: AtomicUsize,
    done: AtomicUsize,
    started: Instant,
    last: Mutex<Instant>,
}

impl Progress {
    /// For the run of the spec called `name`.
    pub fn new(name: &str, quiet: bool) -> Self {
        Self::of("predictions", name, quiet)
    }

    /// For the spec called `name`, counting `things`.
    pub fn of(things: &'static str, name: &str, quiet: bool) -> Self {
        if quiet {
            Self::Silent
        } else if is_interactive() {
            let template = format!("{{msg}} {{bar:24}} {{pos}}/{{len}} {things}, {{rate}}/s, {{eta}} left");
            let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
            let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                let _unreported = write!(out, "{:.0}", state.per_sec());
            };
            let style = style.with_key("rate", rate);
            Self::Bar(ProgressBar::no_length().with_style(style).with_message(name.to_owned()))
        } else {
            let now = now();
            let (total, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
            Self::Lines(Lines { things, name: name.to_owned(), total, done, started: now, last: Mutex::new(now) })
        }
    }

    /// Says something while the run goes on.
    pub fn note(&self, line: &str) {
        match self {
            Self::Bar(bar) => bar.suspend(|| tell!("{line}")),
            Self::Lines(_) => tell!("{line}"),
            Self::Silent => {}
        }
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        match self {
            Self::Bar(bar) => bar.finish_and_clear(),
            Self::Lines(_) | Self::Silent => {}
        }
    }
}

impl Events for Progress {
    fn started(&self, images: usize, predictions: usize) {
        match self {
            Self::Silent => {}
            Self::Bar(bar) => {
                bar.set_length(predictions as u64);
                bar.enable_steady_tick(Duration::from_millis(200));
            }
            Self::Lines(lines) => {
                lines.total.store(predictions, Ordering::Relaxed);
                if predictions > 0 {
                    tell!("{}: {predictions} {} on {images} images", lines.name, lines.things);
                }
            }
        }
    }

    fn predicted(&self, predictions: usize) {
        match self {
            Self::Silent => {}
            Self::Bar(bar) => bar.inc(predictions as u64),
            Self::Lines(lines) => lines.add(predictions),
        }
    }

    fn dropped(&self, predictions: usize) {
        match self {
            Self::Silent => {}
            Self::Bar(bar) => bar.dec_length(predictions as u64),
            Self::Lines(lines) => {
                lines.total.fetch_sub(predictions, Ordering::Relaxed);
            }
        }
    }

    fn timing(&self, calls: usize) {
        match self {
            Self::Silent => {}
            Self::Bar(bar) => bar.set_message(format!("timing {calls} calls, one by one")),
            Self::Lines(lines) => tell!("{}: timing {calls} calls, one by one", lines.name),
        }
    }

    fn scoring(&self) {
        match self {
            Self::Silent => {}
            Self::Bar(bar) => bar.set_message("scoring"),
            Self::Lines(lines) => lines.print(),
        }
    }
}

impl Lines {
    fn add(&self, predictions: usize) {
        self.done.fetch_add(predictions, Ordering::Relaxed);
        let due = match self.last.try_lock() {
            Ok(mut last) if last.elapsed() >= LINE_EVERY => {
                *last = now();
                true
            }
            _ => false,
        };
        if due {
            self.print();
        }
    }

    fn print(&self) {
        let (done, total) = (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        if total == 0 {
            return;
        }
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = done as f64 / seconds.max(1e-3);
        let left = if done > 0 && done < total {
            format!(", {:.0} s left", seconds * (total - done) as f64 / done as f64)
        } else {
            String::new()
        };
        tell!("{}: {done}/{total} {}, {seconds:.0} s, {rate:.0}/s{left}", self.name, self.things);
    }
}
