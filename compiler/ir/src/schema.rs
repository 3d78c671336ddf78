//! The vendored facts of foreign systems: AWS's resource types, the Terraform
//! provider's, and IAM's actions. See `schemas/SOURCE.md`.
//!
//! Each is read when it is first asked for, and only that row.

pub mod arguments;
mod cloudformation;
mod iam;
mod terraform;
mod validate;

use std::io::Read;
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use rustc_hash::FxHashMap;
use serde_json::Value;

pub use cloudformation::{CloudFormationType, cloudformation, cloudformation_types};
pub use iam::{Action, Level, action, actions, services};
pub use terraform::{Block, Nesting, TerraformType, ephemeral, terraform};
pub use validate::{Fault, SchemaProblem, validate};

/// Rows `name<TAB>JSON`, each made into a `T` when it is first asked for.
struct Rows<T> {
    rows: FxHashMap<String, Row<T>>,
}

struct Row<T> {
    json: String,
    made: OnceLock<T>,
}

impl<T> Rows<T> {
    fn read(gzip: &[u8]) -> Self {
        let mut text = String::new();
        GzDecoder::new(gzip)
            .read_to_string(&mut text)
            .expect("the vendored schemas are gzip of UTF-8: a test reads all");
        let rows = text.lines().filter_map(|line| line.split_once('\t'));
        Self {
            rows: rows
                .map(|(name, json)| (name.to_owned(), Row { json: json.to_owned(), made: OnceLock::new() }))
                .collect(),
        }
    }

    fn get(&self, name: &str, make: fn(&str, Value) -> T) -> Option<&T> {
        let (name, row) = self.rows.get_key_value(name)?;
        Some(row.made.get_or_init(|| {
            make(name, serde_json::from_str(&row.json).expect("the vendored schemas are JSON: a test reads all"))
        }))
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.rows.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }
}
