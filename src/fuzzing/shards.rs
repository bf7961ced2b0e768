//! Shards of a run, joined and reported.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::scene::{COCO, Scene, in_context};
use crate::run::{Shard, join, merge};

/// A shard, or the lines of one without their compression.
pub fn shard(input: &[u8]) {
    /// How gzip begins (RFC 1952).
    const GZIP: &[u8] = &[0x1f, 0x8b];
    let read = if input.starts_with(GZIP) { Shard::read(input) } else { Shard::read(&gzip(input)[..]) };
    let Ok(shard) = read else { return };
    let scene = Scene::new(COCO);
    let Some(plan) = scene.plan() else { return };
    drop(shard.failures(&plan));
    // The same part as another one, too: not every input is of the one part that there is.
    let pair = vec![("a".to_owned(), shard.clone()), ("b".to_owned(), shard.clone())];
    if let Err(refused) = join(&plan, pair) {
        assert!(refused.to_string().len() < 10_000, "{refused}");
    }
    match join(&plan, vec![("a".to_owned(), shard)]) {
        Ok(joined) => scene.report(&in_context(|context| merge(&plan, joined, context))),
        Err(refused) => assert!(refused.to_string().len() < 10_000, "{refused}"),
    }
}

fn gzip(lines: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::none());
    gzip.write_all(lines).and_then(|()| gzip.finish()).expect("memory takes it")
}
