use std::collections::BTreeMap;

/// What a build writes: paths relative to the output folder, with forward
/// slashes, and bytes.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Artifacts {
    files: BTreeMap<String, Vec<u8>>,
}

impl Artifacts {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file. Two back ends never write the same path.
    pub fn add(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), bytes.into());
    }

    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(p, b)| (p.as_str(), b.as_slice()))
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
