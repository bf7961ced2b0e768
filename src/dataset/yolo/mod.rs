//! YOLO: a `data.yaml` that names classes and splits, and a text file of labels per image.
//!
//! ```toml
//! [dataset.test]
//! format = "yolo"
//! path = "export"        # a data.yaml, or the folder that holds it
//! split = "test"         # train, val (or valid), test: a key of data.yaml
//! images = "pictures"    # only where the pictures are not where data.yaml says
//! ```
//!
//! **data.yaml**: `names` (a list, or a map from 0 upwards), `nc` (must agree), a key per split, `path` (the root of
//! the splits, seen from the file's folder; default: that folder). A split is a folder of images with all below it, a
//! text file that lists images, or a list of these. Roboflow writes `../train/images` for a folder that is beside
//! the file: a path is looked for from the root, then without its `../`, then from the root's parent, and a note
//! tells where it was found if not at the first place.
//!
//! In place of a data.yaml there may be darknet's `obj.data`, as CVAT writes it, or a list of classes (`classes.txt`), as `LabelImg`
//! and Label Studio leave it: then the pictures are in `images`, with a folder per split or without (`split = "all"`), or
//! beside the list.
//!
//! **Labels** of `a/images/b/c.jpg` are in `a/labels/b/c.txt`: the last folder called `images` below the root becomes
//! `labels`, or the last one of the whole path if there is such a folder of labels; where there is none, they are beside the
//! image. With `images`, pictures are taken from that folder by
//! name; a folder as split then means the label files in its labels folder.
//!
//! **A line** is an object: class, centre x, centre y, width, height, in shares of the picture the right way up. More
//! values are a polygon (class, then x y for each corner): its enclosing box, and as `area` the area of the polygon, as
//! COCO does. With `kpt_shape` in data.yaml the values after the box are keypoints, which are not read.
//!
//! Image ids are the places in the sorted file names, from 1, for nobody but this program: results name images by file name
//! or stem. Category ids are the class numbers, from 0.
//!
//! Errors: six values in a line (the last is a confidence: these are predictions), lines that all end in a confidence
//! and a track id, or all are boxes with keypoints that data.yaml does not tell of, other wrong lines, class numbers
//! out of range, coordinates far outside 0..1 (pixels?), missing or unusable images, images listed twice, two
//! images that share a label file, no label file at all, a split that holds the dataset's own folder. Warnings, counted: images without a label file (taken as
//! images without objects), label files without an image, boxes beyond the image (clipped) or of no size (left out),
//! objects written twice, `\` in paths, images outside of the dataset's folder.

mod darknet;
mod data_yaml;
mod format;
mod line;
mod listing;
mod long_lines;
mod outline;
mod reader;
mod yaml_size;

pub use format::Yolo;
