//! Lists of pictures with class numbers, as ImageNet's validation set has them: a file and its class a line.
//!
//! ```toml
//! task = "classify"
//!
//! [dataset.val]
//! format = "list"
//! path = "meta/val.txt"        # ILSVRC2012_val_00000001.JPEG 65
//! images = "val"               # default: the folder of the list
//! classes = "synset_words.txt" # n01440764 tench, Tinca tinca: line 0 is class 0
//! ```
//!
//! - The last word of a line is the class: its number in `classes`, its WordNet id, or its name. Without `classes` it is what the
//!   class is called.
//! - A number that `classes` does not have is an error: lists that count from 1 (ILSVRC's development kit, which has another order
//!   as well) would name the wrong class everywhere else. With 1001 classes, the first of which is the background, `classes` has to
//!   have 1001 lines.

mod format;
mod reader;

pub use format::PictureList;
