//! Asking a server: one try, and another where that may help.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use reqwest::blocking::{Client, RequestBuilder};
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};

use super::back_off::back_off;
use super::exchange::{causes, exchange};
use super::failure::{Again, Failure, ServerName};
use super::limits::Limits;
use super::pace::Pace;
use super::patience::Patience;
use super::secret::{MissingSecret, Secrets};
use super::server_reply::ServerReply;
use crate::predict::PredictError;
use crate::predict::tls::ensure_provider;

/// Connecting alone may take this long.
const CONNECT: Duration = Duration::from_secs(10);

/// A server that was silent so often in a row, for each frame that may wait at once, is not asked any more.
const MOST_SILENCES: usize = 4;

/// The longest answer of a server that lists objects, bytes: a hundred thousand boxes are shorter. As JSON in memory it
/// takes up to 16 times as much.
pub const MOST_OBJECTS: u64 = 16 << 20;

/// The longest answer of tensors, bytes: the raw outputs of any detector are far shorter.
pub const MOST_TENSORS: u64 = 256 << 20;

/// What to do about an answer of a status, where there is something: it is said behind the server's own words.
pub type Advice<'a> = &'a dyn Fn(u16) -> Option<String>;

/// Makes a request, or says what it lacks; called anew for every try.
pub type MakeRequest<'a> = &'a dyn Fn(&Client) -> Result<RequestBuilder, MissingSecret>;

/// A server, and how to ask it.
pub struct Wire {
    server: ServerName,
    is_plain: bool,
    limits: Limits,
    /// The longest answer, bytes.
    most: u64,
    pace: Option<Pace>,
    secrets: Secrets,
    client: OnceLock<Result<Client, String>>,
    waits: AtomicU64,
    /// Set once all tries of a frame were in vain, until an answer comes: frames get one try each for so long.
    is_lost: AtomicBool,
    /// Time-outs since the last answer.
    silences: AtomicUsize,
    /// The first refusal that every further request would meet, too.
    refusal: OnceLock<String>,
}

impl Wire {
    /// The server at `url`, of which no answer is longer than `most` bytes. Nothing is sent.
    pub fn new(url: &Url, limits: Limits, most: u64, secrets: Secrets, reason_path: Option<String>) -> Self {
        let mut place = url.clone();
        place.set_query(None);
        Self {
            server: ServerName {
                place: secrets.hide(place.as_str()),
                url: url.clone(),
                own_path: String::new(),
                reason_path,
            },
            is_plain: url.scheme() == "http",
            limits,
            most,
            pace: limits.requests_per_second.map(Pace::new),
            secrets,
            client: OnceLock::new(),
            waits: AtomicU64::new(0),
            is_lost: AtomicBool::new(false),
            silences: AtomicUsize::new(0),
            refusal: OnceLock::new(),
        }
    }

    /// The same server, of whose address the end is `own_path`, which no spec names.
    #[must_use]
    pub fn below(self, own_path: &str) -> Self {
        Self { server: ServerName { own_path: own_path.to_owned(), ..self.server }, ..self }
    }

    /// Makes sure that requests can be sent at all: secrets and certificates.
    ///
    /// # Errors
    /// They cannot.
    pub fn check(&self) -> Result<(), PredictError> {
        self.secrets.all_set()?;
        self.client().map(|_| ()).map_err(PredictError::Inference)
    }

    /// The answer to a request, with a status of 2xx. Connection failures, 429 and 5xx are tried again.
    ///
    /// # Errors
    /// There is none; the message names the server and what it said, without any secret, and the way out that `advice`
    /// knows.
    pub fn ask(
        &self,
        make: MakeRequest<'_>,
        advice: Advice<'_>,
        stop: &AtomicBool,
    ) -> Result<ServerReply, PredictError> {
        self.ask_openly(make, advice, stop).map_err(|error| self.hidden(error))
    }

    /// An error without any secret in it; all that a predictor of this server returns must have come through here.
    pub fn hidden(&self, error: PredictError) -> PredictError {
        let hide = |message: String| self.secrets.hide(&message);
        match error {
            PredictError::Inference(message) => PredictError::Inference(hide(message)),
            PredictError::Lost(message) => PredictError::Lost(hide(message)),
            PredictError::NonFinite(message) => PredictError::NonFinite(hide(message)),
            PredictError::Timeout(message) => PredictError::Timeout(hide(message)),
            PredictError::Frame(_) | PredictError::Interrupted => error,
        }
    }

