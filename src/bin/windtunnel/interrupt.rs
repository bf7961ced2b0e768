//! Interrupts: Ctrl-C, and what asks a program to end. The first one during a run lets it end in order; any other ends the
//! program at once, but never within a file: what is being written is whole, and no temporary file stays behind.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use windtunnel::exit::Exit;

use anyhow::Context as _;

use crate::clock::now;

/// Whoever interrupts a program and its group (GNU `timeout`, a supervisor beside a terminal) is heard twice: what follows
/// this soon is the same interrupt.
const ECHO: Duration = Duration::from_millis(500);

/// Held while a file is written.
static WRITING: Mutex<()> = Mutex::new(());

/// Whether there is a run that can end in order.
static IS_RUNNING: AtomicBool = AtomicBool::new(false);

/// Whether that run is to end.
static IS_INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Whether there is nothing that an interrupt cuts short.
static IS_THE_END: AtomicBool = AtomicBool::new(false);

/// Listens for interrupts from now on.
#[expect(clippy::disallowed_methods, reason = "who interrupts again wants the end at once, not what `main` returns")]
pub fn listen() -> anyhow::Result<()> {
    let mut first: Option<Instant> = None;
    let heard = move || {
        if IS_RUNNING.load(Ordering::Relaxed) {
            let since = first.get_or_insert_with(now).elapsed();
            if !IS_INTERRUPTED.swap(true, Ordering::Relaxed) || since < ECHO {
                return;
            }
        }
        let _whole = writing();
        let exit = if IS_THE_END.load(Ordering::Relaxed) { Exit::Passed } else { Exit::Interrupted };
        std::process::exit(exit.code().into());
    };
    ctrlc::set_handler(heard).context("cannot listen for interrupts")
}

/// From now on the first interrupt sets the flag that is returned, and nothing else.
pub fn end_in_order() -> &'static AtomicBool {
    IS_RUNNING.store(true, Ordering::Relaxed);
    &IS_INTERRUPTED
}

/// From now on an interrupt ends the program as what it was asked for: nothing is cut short.
pub fn is_the_end() {
    IS_THE_END.store(true, Ordering::Relaxed);
}

/// Keeps interrupts from ending the program for as long as the guard lives.
pub fn writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}
