//! The mutations that the score excludes, and the survivors, with the reasons.

use std::fmt::Write;

use migspec_policies::mutation::{EVERY_TYPE, Reason, reasons};

/// The reference page, as Markdown.
pub fn mutation() -> String {
    let mut text = "# Mutation score\n\n`migspec policy mutate` makes a clean spec worse in one place at a time and asks \
                    whether any policy notices: each fact that policies see is flipped, and of the graph each statement \
                    of a policy document, each rule and route of the network, each grant, each flow and each step of a \
                    workflow is taken away or widened; a denial is taken away, names an action or a resource less, or spares \
                    some. It prints two shares, each with and without what does not count: \
                    of the flips, and of the distinct facts (`TYPE.fact` counts once, however many resources have it). A \
                    fact that every type has counts as one fact, and as one flip of each type.\n\nBelow stands what does not \
                    count and what survives in the reference spec, in production. A test holds that each line is needed: \
                    that its flips are there and that no policy notices them.\n"
        .to_owned();
    section(&mut text, "What does not count", &reasons().excluded);
    section(&mut text, "What counts and survives", &reasons().survivors);
    text
}

fn section(text: &mut String, heading: &str, reasons: &[Reason]) {
    line(text, format_args!("\n## {heading}"));
    for Reason { kind, because, facts, by, was, examples } in reasons {
        line(text, format_args!("\n**{}**: {because}.\n", shown(kind)));
        let limit: String = was.iter().map(|was| format!(", where it is `{was}`")).collect();
        facts.iter().for_each(|fact| line(text, format_args!("- {}{limit}", named(fact))));
        examples.iter().for_each(|(part, example)| line(text, format_args!("- {}, such as {example}", named(part))));
        by.iter().for_each(|(fact, by)| line(text, format_args!("- {}: decided by `{by}`", named(fact))));
    }
}

fn named(fact: &str) -> String {
    match fact.rsplit_once('.') {
        Some((EVERY_TYPE, name)) => format!("`{name}` of every type"),
        Some((of, name)) => format!("`{name}` of `{of}`"),
        None => fact.to_owned(),
    }
}

fn shown(kind: &str) -> String {
    let mut chars = kind.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn line(text: &mut String, words: std::fmt::Arguments) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{words}");
}
