//! The grammar, described once: `nodes!` declares a node's struct, and from
//! the same text derives its [`NodeShape`] (for checking, merging, suggestions
//! and the reference pages) and its reader.

use std::collections::HashSet;

use migspec_diag::{Change, Diagnostic, Fix, Span};

use crate::setting::{Provenance, Setting};
use crate::tree::{Entry, Literal, Node};
use crate::value::{FromLiteral, Problem};

/// The grammar of a node.
#[derive(Debug)]
pub struct NodeShape {
    pub name: &'static str,
    pub doc: String,
    /// The number of leading arguments that form the key; 0 for unkeyed nodes.
    pub keys: usize,
    /// A property that belongs to the key where it is set.
    pub key_properties: &'static [&'static str],
    pub merge: Merge,
    pub fields: Vec<FieldShape>,
}

/// The effect of an environment on a node that it repeats.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Merge {
    /// Properties replace property by property, children merge.
    Into,
    /// The whole node is replaced.
    Replace,
}

#[derive(Debug)]
pub struct FieldShape {
    /// As written in a spec, in kebab case.
    pub name: String,
    pub doc: String,
    pub kind: FieldKind,
    pub required: bool,
    /// The default as it would be written.
    pub default: Option<String>,
}

#[derive(Debug)]
pub enum FieldKind {
    Argument(ValueShape),
    /// All remaining arguments.
    Arguments(ValueShape),
    Property(ValueShape),
    /// Any property name is accepted.
    AnyProperties(ValueShape),
    /// At most one node.
    Child(fn() -> &'static NodeShape),
    /// Any number of nodes.
    Children(fn() -> &'static NodeShape),
    /// Nodes of any name, kept untyped.
    AnyChildren,
}

/// The values that a place accepts.
#[derive(Clone, Copy, Debug)]
pub struct ValueShape {
    /// With its article: `a duration such as "5m"`.
    pub expects: &'static str,
    /// The closed set of words, where there is one.
    pub words: &'static [&'static str],
    /// It names a file whose text belongs to the spec.
    pub file: bool,
    /// It is written in quotes.
    pub quoted: bool,
    pub check: fn(&Literal) -> Result<(), Problem>,
}

impl ValueShape {
    pub fn of<T: FromLiteral>() -> Self {
        Self {
            expects: T::EXPECTS,
            words: T::WORDS,
            file: T::FILE,
            quoted: T::QUOTED,
            check: |literal| T::from_literal(literal).map(drop),
        }
    }
}

impl NodeShape {
    pub fn field(&self, name: &str) -> Option<&FieldShape> {
        self.fields.iter().find(|f| f.name == name)
    }

    pub fn child(&self, name: &str) -> Option<&'static NodeShape> {
        self.fields.iter().find(|f| f.name == name).and_then(|f| match f.kind {
            FieldKind::Child(shape) | FieldKind::Children(shape) => Some(shape()),
            _ => None,
        })
    }
}

/// A node of the language.
pub trait SpecNode: Sized {
    fn shape() -> &'static NodeShape;
    /// Reads it from a checked tree. `None` if a required part is missing
    /// (reported here) or a value is wrong (reported by the shape check).
    fn read(node: &Node, reader: &mut Reader) -> Option<Self>;
}

/// A setting that a node needs and does not have.
#[derive(Debug)]
pub struct Missing {
    /// The header of the node.
    pub node: Span,
    /// The setting, as messages name it.
    pub part: String,
    pub diagnostic: Diagnostic,
}

/// The results of reading beside the values.
#[derive(Default, Debug)]
pub struct Reader {
    pub missing: Vec<Missing>,
    /// Whether a node could not be read, or was read in part.
    pub incomplete: bool,
    /// Headers of nodes with an unknown name inside, which is probably the
    /// misspelt name of a setting that they lack.
    pub misspelt: HashSet<Span>,
}

