use std::sync::LazyLock;

use serde_json::Value;

use super::Rows;

static TYPES: LazyLock<Rows<TerraformType>> =
    LazyLock::new(|| Rows::read(include_bytes!("../../schemas/terraform.gz")));

/// The provider's schema of a resource type.
pub fn terraform(name: &str) -> Option<&'static TerraformType> {
    TYPES.get(name, |name, block| TerraformType { name: name.to_owned(), block })
}

/// The provider's schema of an ephemeral resource.
pub fn ephemeral(name: &str) -> Option<&'static TerraformType> {
    terraform(&format!("ephemeral.{name}"))
}

/// A resource type as the provider describes it.
#[derive(Debug)]
pub struct TerraformType {
    pub name: String,
    block: Value,
}

impl TerraformType {
    pub fn body(&self) -> Block<'_> {
        Block { block: &self.block }
    }
}

/// The body of a resource or of a nested block.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    block: &'a Value,
}

/// How often a nested block may occur.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Nesting {
    pub min: u64,
    /// None: as often as one likes.
    pub max: Option<u64>,
}

impl<'a> Block<'a> {
    /// The names of the arguments and attributes.
    pub fn attributes(self) -> impl Iterator<Item = &'a str> {
        keys(&self.block["attributes"])
    }

    /// The names of the nested blocks.
    pub fn blocks(self) -> impl Iterator<Item = &'a str> {
        keys(&self.block["block_types"])
    }

    pub fn has_attribute(self, name: &str) -> bool {
        self.block["attributes"].get(name).is_some()
    }

    /// Whether a configuration may set it.
    pub fn is_settable(self, name: &str) -> bool {
        self.flag(name, "required") || self.flag(name, "optional")
    }

    pub fn is_required(self, name: &str) -> bool {
        self.flag(name, "required")
    }

    /// Whether the provider keeps the value of AWS where a configuration sets none.
    pub fn is_computed(self, name: &str) -> bool {
        self.flag(name, "computed")
    }

    pub fn is_write_only(self, name: &str) -> bool {
        self.flag(name, "write_only")
    }

    /// The type of an attribute: `"string"`, `["list", "string"]`, …
    pub fn type_of(self, name: &str) -> Option<&'a Value> {
        self.block["attributes"].get(name)?.get("type")
    }

    pub fn block(self, name: &str) -> Option<Block<'a>> {
        Some(Block { block: self.block["block_types"].get(name)?.get("block")? })
    }

    pub fn nesting(self, name: &str) -> Option<Nesting> {
        let nested = self.block["block_types"].get(name)?;
        let max = match nested["nesting_mode"].as_str() {
            Some("single" | "group") => Some(1),
            _ => nested["max_items"].as_u64().filter(|max| *max > 0),
        };
        Some(Nesting { min: nested["min_items"].as_u64().unwrap_or(0), max })
    }

    fn flag(self, name: &str, flag: &str) -> bool {
        self.block["attributes"].get(name).is_some_and(|attribute| attribute[flag] == true)
    }
}

fn keys(map: &Value) -> impl Iterator<Item = &str> {
    map.as_object().into_iter().flat_map(|map| map.keys().map(String::as_str))
}
