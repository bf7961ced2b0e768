//! Damaged YOLO exports: each ends in an error that names it, in a counted warning, or in the right objects.

use crate::damage::{Damages, Object};
use crate::support::Workshop;

const CAT: Object = ("a.png", "cat", [16.0, 12.0, 8.0, 6.0]);
const DOG: Object = ("b.png", "dog", [8.0, 6.0, 4.0, 3.0]);

fn base(workshop: &Workshop) {
    workshop.picture("set/images/a.png", 40, 30);
    workshop.picture("set/images/b.png", 40, 30);
    workshop.write("set/labels/a.txt", "0 0.5 0.5 0.2 0.2\n");
    workshop.write("set/labels/b.txt", "1 0.25 0.25 0.1 0.1\n");
    workshop.write("set/data.yaml", DATA);
}

const DATA: &str = "val: images\nnc: 2\nnames: [cat, dog]\n";

fn damages() -> Damages {
    Damages::new(base, "format = \"yolo\"\npath = \"set/data.yaml\"\nsplit = \"val\"")
}

fn data(text: impl AsRef<[u8]>) -> impl Fn(&Workshop) {
    move |workshop| workshop.write("set/data.yaml", &text)
}

fn line(text: impl AsRef<[u8]>) -> impl Fn(&Workshop) {
    move |workshop| workshop.write("set/labels/a.txt", &text)
}

#[test]
fn the_description() {
    let mut damages = damages();
    damages.read_as("nothing", |_| {}, None, &[CAT, DOG]);
    damages.refused("empty", data(""), "is not a YOLO data.yaml: it has no keys");
    damages.refused("cut short", data("val: images\nnames: [cat, do"), "is not a YOLO data.yaml: ");
    damages.refused("zeros", data([0; 100]), "is not a YOLO data.yaml: ");
    damages.refused("Latin-1", data(b"val: images\nnames: [ch\xe2t, dog]\n"), "it is not UTF-8: save it as UTF-8");
    damages.refused("UTF-16", data(b"\xff\xfev\0a\0l\0"), "it is not UTF-8: save it as UTF-8");
    damages.read_as(
        "a byte order mark and CRLF",
        data(format!("\u{feff}{}", DATA.replace('\n', "\r\n"))),
        None,
        &[CAT, DOG],
    );
    damages.read_as("lone CR", data(DATA.replace('\n', "\r")), None, &[CAT, DOG]);
    damages.refused("a name twice", data("val: images\nnames: [cat, dog, cat]\n"), "`names` has `cat` twice");
    damages.refused("a number twice", data("val: images\nnames: {0: cat, 0: dog}\n"), "is not a YOLO data.yaml: ");
    damages.refused("a gap", data("val: images\nnames: {0: cat, 2: dog}\n"), "`names` has no class 1");
    damages.refused("a negative number", data("val: images\nnames: {-1: cat, 0: dog}\n"), "`names` has no class 0");
    damages.refused("no name", data("val: images\nnames: [cat, ~]\n"), "`names` holds something that is no name");
    damages.refused("an empty name", data("val: images\nnames: [cat, '']\n"), "category names that are empty");
    damages.refused("another count", data("val: images\nnc: 3\nnames: [cat, dog]\n"), "`nc: 3` disagrees with the 2");
    damages.refused("a count of 64 bits", data("val: images\nnc: 9223372036854775807\nnames: [cat]\n"), "disagrees");
    damages.refused(
        "keypoints of 64 bits",
        data("val: images\nkpt_shape: [9223372036854775807, 9223372036854775807]\nnames: [cat, dog]\n"),
        "wrong lines (2)",
    );
    let copies = (1..12).fold("a0: &a0 [x]\n".to_owned(), |text, level| {
        let one = format!("*a{}", level - 1);
        text + &format!("a{level}: &a{level} [{}]\n", vec![one; 10].join(", "))
    });
    damages.refused("copies of copies", data(copies), "do its aliases (`*name`) repeat each other?");
    damages.refused("deep", data("- ".repeat(100_000)), "its values are nested more than 64 deep");
    damages.read_as("one alias", data("x: &n [cat, dog]\nval: images\nnames: *n\n"), None, &[CAT, DOG]);
}

