//! The times of a model's calls, and the figures of its speed that come from them.

use crate::metric::Speed;

/// What calls of a model took, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct CallTimes {
    /// Seconds of each call.
    seconds: Vec<f64>,
    /// The calls by rising time.
    rising: Vec<usize>,
    /// Pictures that each call was given.
    batch: usize,
}

impl CallTimes {
    /// Of calls with `batch` pictures each.
    pub fn new(seconds: Vec<f64>, batch: usize) -> Self {
        let mut rising: Vec<usize> = (0..seconds.len()).collect();
        rising.sort_by(|&one, &other| seconds[one].total_cmp(&seconds[other]));
        Self { seconds, rising, batch }
    }

    /// How many calls there are.
    pub fn count(&self) -> usize {
        self.seconds.len()
    }

    /// Pictures of each call.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// A figure when call `i` counts `weights[i]` times; `None` without calls.
    pub fn figure(&self, which: Speed, weights: &[u32]) -> Option<f64> {
        let all: f64 = weights.iter().copied().map(f64::from).sum();
        if all == 0.0 {
            return None;
        }
        match which {
            Speed::Percentile(percent) => {
                // The nearest rank: the least time within which that share of the calls was answered.
                let wanted = (f64::from(percent) / 100.0 * all).ceil();
                let mut within = 0.0;
                let answered = self.rising.iter().find(|&&call| {
                    within += f64::from(weights[call]);
                    within >= wanted
                });
                answered.map(|&call| 1000.0 * self.seconds[call])
            }
            Speed::Throughput => {
                let seconds: f64 = self.rising.iter().map(|&call| f64::from(weights[call]) * self.seconds[call]).sum();
                (seconds > 0.0).then(|| self.batch as f64 * all / seconds)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks_and_throughput_is_of_all_calls() {
        let times = CallTimes::new((1..=100).rev().map(|call| f64::from(call) / 1000.0).collect(), 4);
        let once = vec![1; 100];
        let near = |figure: Option<f64>, right: f64| (figure.unwrap() - right).abs() < 1e-9;
        assert!(near(times.figure(Speed::Percentile(50), &once), 50.0));
        assert!(near(times.figure(Speed::Percentile(95), &once), 95.0));
        assert!(near(times.figure(Speed::Throughput, &once), 400.0 / 5.05));
        // Ten times the slowest call, which is the first, and once the fastest.
        let mut weights = vec![0; 100];
        (weights[0], weights[99]) = (10, 1);
        assert!(near(times.figure(Speed::Percentile(50), &weights), 100.0));
        assert!(near(times.figure(Speed::Throughput, &weights), 44.0 / 1.001));
        assert_eq!(times.figure(Speed::Throughput, &[0; 100]), None);
    }
}
