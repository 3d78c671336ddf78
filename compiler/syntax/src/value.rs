//! Typed values of the language: durations, sizes, addresses, names.

mod name;
mod net;
mod number;
mod region;
mod time;
mod word;
mod zone;

use std::sync::Arc;

pub use name::{
    AccountId, Arn, AttachmentId, ControlName, DashboardName, Email, FileName, Fingerprint, FlowLogId, HostName,
    HostedZoneId, Key, NamePath, NamingPattern, NetworkAclId, PhoneNumber, PrefixListId, ResolverRuleId, RolePath,
    RolePrefix, RouteTableId, RouteTarget, SecurityGroupId, SubnetId, TableName, TablePattern, TransitGatewayId,
    TransitTableId, VpcId, ZoneId,
};
pub use net::{Cidr, HostPort, HttpsUrl, IpAddress, Ipv6Cidr, Port};
pub use number::{Capacity, Count, Percent, Rate, Size};
pub use region::{Region, regions};
pub use time::{DailyWindow, Date, Duration, WeeklyWindow};
pub use word::{
    ApiMethod, AuthorizerKind, ClusterStorage, ColumnClass, ControlSeverity, Engine, FilterOperator, LoadBy, LockMode,
    LoginPurpose, NatPer, Protection, RoleService, StandardName, StateKind, Strategy, TargetKind, TierPurpose, TlsMode,
    UpstreamSide, WafMode,
};
pub use zone::TimeZone;

use migspec_diag::{did_you_mean, nearest};

use crate::tree::Literal;

/// Why a literal is not a value of the expected type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    pub message: String,
    pub help: Option<String>,
    pub remedy: Option<Remedy>,
}

/// The form of a wrong value that is right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Remedy {
    /// Another word, in quotes.
    Word(String),
    /// Other text.
    Text(String),
    /// The same text in quotes.
    Quotes,
}

impl Problem {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, remedy: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = Some(remedy);
        self
    }

    /// The nearest of the known words as help. Without one, a help that was set remains.
    pub fn hint<'a>(mut self, text: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        self.help = did_you_mean(text, known).or(self.help);
        self
    }

    /// The nearest of the known words as help and remedy.
    pub fn suggest<'a>(mut self, text: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        self.remedy = nearest(text, known.iter().copied()).map(|word| Remedy::Word(word.to_owned()));
        self.hint(text, known)
    }

    /// The literal is of another kind altogether.
    pub fn kind(expects: &str, found: &Literal) -> Self {
        Self::new(format!("expected {expects}, found {}", found.kind()))
    }
}

/// A type of value: how it is written and how it is read.
pub trait FromLiteral: Sized {
    /// With its article and an example: `a duration such as "5m"`.
    const EXPECTS: &'static str;
    /// The closed set of words, where there is one.
    const WORDS: &'static [&'static str] = &[];
    /// It names a file whose text belongs to the spec.
    const FILE: bool = false;
    /// It is written in quotes.
    const QUOTED: bool = true;

    /// Reads a literal.
    ///
    /// # Errors
    ///
    /// The literal has another kind, or a value that the type does not have.
    fn from_literal(literal: &Literal) -> Result<Self, Problem>;
}

/// Reads a string literal, or returns the problem.
pub(crate) fn string<'a>(expects: &str, literal: &'a Literal) -> Result<&'a str, Problem> {
    match literal {
        Literal::String(s) => Ok(s),
        Literal::Integer(n) => {
            Err(Problem::kind(expects, literal).help(format!("write \"{n}\" in quotes")).remedy(Remedy::Quotes))
        }
        Literal::Float(_) => {
            Err(Problem::kind(expects, literal).help("write the value in quotes").remedy(Remedy::Quotes))
        }
        other => Err(Problem::kind(expects, other)),
    }
}

/// Any text without control characters.
pub type Text = Arc<str>;

impl FromLiteral for Arc<str> {
    const EXPECTS: &'static str = "a string";

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        let text = string(Self::EXPECTS, literal)?;
        if text.is_empty() {
            return Err(Problem::new("the string is empty"));
        }
        if let Some(c) = text.chars().find(|c| c.is_control()) {
            return Err(Problem::new(format!("the string contains the control character U+{:04X}", c as u32)));
        }
        Ok(text.into())
    }
}

impl FromLiteral for bool {
    const EXPECTS: &'static str = "`#true` or `#false`";
    const QUOTED: bool = false;

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        match literal {
            Literal::Bool(b) => Ok(*b),
            Literal::String(s) if matches!(&**s, "true" | "false") => {
                let remedy = Remedy::Text(format!("#{s}"));
                Err(Problem::kind(Self::EXPECTS, literal).help(format!("write `#{s}` without quotes")).remedy(remedy))
            }
            other => Err(Problem::kind(Self::EXPECTS, other)),
        }
    }
}

/// Any literal, as it is: for `override`.
impl FromLiteral for Literal {
    const EXPECTS: &'static str = "a value";
    const QUOTED: bool = false;

    fn from_literal(literal: &Literal) -> Result<Self, Problem> {
        Ok(literal.clone())
    }
}
