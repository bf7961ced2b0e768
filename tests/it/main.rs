//! The integration tests: one program, one file per subject.

mod bad_input;
mod catalog;
mod cli;
mod console;
mod contract;
mod corruptions;
mod dataset_findings;
mod datasets;
mod decoders;
mod determinism;
mod diagnostics;
mod junit;
mod layers;
mod parity;
mod pictures;
mod probe;
mod samples;
mod store;
mod support;
