//! The mutations that the score excludes, and the survivors, with the reasons.

use std::fmt::Write;

use migspec_diag::capitalized;
use migspec_policies::mutation::{EVERY_TYPE, Reason, reasons};

/// The reference page, as Markdown.
pub fn mutation() -> String {
    let mut text = "# Mutation score\n\n`migspec policy mutate` weakens a clean spec in one place at a time and checks \
                    whether a policy denies the result: it changes each fact that policies read. It removes or widens each statement \
                    of a policy document, each rule and route of the network, each grant, each flow and each step of a \
                    workflow. A denial is removed, loses an action or a resource, or exempts \
                    some principals. The report has two shares, each with and without excluded mutations: \
                    of the mutations, and of the distinct facts (`TYPE.fact` counts once for all resources). A \
                    fact of every type counts as one fact, and as one mutation of each type.\n\nThe lists below name the excluded \
                    mutations and the survivors of the reference spec, in production. A test checks that each line is needed: \
                    that its mutations exist and that no policy denies them.\n"
        .to_owned();
    section(&mut text, "Excluded mutations", &reasons().excluded);
    section(&mut text, "Survivors", &reasons().survivors);
    text
}

fn section(text: &mut String, heading: &str, reasons: &[Reason]) {
    line(text, format_args!("\n## {heading}"));
    for Reason { kind, because, facts, by, was, examples } in reasons {
        line(text, format_args!("\n**{}**: {because}.\n", capitalized(kind)));
        let limit: String = was.iter().map(|was| format!(", where it is `{was}`")).collect();
        facts.iter().for_each(|fact| line(text, format_args!("- {}{limit}", fact_name(fact))));
        examples
            .iter()
            .for_each(|(part, example)| line(text, format_args!("- {}, such as {example}", fact_name(part))));
        by.iter().for_each(|(fact, by)| line(text, format_args!("- {}: decided by `{by}`", fact_name(fact))));
    }
}

fn fact_name(fact: &str) -> String {
    match fact.rsplit_once('.') {
        Some((EVERY_TYPE, name)) => format!("`{name}` of every type"),
        Some((of, name)) => format!("`{name}` of `{of}`"),
        None => fact.to_owned(),
    }
}

fn line(text: &mut String, words: std::fmt::Arguments) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{words}");
}
