use std::collections::BTreeMap;
use std::sync::Arc;

use migspec_diag::Span;
use migspec_ir::Resource;

/// The files of a build: paths relative to the output folder, with forward
/// slashes, and bytes.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Artifacts {
    files: BTreeMap<String, Vec<u8>>,
    blocks: BTreeMap<(String, String), Place>,
}

/// The place in the spec that a block comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The node: `database "ledger" > backup`.
    pub node: Arc<str>,
    pub span: Span,
}

impl Artifacts {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file. Two back ends never write the same path with other bytes.
    pub fn add(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), bytes.into());
    }

    /// Notes which resource the block `block` of the file `path` comes from.
    pub fn record(&mut self, path: impl Into<String>, block: impl Into<String>, resource: &Resource) {
        let place = Place { node: resource.path.clone(), span: resource.origin.span() };
        self.blocks.insert((path.into(), block.into()), place);
    }

    /// Adds all that another back end wrote.
    pub fn append(&mut self, mut other: Artifacts) {
        self.files.append(&mut other.files);
        self.blocks.append(&mut other.blocks);
    }

    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(p, b)| (p.as_str(), b.as_slice()))
    }

    /// The blocks of a file and where they come from, by name.
    pub fn blocks(&self, path: &str) -> impl Iterator<Item = (&str, &Place)> {
        self.blocks.iter().filter(move |((p, _), _)| p == path).map(|((_, block), place)| (block.as_str(), place))
    }

    pub fn len(&self) -> usize {
        self.files.len()
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// The function packages at hand: name of the function to bytes of its zip.
#[derive(Clone, Default, Debug)]
pub struct Packages {
    pub zips: BTreeMap<String, Vec<u8>>,
}
