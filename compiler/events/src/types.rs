//! The types of PostgreSQL that DMS carries. A type that is not here is not
//! known.

/// What DMS does with the values of a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carriage {
    /// Whole.
    Whole,
    /// As an object of bytes or characters, which the task's settings bound.
    Object,
    /// Not, or altered.
    Refused,
}

/// The types by their names in `pg_type`, and the forms of others.
/// fact: dms-postgresql-types
pub const TYPES: &[(&str, Carriage)] = &[
    ("bool", Carriage::Whole),
    ("int2", Carriage::Whole),
    ("int4", Carriage::Whole),
    ("int8", Carriage::Whole),
    ("float4", Carriage::Whole),
    ("float8", Carriage::Whole),
    ("numeric", Carriage::Whole),
    ("money", Carriage::Whole),
    ("bpchar", Carriage::Whole),
    ("varchar", Carriage::Whole),
    ("uuid", Carriage::Whole),
    ("date", Carriage::Whole),
    ("time", Carriage::Whole),
    ("timetz", Carriage::Whole),
    ("timestamp", Carriage::Whole),
    ("timestamptz", Carriage::Whole),
    ("interval", Carriage::Whole),
    ("bit", Carriage::Whole),
    ("varbit", Carriage::Whole),
    ("cidr", Carriage::Whole),
    ("macaddr", Carriage::Refused),
    ("point", Carriage::Whole),
    ("lseg", Carriage::Whole),
    ("polygon", Carriage::Object),
    ("text", Carriage::Object),
    ("citext", Carriage::Object),
    ("bytea", Carriage::Object),
    ("json", Carriage::Object),
    ("jsonb", Carriage::Object),
    ("xml", Carriage::Object),
    ("hstore", Carriage::Object),
    ("array", Carriage::Object),
    ("enum", Carriage::Refused),
    ("composite", Carriage::Refused),
    ("range", Carriage::Refused),
    ("inet", Carriage::Refused),
    ("tsvector", Carriage::Refused),
    ("tsquery", Carriage::Refused),
    ("line", Carriage::Refused),
    ("box", Carriage::Refused),
    ("path", Carriage::Refused),
    ("circle", Carriage::Refused),
];

/// The carriage of a type; `None` if it is not known.
pub fn carriage(name: &str) -> Option<Carriage> {
    TYPES.iter().find(|(known, _)| *known == name).map(|(_, carriage)| *carriage)
}

impl Carriage {
    /// For the reference page.
    pub fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Object => "as an object, up to the size in the task's settings",
            Self::Refused => "refused by preflight",
        }
    }
}
