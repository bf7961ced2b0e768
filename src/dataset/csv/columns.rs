//! Which columns of a table tell what: told by the spec, by the header, or by the values.

use std::path::Path;

use super::rows::Row;
use crate::dataset::files::is_picture;

/// What the columns of a table are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// Position of that of the files.
    pub file: usize,
    /// Where the class stands.
    pub class: ClassColumns,
    /// Names and positions of the others.
    pub others: Vec<(String, usize)>,
    /// Whether the first row is the header.
    pub has_header: bool,
}

/// Where the class of a picture stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClassColumns {
    /// In one column.
    Label(usize),
    /// A column for each class, with its name and position.
    Flags(Vec<(String, usize)>),
}

/// Headers of the column of files, in small letters and without `_`, `-` and space.
const FILES: [&str; 14] = [
    "file",
    "filename",
    "filepath",
    "image",
    "imagename",
    "imagepath",
    "imagefile",
    "imageid",
    "img",
    "imgpath",
    "path",
    "picture",
    "id",
    "name",
];

/// Headers of the column of labels, alike.
const LABELS: [&str; 12] = [
    "label",
    "labels",
    "class",
    "classname",
    "classid",
    "classlabel",
    "category",
    "categoryname",
    "target",
    "y",
    "breed",
    "species",
];

fn plain(header: &str) -> String {
    header.to_lowercase().chars().filter(|letter| !matches!(letter, '_' | '-' | ' ')).collect()
}

/// Finds the columns of `rows`; `named` are those of the spec.
///
/// # Errors
/// Nothing tells which they are.
pub fn columns(rows: &[Row], named: Option<&[String; 2]>) -> Result<Columns, String> {
    let Some(first) = rows.first() else { return Err("it has no line".to_owned()) };
    if let Some([file, label]) = named {
        let place = |name: &String| {
            let missing = || format!("its header has no column `{name}`: it has `{}`", first.values.join("`, `"));
            first.values.iter().position(|header| header == name).ok_or_else(missing)
        };
        let (file, label) = (place(file)?, place(label)?);
        return Ok(headed(first, file, ClassColumns::Label(label)));
    }
    if first.values.iter().any(|value| is_picture(Path::new(value))) {
        return headless(first);
    }
    let known = |words: &[&str]| first.values.iter().position(|header| words.contains(&plain(header).as_str()));
    let file = known(&FILES);
    let flags = file.and_then(|file| flags(rows, file));
    match (file, known(&LABELS).filter(|label| Some(*label) != file), first.values.len()) {
        (Some(file), Some(label), _) => Ok(headed(first, file, ClassColumns::Label(label))),
        (Some(file), None, 2) => Ok(headed(first, file, ClassColumns::Label(1 - file))),
        (Some(file), None, _) if flags.is_some() => {
            Ok(headed(first, file, ClassColumns::Flags(flags.unwrap_or_default())))
        }
        (None, Some(label), 2) => Ok(headed(first, 1 - label, ClassColumns::Label(label))),
        // Names of files without an extension, and no header.
        (None, None, 2) => headless(first),
        (Some(_) | None, Some(_) | None, _) => Err(format!(
            "its header does not tell which columns are the file and the label: name them in `columns = [\"file\", \"label\"]`; it has `{}`",
            first.values.join("`, `")
        )),
    }
}

fn headed(first: &Row, file: usize, class: ClassColumns) -> Columns {
    let is_class = |at: usize| match &class {
        ClassColumns::Label(label) => at == *label,
        ClassColumns::Flags(flags) => flags.iter().any(|(_, flag)| *flag == at),
    };
    let others =
        first.values.iter().enumerate().filter(|(at, header)| *at != file && !is_class(*at) && !header.is_empty());
    let others = others.map(|(at, header)| (header.clone(), at)).collect();
    Columns { file, class, others, has_header: true }
}

/// `file,label` without a header: the picture is what is called like one.
fn headless(first: &Row) -> Result<Columns, String> {
    let pictures: Vec<usize> = (0..first.values.len()).filter(|at| is_picture(Path::new(&first.values[*at]))).collect();
    let file = pictures.first().copied().unwrap_or(0);
    if first.values.len() != 2 || pictures.len() > 1 {
        return Err(format!(
            "its first line is no header and not `file,label`: it has {} values (write a header that says which is which)",
            first.values.len()
        ));
    }
    Ok(Columns { file, class: ClassColumns::Label(1 - file), others: Vec::new(), has_header: false })
}

/// The columns beside that of the files, where each value in them is 0 or 1.
fn flags(rows: &[Row], file: usize) -> Option<Vec<(String, usize)>> {
    let (header, rows) = rows.split_first()?;
    let flags: Vec<usize> = (0..header.values.len()).filter(|at| *at != file).collect();
    let is_flag = |row: &Row, at: usize| row.values.get(at).is_some_and(|value| flag(value).is_some());
    let all = flags.len() > 1 && !rows.is_empty() && rows.iter().all(|row| flags.iter().all(|at| is_flag(row, *at)));
    all.then(|| flags.into_iter().map(|at| (header.values[at].clone(), at)).collect())
}

/// 0 or 1 as tools write them.
pub fn flag(value: &str) -> Option<bool> {
    match value.to_lowercase().as_str() {
        "1" | "1.0" | "true" => Some(true),
        "0" | "0.0" | "false" | "" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::rows;
    use super::*;

    fn find(text: &str) -> Result<(usize, ClassColumns, bool), String> {
        columns(&rows(text), None).map(|columns| (columns.file, columns.class, columns.has_header))
    }

    #[test]
    fn columns_are_told_by_header_or_by_what_a_picture_is_called() {
        let label = |at| ClassColumns::Label(at);
        assert_eq!(find("a.jpg,cat\nb.jpg,dog"), Ok((0, label(1), false)));
        assert_eq!(find("cat,a.jpg"), Ok((1, label(0), false)));
        assert_eq!(find("Image Path,Class Name\na,cat"), Ok((0, label(1), true)));
        assert_eq!(find("id,breed\n000bec18,boston_bull"), Ok((0, label(1), true)));
        assert_eq!(find("weather,label,file\nrain,cat,a.jpg"), Ok((2, label(1), true)));
        assert_eq!(find("000bec18,boston_bull\n1,x"), Ok((0, label(1), false)));
        let flags = ClassColumns::Flags(vec![("cat".to_owned(), 1), ("big dog".to_owned(), 2)]);
        assert_eq!(find("filename, cat, big dog\na.jpg, 1, 0\nb.jpg,0,1"), Ok((0, flags, true)));
        assert!(find("a,b,c\nx,y,z").unwrap_err().contains("columns = [\"file\", \"label\"]"));
        assert!(find("a.jpg,cat,dog").unwrap_err().contains("it has 3 values"));
    }
}
