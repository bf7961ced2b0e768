//! `requests_per_second`: a gate that lets one request through and then stays shut for a while.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::Duration;

use super::patience::Patience;
use crate::predict::PredictError;

/// How often those who wait look at the gate.
const LOOK: Duration = Duration::from_millis(2);

/// A limit on how often requests start, whoever starts them.
pub struct Pace {
    /// A thread of its own puts a ticket in whenever the next request may start; it ends with the receiver.
    tickets: Mutex<Receiver<()>>,
}

impl Pace {
    /// At most `per_second` requests a second; above 0.
    pub fn new(per_second: f64) -> Self {
        let (gate, tickets) = sync_channel(0);
        let shut = Duration::from_secs_f64(1.0 / per_second);
        std::thread::spawn(move || {
            while gate.send(()).is_ok() {
                std::thread::sleep(shut);
            }
        });
        Self { tickets: Mutex::new(tickets) }
    }

    /// Waits for a turn. Turns are not taken off the frame's patience: a limit is no fault of the server.
    ///
    /// # Errors
    /// The run ended.
    pub fn wait(&self, patience: &Patience<'_>) -> Result<(), PredictError> {
        loop {
            let ticket = self.tickets.lock().unwrap_or_else(std::sync::PoisonError::into_inner).try_recv();
            match ticket {
                Ok(()) | Err(TryRecvError::Disconnected) => return Ok(()),
                Err(TryRecvError::Empty) => patience.pause(LOOK)?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::time::Instant;

    use super::*;

    #[test]
    fn requests_of_several_threads_start_one_after_the_other() {
        let pace = Pace::new(50.0);
        let started = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let stop = AtomicBool::new(false);
                    let patience = Patience::new(Duration::from_secs(9), &stop);
                    pace.wait(&patience).unwrap();
                    pace.wait(&patience).unwrap();
                });
            }
        });
        // Six starts are five intervals of 20 ms.
        assert!(started.elapsed() >= Duration::from_millis(100), "{:?}", started.elapsed());
    }
}
