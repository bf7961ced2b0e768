//! The integration tests: one program, one file per subject.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests read what they and the program wrote, and look at clock and environment as users do"
)]

mod audit;
mod bad_input;
mod bounds;
mod broken;
mod catalog;
mod categories;
mod checks;
mod classes;
mod classification;
mod classify;
mod cli;
mod console;
mod contract;
mod corruptions;
mod coverage;
mod crops;
mod damage;
mod damaged_coco;
mod damaged_voc;
mod damaged_yolo;
mod dataset_findings;
mod datasets;
mod decoders;
mod detector;
mod determinism;
mod diagnostics;
mod engines;
mod evaluation;
mod export;
mod exports;
mod external_data;
mod false_alarms;
mod first_day;
mod foreign_results;
mod formulas;
mod gates;
mod github;
mod headline;
mod help;
mod html;
mod http;
mod identity;
mod imports;
mod init;
mod init_layouts;
mod junit;
mod kind_pages;
mod layers;
mod loopback;
mod oip;
mod onnx_file;
mod others_files;
mod others_labels;
mod overlays;
mod params;
mod parity;
mod pictures;
mod predictors;
mod probe;
mod progress;
mod regression;
mod reports;
mod roboflow;
mod samples;
mod schema;
mod secrets;
mod selection;
mod shards;
mod slices;
mod store;
mod subprocess;
mod support;
mod texts;
mod unlabelled;
mod untrusted;
mod unusable;
mod voc_layouts;
mod waivers;
mod ways_out;
mod whole_pictures;
