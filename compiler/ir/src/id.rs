use std::fmt;
use std::sync::Arc;

/// The logical name of a resource: kebab case, made from the author's keys,
/// unique in a graph and stable across compiler versions. Terraform names and
/// CloudFormation logical ids are this name in their own case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Arc<str>);

impl Id {
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(text.as_ref().into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `ledger-cluster` as Terraform writes it: `ledger_cluster`.
    pub fn snake(&self) -> String {
        self.0.replace(['-', '/', '.'], "_")
    }

    /// `ledger-cluster` as CloudFormation writes it: `LedgerCluster`.
    pub fn pascal(&self) -> String {
        self.0
            .split(|c: char| !c.is_ascii_alphanumeric())
            .flat_map(|word| {
                let mut chars = word.chars();
                chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars)
            })
            .collect()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<&Id> for Id {
    fn from(id: &Id) -> Self {
        id.clone()
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}