#[test]
fn the_text_of_labels() {
    let mut damages = damages();
    let bare = [DOG];
    damages.read_as("empty", line(""), None, &bare);
    damages.read_as("without an end of line", line("0 0.5 0.5 0.2 0.2"), None, &[CAT, DOG]);
    damages.read_as("a byte order mark, CRLF, tabs", line("\u{feff}0\t0.5\t0.5 0.2 0.2\r\n\r\n"), None, &[CAT, DOG]);
    let two = [CAT, ("a.png", "dog", [8.0, 6.0, 4.0, 3.0]), DOG];
    damages.read_as("lone CR", line("0 0.5 0.5 0.2 0.2\r1 0.25 0.25 0.1 0.1\r"), None, &two);
    // Read as one line, three objects would be a polygon.
    let three = "0 0.5 0.5 0.2 0.2\r1 0.25 0.25 0.1 0.1\r1 0.75 0.25 0.1 0.1";
    damages.read_as(
        "three with lone CR",
        line(three),
        None,
        &[two[0], two[1], ("a.png", "dog", [28.0, 6.0, 4.0, 3.0]), DOG],
    );
    damages.refused("cut short", line("0 0.5 0.5 0.2"), "a.txt:1: 4 values instead of five");
    let sizeless = Some("boxes of no size, left out (1)");
    damages.read_as("cut within a number", line("0 0.5 0.5 0.2 0."), sizeless, &[DOG]);
    damages.refused("Latin-1", line(b"0 0.5 0.5 0.2 0.2 \xe2\n"), "is not a YOLO label file: it is not UTF-8");
    damages.refused("UTF-16", line(b"\xff\xfe0\0 \0"), "is not a YOLO label file: it is not UTF-8");
    damages.refused("commas", line("0,0.5,0.5,0.2,0.2\n"), "`0,0.5,0.5,0.2,0.2` is not a number");
    damages.refused("decimal commas", line("0 0,5 0,5 0,2 0,2\n"), "`0,5` is not a number");
    damages.refused("a name", line("cat 0.5 0.5 0.2 0.2\n"), "`cat` is not a number");
    damages.refused("a name in quotes", line("\"0\" 0.5 0.5 0.2 0.2\n"), "`\"0\"` is not a number");
    damages.refused("a page", line("<html></html>\n"), "`<html></html>` is not a number");
    damages.refused("zeros", line([0; 20]), "is not a number");
}

#[test]
fn boxes_and_classes() {
    let mut damages = damages();
    damages.refused("NaN", line("0 0.5 nan 0.2 0.2\n"), "`nan` is not a number");
    damages.refused("infinite", line("0 0.5 inf 0.2 0.2\n"), "`inf` is not a number");
    damages.refused("beyond doubles", line("0 0.5 1e999 0.2 0.2\n"), "`1e999` is not a number");
    damages.refused("negative size", line("0 0.5 0.5 -0.2 0.2\n"), "a box of -0.2 by 0.2");
    damages.refused("far negative", line("0 -5 0.5 0.2 0.2\n"), "-5 is no share 0..1 of the picture: is it in pixels?");
    damages.refused("pixels", line("0 16 12 8 6\n"), "16 is no share 0..1 of the picture: is it in pixels?");
    let cut = [("a.png", "cat", [0.0, 12.0, 2.0, 6.0]), DOG];
    damages.read_as(
        "negative corner",
        line("0 -0.05 0.5 0.2 0.2\n"),
        Some("boxes that reach beyond their image, clipped (1)"),
        &cut,
    );
    damages.read_as(
        "outside",
        line("0 -0.5 0.5 0.2 0.2\n"),
        Some("boxes outside of their image, left out (1)"),
        &[DOG],
    );
    damages.read_as("of no size", line("0 0.5 0.5 0 0\n"), Some("boxes of no size, left out (1)"), &[DOG]);
    damages.read_as("a class with a point", line("0.0 0.5 0.5 0.2 0.2\n"), None, &[CAT, DOG]);
    damages.refused("half a class", line("0.5 0.5 0.5 0.2 0.2\n"), "class 0.5 is not a whole number");
    damages.refused("a negative class", line("-1 0.5 0.5 0.2 0.2\n"), "class -1 is not among the 2 of `names` (0..=1)");
    damages.refused(
        "a class of 64 bits",
        line("18446744073709551616 0.5 0.5 0.2 0.2\n"),
        "is not among the 2 of `names`",
    );
    damages.refused("a confidence", line("0 0.5 0.5 0.2 0.2 0.9\n"), "six values are a prediction with its confidence");
    let twice = Some("objects written twice, of which one is kept (1): a.png [16, 12, 8, 6]");
    damages.read_as("twice", line("0 0.5 0.5 0.2 0.2\n0 0.5 0.5 0.2 0.2\n"), twice, &[CAT, DOG]);
}

#[test]
fn masks() {
    let mut damages = damages();
    let seen = [("a.png", "cat", [4.0, 3.0, 16.0, 12.0]), DOG];
    damages.read_as("a polygon", line("0 0.1 0.1 0.5 0.1 0.5 0.5\n"), None, &seen);
    damages.read_as("four corners", line("0 0.1 0.1 0.5 0.1 0.5 0.5 0.1 0.5\n"), None, &seen);
    let beyond = [("a.png", "cat", [0.0, 3.0, 20.0, 12.0]), DOG];
    damages.read_as("a polygon beyond the edge", line("0 -0.1 0.1 0.5 0.1 0.5 0.5\n"), None, &beyond);
    damages.refused(
        "half a corner",
        line("0 0.1 0.1 0.5 0.1 0.5 0.5 0.1\n"),
        "8 values instead of five or a polygon's",
    );
    damages.refused("NaN in a polygon", line("0 0.1 NaN 0.5 0.1 0.5 0.5\n"), "`NaN` is not a number");
    damages.read_as(
        "a polygon of no area",
        line("0 0.9 0.9 0.9 0.9 0.9 0.9\n"),
        Some("boxes of no size, left out (1)"),
        &[DOG],
    );
    let keypoints = |workshop: &Workshop| {
        data("val: images\nkpt_shape: [1, 2]\nnames: [cat, dog]\n")(workshop);
        line("0 0.5 0.5 0.2 0.2 0.5 0.5\n")(workshop);
        workshop.write("set/labels/b.txt", "1 0.25 0.25 0.1 0.1 0.2 0.2\n");
    };
    damages.read_as("keypoints", keypoints, None, &[CAT, DOG]);
}

