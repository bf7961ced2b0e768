//! What a picture was called before Roboflow exported it: versions of one picture, augmented or not, have that in common.

use crate::dataset::Dataset;
use crate::detection::ImageRecord;

/// What Roboflow puts between the name and its own hash: `cat_jpg.rf.0123456789abcdef0123456789abcdef.jpg`.
const MARK: &str = ".rf.";

/// Letters of Roboflow's hash, at least; shorter words behind the mark are somebody's own.
const HASH: usize = 16;

/// The original of an image: `cat_jpg`; `None` where neither its name nor its labels tell of one.
pub fn original(data: &Dataset, image: &ImageRecord) -> Option<String> {
    let by_name = marked(&image.file_name).map(ToOwned::to_owned);
    by_name.or_else(|| data.aside.originals.get(&image.file_name).map(|name| exported(name)))
}

fn marked(file_name: &str) -> Option<&str> {
    let name = file_name.rsplit(['/', '\\']).next()?;
    let (original, rest) = name.rsplit_once(MARK)?;
    let hash = rest.split('.').next()?;
    let is_hash = hash.len() >= HASH && hash.chars().all(|letter| letter.is_ascii_alphanumeric());
    (is_hash && !original.is_empty()).then_some(original)
}

/// `cat.jpg` as names of exports have it: `cat_jpg`.
fn exported(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}_{extension}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_exports_tell_their_original_and_others_do_not() {
        let hash = "0123456789abcdef0123456789abcdef";
        assert_eq!(marked(&format!("train/images/cat_1_jpg.rf.{hash}.jpg")), Some("cat_1_jpg"));
        assert_eq!(marked(&format!("a.rf.{hash}.rf.{hash}.jpg")), Some(format!("a.rf.{hash}").as_str()));
        assert_eq!(marked("BloodImage_00007.jpg"), None);
        assert_eq!(marked("shot.rf.12.jpg"), None);
        assert_eq!(marked(&format!(".rf.{hash}.jpg")), None);
    }

    #[test]
    fn names_in_labels_are_those_of_exports() {
        assert_eq!(exported("BloodImage_00007.jpg"), "BloodImage_00007_jpg");
    }
}
