//! Errors with their causes, in one line. Many of our errors name their cause themselves: it is not told again.

use anyhow::Error;

/// The error and what it came of, outermost first, each cause that is not told yet.
pub fn with_causes(error: &Error) -> String {
    let causes = error.chain().skip(1).map(ToString::to_string);
    causes.fold(error.to_string(), |told, cause| if told.contains(&cause) { told } else { format!("{told}: {cause}") })
}

#[cfg(test)]
mod tests {
    use std::io;

    use anyhow::Context as _;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot read a.toml: {source}; see that it may be read")]
    struct Unreadable {
        source: io::Error,
    }

    #[test]
    fn a_cause_that_is_told_already_is_not_told_again() {
        let error = Error::from(Unreadable { source: io::Error::other("denied") });
        assert_eq!(format!("{error:#}").matches("denied").count(), 2, "the chain alone tells it twice");
        assert_eq!(with_causes(&error), "cannot read a.toml: denied; see that it may be read");
    }

    #[test]
    fn causes_that_are_not_told_follow() {
        let error = Err::<(), _>(io::Error::other("denied")).context("no report").context("the run").unwrap_err();
        assert_eq!(with_causes(&error), "the run: no report: denied");
    }
}
