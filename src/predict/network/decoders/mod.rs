//! Decoders: what the numbers of a network's outputs mean, one output layout per file behind [`Decoder`], listed in
//! [`ALL`]; `choose` finds the layout of a network.

mod choose;
mod decoder;
mod outputs;

pub mod classification;
mod classifier;
mod detr;
mod efficient_nms;
mod end2end;
mod fastestdet;
mod mmdeploy;
mod ppyoloe;
mod rfdetr;
mod rtdetr;
mod rtdetr_end2end;
mod ssd;
mod tf_od;
mod torchvision;
mod ultralytics_rtdetr;
mod yolo_nas;
mod yolov5;
mod yolov7_end2end;
mod yolov8;
mod yolox;

use crate::entry::Entry;

pub use choose::choose;
pub use decoder::{Classes, Decode, Decoder, Trial};
pub use outputs::Outputs;

/// The name of every layout, and its page: the header of its file.
pub fn pages() -> Vec<(Entry, String)> {
    let page = |decoder: &&Decoder| {
        let header = decoder.source.lines().take_while(|line| line.starts_with("//!"));
        let lines = header.map(|line| line.trim_start_matches("//!").trim_start_matches(' '));
        (decoder.entry, lines.collect::<Vec<_>>().join("\n"))
    };
    ALL.iter().map(page).collect()
}

/// Every layout.
pub static ALL: &[&Decoder] = &[
    &yolov8::LAYOUT,
    &yolov5::LAYOUT,
    &end2end::LAYOUT,
    &yolov7_end2end::LAYOUT,
    &yolox::LAYOUT,
    &yolo_nas::LAYOUT,
    &ultralytics_rtdetr::LAYOUT,
    &rtdetr_end2end::LAYOUT,
    &rtdetr::LAYOUT,
    &rfdetr::LAYOUT,
    &detr::SOFTMAX,
    &detr::SIGMOID,
    &torchvision::LAYOUT,
    &tf_od::LAYOUT,
    &mmdeploy::LAYOUT,
    &efficient_nms::LAYOUT,
    &ppyoloe::LAYOUT,
    &ssd::LAYOUT,
    &fastestdet::LAYOUT,
    &classifier::LAYOUT,
];
