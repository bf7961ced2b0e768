//! COCO instances JSON: `images`, `annotations`, `categories` (cocodataset.org/#format-data).
//!
//! ```toml
//! [dataset.test]
//! format = "coco"
//! path = "annotations/test.json"   # or the folder of a Roboflow export, then with `split = "test"`
//! images = "images"                # default: the folder of the JSON file
//! ```
//!
//! - `path` may be a folder that holds `_annotations.coco.json`, or one with a folder of that sort per split (`valid`
//!   and `val` are the same split). Other files lying around do not matter.
//! - Boxes are taken as they are, in pixels, and evaluated as pycocotools does; `area` is the mask's where it is given and
//!   can be true, `iscrowd` regions count neither for nor against a model. Masks, polygon or RLE, are not read.
//! - Ids may be numbers or texts. Where those of the images are texts, the images are counted from 1 within the program.
//! - Roboflow's exports begin with a category 0 that no object has and that only names the project: it is dropped.
//! - Errors: missing or unusable images, images of another size than written (the right way up), ids or names used
//!   twice, unknown ids, impossible boxes, boxes in shares of the picture. Warnings, counted: boxes of no size,
//!   outside of their image or beyond it, objects written twice, annotations with `ignore` (which count), areas that cannot be
//!   true (those of the boxes are taken), boxes turned by `rotation` (those around them are taken), pictures that EXIF data
//!   turn, `\` in paths, pictures found by their last names alone, pictures behind links, pictures beside the JSON file that it
//!   does not list.
//! - With `task = "classify"` and without `crops` the annotations of a picture say its class: boxes are not needed, several of
//!   one category are one, and pictures of none or of several categories are an error.
//! - A `file_name` that leads out of the folder of images is an error, and read with `allow_outside = true`, unless one picture
//!   in the folder has the same last name.

mod advice;
mod annotations;
mod classes;
mod file;
mod format;
mod reader;

pub use format::Coco;
