//! Data elsewhere: datasets are brought here, shards go there and come back. Programs built without the feature `cloud` say
//! so instead.

#[cfg(feature = "cloud")]
mod bucket;
#[cfg(feature = "cloud")]
mod mirror;
#[cfg(not(feature = "cloud"))]
mod without;

#[cfg(feature = "cloud")]
pub use bucket::{probe, put, read_all};
#[cfg(feature = "cloud")]
pub use mirror::mirror;
#[cfg(not(feature = "cloud"))]
pub use without::{mirror, probe, put, read_all};
