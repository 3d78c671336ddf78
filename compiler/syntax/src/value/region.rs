use std::fmt;
use std::sync::Arc;

use super::{FromLiteral, Problem, string};
use crate::tree::Literal;

/// The codes of all AWS regions. A list, so that a misspelt region is found
/// here and not in the account.
pub fn regions() -> impl Iterator<Item = &'static str> {
    include_str!("regions.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// An AWS region.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Region(Arc<str>);

impl Region {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn parse(text: &str) -> Option<Self> {
        regions().any(|region| region == text).then(|| Self(text.into()))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromLiteral for Region {
    const EXPECTS: &'static str = "an AWS region such as \"us-east-1\"";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        let text = string(Self::EXPECTS, literal)?;
        Self::parse(text).ok_or_else(|| {
            let part = |code: &str| code.split('-').next().map(str::to_owned);
            let near = regions().filter(|code| part(code) == part(text));
            // The region of data is a decision of people: no fix writes another one.
            Problem::new(format!("`{}` is not an AWS region", text.escape_debug()))
                .help("write the code of the region, such as \"us-east-1\"")
                .hint(text, near)
        })
    }
}
