//! Folders of classes: `ImageFolder` of torchvision, the layout of Ultralytics and the folder export of Roboflow.
//!
//! ```toml
//! task = "classify"
//!
//! [dataset.test]
//! format = "folder"
//! path = "flowers"        # flowers/test/daisy/1.jpg, or with no `split` the folder of the class folders itself
//! split = "test"
//! classes = "synsets.txt" # where folders are called by WordNet ids: what those mean
//! ```
//!
//! - A class is a folder, and called as it is: `10` and `2`, `Cat` and `cat` are what their letters say. No place in an order of
//!   folders is a number: a split that lacks a folder would shift all later classes. Where a split is one of several, the
//!   folders of all are its classes; an empty folder is a class without pictures.
//! - Pictures in folders of a class folder are of that class. Hidden files and files that are no pictures are left out, counted.
//! - Errors: no class folder, fewer than two classes, a picture that is none, a class folder that `classes` does not name.

mod format;
mod layout;
mod reader;

pub use format::{CLASSES, Folder};
