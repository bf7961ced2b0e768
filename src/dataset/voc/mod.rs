//! Pascal VOC: an XML file per image (<http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html>).
//!
//! ```toml
//! [dataset.test]
//! format = "voc"
//! path = "VOC2007"                 # or the folder of a Roboflow export, or one with XML files
//! split = "test"
//! images = "pictures"              # only where the pictures are neither in JPEGImages nor beside the XML files
//! labels = ["cat", "dog"]          # the classes in order; default: the names found, sorted
//! corners = "edges"                # what a corner means, where the files do not say who wrote them
//! ```
//!
//! **Layouts**: a folder `Annotations` (or `xmls`) with one of pictures beside it (`JPEGImages`, `images`), or one folder for both, also
//! with folders below them; `split` is a list in `ImageSets/Main`, in `ImageSets` or beside them, or a folder of that name around
//! or in them. Else the XML files of the folder `<split>` (of `path` itself without `split`), or of the folders below it where it
//! has none, beside their pictures. A folder that holds nothing but the dataset's (`VOCdevkit`) may be named, too.
//! `valid` and `val` are the same split. A picture belongs to the XML file of the same name; where several do, or none does,
//! `filename` decides.
//!
//! **Corners** (`xmin`, `ymin`, `xmax`, `ymax`, in any order, whole or not) mean different things:
//!
//! - `edges`: edges of the box in pixels from 0, as `LabelImg`, CVAT and most tools write. The default.
//! - `from_one`: the same counted from 1, as Roboflow writes (a box to the right edge of an image 155 wide has `xmax`
//!   156). Taken where `database` is `roboflow...`, but for files of its library `supervision` (folder `VOC`).
//! - `inclusive`: the first and last pixel, counted from 1, as the VOC challenges define it, so the left edge is
//!   `xmin - 1` and the right one `xmax`. Taken where `annotation` begins with `PASCAL VOC`, and for `supervision`.
//!
//! What was taken is told in a note. Against each other the readings differ by at most a pixel.
//!
//! Objects that are `difficult` count neither for nor against a model, like COCO's crowd regions. `part`s of objects
//! are not read. Image ids are the places in the sorted file names, for nobody but this program; category ids those in the list of classes, from 1.
//!
//! Errors: missing or unusable images, images of another `size` than written (the right way up), XML that is broken
//! or has no box for an object, or two, names that `labels` does not have, corners in the wrong order, two images of the
//! same name. Warnings, counted: pictures without an XML file (left out), boxes beyond the image (clipped) or of no size
//! (left out), `size` left at 0, a `filename` of another picture, objects written twice, boxes turned by CVAT's `rotation` (those around them are taken).

mod annotation;
mod find;
mod format;
mod layout;
mod reader;
mod xml;

pub use format::Voc;
