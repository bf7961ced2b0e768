//! The report as one HTML file: it asks for nothing else, runs no script, and reads on paper too.

mod album;
mod augmentations;
mod axis;
mod cases;
mod categories;
mod clusters;
mod confusions;
mod curves;
mod data_audit;
mod data_findings;
mod filter;
mod findings;
mod frame;
mod gallery;
mod groups;
mod heat;
mod models;
mod page;
mod provenance;
mod reliability;
mod reporter;
mod samples;
mod shot;
mod speed;
mod state;
mod strips;
mod trend;
mod versus;
mod words;

pub use data_audit::audit_html;
pub use page::html;
pub use reporter::Html;
