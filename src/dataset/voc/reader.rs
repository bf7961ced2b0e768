//! A split of a VOC dataset to a [`Dataset`].

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::annotation::{Corners, Object, corners_by_source, size};
use super::find::others;
use super::layout::Layout;
use super::xml::{self, Element};
use crate::dataset::files::{clean_name, clean_path, is_picture, name_in, read_text, stem};
use crate::dataset::findings::Findings;
use crate::dataset::last_names::composed;
use crate::dataset::metadata::metadata;
use crate::dataset::place::tell_links;
use crate::dataset::records::{NamedPicture, Pictured, check_names, record};
use crate::dataset::turn::around;
use crate::dataset::{Aside, Dataset, DatasetError, ImageIds, Numbering, Reader, Terms, boxes};
use crate::detection::{Annotation, BBox, Category, Shape};
use crate::digest::Digest;
use crate::entry::NotFound;
use crate::file;
use crate::spec::Choice;

/// Reads one split.
pub struct VocReader {
    /// The dataset's folder, as the spec names it.
    pub folder: PathBuf,
    /// The split, as the spec names it.
    pub split: Option<String>,
    /// Where its files are.
    pub layout: Layout,
    /// Where the pictures are, if not where the layout has them.
    pub images: Option<PathBuf>,
    /// The classes in order, if given.
    pub labels: Option<Vec<String>>,
    /// What corners mean, if given.
    pub corners: Option<Corners>,
}

/// An XML file that was read.
struct VocPage {
    path: PathBuf,
    text: String,
    root: Element,
    objects: Vec<Object>,
    corners: Corners,
}

impl Reader for VocReader {
    fn read(&self, terms: Terms) -> Result<Dataset, DatasetError> {
        let mut findings = Findings::default();
        findings.says_where(self.images.is_some());
        let mut pages = Vec::new();
        for path in self.layout.xml_files(terms.bounds, &mut findings)? {
            pages.extend(self.page(path, &mut findings)?);
        }
        if pages.is_empty() {
            findings.refuse("no XML file that can be used");
        }
        self.tell_corners(&pages, &mut findings);
        let categories = self.categories(&pages, &mut findings);
        let pictures = self.pictures(&pages, &mut findings)?;
        let ids: HashMap<&str, u64> = categories.iter().map(|c| (c.name.as_str(), c.id)).collect();
        let (mut images, mut annotations) = (Vec::new(), Vec::new());
        for ((id, page), path) in (1..).zip(&pages).zip(pictures) {
            let name = name_in(&self.pictures_folder(), &path);
            let named = NamedPicture { id, name, path, written: written_size(page, &mut findings) };
            if let Some(pictured) = record(named, terms, &mut findings) {
                annotations.push(annotations_of(page, &pictured, &ids, &mut findings));
                images.push(pictured.record);
            }
        }
        tell_links(&self.pictures_folder(), &images, &mut findings);
        boxes::tell_repeated(&images, &annotations, &mut findings);
        let aside = Aside { odd_boxes: findings.take_odd_boxes(), ..Aside::default() };
        let warnings = findings.into_warnings(&self.layout.place)?;
        let parts = pages.iter().flat_map(|page| [self.name(page), page.text.clone()]).collect::<Vec<_>>();
        let digest = Digest::of_parts(parts.iter().map(String::as_bytes));
        let metadata = metadata(&images, &[]);
        let numbering = Numbering { ids: ImageIds::Places, ..Numbering::default() };
        let labelled = Dataset::labelled(images, categories, annotations, digest);
        Ok(Dataset { metadata, numbering, warnings, aside, ..labelled })
    }

    fn others(&self, _terms: Terms) -> Vec<(String, Box<dyn Reader>)> {
        let reader = |(name, layout): (String, Layout)| {
            let (images, labels) = (self.images.clone(), self.labels.clone());
            let (folder, split) = (layout.place.clone(), None);
            let reader: Box<dyn Reader> =
                Box::new(Self { folder, split, layout, images, labels, corners: self.corners });
            (name, reader)
        };
        others(&self.layout, &self.folder, self.split.as_deref()).into_iter().map(reader).collect()
    }
}

impl VocReader {
    fn pictures_folder(&self) -> PathBuf {
        clean_path(self.images.as_ref().unwrap_or(&self.layout.pictures))
    }

    /// The name of a page below the folder of the XML files, without its extension.
    fn name(&self, page: &VocPage) -> String {
        name_in(&self.layout.xml, &page.path.with_extension(""))
    }

