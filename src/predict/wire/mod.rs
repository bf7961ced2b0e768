//! What predictors that ask a server share: reading their options, sending a request again where that may help,
//! waiting that an interrupt ends at once, and secrets that nobody gets to see.

mod address;
mod answer;
mod back_off;
mod client;
mod limits;
mod pace;
mod patience;
mod retry_after;
mod secret;

pub use address::{read_address, refuse_literal_secrets};
pub use answer::{Answer, shown};
pub use client::{MakeRequest, Wire};
pub use limits::{LimitDefaults, Limits};
pub use secret::{Secret, Secrets, read_variable_name};
