//! Panics inside the embedded engine are told as errors of its model; what Rust prints of them beside is left out.

use std::panic::{set_hook, take_hook};

/// Keeps Rust from printing the engine's panics.
pub fn leave_out_the_engines() {
    let usual = take_hook();
    set_hook(Box::new(move |panic| {
        // Its crates are called rten and rten-something, and every path to their files says so.
        if !panic.location().is_some_and(|place| place.file().contains("rten")) {
            usual(panic);
        }
    }));
}
