use std::fmt;
use std::sync::Arc;

use migspec_diag::nearest;

use super::{FromLiteral, Problem, string};
use crate::tree::Literal;

/// The codes of all AWS regions. A list, so that a misspelt region is found
/// here and not in the account.
const REGIONS: [&str; 38] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// An AWS region.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Region(Arc<str>);

impl Region {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn parse(text: &str) -> Option<Self> {
        REGIONS.contains(&text).then(|| Self(text.into()))
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
            let problem = Problem::new(format!("`{}` is not an AWS region", text.escape_debug()));
            match nearest(text, REGIONS) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help("write the code of the region, such as \"us-east-1\""),
            }
        })
    }
}
