//! The audit of datasets: images that splits share or have twice, labels that models contradict, and how everything is
//! spread. Plain findings; what they are held against is the gate's.
//!
//! `look` takes a picture in, `hash` and `near` find pictures that look alike, `original` those of one origin, and `twins`
//! puts the three together; `suspects`, `balance` and `spread` are about labels.

mod balance;
mod gap;
mod hash;
mod look;
mod luma;
mod near;
mod original;
mod spread;
mod suspects;
mod twins;

pub use balance::{Balance, CategoryCount, balance};
pub use look::{Look, look};
pub use luma::Light;
pub use original::original;
pub use spread::{Brightness, ObjectSizes, Outlier, Quantiles, Spread, Trait, spread};
pub use suspects::{CONFIDENT, Suspect, Suspects, Unfound, Voice, suspects};
pub use twins::{Album, Likeness, Twin, between, within};
