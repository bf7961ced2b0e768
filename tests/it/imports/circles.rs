//! Circles of imports: among the files of a folder, and among the folders beside them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Arrow;

/// The arrows between what lies side by side in one folder: by name, with an arrow that shows each.
type Side<'a> = BTreeMap<&'a str, BTreeMap<&'a str, &'a Arrow>>;

/// Each circle by the arrows of its shortest way round.
pub fn circles(arrows: &BTreeSet<Arrow>) -> Vec<Vec<Arrow>> {
    let mut folders: BTreeMap<&[String], Side> = BTreeMap::new();
    for arrow in arrows {
        let shared = arrow.from.iter().zip(&arrow.to).take_while(|(a, b)| a == b).count();
        let side = folders.entry(&arrow.from[..shared]).or_default();
        side.entry(&arrow.from[shared]).or_default().entry(&arrow.to[shared]).or_insert(arrow);
    }
    folders.values().flat_map(in_folder).collect()
}

/// A shortest circle of each knot of names that reach each other.
fn in_folder(side: &Side) -> Vec<Vec<Arrow>> {
    let mut circles: Vec<Vec<Arrow>> = Vec::new();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for name in side.keys() {
        if done.contains(name) {
            continue;
        }
        if let Some(round) = way(side, name, name) {
            let reaches = |from: &str, to: &str| way(side, from, to).is_some();
            done.extend(side.keys().filter(|other| reaches(name, other) && reaches(other, name)));
            circles.push(round.into_iter().cloned().collect());
        }
    }
    circles
}

/// The shortest way along arrows, of one at least.
fn way<'a>(side: &Side<'a>, from: &str, to: &str) -> Option<Vec<&'a Arrow>> {
    let mut seen = BTreeSet::new();
    let mut open: VecDeque<(&str, Vec<&'a Arrow>)> = VecDeque::from([(from, vec![])]);
    while let Some((at, way)) = open.pop_front() {
        for (next, arrow) in side.get(at).into_iter().flatten() {
            let longer = [way.as_slice(), &[*arrow]].concat();
            if *next == to {
                return Some(longer);
            }
            if seen.insert(*next) {
                open.push_back((next, longer));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Arrow, BTreeSet, circles};

    fn ways(arrows: &[(&str, &str)]) -> Vec<String> {
        let path = |text: &str| text.split('/').map(str::to_owned).collect();
        let arrow = |(from, to): &(&str, &str)| Arrow { from: path(from), to: path(to), name: String::new() };
        let arrows: BTreeSet<Arrow> = arrows.iter().map(arrow).collect();
        let told = |way: &Vec<Arrow>| way.iter().map(|arrow| arrow.from.join("/")).collect::<Vec<_>>().join(" ");
        circles(&arrows).iter().map(told).collect()
    }

    #[test]
    fn a_circle_may_lead_through_others_and_through_folders() {
        assert_eq!(ways(&[("room/a", "room/b"), ("room/b", "room/c"), ("room/a", "room/c")]), [""; 0]);
        assert_eq!(ways(&[("room/a", "room/b"), ("room/b", "room/c"), ("room/c", "room/a")]), ["room/a room/b room/c"]);
        assert_eq!(ways(&[("room/a/x", "room/b"), ("room/b", "room/a/y")]), ["room/a/x room/b"]);
        assert_eq!(ways(&[("room/mod", "room/a"), ("room/a", "room/mod")]), ["room/a room/mod"]);
    }
}
