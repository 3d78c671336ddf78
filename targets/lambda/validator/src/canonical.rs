//! The same value as the same text on both servers, as an SQL expression.
//!
//! Sessions pin every setting that the text of a value depends on, so most
//! types need nothing. The exceptions are equal values with different texts
//! (`1.10` and `1.1`, −0 and 0, padding), and columns whose types differ
//! between the sides.

use crate::catalog::{Column, Type};

/// Types cannot be compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Incomparable;

/// How a server hashes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hash {
    /// PostgreSQL's own hash of text, 64 bits, seeded.
    Extended,
    /// Half of an MD5 over UTF-8: where the servers' encodings or hashes differ.
    Portable,
}

/// The inputs of a server's expressions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dialect {
    pub hash: Hash,
    /// `server_version_num`.
    pub version: u32,
    pub seed: i64,
}

impl Dialect {
    /// The hash of a row of expressions, as `bigint`. The text of a row quotes
    /// special characters and separates NULL from an empty string, so different
    /// rows have different texts.
    pub fn row(&self, expressions: &[String]) -> String {
        let text = format!("ROW({})::text", expressions.join(", "));
        match self.hash {
            Hash::Extended => format!("hashtextextended({text} COLLATE \"C\", {})", self.seed),
            Hash::Portable => {
                format!("('x' || left(md5(convert_to('{}' || {text}, 'UTF8')), 16))::bit(64)::bigint", self.seed)
            }
        }
    }

    /// The canonical form of a column of this server, whose counterpart on
    /// the other has the type `other`.
    ///
    /// # Errors
    /// No form of both types is the same for equal values.
    pub fn expression(&self, quoted: &str, own: &Type, other: &Type) -> Result<String, Incomparable> {
        match (family(own), family(other)) {
            (Family::Number, Family::Number) => Ok(self.number(quoted, own, other)),
            // Adding a positive zero turns −0 into it and leaves all else alone.
            (Family::Float, Family::Float) if own.base == other.base => Ok(format!("({quoted} + 0::{})", own.base)),
            (Family::Text, Family::Text) => Ok(text(quoted, own, other)),
            (Family::Json, Family::Json) if own.base == other.base => Ok(quoted.to_owned()),
            (Family::Json, Family::Json) => Ok(format!("{quoted}::jsonb")),
            (Family::Other, Family::Other) if own.base == other.base => Ok(quoted.to_owned()),
            _ => Err(Incomparable),
        }
    }

    fn number(&self, quoted: &str, own: &Type, other: &Type) -> String {
        let whole = |t: &Type| t.base != "numeric";
        let same = own.base == other.base && own.modifier == other.modifier && own.modifier >= 0;
        if (whole(own) && whole(other)) || same {
            return quoted.to_owned();
        }
        if whole(own) {
            return quoted.to_owned();
        }
        if self.version >= 130_000 {
            return format!("trim_scale({quoted})");
        }
        format!(
            "CASE WHEN strpos({quoted}::text, '.') > 0 THEN rtrim(rtrim({quoted}::text, '0'), '.') ELSE {quoted}::text END"
        )
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Family {
    Number,
    Float,
    Text,
    Json,
    /// Comparable with the same type only.
    Other,
}

fn family(t: &Type) -> Family {
    match t.base.as_str() {
        "int2" | "int4" | "int8" | "numeric" => Family::Number,
        "float4" | "float8" => Family::Float,
        "text" | "varchar" | "bpchar" | "name" | "citext" => Family::Text,
        "json" | "jsonb" => Family::Json,
        _ if t.is_enum => Family::Text,
        _ => Family::Other,
    }
}

/// Padding counts only where both sides pad to the same length.
fn text(quoted: &str, own: &Type, other: &Type) -> String {
    let padded = own.base == "bpchar" || other.base == "bpchar";
    let same = own.base == other.base && own.modifier == other.modifier;
    if padded && !same { format!("rtrim({quoted}::text, ' ')") } else { quoted.to_owned() }
}

/// The expressions of all columns of one server; columns that cannot be
/// compared are named.
pub fn expressions<'c>(
    dialect: &Dialect,
    columns: &'c [Column],
    side: fn(&Column) -> (&Type, &Type),
) -> (Vec<String>, Vec<&'c str>) {
    let mut expressions = Vec::new();
    let mut incomparable = Vec::new();
    for column in columns {
        let (own, other) = side(column);
        match dialect.expression(&migspec_function::postgres::identifier(&column.name), own, other) {
            Ok(expression) => expressions.push(expression),
            Err(Incomparable) => incomparable.push(column.name.as_str()),
        }
    }
    (expressions, incomparable)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: Dialect = Dialect { hash: Hash::Extended, version: 160_000, seed: 7 };

    fn of(base: &str, modifier: i32) -> Type {
        Type { base: base.into(), modifier, ..Type::default() }
    }

    fn form(own: &Type, other: &Type) -> Option<String> {
        NEW.expression("\"c\"", own, other).ok()
    }

    #[test]
    fn what_is_written_alike_is_left_alone() {
        for base in ["int4", "text", "timestamptz", "bytea", "uuid", "jsonb", "_text", "inet"] {
            assert_eq!(form(&of(base, -1), &of(base, -1)).as_deref(), Some("\"c\""), "{base}");
        }
        assert_eq!(form(&of("numeric", 1_179_652), &of("numeric", 1_179_652)).as_deref(), Some("\"c\""));
    }

    #[test]
    fn what_is_written_differently_has_one_form() {
        assert_eq!(form(&of("numeric", -1), &of("numeric", -1)).as_deref(), Some("trim_scale(\"c\")"));
        assert_eq!(form(&of("int8", -1), &of("numeric", -1)).as_deref(), Some("\"c\""));
        assert_eq!(form(&of("float8", -1), &of("float8", -1)).as_deref(), Some("(\"c\" + 0::float8)"));
        assert_eq!(form(&of("bpchar", 14), &of("varchar", 14)).as_deref(), Some("rtrim(\"c\"::text, ' ')"));
        assert_eq!(form(&of("json", -1), &of("jsonb", -1)).as_deref(), Some("\"c\"::jsonb"));
        let old = Dialect { version: 120_000, ..NEW };
        let form = old.expression("\"c\"", &of("numeric", -1), &of("numeric", -1));
        assert!(form.is_ok_and(|f| f.starts_with("CASE WHEN strpos")));
    }

    #[test]
    fn types_without_a_common_form_are_refused() {
        for (own, other) in [("float4", "float8"), ("timestamp", "timestamptz"), ("text", "int4"), ("uuid", "text")] {
            assert_eq!(form(&of(own, -1), &of(other, -1)), None, "{own} {other}");
        }
        let mood = Type { is_enum: true, ..of("mood", -1) };
        assert_eq!(form(&mood, &of("text", -1)).as_deref(), Some("\"c\""), "an enum is its label");
    }
}
