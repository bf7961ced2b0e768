//! What predictors that ask a server share: reading their options, sending a request again where that may help,
//! waiting that an interrupt ends at once, secrets that nobody gets to see, and all else where the server answers a
//! picture with a list of objects or with its classes (`model_server`).

mod address;
mod back_off;
mod client;
mod exchange;
mod failure;
mod limits;
mod model_server;
mod pace;
mod patience;
mod retry_after;
mod secret;
mod server_reply;

pub use address::{WhereSecretsGo, below, is_local, is_secret_name, read_address, refuse_literal_secrets};
pub use client::{MOST_OBJECTS, MOST_TENSORS, Wire};
pub use limits::{LimitDefaults, Limits, MOST_AT_ONCE, SECONDS, read_concurrency};
pub use model_server::{AskModel, ModelServer, ToldByServer};
pub use patience::Patience;
pub use secret::{MissingSecret, Secret, Secrets, read_variable_name, with_bearer};
pub use server_reply::{ServerReply, number, shown};
