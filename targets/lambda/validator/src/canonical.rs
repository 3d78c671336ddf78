//! The same value as the same text on both servers, as an SQL expression.
//!
//! Sessions pin every setting that the text of a value depends on, so most
//! types need nothing. The exceptions are equal values with different texts
//! (`1.10` and `1.1`, −0 and 0, padding), and columns whose types differ
//! between the sides. The form follows the structure of a type to its bottom:
//! where an element, a field or a bound needs another text, the value around it
//! is written part by part, with the bounds of arrays, and with NULL distinct
//! from an empty value and from a value of NULLs.

use crate::catalog::Column;
use crate::shape::{Structure, Type};

/// Types cannot be compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Incomparable;

/// A canonical form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Form {
    pub sql: String,
    pub text: Text,
}

/// Who reads the text of a form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Text {
    /// The type: as the same value.
    Literal,
    /// Nobody: it is compared as text.
    Opaque,
}

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
}

/// The canonical form of a column of one server, whose counterpart on the other
/// has the type `other`.
///
/// # Errors
/// No form of both types is the same for equal values.
pub fn form(quoted: &str, own: &Type, other: &Type) -> Result<Form, Incomparable> {
    let text = match own.structure {
        Structure::Scalar | Structure::Enum => Text::Literal,
        _ if are_native(own, other)? => Text::Literal,
        _ => Text::Opaque,
    };
    Ok(Form { sql: expression(quoted, own, other, 1)?, text })
}

/// The expression. `depth` numbers the names of the queries within it.
fn expression(value: &str, own: &Type, other: &Type, depth: usize) -> Result<String, Incomparable> {
    if are_native(own, other)? {
        return Ok(value.to_owned());
    }
    // Below a domain, since not every function takes one.
    let bare = format!("({value})::{}", own.cast);
    // `IS NULL` also holds for a row of NULLs.
    let known = format!("({value}) IS DISTINCT FROM NULL");
    match (&own.structure, &other.structure) {
        (Structure::Array(own), Structure::Array(other)) => {
            let items = format!("items_{depth}");
            let item = expression(&format!("{items}.item"), own, other, depth + 1)?;
            // In a list of columns, a composite element stays one value.
            Ok(format!(
                "CASE WHEN {known} THEN coalesce(array_dims({bare}), '') || coalesce((\
                 SELECT array_agg(({item})::text ORDER BY {items}.place)::text FROM (\
                 SELECT unnest({bare}) AS item, generate_series(1, cardinality({bare})) AS place) AS {items}), '') END"
            ))
        }
        (Structure::Composite(own), Structure::Composite(other)) => {
            let field = |((name, own), (_, other)): (&(String, Type), &(String, Type))| {
                let name = migspec_events::sql::identifier(name);
                expression(&format!("({bare}).{name}"), own, other, depth)
            };
            let fields: Vec<String> = own.iter().zip(other).map(field).collect::<Result<_, _>>()?;
            Ok(format!("CASE WHEN {known} THEN ROW({})::text END", fields.join(", ")))
        }
        (Structure::Range(own), Structure::Range(other)) => {
            let lower = expression(&format!("lower({bare})"), own, other, depth)?;
            let upper = expression(&format!("upper({bare})"), own, other, depth)?;
            Ok(format!(
                "CASE WHEN isempty({bare}) THEN 'empty' WHEN {known} \
                 THEN ROW(lower_inc({bare}), {lower}, {upper}, upper_inc({bare}))::text END"
            ))
        }
        (Structure::Multirange(own), Structure::Multirange(other)) => {
            let items = format!("items_{depth}");
            let item = expression(&format!("{items}.item"), own, other, depth + 1)?;
            Ok(format!(
                "CASE WHEN {known} THEN coalesce((SELECT array_agg(({item})::text ORDER BY {items}.place)::text \
                 FROM unnest({bare}) WITH ORDINALITY AS {items} (item, place)), '{{}}') END"
            ))
        }
        _ => Ok(match scalar(own, other)? {
            Edit::Nothing => value.to_owned(),
            Edit::Trim => format!("trim_scale({value})"),
            // Adding a positive zero turns −0 into it and leaves all else alone.
            Edit::AddZero => format!("({value} + 0::{})", own.base),
            Edit::CutPadding => format!("rtrim({value}::text, ' ')"),
            Edit::Normalise => format!("{value}::jsonb"),
        }),
    }
}

