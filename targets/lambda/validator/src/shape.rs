//! Types as they are built: domains are resolved, and elements, fields and
//! bounds are types again, to the bottom.

use std::collections::BTreeMap;

use migspec_function::Failure;
use tokio_postgres::Client;
use tokio_postgres::types::Type as SqlType;

/// A type below all domains.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Type {
    /// As `pg_type` names it: `int8`, `_text`.
    pub base: String,
    /// As a cast names it: `bigint`, `text[]`.
    pub cast: String,
    pub modifier: i32,
    pub structure: Structure,
    /// Its equality, where it belongs to an extension: `OPERATOR(public.=)`. The sessions
    /// find operators of `pg_catalog` only.
    pub equality: Option<String>,
    /// Text that sorts by its bytes.
    pub by_bytes: bool,
    /// The column may be NULL.
    pub nullable: bool,
}

/// The parts of a type.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Structure {
    #[default]
    Scalar,
    Enum,
    Array(Box<Type>),
    /// Names and types of its fields, in their order.
    Composite(Vec<(String, Type)>),
    Range(Box<Type>),
    /// The type of its ranges.
    Multirange(Box<Type>),
}

impl Type {
    pub fn is_enum(&self) -> bool {
        self.structure == Structure::Enum
    }
}

/// The types of all columns of applications, and those that they are built of.
/// Multiranges are new in version 14. fact: postgresql-multirange-unnest
const TYPES: &str = "
WITH RECURSIVE part (oid, place, name, inside, modifier) AS MATERIALIZED (
    SELECT oid, 1, '', typbasetype, typtypmod FROM pg_type WHERE typtype = 'd'
    UNION ALL
    SELECT oid, 1, '', typelem, -1 FROM pg_type WHERE typinput = 'array_in'::regproc
    UNION ALL
    SELECT rngtypid, 1, '', rngsubtype, -1 FROM pg_range
    UNION ALL
    SELECT (to_jsonb(r) ->> 'rngmultitypid')::oid, 1, '', rngtypid, -1 FROM pg_range r
    UNION ALL
    SELECT t.oid, a.attnum, a.attname::text, a.atttypid, a.atttypmod
    FROM pg_type t JOIN pg_attribute a ON a.attrelid = t.typrelid
    WHERE t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped
), used AS (
    SELECT DISTINCT a.atttypid AS oid
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
    UNION
    SELECT p.inside FROM used u JOIN part p ON p.oid = u.oid
)
SELECT t.oid, t.typname::text, format_type(t.oid, -1),
       CASE WHEN t.typtype = 'b' AND t.typinput = 'array_in'::regproc THEN 'a' ELSE t.typtype::text END,
       coalesce(array_agg(p.name ORDER BY p.place) FILTER (WHERE p.oid IS NOT NULL), '{}'),
       coalesce(array_agg(p.inside ORDER BY p.place) FILTER (WHERE p.oid IS NOT NULL), '{}'),
       coalesce(array_agg(p.modifier ORDER BY p.place) FILTER (WHERE p.oid IS NOT NULL), '{}'),
       (SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname)
        FROM pg_opclass c JOIN pg_am m ON m.oid = c.opcmethod AND m.amname = 'btree'
        JOIN pg_amop a ON a.amopfamily = c.opcfamily AND a.amopstrategy = 3
                      AND a.amoplefttype = c.opcintype AND a.amoprighttype = c.opcintype
        JOIN pg_operator o ON o.oid = a.amopopr
        JOIN pg_namespace n ON n.oid = o.oprnamespace AND n.nspname <> 'pg_catalog'
        WHERE c.opcintype = t.oid AND c.opcdefault)
FROM used u JOIN pg_type t ON t.oid = u.oid LEFT JOIN part p ON p.oid = t.oid
GROUP BY t.oid, t.typname, t.typtype, t.typinput";

/// The types of one side, by their numbers.
#[derive(Debug)]
pub(crate) struct Types(BTreeMap<u32, Entry>);

#[derive(Debug)]
struct Entry {
    name: String,
    cast: String,
    /// `pg_type.typtype`, and `a` for an array.
    form: String,
    parts: Vec<Part>,
    equality: Option<String>,
}

#[derive(Debug)]
struct Part {
    name: String,
    inside: u32,
    modifier: i32,
}

impl Types {
    /// # Errors
    /// The catalog cannot be read.
    pub(crate) async fn read(client: &Client) -> Result<Self, Failure> {
        let none: [(&(dyn tokio_postgres::types::ToSql + Sync), SqlType); 0] = [];
        let rows = client.query_typed(TYPES, &none).await.map_err(|e| Failure::postgres("reading the types", &e))?;
        let entry = |row: &tokio_postgres::Row| {
            let (names, inside, modifiers): (Vec<String>, Vec<u32>, Vec<i32>) = (row.get(4), row.get(5), row.get(6));
            let parts = names.into_iter().zip(inside).zip(modifiers);
            let part = |((name, inside), modifier)| Part { name, inside, modifier };
            Entry {
                name: row.get(1),
                cast: row.get(2),
                form: row.get(3),
                parts: parts.map(part).collect(),
                equality: row.get(7),
            }
        };
        Ok(Self(rows.iter().map(|row| (row.get(0), entry(row))).collect()))
    }

    /// The type with this number, below its domains. PostgreSQL admits no type
    /// that contains itself.
    pub(crate) fn resolve(&self, oid: u32, modifier: i32) -> Type {
        let Some(entry) = self.0.get(&oid) else { return Type { modifier, ..Type::default() } };
        // The modifier of an array is that of its elements.
        let first = |modifier| entry.parts.first().map(|part| self.resolve(part.inside, modifier)).unwrap_or_default();
        let structure = match entry.form.as_str() {
            "d" => return first(entry.parts.first().map_or(-1, |part| part.modifier.max(modifier))),
            "a" => Structure::Array(Box::new(first(modifier))),
            "r" => Structure::Range(Box::new(first(-1))),
            "m" => Structure::Multirange(Box::new(first(-1))),
            "e" => Structure::Enum,
            "c" => {
                let field = |part: &Part| (part.name.clone(), self.resolve(part.inside, part.modifier));
                Structure::Composite(entry.parts.iter().map(field).collect())
            }
            _ => Structure::Scalar,
        };
        let (base, cast, equality) = (entry.name.clone(), entry.cast.clone(), entry.equality.clone());
        Type { base, cast, modifier, structure, equality, ..Type::default() }
    }
}
