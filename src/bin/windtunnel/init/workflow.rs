//! A GitHub workflow that gates merges: the example, which CI checks.

/// The example; its first line says what it is in its own folder.
const EXAMPLE: &str = include_str!("../../../../examples/ci/github-one-job.yml");

/// What is to be changed before it runs.
const HEAD: &str = "\
# Drafted by `windtunnel init --github`: every pull request is held against specs/. OWNER is the account that holds
# windtunnel's action and releases; pin the commit of a release in place of the tag.
";

/// The text of `.github/workflows/windtunnel.yml`.
pub fn workflow_text() -> String {
    let rest = EXAMPLE.split_once('\n').map_or("", |(_, rest)| rest);
    format!("{HEAD}{rest}")
}