/// Whether both servers write equal values alike by themselves: whatever is not,
/// both sides write part by part.
fn are_native(own: &Type, other: &Type) -> Result<bool, Incomparable> {
    match (&own.structure, &other.structure) {
        (Structure::Array(own), Structure::Array(other))
        | (Structure::Range(own), Structure::Range(other))
        | (Structure::Multirange(own), Structure::Multirange(other)) => are_native(own, other),
        (Structure::Composite(own), Structure::Composite(other)) if own.len() == other.len() => {
            let mut alike = true;
            for ((_, own), (_, other)) in own.iter().zip(other) {
                alike &= are_native(own, other)?;
            }
            Ok(alike)
        }
        (Structure::Scalar | Structure::Enum, Structure::Scalar | Structure::Enum) => {
            Ok(scalar(own, other)? == Edit::Nothing && scalar(other, own)? == Edit::Nothing)
        }
        _ => Err(Incomparable),
    }
}

/// The change that makes the text of a scalar canonical.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Edit {
    Nothing,
    Trim,
    AddZero,
    CutPadding,
    Normalise,
}

fn scalar(own: &Type, other: &Type) -> Result<Edit, Incomparable> {
    match (family(own), family(other)) {
        (Family::Number, Family::Number) => Ok(number(own, other)),
        (Family::Float, Family::Float) if own.base == other.base => Ok(Edit::AddZero),
        (Family::Text, Family::Text) => Ok(text(own, other)),
        (Family::Json, Family::Json) if own.base == other.base => Ok(Edit::Nothing),
        (Family::Json, Family::Json) => Ok(Edit::Normalise),
        (Family::Other, Family::Other) if own.base == other.base => Ok(Edit::Nothing),
        _ => Err(Incomparable),
    }
}

fn number(own: &Type, other: &Type) -> Edit {
    let same = own.base == other.base && own.modifier == other.modifier && own.modifier >= 0;
    if own.base != "numeric" || same { Edit::Nothing } else { Edit::Trim }
}

/// Padding counts only where both sides pad to the same length.
fn text(own: &Type, other: &Type) -> Edit {
    let padded = own.base == "bpchar" || other.base == "bpchar";
    let same = own.base == other.base && own.modifier == other.modifier;
    if padded && !same { Edit::CutPadding } else { Edit::Nothing }
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
        _ if t.is_enum() => Family::Text,
        "int2" | "int4" | "int8" | "numeric" => Family::Number,
        "float4" | "float8" => Family::Float,
        "text" | "varchar" | "bpchar" | "name" | "citext" => Family::Text,
        "json" | "jsonb" => Family::Json,
        _ => Family::Other,
    }
}

