//! How a builder's configuration differs from a file it might have been created with.

use std::path::Path;

use crate::builder::store::Node;
use crate::copier::{CONFIG, Client, Copies, HOME, LIMIT, Look, copied_name};
use crate::decode::{Decoded, decode};
use crate::effective::{Effective, Provenance};
use crate::hash::HashMap;
use crate::model::Data;
use crate::release::Releases;
use crate::secrets;
use crate::settings::{Deploy, Files, Homes, Settings};
use crate::source::{Source, Span};
use crate::tree::Tree;
use crate::world::World;

/// A key, or a copied file, that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The key, or the name of the copy below [`HOME`].
    pub key: String,
    /// What the builder has, as it is written there; none if nothing is.
    pub builder: Option<String>,
    /// What the file has.
    pub file: Option<String>,
    /// The line of the file.
    pub line: Option<usize>,
}

/// Compares a node with a file; `None` if the file does not load.
#[must_use]
pub fn differences(node: &Node, file: Source, world: &dyn World) -> Option<Vec<Difference>> {
    let stored = node.files.get(CONFIG).cloned().unwrap_or_default();
    let settings = Settings {
        deploy: Some(Deploy::BuildxContainer),
        files: Files::Check,
        ..Settings::default()
    };
    let mut ours = Read::new(Source::new(CONFIG, stored), &settings, None)?;
    let locality = settings.locality(file.name(), &Homes::default(), world);
    let client = Client { world, locality, settings: &settings };
    let mut theirs = Read::new(file, &settings, Some(&client))?;

    let mut differences = Vec::new();
    let theirs_by_key: HashMap<_, _> =
        theirs.values.iter().map(|value| (value.key.as_str(), value)).collect();
    let ours_by_key: HashMap<_, _> =
        ours.values.iter().map(|value| (value.key.as_str(), value)).collect();
    for value in &theirs.values {
        let other = ours_by_key.get(value.key.as_str());
        if other.is_none_or(|other| other.data != value.data) {
            differences.push((other.and_then(|other| other.span), value.span, &value.key));
        }
    }
    for value in &ours.values {
        if !theirs_by_key.contains_key(value.key.as_str()) {
            differences.push((value.span, None, &value.key));
        }
    }
    // Keys that neither writes come from defaults of tables that only one has.
    differences.retain(|(ours, theirs, _)| ours.is_some() || theirs.is_some());
    for read in [&mut ours.source, &mut theirs.source] {
        read.0.blot(&read.1);
    }
    let written = |source: &Source, span: Option<Span>| {
        span.map(|span| source.slice(span).split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let mut all: Vec<_> = differences
        .into_iter()
        .map(|(builder, file, key)| Difference {
            key: hidden(key),
            builder: written(&ours.source.0, builder),
            file: written(&theirs.source.0, file),
            line: file.map(|span| theirs.source.0.position(span.start).line),
        })
        .collect();
    for (name, bytes) in theirs.copies {
        let held = node.files.get(&name);
        if held.is_some_and(|held| *held != bytes) {
            let text = |bytes: &[u8]| Some(format!("{} bytes", bytes.len()));
            let builder = held.and_then(|held| text(held));
            all.push(Difference { key: name, builder, file: text(&bytes), line: None });
        }
    }
    Some(all)
}

/// A key with what it comes to.
struct Value {
    key: String,
    data: Data<'static>,
    /// Where the value is written.
    span: Option<Span>,
}

struct Read {
    /// With the spans of its secrets.
    source: (Source, Vec<Span>),
    values: Vec<Value>,
    /// What buildx would copy from it now.
    copies: Vec<(String, Vec<u8>)>,
}

impl Read {
    /// Reads a configuration; for a `client`, as it is after buildx has copied its certificates.
    fn new(source: Source, settings: &Settings, client: Option<&Client<'_>>) -> Option<Self> {
        let tree = Tree::parse(&source);
        let decoded = decode(&source, &tree, Releases::default());
        if !decoded.faults.is_empty() {
            return None;
        }
        let moved = if client.is_some() { moved(&decoded) } else { HashMap::default() };
        let values = Effective::new(&decoded.config, settings).values().into_iter();
        let values = values.map(|value| {
            let span = match value.from {
                Provenance::File { value, .. } => Some(value),
                Provenance::Flag(_) | Provenance::Default => None,
            };
            let data = span.and_then(|span| moved.get(&span.start).cloned());
            Value { key: value.key, data: data.unwrap_or(value.data.owned()), span }
        });
        let values = values.collect();
        let copies = client.map(|client| {
            let copies = Copies::new(&source, &tree, &decoded, client);
            let files = copies.files.iter().filter(|file| file.look == Look::Fine);
            let read = |place: &Path| client.world.read(place, u64::from(LIMIT)).ok();
            files
                .filter_map(|file| Some((file.name.clone(), read(file.place.as_deref()?)?)))
                .collect()
        });
        let secrets = secrets::spans(&source, &tree, &decoded);
        let copies = copies.unwrap_or_default();
        Some(Self { values, copies, source: (source, secrets) })
    }
}

/// The paths that buildx writes in place of those of `ca` and `keypair`, by where these begin.
fn moved(decoded: &Decoded<'_>) -> HashMap<u32, Data<'static>> {
    let mut moved = HashMap::default();
    for registry in decoded.config.registry.iter() {
        let place = |path: &str| format!("{HOME}/{}", copied_name(&registry.name, path));
        if let Some(list) = registry.ca.field().filter(|list| !list.value.is_empty()) {
            let places = list.value.iter().map(|item| place(&item.value).into()).collect();
            moved.insert(list.span.start, Data::List(places));
        }
        for pair in registry.keypair.iter() {
            for field in
                [&pair.body.key, &pair.body.cert].into_iter().filter_map(|leaf| leaf.field())
            {
                moved.insert(field.span.start, Data::Text(place(&field.value).into()));
            }
        }
    }
    moved
}

/// A key without the user part of an address in it.
fn hidden(key: &str) -> String {
    match (key.find('"'), key.rfind('@')) {
        (Some(from), Some(to)) if from < to => {
            let (before, after) = (key.get(..=from), key.get(to..));
            format!("{}****{}", before.unwrap_or_default(), after.unwrap_or_default())
        }
        _ => key.to_owned(),
    }
}
