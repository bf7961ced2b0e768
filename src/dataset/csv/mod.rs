//! Tables of classes: a line per picture, with a column of files and one of labels, or with a column of 0 and 1 per class, as
//! Roboflow's `_classes.csv` has it.
//!
//! ```toml
//! task = "classify"
//!
//! [dataset.test]
//! format = "csv"
//! path = "labels.csv"          # or the folder of a Roboflow export, then with a `split`
//! images = "pictures"          # default: the folder of the table
//! columns = ["id", "breed"]    # where the header does not tell: the columns of the file and of the label
//! classes = "names.txt"        # where labels are numbers: the names, one a line, from 0
//! ```
//!
//! - Columns are parted by `,`, `;` or tabs, values may be quoted (RFC 4180). A first line that names no picture is the header.
//! - A label is a name, or with `classes` a number, too. Without it numbers are names: `7` is the class `7`.
//! - Files are named from `images`, with or without extension; one whose folders are of another machine is found by its last name.
//! - Other columns are metadata of the pictures: `[slices]` may part them.
//! - Errors: a file that is not there, two labels for one picture, no label, and in a table with a column per class lines with no
//!   class or several: which of them would be right is not known. A picture listed twice with the same label counts once.

mod columns;
mod format;
mod reader;
mod rows;

pub use format::Csv;
