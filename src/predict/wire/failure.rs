//! A try that brought no answer: what is said of it, and whether another may help.

use std::time::Duration;

use reqwest::{StatusCode, Url};

use super::exchange::Lost;
use super::retry_after::retry_after;
use super::server_reply::ServerReply;
use crate::predict::PredictError;

/// Why a try brought no answer.
pub struct Failure {
    /// What is said of it.
    pub error: PredictError,
    /// Whether another try may help.
    pub again: Again,
}

/// Whether another try may help.
pub enum Again {
    /// It would end in the same way.
    Never,
    /// After a wait of our choice.
    Soon,
    /// After the wait that the server asks for.
    After(Duration),
}

impl Failure {
    /// One that another try would not mend.
    pub fn last(error: PredictError) -> Self {
        Self { error, again: Again::Never }
    }

    /// The error once nothing more is tried: after `tried` tries, where the next was due after `wait`.
    pub fn given_up(self, tried: u32, wait: Duration, left: Duration) -> PredictError {
        let s = if tried == 1 { "y" } else { "ies" };
        let rest = if wait > left {
            format!(
                ", and the next is due in {} s: longer than is left of `patience_seconds`",
                wait.as_secs_f64().ceil()
            )
        } else {
            String::new()
        };
        let told = |message: String| format!("{message} ({tried} tr{s}{rest})");
        match self.error {
            PredictError::Inference(message) => PredictError::Inference(told(message)),
            PredictError::Lost(message) => PredictError::Lost(told(message)),
            PredictError::Frame(_)
            | PredictError::NonFinite(_)
            | PredictError::Timeout(_)
            | PredictError::Interrupted => self.error,
        }
    }
}

/// A server as messages speak of it.
pub struct ServerName {
    /// Its address without query and secrets.
    pub place: String,
    /// Its address.
    pub url: Url,
    /// What a predictor added to the address that the spec names.
    pub own_path: String,
    /// Where in the body of an error the reason stands, if not where most servers put it: a JSON pointer.
    pub reason_path: Option<String>,
}

impl ServerName {
    /// An answer of a status that is none of success, with the way out where there is one.
    pub fn refused(&self, answer: &ServerReply, status: StatusCode, advice: Option<&str>) -> Failure {
        let place = &self.place;
        if status.is_redirection() {
            let message = match answer.header("location").and_then(|to| self.where_it_leads(to)) {
                Some(to) => format!("{place} redirects to {to}: set `url` to that"),
                None => format!("{place} answers {status}, and does not say where it leads"),
            };
            return Failure::last(PredictError::Inference(message));
        }
        let mut message = format!("{place} answers {status}: {}", answer.reason(self.reason_path.as_deref()));
        if let Some(advice) = advice {
            message = format!("{message}; {advice}");
        }
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            let asked = answer.header("retry-after").and_then(|header| retry_after(header, answer.header("date")));
            return Failure { error: PredictError::Lost(message), again: asked.map_or(Again::Soon, Again::After) };
        }
        Failure::last(PredictError::Inference(message))
    }

    /// The address to write into a spec, where a redirect leads to `location`, which may be a path alone.
    fn where_it_leads(&self, location: &str) -> Option<Url> {
        let mut to = self.url.join(location).ok()?;
        let own = Some(&self.own_path).filter(|own| !own.is_empty());
        let path = own.and_then(|own| to.path().trim_end_matches('/').strip_suffix(own.as_str()));
        if let Some(path) = path.map(ToOwned::to_owned) {
            to.set_path(&path);
        }
        Some(to)
    }

    /// A request without an answer, which might have taken `timeout` and `most` bytes.
    pub fn lost(&self, lost: Lost, timeout: Duration, most: u64) -> Failure {
        let place = &self.place;
        match lost {
            Lost::Late => Failure::last(PredictError::Timeout(format!(
                "{place} has not answered within {} s: give it more time with `timeout_seconds`",
                timeout.as_secs_f64()
            ))),
            Lost::TooLong => Failure::last(PredictError::Inference(format!(
                "the answer of {place} is longer than {} MiB",
                most >> 20
            ))),
            Lost::Unsendable(reason) => {
                Failure::last(PredictError::Inference(format!("the request to {place} cannot be sent: {reason}")))
            }
            Lost::Broken(reason) => {
                let error = PredictError::Lost(format!("no answer from {place}: {reason}"));
                Failure { error, again: Again::Soon }
            }
        }
    }
}
