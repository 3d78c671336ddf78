//! A policy, and a code of the compiler.

use migspec_diag::CodeInfo;
use migspec_ir::fact::{Absent, Fact, Read};
use migspec_ir::resource_type;
use migspec_policies::Rule;
use migspec_policies::catalogue::{Control, Waivable};

use super::page::Page;

/// The page of a policy: its message, its reason, a case of each kind, and its
/// waiver. `cases` is the text of its case file.
pub fn rule(rule: &Rule, cases: &str) -> Page {
    let page = remedy(Page::new(&*rule.id, &rule.message).text(rule.manual()), rule);
    let page = page.section("Looks at").list(looks_at(rule));
    let page = self::cases(page, rule, cases);
    let page = rule.controls().fold(page, of_control);
    acceptance(page, rule)
}

/// A code of the compiler: an error of the spec itself.
pub fn compiler_code(code: &CodeInfo) -> Page {
    let never = "This is about the spec itself; it cannot be waived.";
    Page::new(code.code, code.summary).text(code.explanation).text(never)
}

/// Adds the fix of a policy. A permit of the ceilings has none.
pub(super) fn remedy(page: Page, rule: &Rule) -> Page {
    if rule.help.is_empty() { page } else { page.text(format!("Fix: {}", rule.help)) }
}

fn looks_at(rule: &Rule) -> Vec<String> {
    let what = match (rule.action.as_str(), &rule.on) {
        ("deploy", Some(on)) => format!("each `{on}`"),
        ("deploy", None) => "each resource".to_owned(),
        ("grant", Some(on)) => format!("each right on `{on}`"),
        ("grant", None) => "each right of an actor".to_owned(),
        ("connect", _) => "each declared connection".to_owned(),
        ("step", _) => "each step of the workflow".to_owned(),
        (effect, _) => format!("each step of the workflow with the effect `{effect}`"),
    };
    let property = rule.property.iter().map(|property| format!("a finding points at `{property}`"));
    let known = rule.on.as_deref().and_then(resource_type::find).map_or(&[][..], |of| of.facts);
    let asked = rule.facts().iter().filter_map(|name| known.iter().find(|fact| fact.name == name));
    std::iter::once(what).chain(property).chain(asked.map(source)).collect()
}

/// A fact and the source of its value.
fn source(fact: &Fact) -> String {
    let Read::Property(path, absent) = fact.read else {
        return format!("`{}`: computed from the resource and its context", fact.name);
    };
    let absent = match absent {
        Absent::Bool(value) => format!("left out, AWS takes {value}"),
        Absent::Long(value) => format!("left out, AWS takes {value}"),
        Absent::String("") => "left out, it is empty".to_owned(),
        Absent::String(value) => format!("left out, AWS takes \"{value}\""),
        Absent::Set => "left out, it is empty".to_owned(),
        Absent::AwsOwned => "left out, AWS chooses one".to_owned(),
    };
    format!("`{}`: the property `{path}`; {absent}", fact.name)
}

/// A failing and a passing case.
pub(super) fn cases(page: Page, rule: &Rule, cases: &str) -> Page {
    let (bad, good) = (case(cases, "fail"), case(cases, "pass"));
    if bad.is_none() && good.is_none() {
        return page;
    }
    let page = bad.into_iter().fold(page, |page, text| page.section("It refuses").code(text));
    let page = good.into_iter().fold(page, |page, text| page.section("It lets through").code(text));
    match (rule.action.as_str(), &rule.on) {
        ("deploy", Some(on)) if on.starts_with("AWS::") => page.text(format!(
            "The nodes of the spec set these properties. An author can set them in \
             `override \"{on}\" {{ … }}`, in the same notation."
        )),
        _ => page,
    }
}

/// The source of the first case of a kind.
fn case(cases: &str, word: &str) -> Option<String> {
    let begins = |line: &&str| line.strip_prefix(word).is_some_and(|rest| rest.starts_with(' '));
    let mut lines = cases.lines().skip_while(|line| !begins(line));
    let mut text = format!("{}\n", lines.next()?);
    for line in lines.take_while(|line| line.is_empty() || line.starts_with([' ', '\t', '}'])) {
        text.push_str(line);
        text.push('\n');
        if line.starts_with('}') {
            break;
        }
    }
    Some(text)
}

fn of_control(page: Page, control: &Control) -> Page {
    let page = page.section(format!("Control {}, {}", control.id, control.title));
    page.list(super::grounds::grounds(control))
}

/// The waiver of a finding, if the policy allows one.
pub(super) fn acceptance(page: Page, rule: &Rule) -> Page {
    match rule.waivable() {
        Waivable::Never => page.text("It cannot be waived."),
        Waivable::Days(days) => page
            .text(format!("To accept a finding for at most {days} days, write inside its node:"))
            .code(format!(
                "waive \"{}\" until=\"YYYY-MM-DD\" owner=\"…\" approved-by=\"…\" reason=\"…\" control=\"…\"",
                rule.id
            ))
            .text("`migspec waive` writes it. Owner and approver must be two persons; `control` is the compensating control."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: &str =
        "pass \"one line\" { resource \"T\" \"t\" }\n\nfail \"several\" {\n    a {\n    }\n}\npass \"no\" {\n}\n";

    #[test]
    fn the_first_case_of_a_kind_is_found() {
        assert_eq!(case(CASES, "pass").as_deref(), Some("pass \"one line\" { resource \"T\" \"t\" }\n\n"));
        assert_eq!(case(CASES, "fail").as_deref(), Some("fail \"several\" {\n    a {\n    }\n}\n"));
        assert_eq!(case(CASES, "undecided"), None);
    }
}
