//! Which part of a run this process is, as its scheduler says it.

use anyhow::{Context as _, bail};
use windtunnel::plan::Partition;

use crate::args::PartitionArg;
use crate::surroundings;

/// Says it for any scheduler, as `M/N`.
const VARIABLE: &str = "WINDTUNNEL_PARTITION";

/// A scheduler that tells a job its index and their number.
struct Scheduler {
    name: &'static str,
    index: &'static str,
    count: &'static str,
    first: First,
    /// What to do where `count` is not set.
    way_out: &'static str,
}

/// The index of the first job.
enum First {
    Number(usize),
    /// Variables hold it, and how far apart indices are.
    Variables(&'static str, &'static str),
}

const SCHEDULERS: [Scheduler; 6] = [
    Scheduler {
        name: "GitHub Actions",
        index: "STRATEGY_JOB_INDEX",
        count: "STRATEGY_JOB_TOTAL",
        first: First::Number(0),
        way_out: "in the step's `env:`, set it to ${{ strategy.job-total }}",
    },
    Scheduler {
        name: "GitLab",
        index: "CI_NODE_INDEX",
        count: "CI_NODE_TOTAL",
        first: First::Number(1),
        way_out: "give the job `parallel: N`",
    },
    Scheduler {
        name: "CircleCI",
        index: "CIRCLE_NODE_INDEX",
        count: "CIRCLE_NODE_TOTAL",
        first: First::Number(0),
        way_out: "give the job `parallelism: N`",
    },
    Scheduler {
        name: "Buildkite",
        index: "BUILDKITE_PARALLEL_JOB",
        count: "BUILDKITE_PARALLEL_JOB_COUNT",
        first: First::Number(0),
        way_out: "give the step `parallelism: N`",
    },
    Scheduler {
        name: "Kubernetes",
        index: "JOB_COMPLETION_INDEX",
        count: "JOB_COMPLETIONS",
        first: First::Number(0),
        way_out: "in the container's `env`, set it to the job's `completions`",
    },
    Scheduler {
        name: "Slurm",
        index: "SLURM_ARRAY_TASK_ID",
        count: "SLURM_ARRAY_TASK_COUNT",
        first: First::Variables("SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP"),
        way_out: "submit the job with `--array=1-N`",
    },
];

/// The part that the command line names, or that the scheduler around says.
pub fn find(part: PartitionArg) -> anyhow::Result<Partition> {
    match part {
        PartitionArg::Given(partition) => Ok(partition),
        PartitionArg::Auto => from_scheduler(&surroundings::text),
    }
}

fn from_scheduler(variables: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Partition> {
    if let Some(text) = variables(VARIABLE) {
        return text.parse().context(VARIABLE);
    }
    let around: Vec<&Scheduler> = SCHEDULERS.iter().filter(|at| variables(at.index).is_some()).collect();
    match around.as_slice() {
        [] => bail!(
            "`--partition auto` finds no scheduler that tells this job its index ({}): set {VARIABLE}=M/N, or write \
             `--partition M/N`",
            SCHEDULERS.map(|at| format!("{} {}", at.name, at.index)).join(", ")
        ),
        [scheduler] => scheduler.partition(variables),
        [one, other, ..] => bail!(
            "`--partition auto` finds both {} ({}) and {} ({}): set {VARIABLE}=M/N, or write `--partition M/N`",
            one.name,
            one.index,
            other.name,
            other.index
        ),
    }
}

impl Scheduler {
    fn partition(&self, variables: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Partition> {
        let number = |name: &str| {
            let text =
                variables(name).with_context(|| format!("{}: {name} is not set: {}", self.name, self.way_out))?;
            text.trim().parse::<usize>().with_context(|| format!("{}: {name}={text} is no number", self.name))
        };
        let (index, count) = (number(self.index)?, number(self.count)?);
        let (first, step) = match self.first {
            First::Number(first) => (first, 1),
            First::Variables(first, step) => {
                (number(first)?, if variables(step).is_some() { number(step)?.max(1) } else { 1 })
            }
        };
        let partition = index.checked_sub(first).and_then(|after| Partition::new(after / step + 1, count));
        partition.with_context(|| {
            let (index_name, count_name) = (self.index, self.count);
            format!("{}: {index_name}={index} is no job of {count_name}={count} counted from {first}", self.name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(variables: &[(&str, &str)]) -> String {
        let find = |name: &str| variables.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned());
        from_scheduler(&find).map_or_else(|error| crate::causes::with_causes(&error), |partition| partition.to_string())
    }

    #[test]
    fn each_scheduler_counts_its_own_way() {
        assert_eq!(part(&[("STRATEGY_JOB_INDEX", "0"), ("STRATEGY_JOB_TOTAL", "3")]), "1/3");
        assert_eq!(part(&[("CI_NODE_INDEX", "3"), ("CI_NODE_TOTAL", "3")]), "3/3");
        assert_eq!(part(&[("CIRCLE_NODE_INDEX", "2"), ("CIRCLE_NODE_TOTAL", "3")]), "3/3");
        assert_eq!(part(&[("BUILDKITE_PARALLEL_JOB", "1"), ("BUILDKITE_PARALLEL_JOB_COUNT", "3")]), "2/3");
        assert_eq!(part(&[("JOB_COMPLETION_INDEX", "4"), ("JOB_COMPLETIONS", "5")]), "5/5");
    }

    #[test]
    fn an_array_of_slurm_may_start_and_step_anywhere() {
        let array = |id| {
            part(&[
                ("SLURM_ARRAY_TASK_ID", id),
                ("SLURM_ARRAY_TASK_MIN", "10"),
                ("SLURM_ARRAY_TASK_STEP", "5"),
                ("SLURM_ARRAY_TASK_COUNT", "3"),
            ])
        };
        assert_eq!(["10", "15", "20"].map(array), ["1/3", "2/3", "3/3"]);
    }

    #[test]
    fn a_variable_of_our_own_goes_before_schedulers() {
        assert_eq!(part(&[("WINDTUNNEL_PARTITION", "2/7"), ("CI_NODE_INDEX", "1")]), "2/7");
        assert!(part(&[("WINDTUNNEL_PARTITION", "8/7")]).contains("`8/7` is no partition"));
    }

    #[test]
    fn what_is_missing_or_doubtful_is_said() {
        assert!(part(&[]).contains("finds no scheduler"));
        assert!(part(&[("CI_NODE_TOTAL", "1")]).contains("finds no scheduler"), "GitLab sets it in every job");
        assert!(
            part(&[("JOB_COMPLETION_INDEX", "0")]).contains("JOB_COMPLETIONS is not set: in the container's `env`")
        );
        let both = part(&[("CI_NODE_INDEX", "1"), ("SLURM_ARRAY_TASK_ID", "1")]);
        assert!(both.contains("both GitLab (CI_NODE_INDEX) and Slurm"), "{both}");
        assert!(part(&[("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "2")]).contains("is no job of CI_NODE_TOTAL=2"));
        assert!(part(&[("CIRCLE_NODE_INDEX", "2"), ("CIRCLE_NODE_TOTAL", "2")]).contains("counted from 0"));
        assert!(part(&[("CI_NODE_INDEX", "x"), ("CI_NODE_TOTAL", "2")]).contains("CI_NODE_INDEX=x is no number"));
    }
}
