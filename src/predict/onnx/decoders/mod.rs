//! Decoders: what the numbers of a network's outputs mean, one output layout per file behind [`Decoder`], listed in
//! [`ALL`]; `choose` finds the layout of a network.

mod choose;
mod decoder;
mod outputs;

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
mod yolov8;
mod yolox;

pub use choose::choose;
pub use decoder::{Classes, Decoder, Trial};
pub use outputs::Outputs;

/// Every layout.
pub static ALL: &[&dyn Decoder] = &[
    &yolov8::YoloV8,
    &yolov5::YoloV5,
    &end2end::End2End,
    &yolox::Yolox,
    &yolo_nas::YoloNas,
    &ultralytics_rtdetr::UltralyticsRtDetr,
    &rtdetr_end2end::RtDetrEnd2End,
    &rtdetr::RtDetr,
    &rfdetr::RfDetr,
    &detr::Detr,
    &detr::DetrSigmoid,
    &torchvision::Torchvision,
    &tf_od::TfOd,
    &mmdeploy::MmDeploy,
    &efficient_nms::EfficientNms,
    &ppyoloe::PpYoloe,
    &ssd::Ssd,
    &fastestdet::FastestDet,
];
