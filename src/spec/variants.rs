//! `[model.int8] extends = "fp32"`: models that take the keys of another and set some of their own.
//!
//! They are written out here, once all layers are one: whoever reads a section finds all of its keys in it, each at the
//! place where it stands. Tables are merged key by key, everything else is replaced.

use std::collections::{BTreeMap, HashMap};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::extends::EXTENDS;
use super::merge::{Merge, VARIED};
use super::table::type_name;
use super::{Diagnostic, Diagnostics, Span};
use crate::entry::NotFound;

/// The models that extend others, by name.
#[derive(Debug, Clone, Default)]
pub struct Variants(BTreeMap<String, Variant>);

/// A model that extends another.
#[derive(Debug, Clone)]
pub enum Variant {
    /// It could not be written out, which is told.
    Lost,
    /// It has the keys of the other.
    Whole(Taken),
}

/// What a model took.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// By where a key stands, the title of the section that it stands in.
    pub titles: HashMap<usize, String>,
    /// The kind of the other model, and its own, where they differ.
    pub kinds: Option<(String, String)>,
}

impl Variants {
    /// What the model called `name` extends another with; `None` where it does not.
    pub fn get(&self, name: &str) -> Option<&Variant> {
        self.0.get(name)
    }
}

/// Writes out every model of `root` that extends another.
pub fn expand(root: &mut DeTable<'_>, diagnostics: &mut Diagnostics) -> Variants {
    let Some(DeValue::Table(models)) = root.get_mut(VARIED).map(Spanned::get_mut) else { return Variants::default() };
    let links = links(models, diagnostics);
    let (order, mut variants) = settle(&links, diagnostics);
    for name in order {
        let base = links[&name].base.as_deref().unwrap_or_default();
        let variant = write_out(models, &name, base, &variants);
        variants.insert(name, variant);
    }
    Variants(variants)
}

/// What stands behind `extends`.
struct Link {
    /// The other model; `None` where there is none such, which is told.
    base: Option<String>,
    span: Span,
}

/// Takes `extends` out of every model that has it.
fn links(models: &mut DeTable<'_>, diagnostics: &mut Diagnostics) -> BTreeMap<String, Link> {
    let names: Vec<String> = models.iter().map(|(name, _)| name.get_ref().to_string()).collect();
    let mut links = BTreeMap::new();
    for (name, section) in models.iter_mut() {
        let DeValue::Table(table) = section.get_mut() else { continue };
        let Some(value) = table.remove(EXTENDS) else { continue };
        let name = name.get_ref().to_string();
        let title = format!("[{VARIED}.{name}]");
        let base = match value.get_ref() {
            DeValue::String(base) if names.iter().any(|known| known == base) => Ok(base.to_string()),
            DeValue::String(base) => {
                let help = NotFound::among(base, names.iter().filter(|known| **known != name).map(String::as_str));
                Err((format!("{title} extends the model `{base}`, which the spec does not have"), help.help()))
            }
            _ => {
                let found = type_name(&value);
                let help = format!("name one model of this spec: `{EXTENDS} = \"fp32\"`");
                Err((format!("`{EXTENDS}` in {title}: expected the name of a model, found {found}"), help))
            }
        };
        let base = base.map_err(|(message, help)| {
            diagnostics.push(Diagnostic::new(value.span(), message).help(help));
        });
        links.insert(name, Link { base: base.ok(), span: value.span() });
    }
    links
}

/// The models to write out, those first that others extend, and those that cannot be.
fn settle(links: &BTreeMap<String, Link>, diagnostics: &mut Diagnostics) -> (Vec<String>, BTreeMap<String, Variant>) {
    let (mut order, mut lost) = (Vec::new(), BTreeMap::new());
    let mut known: HashMap<&str, bool> = HashMap::new();
    for start in links.keys() {
        let mut way: Vec<&str> = Vec::new();
        let mut at = start.as_str();
        let is_lost = loop {
            if let Some(&is_lost) = known.get(at) {
                break is_lost;
            }
            let Some(link) = links.get(at) else { break false };
            if let Some(first) = way.iter().position(|earlier| *earlier == at) {
                diagnostics.push(circle(&way[first..], links));
                break true;
            }
            way.push(at);
            let Some(base) = &link.base else { break true };
            at = base;
        };
        for name in way.into_iter().rev() {
            known.insert(name, is_lost);
            if is_lost {
                lost.insert(name.to_owned(), Variant::Lost);
            } else {
                order.push(name.to_owned());
            }
        }
    }
    (order, lost)
}

/// Tells a circle once, where it comes first in the text.
fn circle(models: &[&str], links: &BTreeMap<String, Link>) -> Diagnostic {
    let first = (0..models.len()).min_by_key(|&at| links[models[at]].span.start).unwrap_or(0);
    let span = links[models[first]].span.clone();
    let [name] = models else {
        let around = models.iter().cycle().skip(first).take(models.len() + 1);
        let around = around.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" extends ");
        let help = "a model cannot build on itself: remove one of the references of the circle";
        return Diagnostic::new(span, format!("`{EXTENDS}` goes round in a circle: {around}")).help(help);
    };
    Diagnostic::new(span, format!("[{VARIED}.{name}] extends itself")).help("name another model, or leave it out")
}

/// Puts what the model `name` sets upon what the model `base` has.
fn write_out(models: &mut DeTable<'_>, name: &str, base: &str, variants: &BTreeMap<String, Variant>) -> Variant {
    let Some(DeValue::Table(base_table)) = models.get(base).map(|section| section.get_ref().clone()) else {
        return Variant::Lost;
    };
    let Some(DeValue::Table(own)) = models.get_mut(name).map(Spanned::get_mut) else { return Variant::Lost };
    let earlier = match variants.get(base) {
        Some(Variant::Lost) => return Variant::Lost,
        Some(Variant::Whole(taken)) => Some(taken),
        None => None,
    };
    let title = |start: usize| {
        let further = earlier.and_then(|taken| taken.titles.get(&start)).cloned();
        further.unwrap_or_else(|| format!("[{VARIED}.{base}]"))
    };
    let starts =
        base_table.iter().filter(|(key, _)| !own.contains_key(key.get_ref().as_ref())).map(|(key, _)| key.span().start);
    let titles = starts.map(|start| (start, title(start))).collect();
    let kind = |table: &DeTable<'_>| Some(table.get("kind")?.get_ref().as_str()?.to_owned());
    let kinds = kind(&base_table).zip(kind(own)).filter(|(theirs, ours)| theirs != ours);
    let kinds = kinds.or_else(|| earlier?.kinds.clone());
    let own = std::mem::replace(own, base_table);
    if let Some(DeValue::Table(whole)) = models.get_mut(name).map(Spanned::get_mut) {
        Merge::Key.table(whole, own, &mut vec![VARIED.to_owned(), name.to_owned()]);
    }
    Variant::Whole(Taken { titles, kinds })
}
