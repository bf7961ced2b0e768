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
mod gates;
mod http;
mod init;
mod junit;
mod layers;
mod loopback;
mod oip;
mod overlays;
mod parity;
mod pictures;
mod predictors;
mod probe;
mod regression;
mod roboflow;
mod samples;
mod schema;
mod selection;
mod store;
#[cfg(unix)]
mod subprocess;
mod support;
mod waivers;
