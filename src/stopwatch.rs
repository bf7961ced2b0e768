//! Where a run's time goes: seconds by phase, summed over threads. It reads the clock that it is given.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a run spends its time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reading image files and decoding them.
    Read,
    /// Perturbing.
    Perturb,
    /// Making pictures ready for the network.
    Preprocess,
    /// The model itself; of models elsewhere also the wait for them.
    Inference,
    /// Boxes out of the network's output, and non-maximum suppression.
    Decode,
    /// The store of answers, and waiting for it.
    Store,
    /// Figures of the cells.
    Score,
    /// Intervals and verdicts.
    Judge,
    /// Pictures of what lost most.
    Draw,
}

/// How many phases there are.
const PHASES: usize = Phase::Draw as usize + 1;

/// Seconds by phase: those of a frame summed over threads, those after the last frame of the wall clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Phases {
    /// [`Phase::Read`].
    pub read: f64,
    /// [`Phase::Perturb`].
    pub perturb: f64,
    /// [`Phase::Preprocess`].
    pub preprocess: f64,
    /// [`Phase::Inference`].
    pub inference: f64,
    /// [`Phase::Decode`].
    pub decode: f64,
    /// [`Phase::Store`].
    pub store: f64,
    /// [`Phase::Score`].
    pub score: f64,
    /// [`Phase::Judge`].
    pub judge: f64,
    /// [`Phase::Draw`].
    pub draw: f64,
}

impl Phases {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            read: self.read + other.read,
            perturb: self.perturb + other.perturb,
            preprocess: self.preprocess + other.preprocess,
            inference: self.inference + other.inference,
            decode: self.decode + other.decode,
            store: self.store + other.store,
            score: self.score + other.score,
            judge: self.judge + other.judge,
            draw: self.draw + other.draw,
        }
    }

    /// Each phase in words, in the order of a run.
    pub fn named(&self) -> [(&'static str, f64); PHASES] {
        [
            ("reading and decoding", self.read),
            ("perturbing", self.perturb),
            ("preprocessing", self.preprocess),
            ("inference", self.inference),
            ("boxes and suppression", self.decode),
            ("store", self.store),
            ("scoring", self.score),
            ("judging", self.judge),
            ("drawing", self.draw),
        ]
    }
}

/// Adds up what phases take. Shared by threads; phases do not nest.
pub struct Stopwatch<'a> {
    clock: &'a (dyn Fn() -> Duration + Sync),
    nanoseconds: [AtomicU64; PHASES],
}

impl<'a> Stopwatch<'a> {
    /// Nothing spent yet.
    pub fn new(clock: &'a (dyn Fn() -> Duration + Sync)) -> Self {
        Self { clock, nanoseconds: [const { AtomicU64::new(0) }; PHASES] }
    }

    /// Does `work` and adds what it took.
    pub fn time<T>(&self, phase: Phase, work: impl FnOnce() -> T) -> T {
        let before = (self.clock)();
        let result = work();
        let taken = (self.clock)().saturating_sub(before).as_nanos() as u64;
        self.nanoseconds[phase as usize].fetch_add(taken, Ordering::Relaxed);
        result
    }

    /// What has been spent so far.
    pub fn spent(&self) -> Phases {
        let of = |phase: Phase| Duration::from_nanos(self.nanoseconds[phase as usize].load(Ordering::Relaxed));
        let of = |phase| of(phase).as_secs_f64();
        Phases {
            read: of(Phase::Read),
            perturb: of(Phase::Perturb),
            preprocess: of(Phase::Preprocess),
            inference: of(Phase::Inference),
            decode: of(Phase::Decode),
            store: of(Phase::Store),
            score: of(Phase::Score),
            judge: of(Phase::Judge),
            draw: of(Phase::Draw),
        }
    }
}

/// For callers that do not ask: its clock stands still.
impl Default for Stopwatch<'static> {
    fn default() -> Self {
        Self::new(&|| Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_threads_spend_is_summed_by_phase() {
        let ticks = AtomicU64::new(0);
        let clock = || Duration::from_millis(ticks.load(Ordering::Relaxed));
        let watch = Stopwatch::new(&clock);
        let work = |phase, milliseconds| watch.time(phase, || ticks.fetch_add(milliseconds, Ordering::Relaxed));
        work(Phase::Read, 20);
        work(Phase::Draw, 5);
        work(Phase::Read, 10);
        assert_eq!(watch.spent(), Phases { read: 0.03, draw: 0.005, ..Phases::default() });
        let named: f64 = watch.spent().plus(watch.spent()).named().iter().map(|(_, seconds)| seconds).sum();
        assert!((named - 0.07).abs() < 1e-12, "{named}");
    }
}
