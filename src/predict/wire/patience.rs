//! Waiting that an interrupt ends at once. The library reads no clock: what was waited is counted in steps.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use crate::predict::PredictError;

/// How long an interrupt may go unnoticed.
const STEP: Duration = Duration::from_millis(20);

/// What is left of the time that one frame may take.
pub struct Patience<'a> {
    left: Duration,
    stop: &'a AtomicBool,
}

impl<'a> Patience<'a> {
    /// Patience for `total`, ended by `stop`.
    pub fn new(total: Duration, stop: &'a AtomicBool) -> Self {
        Self { left: total, stop }
    }

    /// What is left.
    pub fn left(&self) -> Duration {
        self.left
    }

    /// Waits for `duration`.
    ///
    /// # Errors
    /// The run ended.
    pub fn sleep(&mut self, duration: Duration) -> Result<(), PredictError> {
        let mut rest = duration;
        while !rest.is_zero() {
            self.check()?;
            let step = rest.min(STEP);
            std::thread::sleep(step);
            rest -= step;
            self.count(step);
        }
        self.check()
    }

    /// Waits for `duration` without taking it off what is left.
    ///
    /// # Errors
    /// The run ended.
    pub fn pause(&self, duration: Duration) -> Result<(), PredictError> {
        self.check()?;
        std::thread::sleep(duration);
        self.check()
    }

    /// Waits for what comes through `receiver`; `None` where nobody can send any more.
    ///
    /// # Errors
    /// The run ended.
    pub fn receive<T>(&mut self, receiver: &Receiver<T>) -> Result<Option<T>, PredictError> {
        loop {
            self.check()?;
            match receiver.recv_timeout(STEP) {
                Ok(value) => return Ok(Some(value)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) => self.count(STEP),
            }
        }
    }

    /// As [`Self::receive`], for as long as there is patience; `Err(Timeout)` with `late`'s words afterwards.
    ///
    /// # Errors
    /// The run ended, or patience did.
    pub fn receive_in_time<T>(
        &mut self,
        receiver: &Receiver<T>,
        late: impl FnOnce() -> String,
    ) -> Result<Option<T>, PredictError> {
        loop {
            self.check()?;
            match receiver.recv_timeout(STEP.min(self.left)) {
                Ok(value) => return Ok(Some(value)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) if self.left.is_zero() => return Err(PredictError::Timeout(late())),
                Err(RecvTimeoutError::Timeout) => self.count(STEP),
            }
        }
    }

    fn check(&self) -> Result<(), PredictError> {
        if self.stop.load(Ordering::Relaxed) { Err(PredictError::Interrupted) } else { Ok(()) }
    }

    fn count(&mut self, waited: Duration) {
        self.left = self.left.saturating_sub(waited);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn waiting_is_counted() {
        let stop = AtomicBool::new(false);
        let mut patience = Patience::new(Duration::from_millis(70), &stop);
        patience.sleep(Duration::from_millis(30)).unwrap();
        assert_eq!(patience.left(), Duration::from_millis(40));
        let (_sender, receiver) = channel::<()>();
        let late = patience.receive_in_time(&receiver, || "late".to_owned());
        assert!(matches!(late, Err(PredictError::Timeout(message)) if message == "late"));
    }

    #[test]
    fn a_stop_ends_it() {
        let stop = AtomicBool::new(true);
        let slept = Patience::new(Duration::MAX, &stop).sleep(Duration::from_hours(1));
        assert!(matches!(slept, Err(PredictError::Interrupted)));
    }
}
