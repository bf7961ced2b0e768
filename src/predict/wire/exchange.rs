//! One request and its answer, or how it got lost.

use std::io::{self, Read};

use reqwest::blocking::{RequestBuilder, Response};

use super::server_reply::ServerReply;

/// How a request can get lost.
pub enum Lost {
    /// No answer in time.
    Late,
    /// The answer is too long.
    TooLong,
    /// The request itself is wrong.
    Unsendable(String),
    /// The connection failed, or broke.
    Broken(String),
}

impl From<reqwest::Error> for Lost {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_timeout() && !error.is_connect() {
            Self::Late
        } else if error.is_builder() {
            Self::Unsendable(causes(&error))
        } else {
            Self::Broken(causes(&error))
        }
    }
}

impl From<io::Error> for Lost {
    fn from(error: io::Error) -> Self {
        let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<reqwest::Error>());
        match cause {
            Some(cause) if cause.is_timeout() => Self::Late,
            Some(cause) => Self::Broken(causes(cause)),
            None if error.kind() == io::ErrorKind::TimedOut => Self::Late,
            None => Self::Broken(error.to_string()),
        }
    }
}

/// Sends a request and reads the whole answer, whatever its status, of at most `most` bytes.
///
/// # Errors
/// There is none.
pub fn exchange(request: RequestBuilder, most: u64) -> Result<ServerReply, Lost> {
    read(request.send()?, most)
}

fn read(response: Response, most: u64) -> Result<ServerReply, Lost> {
    let header = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let mut answer = ServerReply {
        status: response.status().as_u16(),
        headers: response.headers().iter().filter_map(header).collect(),
        body: Vec::new(),
    };
    response.take(most + 1).read_to_end(&mut answer.body)?;
    if answer.body.len() as u64 > most { Err(Lost::TooLong) } else { Ok(answer) }
}

/// The innermost cause: the outer ones say no more than that something went wrong.
pub fn causes(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