impl Reader {
    /// The values of a list, each once: one that is there twice is reported, and the list lacks another value.
    pub fn values_once<'n>(&mut self, entries: impl Iterator<Item = &'n Entry>) -> Vec<&'n Entry> {
        let mut seen = HashSet::new();
        let (once, again): (Vec<_>, Vec<_>) = entries.partition(|entry| seen.insert(literal_text(&entry.value.value)));
        if !again.is_empty() {
            self.incomplete = true;
        }
        once
    }

    pub fn required_argument<T: FromLiteral>(
        &mut self,
        (node, at): (&Node, Span),
        name: &str,
        entry: Option<&Entry>,
    ) -> Option<Setting<T>> {
        if entry.is_none() {
            let help = format!("write it after `{}`: {}", node.name.value, expectation::<T>());
            let behind = node.name.span;
            let fix = only_word::<T>().map(|word| insertion(behind, format!(" {word}")));
            self.missing((node, at), &format!("its {}", name.replace('-', " ")), help, fix);
        }
        self.optional(entry)
    }

    pub fn required_property<T: FromLiteral>(
        &mut self,
        (node, at): (&Node, Span),
        name: &str,
        entry: Option<&Entry>,
    ) -> Option<Setting<T>> {
        if entry.is_none() {
            let fix = only_word::<T>().map(|word| insertion(at, format!(" {name}={word}")));
            self.missing((node, at), &format!("`{name}`"), format!("add `{name}=`: {}", expectation::<T>()), fix);
        }
        self.optional(entry)
    }

    pub fn optional<T: FromLiteral>(&mut self, entry: Option<&Entry>) -> Option<Setting<T>> {
        let entry = entry?;
        let value = T::from_literal(&entry.value.value).ok()?;
        Some(Setting { value, provenance: Provenance::Written { span: entry.value.span, base: entry.base } })
    }

    pub fn read_or_default<T: FromLiteral>(
        &mut self,
        node: &Node,
        name: &'static str,
        entry: Option<&Entry>,
        default: impl Into<Literal>,
    ) -> Option<Setting<T>> {
        if entry.is_some() {
            return self.optional(entry);
        }
        // A default that its own type refuses is caught by a test over all shapes.
        let value = T::from_literal(&default.into()).ok()?;
        Some(Setting { value, provenance: Provenance::Default { of: name, node: node.name.span } })
    }

    /// An optional child. `None` if the child exists but cannot be read, which
    /// breaks its parent: a default in its place would lead to false findings.
    pub fn child<N: SpecNode>(&mut self, node: &Node, name: &str) -> Option<Option<N>> {
        let Some(found) = node.children.iter().find(|c| &*c.name.value == name) else { return Some(None) };
        let read = self.node(found);
        if read.is_none() && !is_root(node) { None } else { Some(read) }
    }

    pub fn required_child<N: SpecNode>(&mut self, (node, at): (&Node, Span), name: &str) -> Option<N> {
        let found = node.children.iter().find(|c| &*c.name.value == name);
        if found.is_none() {
            let doc = &N::shape().doc;
            let summary = doc.split_once(". ").map_or(doc.trim_end_matches('.'), |(first, _)| first);
            let help = format!("add the node `{name}` between its braces: {}", lower_first(summary));
            self.missing((node, at), &format!("`{name}`"), help, None);
        }
        found.and_then(|c| self.node(c))
    }

    /// All children of a name. `None` if one of them cannot be read.
    pub fn children<N: SpecNode>(&mut self, node: &Node, name: &str) -> Option<Vec<N>> {
        let found: Vec<&Node> = node.children.iter().filter(|c| &*c.name.value == name).collect();
        let read: Vec<N> = found.iter().filter_map(|c| self.node(c)).collect();
        if read.len() < found.len() && !is_root(node) { None } else { Some(read) }
    }

    fn node<N: SpecNode>(&mut self, node: &Node) -> Option<N> {
        let read = N::read(node, self);
        self.incomplete |= read.is_none();
        read
    }

    fn missing(&mut self, (node, at): (&Node, Span), part: &str, help: String, fix: Option<Fix>) {
        let spans = [Some(node.header), node.base];
        if spans.into_iter().flatten().any(|span| self.misspelt.contains(&span)) {
            return;
        }
        let diagnostic = Diagnostic::error("missing-setting", format!("`{}` needs {part}", node.name.value))
            .at(at, "not set here")
            .help(help)
            .fix_if(fix);
        self.missing.push(Missing { node: node.header, part: part.to_owned(), diagnostic });
    }
}

/// A broken child does not break the root: the other children are still checked.
fn is_root(node: &Node) -> bool {
    matches!(&*node.name.value, "migration" | "project")
}

/// A sentence as a part of another one. Abbreviations keep their capitals.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(text.chars().skip(1)).collect()
        }
        _ => text.to_owned(),
    }
}

/// The only value that a place accepts, as it is written.
fn only_word<T: FromLiteral>() -> Option<String> {
    match T::WORDS {
        [only] => Some(format!("\"{only}\"")),
        _ => None,
    }
}

/// Adds text behind a place.
fn insertion(behind: Span, text: String) -> Fix {
    let at = Span { start: behind.end, ..behind };
    Fix::safe(format!("add `{}`", text.trim()), Change::Text { at, text })
}

/// The help for a missing value.
fn expectation<T: FromLiteral>() -> String {
    match T::WORDS {
        [] => T::EXPECTS.to_owned(),
        [only] => format!("`{only}`"),
        words => format!("one of `{}`", words.join("`, `")),
    }
}

