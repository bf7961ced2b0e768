//! Specs that an earlier windtunnel read, rewritten so that this one reads them and they mean the same: what moved, and what is no
//! longer taken for granted. All else stays to the byte: comments, order, ends of lines.

mod change;
mod edit;
mod format;
mod moved;
mod share;

use toml::de::DeTable;

pub use self::change::{Change, Migrated};
use self::edit::Edit;
pub use self::moved::KEYS as MOVED;
use super::keys::SPEC;
use super::source::{Role, SourceText};
use super::version::later;
use super::{LAYERS, Source};

/// The files of a spec that an earlier windtunnel would have read otherwise, rewritten: its own and those that it extends.
///
/// A file that is no TOML, that is of a later format, or that has keys which no spec ever had is left out: reading the spec tells
/// what is wrong with it.
pub fn migrated(source: &Source) -> Vec<Migrated> {
    let mut edits: Vec<Edit<'_>> = source.files().filter(|part| is_of_a_spec(part)).filter_map(Edit::new).collect();
    share::say(&mut edits);
    for edit in &mut edits {
        moved::to_the_top(edit);
        if edit.part.role == Role::Spec {
            format::write(edit);
        }
    }
    edits.into_iter().filter_map(Edit::finish).collect()
}

fn is_of_a_spec(part: &SourceText) -> bool {
    let Ok(table) = DeTable::parse(&part.text) else { return false };
    let table = table.get_ref();
    let is_known = |key: &str| SPEC.iter().chain(LAYERS).any(|known| known.name == key);
    later(table).is_none() && table.keys().all(|key| is_known(key.get_ref()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::load;
    use super::*;

    const REST: &str = "[dataset.d]\nformat = \"coco\"\npath = \"d.json\"\n[[check]]\non = \"clean\"\nmin = 0.5\n";

    fn source(text: &str) -> Source {
        Source::new(Path::new("s.toml"), text.to_owned())
    }

    fn rewritten(text: &str) -> (String, Vec<String>) {
        let mut all = migrated(&source(text));
        let Some(one) = all.pop() else { return (text.to_owned(), Vec::new()) };
        assert_eq!((all.len(), one.file.as_str()), (0, "s.toml"));
        (one.text, one.changes.into_iter().map(|change| format!("{}: {}", change.line, change.what)).collect())
    }

    #[test]
    fn what_moved_goes_where_it_belongs_with_its_comments_and_the_spec_is_read_again() {
        let text = "version = 1\r\n\r\n# Why.\r\n[defaults] # all\r\n# The file.\r\nbaseline = 'b.json' # ours\r\nrequire_baseline = true\r\n\
                    min_images = 3\r\n[model.a]\r\nkind = 'onnx' # here\r\n";
        let (text, changes) = rewritten(&format!("{text}{}", REST.replace('\n', "\r\n")));
        assert!(
            text.starts_with(
                "version = 1\r\n# The file.\r\nbaseline = 'b.json' # ours\r\nrequire_baseline = true\r\n\r\n# Why.\r\n[defaults] # \
                 all\r\nmin_images = 3\r\n[model.a]\r\nkind = 'onnx' # here\r\n[dataset.d]\r\n"
            ),
            "{text:?}"
        );
        assert_eq!(
            changes,
            [
                "6: `baseline` moved from [defaults] to the top of the spec",
                "7: `require_baseline` moved from [defaults] to the top of the spec"
            ]
        );
        let source = source(&text);
        let (spec, diagnostics) = load(&source).unwrap();
        assert!(diagnostics.is_empty(), "{}", diagnostics.render(&source, false));
        assert_eq!(spec.baseline.as_ref().map(toml::Spanned::get_ref), Some(&"b.json".to_owned()));
        assert!(spec.require_baseline);
        assert_eq!(migrated(&source), []);
    }

    #[test]
    fn every_way_to_write_a_table_is_understood() {
        for (before, after) in [
            ("defaults.baseline = 'b' # c\n", "baseline = 'b' # c\n"),
            ("defaults = { baseline = 'b', top_k = 3 }\n", "defaults = { top_k = 3 }\nbaseline = 'b'\n"),
            ("defaults = { baseline = 'b' }\n", "baseline = 'b'\n"),
            ("# Why.\n[defaults]\nbaseline = 'b'\n", "baseline = 'b'\n# Why.\n[defaults]\n"),
            (
                "[profile.ci.defaults]\nbaseline = 'b'\ntop_k = 3\n",
                "\n[profile.ci]\nbaseline = 'b'\n[profile.ci.defaults]\ntop_k = 3\n",
            ),
        ] {
            let (text, changes) = rewritten(&format!("version = 1\n{before}"));
            assert_eq!((text, changes.len()), (format!("version = 1\n{after}"), 1), "{before}");
        }
    }

    #[test]
    fn what_stands_in_both_places_is_left_to_people() {
        let text = "version = 1\nbaseline = 'a'\n[defaults]\nbaseline = 'b'\n";
        assert_eq!(rewritten(text), (text.to_owned(), Vec::new()));
    }

    #[test]
    fn the_share_that_timm_stood_for_is_said_where_nothing_says_one() {
        let (text, changes) = rewritten(
            "version = 1\n[model.a]\npreprocess = \"timm\"  # its own\npath = 'a.onnx'\n[model.b]\nextends = 'a'\n[model.c]\npreprocess \
             = 'timm'\nresize = 256\n[model.d]\nextends = 'c'\npreprocess = 'timm'\n[model.e]\npreprocess = 'timm'\nresize = 'linear'\n\
             [model.f]\npreprocess = 'hf_vit'\n",
        );
        assert_eq!(
            changes,
            ["3", "14"].map(|line| format!(
                "{line}: `crop_pct = 0.875` added, which `preprocess = \"timm\"` stood for; the model's own is what timm's \
                 resolve_data_config prints"
            )),
            "{text}"
        );
        assert!(text.contains("path = 'a.onnx'\ncrop_pct = 0.875\n[model.b]"), "{text}");
        assert!(text.contains("resize = 'linear'\ncrop_pct = 0.875\n[model.f]"), "{text}");
        assert_eq!(rewritten(&text).1, [""; 0]);
        let inline = "version = 1\nmodel.a = { preprocess = 'timm' }\n";
        assert_eq!(rewritten(inline).0, "version = 1\nmodel.a = { preprocess = 'timm', crop_pct = 0.875 }\n");
    }

    #[test]
    fn the_format_is_written_as_a_number_and_where_there_was_none() {
        for (before, after, told) in [
            (
                "# Ours.\n\n[model.a]\n",
                "version = 1\n# Ours.\n\n[model.a]\n",
                "1: `version = 1` added, the format of the spec",
            ),
            ("name = 'a'\n", "version = 1\nname = 'a'\n", "1: `version = 1` added, the format of the spec"),
            ("# c\nname = 'a'\n", "# c\nversion = 1\nname = 'a'\n", "1: `version = 1` added, the format of the spec"),
            (
                "name = 'a'\nversion = \"1\" # c\n",
                "name = 'a'\nversion = 1 # c\n",
                "2: `version = \"1\"` is now `version = 1`",
            ),
            ("version = 1.0\n", "version = 1\n", "1: `version = 1.0` is now `version = 1`"),
            ("version = 0\n", "version = 1\n", "1: `version = 0` is now `version = 1`"),
        ] {
            let model = if before.contains("model") { "" } else { "[model.a]\n" };
            let (text, changes) = rewritten(&format!("{before}{model}"));
            assert_eq!((text, changes), (format!("{after}{model}"), vec![told.to_owned()]), "{before}");
        }
    }

    #[test]
    fn what_is_no_spec_or_of_a_later_format_is_left_as_it_is() {
        for text in [
            "version = 2\n[defaults]\nbaseline = 'b'\n",
            "version = \"0.3.0\"\n[model.a]\n",
            "[package]\nname = 'a'\n",
            "[tool.x]\n[model.a]\n[check]\n",
            "name = 'a'\n",
            "version = \n[model.a]\n",
            "",
        ] {
            assert_eq!(rewritten(text), (text.to_owned(), Vec::new()));
        }
    }

    #[test]
    fn files_that_are_extended_are_rewritten_too_and_what_they_say_counts() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("base.toml");
        std::fs::write(&base, "[defaults]\nbaseline = 'b'\n[model.a]\ncrop_pct = 0.95\n").unwrap();
        let text = "version = 1\nextends = 'base.toml'\n[model.a]\npreprocess = 'timm'\n";
        let source = Source::new(&folder.path().join("s.toml"), text.to_owned());
        let all = migrated(&source);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].file, base.to_string_lossy());
        assert_eq!(all[0].text, "baseline = 'b'\n[model.a]\ncrop_pct = 0.95\n");
    }
}
