//! The integration tests: one program, one file per subject.

mod bad_input;
mod catalog;
mod cli;
mod console;
mod contract;
mod corruptions;
mod coverage;
mod dataset_findings;
mod datasets;
mod decoders;
mod detector;
mod determinism;
mod diagnostics;
mod evaluation;
mod export;
mod gates;
mod help;
mod http;
mod junit;
mod layers;
mod loopback;
mod oip;
mod parity;
mod pictures;
mod predictors;
mod probe;
mod regression;
mod reports;
mod roboflow;
mod samples;
mod store;
#[cfg(unix)]
mod subprocess;
mod support;
mod waivers;
