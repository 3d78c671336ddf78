//! KDL text to the untyped tree.

use kdl::{KdlDocument, KdlEntry, KdlNode, KdlValue};
use miette::SourceSpan;
use migspec_diag::{Diagnostic, FileId, Outcome, Span, Spanned};

use crate::tree::{Entry, Literal, Node};

/// The nodes of a text. Empty where the text is not KDL.
pub(crate) fn parse(file: FileId, text: &str) -> Outcome<Vec<Node>> {
    match KdlDocument::parse_v2(text) {
        Ok(document) => {
            let mut convert = Convert { file, diagnostics: Vec::new() };
            let nodes = convert.document(&document);
            Outcome::new(nodes, convert.diagnostics)
        }
        Err(error) => {
            let found = error.diagnostics.iter().map(|d| {
                Diagnostic::error("syntax-error", d.message.clone().unwrap_or_default().to_lowercase())
                    .at(span(file, d.span), d.label.clone().unwrap_or_default())
                    .help_if(d.help.clone())
            });
            Outcome::new(Vec::new(), found.collect())
        }
    }
}

struct Convert {
    file: FileId,
    diagnostics: Vec<Diagnostic>,
}

impl Convert {
    fn document(&mut self, document: &KdlDocument) -> Vec<Node> {
        document.nodes().iter().map(|node| self.node(node)).collect()
    }

    fn node(&mut self, node: &KdlNode) -> Node {
        self.refuse_type(node.ty());
        let name = Spanned::new(node.name().value().into(), span(self.file, node.name().span()));
        let entries: Vec<Entry> = node.entries().iter().map(|entry| self.entry(entry)).collect();
        let header = entries.last().map_or(name.span, |last| name.span.to(last.value.span));
        let children = node.children().map_or_else(Vec::new, |children| self.document(children));
        Node { name, entries, children, header, base: None }
    }

    fn entry(&mut self, entry: &KdlEntry) -> Entry {
        self.refuse_type(entry.ty());
        let name = entry.name().map(|name| Spanned::new(name.value().into(), span(self.file, name.span())));
        let whole = entry.span();
        // The parser keeps no span for the value, but its text: it ends the entry.
        let length = entry.format().map_or(0, |format| format.value_repr.len());
        let end = whole.offset() + whole.len();
        let value = Spanned::new(literal(entry.value()), Span::new(self.file, end - length, end));
        Entry { name, value, base: None }
    }

    fn refuse_type(&mut self, ty: Option<&kdl::KdlIdentifier>) {
        let Some(ty) = ty else { return };
        self.diagnostics.push(
            Diagnostic::error("type-annotation", format!("the type annotation `({})` has no meaning", ty.value()))
                .at(span(self.file, ty.span()), "not known here")
                .help("types follow from the name of the node or property: leave it out"),
        );
    }
}

fn span(file: FileId, span: SourceSpan) -> Span {
    Span::new(file, span.offset(), span.offset() + span.len())
}

fn literal(value: &KdlValue) -> Literal {
    match value {
        KdlValue::String(s) => Literal::String(s.as_str().into()),
        KdlValue::Integer(i) => Literal::Integer(*i),
        KdlValue::Float(f) => Literal::Float(*f),
        KdlValue::Bool(b) => Literal::Bool(*b),
        KdlValue::Null => Literal::Null,
    }
}