/// `load_balancer` as it is written in a spec: `load-balancer`.
pub fn kebab(field: &str) -> String {
    field.trim_start_matches("r#").replace('_', "-")
}

/// The span of the whole node header, kept by every node struct.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The node's name.
    pub name: Span,
    /// Name, arguments and properties.
    pub header: Span,
    /// The node of the base spec that an environment's node was merged into.
    pub base: Option<Span>,
}

impl Place {
    pub fn of(node: &Node) -> Self {
        Self { name: node.name.span, header: node.header, base: node.base }
    }
}

macro_rules! field_type {
    (arg $t:ty) => { $crate::Setting<$t> };
    (opt_arg $t:ty) => { Option<$crate::Setting<$t>> };
    (args $t:ty) => { Vec<$crate::Setting<$t>> };
    (prop $t:ty) => { $crate::Setting<$t> };
    (opt_prop $t:ty) => { Option<$crate::Setting<$t>> };
    (any_props $t:ty) => { Vec<(migspec_diag::Spanned<std::sync::Arc<str>>, $crate::Setting<$t>)> };
    (child $t:ty) => { $t };
    (opt_child $t:ty) => { Option<$t> };
    (children $t:ty) => { Vec<$t> };
    (any_children $t:ty) => { Vec<$t> };
}

macro_rules! field_shape {
    (@value $t:ty) => { $crate::shape::ValueShape::of::<$t>() };
    (arg $t:ty) => { ($crate::shape::FieldKind::Argument(field_shape!(@value $t)), true) };
    (opt_arg $t:ty) => { ($crate::shape::FieldKind::Argument(field_shape!(@value $t)), false) };
    (args $t:ty) => { ($crate::shape::FieldKind::Arguments(field_shape!(@value $t)), true) };
    (prop $t:ty) => { ($crate::shape::FieldKind::Property(field_shape!(@value $t)), true) };
    (opt_prop $t:ty) => { ($crate::shape::FieldKind::Property(field_shape!(@value $t)), false) };
    (any_props $t:ty) => { ($crate::shape::FieldKind::AnyProperties(field_shape!(@value $t)), false) };
    (child $t:ty) => { ($crate::shape::FieldKind::Child(<$t as $crate::shape::SpecNode>::shape), true) };
    (opt_child $t:ty) => { ($crate::shape::FieldKind::Child(<$t as $crate::shape::SpecNode>::shape), false) };
    (children $t:ty) => { ($crate::shape::FieldKind::Children(<$t as $crate::shape::SpecNode>::shape), false) };
    (any_children $t:ty) => { ($crate::shape::FieldKind::AnyChildren, false) };
}

macro_rules! read_field {
    (arg $name:expr, $from:ident; $default:expr) => {{
        let entry = $from.arguments.next();
        $from.reader.read_or_default($from.node, $name, entry, $default)
    }};
    (arg $name:expr, $from:ident;) => {{
        let entry = $from.arguments.next();
        $from.reader.required_argument($from.declaration(), &$crate::shape::kebab($name), entry)
    }};
    (opt_arg $name:expr, $from:ident;) => {{
        let entry = $from.arguments.next();
        let read = $from.reader.optional(entry);
        // A wrong value breaks the node; an absent one does not.
        if entry.is_some() && read.is_none() { None } else { Some(read) }
    }};
    (args $name:expr, $from:ident;) => {{
        let entries = $from.reader.values_once($from.arguments.by_ref());
        let count = entries.len();
        let read: Vec<_> = entries.into_iter().filter_map(|e| $from.reader.optional(Some(e))).collect();
        if read.len() == count { Some(read) } else { None }
    }};
    (prop $name:expr, $from:ident; $default:expr) => {{
        let name = $crate::shape::kebab($name);
        $from.reader.read_or_default($from.node, $name, $from.node.property(&name), $default)
    }};
    (prop $name:expr, $from:ident;) => {{
        let name = $crate::shape::kebab($name);
        $from.reader.required_property($from.declaration(), &name, $from.node.property(&name))
    }};
    (opt_prop $name:expr, $from:ident;) => {{
        let entry = $from.node.property(&$crate::shape::kebab($name));
        let read = $from.reader.optional(entry);
        if entry.is_some() && read.is_none() { None } else { Some(read) }
    }};
    (any_props $name:expr, $from:ident;) => {{
        Some(
            $from
                .node
                .properties()
                .filter_map(|(n, e)| $from.reader.optional(Some(e)).map(|v| (n.clone(), v)))
                .collect(),
        )
    }};
    (child $name:expr, $from:ident;) => {
        $from.reader.required_child($from.declaration(), &$crate::shape::kebab($name))
    };
    (opt_child $name:expr, $from:ident;) => {
        $from.reader.child($from.node, &$crate::shape::kebab($name))
    };
    (children $name:expr, $from:ident;) => {
        $from.reader.children($from.node, &$crate::shape::kebab($name))
    };
    (any_children $name:expr, $from:ident;) => {
        Some($from.node.children.clone())
    };
}