    fn ask_openly(
        &self,
        make: MakeRequest<'_>,
        advice: Advice<'_>,
        stop: &AtomicBool,
    ) -> Result<ServerReply, PredictError> {
        self.check()?;
        let mut patience = Patience::new(self.limits.patience, stop);
        // A server that is gone would cost every further frame all of its patience.
        let tries = if self.is_lost.load(Ordering::Relaxed) { 1 } else { 1 + self.limits.retries };
        let mut tried = 0;
        loop {
            // Before each try: another frame's thread may have heard it while this one waited.
            if let Some(refusal) = self.refusal.get() {
                return Err(PredictError::Inference(refusal.clone()));
            }
            if let Some(pace) = &self.pace {
                pace.wait(&patience)?;
            }
            tried += 1;
            let failure = match self.one_try(make, advice, &mut patience) {
                Ok(answer) => {
                    self.is_lost.store(false, Ordering::Relaxed);
                    self.silences.store(0, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            let wait = match failure.again {
                Again::Never => return Err(self.counted(failure.error)),
                Again::Soon => back_off(tried, self.waits.fetch_add(1, Ordering::Relaxed)),
                Again::After(asked) => asked,
            };
            if tried == tries || wait > patience.left() {
                self.is_lost.store(true, Ordering::Relaxed);
                return Err(failure.given_up(tried, wait, patience.left()));
            }
            patience.sleep(wait)?;
        }
    }

    /// Counts time-outs: hours could go by if every frame waited for a server that hangs.
    fn counted(&self, error: PredictError) -> PredictError {
        if let PredictError::Timeout(message) = &error {
            let silences = self.silences.fetch_add(1, Ordering::Relaxed) + 1;
            if silences >= MOST_SILENCES * self.limits.concurrency.get() {
                let refusal = || format!("{message}; after {silences} time-outs in a row nothing more is asked");
                self.refusal.get_or_init(refusal);
            }
        }
        error
    }

    fn client(&self) -> Result<&Client, String> {
        let build = || {
            ensure_provider();
            let client = Client::builder()
                .user_agent(concat!("windtunnel/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT)
                // A redirect could carry secrets to another host, and turns a POST into a GET.
                .redirect(Policy::none());
            // Without TLS no certificates are needed, so machines that have none can ask local servers.
            let client = if self.is_plain { client.tls_certs_only([]) } else { client };
            client.build().map_err(|error| format!("no connections can be made: {}", causes(&error)))
        };
        self.client.get_or_init(build).as_ref().map_err(Clone::clone)
    }

    /// One request, on a thread of its own: whoever waits for it can be interrupted.
    fn one_try(
        &self,
        make: MakeRequest<'_>,
        advice: Advice<'_>,
        patience: &mut Patience<'_>,
    ) -> Result<ServerReply, Failure> {
        let client = self.client().map_err(|error| Failure::last(PredictError::Inference(error)))?;
        let request = make(client).map_err(|missing| Failure::last(missing.into()))?;
        // On the request, it is for the answer as a whole; on the client, for each piece of it.
        let (request, most) = (request.timeout(self.limits.timeout), self.most);
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            let answer = exchange(request, most);
            // Nobody listens any more after an interrupt.
            let _unheard = sender.send(answer);
        });
        let answer = patience.receive(&receiver).map_err(Failure::last)?;
        match answer {
            Some(Ok(answer)) => self.accept(answer, advice),
            Some(Err(lost)) => Err(self.server.lost(lost, self.limits.timeout, self.most)),
            None => Err(Failure::last(PredictError::Inference(format!("asking {} failed", self.server.place)))),
        }
    }

    /// An answer with a status of 2xx; any other is a failure.
    fn accept(&self, answer: ServerReply, advice: Advice<'_>) -> Result<ServerReply, Failure> {
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_success() {
            return Ok(answer);
        }
        let failure = self.server.refused(&answer, status, advice(answer.status).as_deref());
        if concerns_every_request(status) {
            self.refusal.get_or_init(|| failure.error.to_string());
        }
        Err(failure)
    }
}

/// Refusals that are not about one picture: the next one would be refused, too.
fn concerns_every_request(status: StatusCode) -> bool {
    matches!(status.as_u16(), 401 | 402 | 403 | 404 | 423)
}
