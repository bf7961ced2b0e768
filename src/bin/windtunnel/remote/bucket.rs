//! A cloud's store of objects, by the address of one of them: `s3://`, `gs://`, `az://`, `https://`. Credentials and
//! endpoints come from the variables of the environment that each cloud's own tools read.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use object_store::path::Path as Key;
use object_store::{Error, ObjectMeta, ObjectStore, ObjectStoreExt as _, parse_url_opts};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use url::Url;

/// Objects fetched at once.
const AT_ONCE: usize = 16;

/// A store, and the place in it that an address names.
pub struct Bucket {
    store: Arc<dyn ObjectStore>,
    /// What the address names: an object, or what the names of many begin with.
    pub key: Key,
    address: Url,
    runtime: Runtime,
}

impl Bucket {
    /// Opens the store of `address`; nothing is asked of it yet.
    pub fn open(address: &str) -> anyhow::Result<Self> {
        if address.starts_with("http://") {
            bail!("`http://` lets anyone on the way change the data: use `https://`");
        }
        let url = Url::parse(address)?;
        if url.query().is_some() || url.password().is_some() {
            bail!("an address with `?...` or a password holds a secret: credentials come from the environment");
        }
        windtunnel::predict::tls::ensure_provider();
        let (store, key) = parse_url_opts(&url, crate::surroundings::texts())?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { store: store.into(), key, address: url, runtime })
    }

    /// The object of the address itself, or all below it, by name.
    pub fn objects(&self) -> anyhow::Result<Vec<ObjectMeta>> {
        match self.object()? {
            Some(object) => Ok(vec![object]),
            None => self.below(),
        }
    }

    /// `None` if there is no object of just that name.
    fn object(&self) -> anyhow::Result<Option<ObjectMeta>> {
        if self.key.as_ref().is_empty() {
            return Ok(None);
        }
        match self.runtime.block_on(self.store.head(&self.key)) {
            Ok(found) => Ok(Some(found)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(plainly(error)),
        }
    }

    fn below(&self) -> anyhow::Result<Vec<ObjectMeta>> {
        let mut folders = vec![self.key.clone()];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            let listed = self.runtime.block_on(self.store.list_with_delimiter(Some(&folder))).map_err(plainly)?;
            found.extend(listed.objects);
            folders.extend(listed.common_prefixes);
        }
        found.sort_by(|one, other| one.location.cmp(&other.location));
        Ok(found)
    }

    /// Fetches objects, some at once, and gives each to `keep` with its position among `wanted`.
    pub fn fetch(
        &self,
        wanted: &[ObjectMeta],
        mut keep: impl FnMut(usize, &[u8]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.runtime.block_on(async {
            let mut next = wanted.iter().map(|object| object.location.clone()).enumerate();
            let mut fetching = JoinSet::new();
            loop {
                while fetching.len() < AT_ONCE
                    && let Some((at, location)) = next.next()
                {
                    let store = Arc::clone(&self.store);
                    fetching.spawn(async move { (at, fetch(&*store, &location).await) });
                }
                let Some(fetched) = fetching.join_next().await else { return Ok(()) };
                let (at, bytes) = fetched?;
                keep(at, &bytes.map_err(plainly)?)?;
            }
        })
    }

    /// Writes an object.
    fn put(&self, bytes: &[u8]) -> anyhow::Result<()> {
        self.runtime.block_on(self.store.put(&self.key, bytes.to_vec().into())).map_err(plainly)?;
        Ok(())
    }

    /// The address of another object of this store.
    fn address_of(&self, location: &Key) -> String {
        let within = location.as_ref().strip_prefix(self.key.as_ref()).unwrap_or(location.as_ref());
        format!("{}/{}", self.address.as_str().trim_end_matches('/'), within.trim_start_matches('/'))
    }
}

async fn fetch(store: &dyn ObjectStore, location: &Key) -> object_store::Result<Vec<u8>> {
    Ok(store.get(location).await?.bytes().await?.to_vec())
}

/// The store's own words, without what only its developers read.
fn plainly(error: Error) -> anyhow::Error {
    match error {
        Error::NotFound { path, .. } => anyhow::anyhow!("there is nothing at `{path}`"),
        Error::PermissionDenied { path, .. } => {
            anyhow::anyhow!("no permission for `{path}`: are the credentials those of this account?")
        }
        Error::Unauthenticated { path, .. } => {
            anyhow::anyhow!(
                "the store does not know who asks for `{path}`: set the credentials that its own tools read"
            )
        }
        Error::NotImplemented { .. } | Error::NotSupported { .. } => {
            anyhow::Error::new(error).context("the server lists no folders: name files, or use a cloud's store")
        }
        other => anyhow::anyhow!(in_short(&other.to_string())),
    }
}

/// What the server itself says in an error's text, where it says it in XML; else the first line.
fn in_short(text: &str) -> String {
    let within = |tag: &str| Some(text.split_once(&format!("<{tag}>"))?.1.split_once(&format!("</{tag}>"))?.0);
    match (within("Code"), within("Message")) {
        (Some(code), Some(message)) => format!("{message} ({code})"),
        _ => text.lines().next().unwrap_or_default().to_owned(),
    }
}

/// Finds out whether an address can be written to, as far as that is possible without asking its store.
pub fn probe(address: &str) -> anyhow::Result<()> {
    Bucket::open(address).map(drop).with_context(|| format!("cannot write {address}"))
}

/// Writes an object.
pub fn put(address: &str, bytes: &[u8]) -> anyhow::Result<()> {
    Bucket::open(address).and_then(|bucket| bucket.put(bytes)).with_context(|| format!("cannot write {address}"))
}

/// The objects at or below an address whose names end in `ending`, with their addresses.
pub fn read_all(address: &str, ending: &str) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let read = || {
        let bucket = Bucket::open(address)?;
        let mut objects = bucket.objects()?;
        objects.retain(|object| object.location.as_ref().ends_with(ending));
        let mut found: Vec<(String, Vec<u8>)> =
            objects.iter().map(|object| (bucket.address_of(&object.location), Vec::new())).collect();
        bucket.fetch(&objects, |at, bytes| {
            found[at].1 = bytes.to_vec();
            Ok(())
        })?;
        Ok::<_, anyhow::Error>(found)
    };
    read().with_context(|| format!("cannot read {address}"))
}