/// Declares nodes of the language. A field is `KIND name: Type [= default];`
/// where KIND is one of `arg`, `opt_arg`, `args`, `prop`, `opt_prop`,
/// `any_props`, `child`, `opt_child`, `children`, `any_children`. `keys N` is
/// the number of leading arguments that identify the node, with an optional
/// property. `merge` is the effect of an environment on the node.
macro_rules! nodes {
    ($(
        $(#[doc = $doc:literal])*
        $node:literal $name:ident, keys $keys:literal $(+ $key_property:literal)*, merge $merge:ident {
            $( $(#[doc = $fdoc:literal])* $kind:ident $field:ident : $t:ty $(= $default:expr)?; )*
        }
    )*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            pub place: $crate::shape::Place,
            $( $(#[doc = $fdoc])* pub $field: field_type!($kind $t), )*
        }

        impl $crate::shape::SpecNode for $name {
            fn shape() -> &'static $crate::shape::NodeShape {
                static SHAPE: std::sync::OnceLock<$crate::shape::NodeShape> = std::sync::OnceLock::new();
                SHAPE.get_or_init(|| $crate::shape::NodeShape {
                    name: $node,
                    doc: $crate::shape::doc(&[$($doc),*]),
                    keys: $keys,
                    key_properties: &[$($key_property),*],
                    merge: $crate::shape::Merge::$merge,
                    fields: vec![$({
                        let (kind, required) = field_shape!($kind $t);
                        let default: Option<String> = None $(.or(Some($crate::shape::literal_text(&$default.into()))))?;
                        $crate::shape::FieldShape {
                            name: $crate::shape::kebab(stringify!($field)),
                            doc: $crate::shape::doc(&[$($fdoc),*]),
                            kind,
                            required: required && default.is_none(),
                            default,
                        }
                    }),*],
                })
            }

            fn read(node: &$crate::tree::Node, reader: &mut $crate::shape::Reader) -> Option<Self> {
                let merge = $crate::shape::Merge::$merge;
                let from = &mut $crate::shape::Fields { node, merge, arguments: node.arguments(), reader };
                // Every field is read before any absence ends the node, so
                // that all that is missing is reported at once.
                $( let $field: Option<field_type!($kind $t)> =
                    read_field!($kind stringify!($field), from; $($default)?); )*
                Some(Self { place: $crate::shape::Place::of(from.node), $( $field: $field?, )* })
            }
        }
    )*};
}

/// The fields of a node that are left to read.
pub(crate) struct Fields<'n, 'r, A> {
    pub node: &'n Node,
    pub merge: Merge,
    pub arguments: A,
    pub reader: &'r mut Reader,
}

impl<'n, A> Fields<'n, '_, A> {
    /// The node, with the place that lacks a setting that neither an environment nor the base has: the base, so that
    /// all environments report one finding.
    pub fn declaration(&self) -> (&'n Node, Span) {
        let base = self.node.base.filter(|_| self.merge == Merge::Into);
        (self.node, base.unwrap_or(self.node.header))
    }
}

/// Joins the lines of a doc comment.
pub fn doc(lines: &[&str]) -> String {
    lines.iter().map(|l| l.trim()).collect::<Vec<_>>().join(" ")
}

/// The identity of a node among its siblings of the same name. `None` for nodes
/// without a key.
pub(crate) fn identity(node: &Node, shape: &NodeShape) -> Option<String> {
    if shape.keys == 0 {
        return None;
    }
    let mut identity = String::new();
    for entry in node.arguments().take(shape.keys) {
        identity.push_str(&literal_text(&entry.value.value));
        identity.push('\u{1f}');
    }
    for name in shape.key_properties {
        if let Some(entry) = node.property(name) {
            identity.push_str(&literal_text(&entry.value.value));
        }
        identity.push('\u{1f}');
    }
    Some(identity)
}

/// A literal as it would be written in a spec.
pub fn literal_text(literal: &Literal) -> String {
    match literal {
        Literal::String(s) => format!("\"{s}\""),
        Literal::Integer(i) => i.to_string(),
        Literal::Float(f) => f.to_string(),
        Literal::Bool(b) => format!("#{b}"),
        Literal::Null => "#null".to_owned(),
    }
}