/// The expressions of all columns of one server; columns that cannot be
/// compared are named.
pub fn expressions(columns: &[Column], side: fn(&Column) -> (&Type, &Type)) -> (Vec<String>, Vec<&str>) {
    let mut expressions = Vec::new();
    let mut incomparable = Vec::new();
    for column in columns {
        let (own, other) = side(column);
        match form(&migspec_events::sql::identifier(&column.name), own, other) {
            Ok(form) => expressions.push(form.sql),
            Err(Incomparable) => incomparable.push(column.name.as_str()),
        }
    }
    (expressions, incomparable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(base: &str, modifier: i32) -> Type {
        Type { base: base.into(), cast: base.into(), modifier, ..Type::default() }
    }

    fn array(of: Type) -> Type {
        let base = format!("_{}", of.base);
        Type { cast: format!("{}[]", of.cast), base, structure: Structure::Array(Box::new(of)), ..Type::default() }
    }

    fn range(base: &str, of: Type) -> Type {
        Type { structure: Structure::Range(Box::new(of)), ..self::of(base, -1) }
    }

    fn pair(first: Type, second: Type) -> Type {
        let fields = vec![("a".to_owned(), first), ("b".to_owned(), second)];
        Type { structure: Structure::Composite(fields), ..of("pair", -1) }
    }

    fn sql(own: &Type, other: &Type) -> Option<String> {
        form("\"c\"", own, other).ok().map(|form| form.sql)
    }

    #[test]
    fn what_is_written_alike_is_left_alone() {
        let scalars = ["int4", "text", "timestamptz", "bytea", "uuid", "jsonb", "inet"].map(|base| of(base, -1));
        let built = [
            of("numeric", 1_179_652),
            array(of("text", -1)),
            array(of("numeric", 1_179_652)),
            pair(of("int4", -1), array(of("uuid", -1))),
            range("int4range", of("int4", -1)),
        ];
        for t in scalars.iter().chain(&built) {
            assert_eq!(form("\"c\"", t, t), Ok(Form { sql: "\"c\"".to_owned(), text: Text::Literal }), "{t:?}");
        }
    }

    #[test]
    fn what_is_written_differently_has_one_form() {
        let form = |own: &Type, other: &Type| sql(own, other);
        assert_eq!(form(&of("numeric", -1), &of("numeric", -1)).as_deref(), Some("trim_scale(\"c\")"));
        assert_eq!(form(&of("int8", -1), &of("numeric", -1)).as_deref(), Some("\"c\""));
        assert_eq!(form(&of("float8", -1), &of("float8", -1)).as_deref(), Some("(\"c\" + 0::float8)"));
        assert_eq!(form(&of("bpchar", 14), &of("varchar", 14)).as_deref(), Some("rtrim(\"c\"::text, ' ')"));
        assert_eq!(form(&of("json", -1), &of("jsonb", -1)).as_deref(), Some("\"c\"::jsonb"));
    }

    /// One side writes whole numbers, which need nothing, and yet part by part:
    /// the other side has scales.
    #[test]
    fn both_sides_write_part_by_part_or_neither_does() {
        for (own, other) in [
            (array(of("int8", -1)), array(of("numeric", -1))),
            (range("int8range", of("int8", -1)), range("numrange", of("numeric", -1))),
            (pair(of("int8", -1), of("text", -1)), pair(of("numeric", -1), of("text", -1))),
        ] {
            for (own, other) in [(&own, &other), (&other, &own)] {
                let form = form("\"c\"", own, other).expect("they can be compared");
                assert_eq!(form.text, Text::Opaque);
                assert!(form.sql.starts_with("CASE WHEN "), "{}", form.sql);
            }
        }
    }

    #[test]
    fn types_without_a_common_form_are_refused() {
        for (own, other) in [("float4", "float8"), ("timestamp", "timestamptz"), ("text", "int4"), ("uuid", "text")] {
            assert_eq!(sql(&of(own, -1), &of(other, -1)), None, "{own} {other}");
            assert_eq!(sql(&array(of(own, -1)), &array(of(other, -1))), None, "arrays of {own} and {other}");
        }
        let mood = Type { structure: Structure::Enum, ..of("mood", -1) };
        assert_eq!(sql(&mood, &of("text", -1)).as_deref(), Some("\"c\""), "an enum is its label");
        let three = Type { structure: Structure::Composite(vec![("a".into(), of("int4", -1))]), ..of("pair", -1) };
        assert_eq!(sql(&three, &pair(of("int4", -1), of("int4", -1))), None, "another number of fields");
        assert_eq!(sql(&of("text", -1), &array(of("text", -1))), None);
    }
}