    /// A file; `None` where it is broken, with the reason in `findings`. XML files of other tools are no pages.
    fn page(&self, path: PathBuf, findings: &mut Findings) -> Result<Option<VocPage>, DatasetError> {
        let text = read_text(&path, "a Pascal VOC XML file", file::MOST_OF_A_TEXT)?;
        let root = match xml::parse(&text) {
            Ok(root) => root,
            Err(reason) => {
                findings.error("broken XML files", format!("{} ({reason})", path.display()));
                return Ok(None);
            }
        };
        if root.name() != "annotation" {
            // CVAT's own format is one file of all images.
            let help = if root.name() == "annotations" {
                "CVAT's own: export it as COCO or Pascal VOC"
            } else {
                "of another tool: move it away"
            };
            let example = format!("{} (<{}>, {help})", path.display(), root.name());
            findings.error("XML files without <annotation>", example);
            return Ok(None);
        }
        let mut objects = Vec::new();
        for object in root.all("object").map(Object::read) {
            match object {
                Ok(object) => objects.push(object),
                Err(reason) => findings.error("wrong objects", format!("{}: {reason}", path.display())),
            }
        }
        let corners = self.corners.or_else(|| corners_by_source(&root)).unwrap_or(Corners::Edges);
        Ok(Some(VocPage { path, text, root, objects, corners }))
    }

    /// Says what corners are taken for, where the files and not the spec decided it.
    fn tell_corners(&self, pages: &[VocPage], findings: &mut Findings) {
        for meaning in [Corners::FromOne, Corners::Inclusive].into_iter().filter(|_| self.corners.is_none()) {
            let count = pages.iter().filter(|page| page.corners == meaning).count();
            if count > 0 {
                let (word, of) = (meaning.word(), pages.len());
                findings.note(format!(
                    "`corners = \"{word}\"` is taken for {count} of {of} XML files, by the source they name"
                ));
            }
        }
    }

    /// The classes given, or those found.
    fn categories(&self, pages: &[VocPage], findings: &mut Findings) -> Vec<Category> {
        let found: BTreeSet<&String> = pages.iter().flat_map(|page| &page.objects).map(|object| &object.name).collect();
        let names: Vec<String> = match &self.labels {
            Some(labels) => labels.clone(),
            None => found.iter().map(|name| (*name).clone()).collect(),
        };
        let known: HashSet<&String> = names.iter().collect();
        for unknown in found.into_iter().filter(|name| !known.contains(name)) {
            let help = NotFound::among(unknown, names.iter().cloned()).help();
            findings.error("names that `labels` does not have", format!("`{unknown}` ({help})"));
        }
        let categories: Vec<Category> = (1..).zip(names).map(|(id, name)| Category { id, name }).collect();
        check_names(&categories, findings);
        categories
    }

    /// The picture of each page; also tells of pictures that have no page.
    fn pictures(&self, pages: &[VocPage], findings: &mut Findings) -> Result<Vec<PathBuf>, DatasetError> {
        let folder = self.pictures_folder();
        let all = self.layout.files(&folder, is_picture)?;
        let by_name = grouped(&all, |path| name_in(&folder, &path.with_extension("")));
        let by_stem = grouped(&all, stem);
        let shelf = VocShelf { folder: &folder, by_name, by_stem };
        let found: Vec<PathBuf> = pages.iter().map(|page| shelf.picture(page, &self.name(page), findings)).collect();
        let used: HashSet<&PathBuf> = found.iter().collect();
        if used.len() < found.len() {
            let mut seen = HashSet::new();
            let twice = found.iter().filter(|path| !seen.insert(*path));
            twice.for_each(|path| findings.error("pictures of two XML files", path.display().to_string()));
        }
        if self.layout.owns_pictures && self.images.is_none() {
            for path in all.iter().filter(|path| !used.contains(path)) {
                findings.warning("pictures without an XML file, left out", name_in(&folder, path));
            }
        }
        Ok(found)
    }
}

/// The pictures of a folder.
struct VocShelf<'a> {
    folder: &'a Path,
    /// By name below the folder, without extension.
    by_name: BTreeMap<String, Vec<&'a PathBuf>>,
    by_stem: BTreeMap<String, Vec<&'a PathBuf>>,
}