#[test]
fn files_and_paths() {
    let mut damages = damages();
    let unlabelled = Some("images without a label file, taken as images without objects (1): a.png");
    damages.read_as(
        "no labels of an image",
        |w| std::fs::remove_file(w.path("set/labels/a.txt")).unwrap(),
        unlabelled,
        &[DOG],
    );
    let imageless = |w: &Workshop| std::fs::remove_file(w.path("set/images/a.png")).unwrap();
    damages.read_as("no image of labels", imageless, Some("label files without an image (1): a.txt"), &[DOG]);
    let no_labels = |w: &Workshop| std::fs::remove_dir_all(w.path("set/labels")).unwrap();
    damages.refused("no labels at all", no_labels, "no image has a label file: there is no <folder>/set/labels/a.txt");
    damages.refused("an empty picture", |w| w.write("set/images/a.png", ""), "unusable image files (1)");
    let same = |w: &Workshop| {
        w.picture("set/images/x/a.png", 40, 30);
        w.picture("set/images/y/a.png", 20, 30);
        w.write("set/labels/x/a.txt", "0 0.5 0.5 0.2 0.2\n");
        w.write("set/labels/y/a.txt", "1 0.5 0.5 0.2 0.2\n");
    };
    let all = [CAT, DOG, ("x/a.png", "cat", CAT.2), ("y/a.png", "dog", [8.0, 12.0, 4.0, 6.0])];
    damages.read_as("one name in two folders", same, None, &all);
    damages.refused(
        "one stem of two pictures",
        |w| w.picture("set/images/a.jpg", 40, 30),
        "images that share a label file (1): a.jpg and a.png",
    );
    damages.read_as("backslashes", data("val: .\\images\nnames: [cat, dog]\n"), None, &[CAT, DOG]);
    let list = |text: &'static str| {
        move |w: &Workshop| {
            w.write("set/list.txt", text);
            w.write("set/data.yaml", "val: list.txt\nnames: [cat, dog]\n");
        }
    };
    let in_folder = [("images/a.png", CAT.1, CAT.2), ("images/b.png", DOG.1, DOG.2)];
    damages.read_as("a list with lone CR", list("images/a.png\rimages/b.png\r"), None, &in_folder);
    damages.read_as(
        "a list with backslashes",
        list("images\\a.png\r\n.\\images\\b.png\r\n"),
        Some("images written with `\\` (2)"),
        &in_folder,
    );
    damages.refused("a list of another machine", list("C:\\data\\images\\a.png\n"), "missing image files (1)");
    damages.refused("a list cut short", list("images/a.png\nimages/b.p"), "missing image files (1)");
    damages.refused("an empty list", list("\n"), "`val: list.txt` has no images");
    damages.refused("a list with an image twice", list("images/a.png\n./images/a.png\n"), "images listed twice (1)");
    damages.refused(
        "a split around the dataset",
        data("val: ../..\nnames: [cat, dog]\n"),
        "holds the folder of the dataset itself",
    );
    damages.refused("the whole disk", data("val: /\nnames: [cat, dog]\n"), "holds the folder of the dataset itself");
    damages.refused(
        "a split that is gone",
        data("val: ../x/images\nnames: [cat, dog]\n"),
        "`val: ../x/images` leads nowhere",
    );
}

#[test]
#[cfg(unix)]
fn files_that_are_none() {
    use crate::damage::{link, pipe};
    let mut damages = damages();
    let unlabelled = Some("images without a label file, taken as images without objects (1): a.png");
    damages.read_as(
        "a pipe as picture",
        |w| pipe(w, "set/images/a.png"),
        Some("label files without an image (1)"),
        &[DOG],
    );
    damages.read_as("a pipe as labels", |w| pipe(w, "set/labels/a.txt"), unlabelled, &[DOG]);
    damages.refused("a pipe as description", |w| pipe(w, "set/data.yaml"), "is a pipe or a device, not the data.yaml");
    damages.read_as(
        "a link to itself",
        |w| link(w, "set/images/a.png", "set/images/a.png"),
        Some("label files without an image (1)"),
        &[DOG],
    );
    let listed = |w: &Workshop| {
        pipe(w, "set/images/a.png");
        w.write("set/list.txt", "images/a.png\nimages/b.png\n");
        w.write("set/data.yaml", "val: list.txt\nnames: [cat, dog]\n");
    };
    damages.refused("a listed pipe", listed, "it is a pipe or a device, not a file");
    let around = |w: &Workshop| link(w, "set", "set/images/around");
    damages.read_as("a link to the folder around", around, None, &[CAT, DOG]);
}
