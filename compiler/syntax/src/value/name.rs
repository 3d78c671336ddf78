use std::fmt;
use std::sync::Arc;

use super::{FromLiteral, Problem, string};
use crate::tree::Literal;

/// Declares a string type with one rule.
macro_rules! text_value {
    ($(#[doc = $doc:literal])* $name:ident, $expects:expr, $rule:expr, $help:expr $(, file $file:literal)?) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(Arc<str>);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }

            pub fn parse(text: &str) -> Option<Self> {
                let rule: fn(&str) -> bool = $rule;
                rule(text).then(|| Self(text.into()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromLiteral for $name {
            const EXPECTS: &'static str = $expects;
            $(const FILE: bool = $file;)?

            fn from_literal(literal: &Literal) -> Result<Self, Problem> {
                let text = string(Self::EXPECTS, literal)?;
                Self::parse(text)
                    .ok_or_else(|| Problem::new(format!("`{}` is not {}", text.escape_debug(), Self::EXPECTS)).help($help))
            }
        }
    };
}

/// Declares the id of an AWS object: a prefix with hexadecimal digits.
macro_rules! id_value {
    ($(#[doc = $doc:literal])* $name:ident, $object:literal, $prefix:literal) => {
        text_value!(
            $(#[doc = $doc])*
            $name,
            concat!("the id of ", $object, " such as \"", $prefix, "0a1b2c3d4e5f60718\""),
            |text| is_id(text, $prefix),
            concat!("write `", $prefix, "` and 8 or 17 hexadecimal digits in lower case")
        );
    };
}

fn is_key(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= 40
        && text.bytes().all(inner)
        && !text.ends_with('-')
        && !text.contains("--")
}

fn all(text: &str, allowed: &str, longest: usize) -> bool {
    !text.is_empty() && text.len() <= longest && text.chars().all(|c| c.is_ascii_alphanumeric() || allowed.contains(c))
}

text_value!(
    /// The author's name for a thing, from which physical names are made.
    Key, "a key such as \"ledger\"", is_key,
    "use lower-case letters, digits and single hyphens, starting with a letter, at most 40 characters"
);

text_value!(
    /// The name of an organisation's own control.
    ControlName, "the name of a control such as \"ACME-12\"",
    |text| all(text, "-", 40)
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && !text.ends_with('-')
        && !text.contains(|c: char| c.is_ascii_lowercase()),
    "use upper-case letters, digits and hyphens, starting with a letter, at most 40 characters"
);

text_value!(
    /// A path of names: `payments/ledger/replication`.
    NamePath, "a name such as \"payments/ledger/replication\"",
    |text| all(text, "-_/.+=@", 256) && !text.starts_with('/') && !text.ends_with('/') && !text.contains("//") && !text.contains(".."),
    "use letters, digits and `-_/.+=@`, without a leading or trailing slash"
);

text_value!(
    /// A file beside the spec or below it, with forward slashes.
    FileName, "a file name such as \"corp-root-ca.pem\"",
    |text| all(text, "-_/.+@ ", 256) && text.split('/').all(|part| !part.is_empty() && part.trim() == part && !matches!(part, "." | "..")),
    "write a path relative to the spec, with forward slashes and without `..`",
    file true
);

text_value!(
    /// An AWS account id.
    AccountId, "an AWS account id such as \"111111111111\"",
    |text| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()),
    "write twelve digits in quotes"
);

text_value!(
    /// An Amazon resource name, without wildcards.
    Arn, "an ARN such as \"arn:aws:iam::222222222222:role/payments-lead\"",
    |text| {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        parts.len() == 6 && parts[0] == "arn" && parts[1].starts_with("aws") && !parts[2].is_empty() && !parts[5].is_empty()
            && all(text, "-_/.+=@:,", 2048)
    },
    "write an ARN with six parts separated by colons, without wildcards"
);

text_value!(
    /// An e-mail address.
    Email, "an e-mail address such as \"payments-ops@example.com\"",
    |text| text.split_once('@').is_some_and(|(user, host)| all(user, "-_.+", 64) && host.contains('.') && all(host, "-.", 190)),
    "write user@host in ASCII"
);

text_value!(
    /// A phone number in international form (E.164).
    PhoneNumber, "a phone number such as \"+493012345678\"",
    |text| text.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
    }),
    "write `+`, the country code and the number: 8 to 15 digits, without spaces and hyphens"
);

text_value!(
    /// A table: `schema.table`.
    TableName, "a table such as \"payments.payment\"",
    |text| text.split_once('.').is_some_and(|(schema, table)| all(schema, "_$", 63) && all(table, "_$", 63)),
    "write schema and table with a dot between them"
);

text_value!(
    /// A pattern over tables: `payments.*`; `*` matches any characters.
    TablePattern, "a pattern over tables such as \"payments.*\"",
    |text| text.split_once('.').is_some_and(|(schema, table)| all(schema, "_$*", 63) && all(table, "_$*", 63)),
    "write schema and table with a dot between them, such as `payments.*`; `*` matches any characters"
);

text_value!(
    /// A SHA-256 fingerprint in lower-case hexadecimal.
    Fingerprint, "a SHA-256 fingerprint", |text| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')),
    "64 lower-case hexadecimal digits"
);

/// An id that AWS gives: a prefix and 8 or 17 hexadecimal digits.
fn is_id(text: &str, prefix: &str) -> bool {
    let hex = |digits: &str| digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    text.strip_prefix(prefix).is_some_and(|digits| matches!(digits.len(), 8 | 17) && hex(digits))
}

text_value!(
    /// The path of roles and policies: `/app/payments/`.
    RolePath, "a path such as \"/app/\"",
    |text| text.starts_with('/') && text.ends_with('/') && !text.contains("//") && all(text, "-_/.+=@,", 512),
    "start and end with a slash: \"/app/\""
);

text_value!(
    /// The prefix of the names of roles.
    RolePrefix, "a prefix such as \"app-\"", |text| all(text, "-_.+=@,", 20),
    "use letters, digits and `-_.+=@,`, at most 20 characters"
);

id_value!(
    /// The id of a Transit Gateway.
    TransitGatewayId, "a Transit Gateway", "tgw-"
);

id_value!(
    /// The id of a route table of a Transit Gateway.
    TransitTableId, "a transit route table", "tgw-rtb-"
);

id_value!(
    /// The id of an attachment to a Transit Gateway.
    AttachmentId, "an attachment", "tgw-attach-"
);

id_value!(
    /// The id of a VPC.
    VpcId, "a VPC", "vpc-"
);

id_value!(
    /// The id of a subnet.
    SubnetId, "a subnet", "subnet-"
);

id_value!(
    /// The id of a managed prefix list.
    PrefixListId, "a prefix list", "pl-"
);

id_value!(
    /// The id of a security group.
    SecurityGroupId, "a security group", "sg-"
);

id_value!(
    /// The id of a route table.
    RouteTableId, "a route table", "rtb-"
);

id_value!(
    /// The id of a network ACL.
    NetworkAclId, "a network ACL", "acl-"
);

id_value!(
    /// The id of a flow log.
    FlowLogId, "a flow log", "fl-"
);

id_value!(
    /// The id of a rule of Route 53 Resolver.
    ResolverRuleId, "a resolver rule", "rslvr-rr-"
);

text_value!(
    /// The id of an availability zone, the same in every account.
    ZoneId, "the id of an availability zone such as \"euc1-az1\"",
    |text| text.split_once("-az").is_some_and(|(region, zone)| {
        (3..=8).contains(&region.len()) && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && matches!(zone.as_bytes(), [b'1'..=b'9'])
    }),
    "write the id and not the name, which differs between accounts: `euc1-az1`, not `eu-central-1a`"
);

text_value!(
    /// A host name that callers use.
    HostName, "a host name such as \"pay.example.com\"",
    |text| text.len() <= 253 && text.split('.').count() > 1 && text.split('.').all(|label| {
        (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    }),
    "write the name in lower case, without a scheme and a trailing dot"
);

text_value!(
    /// The id of a hosted zone of Route 53.
    HostedZoneId, "the id of a hosted zone such as \"Z0123456789ABCDEFGHIJ\"",
    |text| (8..=32).contains(&text.len()) && text.starts_with('Z') && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()),
    "write the id and not the name: `aws route53 list-hosted-zones` shows it after `/hostedzone/`"
);

text_value!(
    /// The pattern of physical names.
    NamingPattern, "a pattern such as \"{environment}-{migration}-{stem}\"",
    |text| {
        let parts: Vec<&str> = text.split('-').collect();
        let once = |name: &str| parts.iter().filter(|part| **part == name).count() == 1;
        let at_most_once = parts.iter().filter(|part| **part == "{region}").count() < 2;
        let literal = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let known = |part: &&str| ["{migration}", "{stem}", "{environment}", "{region}"].contains(part) || literal(part);
        ["{migration}", "{stem}", "{environment}"].into_iter().all(once)
            && parts.iter().all(known)
            && at_most_once
            && !text.starts_with(|c: char| c.is_ascii_digit())
            && text.len() <= 80
    },
    "write `{migration}`, `{stem}` and `{environment}` once each, `{region}` if names need it, and words of lower-case letters and digits, with hyphens between them"
);

text_value!(
    /// The name of a dashboard.
    DashboardName, "the name of a dashboard such as \"operations\"",
    |text| (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
    "write letters, digits, hyphens and underscores: `aws cloudwatch list-dashboards` shows it"
);

text_value!(
    /// The target of a route, or `none`.
    RouteTarget, "the target of a route such as \"nat-0a1b2c3d4e5f60718\", or \"none\"",
    |text| text == "none" || ["nat-", "tgw-", "igw-", "eigw-"].iter().any(|prefix| is_id(text, prefix)),
    "write the id of a NAT gateway, a transit gateway, an internet gateway or an egress-only one, or \"none\""
);

impl Arn {
    /// The n-th of the six parts, from 0: `arn`, partition, service, region,
    /// account, resource.
    fn part(&self, n: usize) -> &str {
        self.0.splitn(6, ':').nth(n).unwrap_or("")
    }

    pub fn partition(&self) -> &str {
        self.part(1)
    }

    pub fn service(&self) -> &str {
        self.part(2)
    }

    pub fn region(&self) -> &str {
        self.part(3)
    }

    pub fn account(&self) -> &str {
        self.part(4)
    }

    pub fn resource(&self) -> &str {
        self.part(5)
    }
}

impl TableName {
    pub fn schema(&self) -> &str {
        self.0.split_once('.').map_or("", |(s, _)| s)
    }

    pub fn table(&self) -> &str {
        self.0.split_once('.').map_or("", |(_, t)| t)
    }
}

impl TablePattern {
    pub fn schema(&self) -> &str {
        self.0.split_once('.').map_or("", |(s, _)| s)
    }

    pub fn table(&self) -> &str {
        self.0.split_once('.').map_or("", |(_, t)| t)
    }
}
