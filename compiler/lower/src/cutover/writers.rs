//! The writers of the source that the fence stops: the application, batch jobs, outbox workers and webhooks.

use migspec_diag::Diagnostic;
use migspec_syntax::ast;

use crate::cx::Cx;
use crate::index::Relation;

pub(super) fn check(cx: &mut Cx, cutover: &ast::Cutover, relation: &Relation) {
    match &relation.source.application {
        None => report_unnamed(cx, cutover, relation.source),
        Some(application) => schemas(cx, application, relation),
    }
}

fn report_unnamed(cx: &mut Cx, cutover: &ast::Cutover, source: &ast::Source) {
    cx.report(
        Diagnostic::error(
            "cutover-without-application",
            format!("the writers of `{}` are not declared", source.key.value),
        )
        .at(source.place.header, "has no `application`")
        .with(cutover.place.header, "the cutover that must stop every writer")
        .help("add: application { roles \"<app>\" \"<batch>\" \"<outbox>\"; schemas \"<schema>\" }"),
    );
}

/// Replicated schemas that `application` omits, which the schema freeze would
/// not cover.
fn schemas(cx: &mut Cx, application: &ast::Application, relation: &Relation) {
    let named = &application.schemas.names;
    for include in &relation.node.include {
        let Some((schema, _)) = include.pattern.as_str().split_once('.') else { continue };
        if schema.contains('*') || named.iter().any(|name| &*name.value == schema) {
            continue;
        }
        let copied = (include.pattern.span(), "its tables are copied, but the schema freeze does not cover it");
        let frozen = (application.schemas.place.header, "the schemas that the fence closes");
        // A schema with declared tables is the application's.
        let declared = relation.source.table.iter().any(|table| table.name.as_str().split('.').next() == Some(schema));
        let [at, with] = if declared { [frozen, copied] } else { [copied, frozen] };
        cx.report(
            Diagnostic::error("unnamed-schema", format!("`application` does not name the schema `{schema}`"))
                .at(at.0, at.1)
                .with(with.0, with.1)
                .help(format!("add \"{schema}\" to `schemas`")),
        );
    }
}