fn grouped(pictures: &[PathBuf], name: impl Fn(&Path) -> String) -> BTreeMap<String, Vec<&PathBuf>> {
    let mut groups: BTreeMap<String, Vec<&PathBuf>> = BTreeMap::new();
    for path in pictures {
        groups.entry(composed(&name(path))).or_default().push(path);
    }
    groups
}

impl VocShelf<'_> {
    /// The picture that bears the page's `name`, or the one that the page names.
    fn picture(&self, page: &VocPage, name: &str, findings: &mut Findings) -> PathBuf {
        let own = stem(&page.path);
        let written = page.root.text_of("filename").map(clean_name);
        let called = written.as_ref().map(|written| self.called(name, written));
        // Two folders may have pictures of one stem.
        let of_name = self
            .by_name
            .get(&composed(name))
            .or_else(|| self.by_stem.get(&composed(&own)))
            .map(Vec::as_slice)
            .unwrap_or_default();
        match (of_name, called) {
            ([_, _, ..], Some(called)) if of_name.contains(&&called) => called,
            ([first, second, ..], _) => {
                let (one, other) = (name_in(self.folder, first), name_in(self.folder, second));
                findings.error("XML files with two pictures of their name", format!("{name}.xml ({one} and {other})"));
                (*first).clone()
            }
            ([only], called) => {
                if called.is_some_and(|called| stem(&called) != own) {
                    let example = format!("{name}.xml ({})", written.unwrap_or_default());
                    findings.warning("XML files whose `filename` is another picture's, which is not followed", example);
                }
                (*only).clone()
            }
            ([], Some(called)) if called.is_file() => {
                let example = format!("{name}.xml ({})", name_in(self.folder, &called));
                findings.warning("XML files called otherwise than their picture, found by `filename`", example);
                called
            }
            ([], Some(called)) if stem(&called) == own => called,
            ([], _) => self.folder.join(format!("{name}.jpg")),
        }
    }

    /// Where the picture called `written` would be: in the folder that corresponds to that of the page called `name`, else in the
    /// folder of all.
    fn called(&self, name: &str, written: &str) -> PathBuf {
        let last = Path::new(written).file_name().unwrap_or_default();
        let places = [self.folder.join(Path::new(name).with_file_name(last)), self.folder.join(last)];
        places.iter().find(|place| place.is_file()).unwrap_or(&places[1]).clone()
    }
}

/// The size that a page gives; tools that do not know it leave it at 0.
fn written_size(page: &VocPage, findings: &mut Findings) -> (Option<u64>, Option<u64>) {
    match size(&page.root) {
        (Some(0), _) | (_, Some(0)) => {
            findings.warning("XML files with a `size` of 0, not checked", stem(&page.path));
            (None, None)
        }
        size => size,
    }
}

fn annotations_of(
    page: &VocPage,
    pictured: &Pictured,
    ids: &HashMap<&str, u64>,
    findings: &mut Findings,
) -> Vec<Annotation> {
    let image = &pictured.record;
    let mut annotations = Vec::new();
    for object in &page.objects {
        let written = upright(object, page.corners, &image.file_name, findings);
        let bbox = boxes::inside(image, &pictured.upright(&written), findings);
        if let (Some(bbox), Some(&category_id)) = (bbox, ids.get(object.name.as_str())) {
            if object.is_difficult {
                findings.warning(
                    "`difficult` objects, counted neither way",
                    format!("{} {}", image.file_name, object.name),
                );
            }
            // A turned object covers less than the box around it.
            let area = if object.turn.rotation.is_some() { object.bbox(page.corners).area() } else { bbox.area() };
            let area = area.min(bbox.area());
            let iscrowd = object.is_difficult;
            annotations.push(Annotation { category_id, bbox, shape: Shape::Box, area, iscrowd, is_whole: false });
        }
    }
    annotations
}

/// The box of an object, upright: that around it where it is written before it was turned.
fn upright(object: &Object, meaning: Corners, file_name: &str, findings: &mut Findings) -> BBox {
    let written = object.bbox(meaning);
    if let Some(degrees) = object.turn.rotation {
        let example = format!("{file_name} {} by {degrees} degrees", object.name);
        findings.warning("boxes turned by `rotation`, the upright boxes around them taken", example);
        return around(&written, degrees);
    }
    if let Some(angle) = object.turn.angle {
        let example = format!("{file_name} {} by {angle}", object.name);
        findings.warning("annotations with an angle, whose boxes are taken as upright", example);
    }
    written
}
