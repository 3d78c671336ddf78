//! The descriptions of rules, and their pages in the reference.

use migspec_policies::{Rule, Rulebook};

/// The description of a rule, for formats that print it once for all findings.
#[derive(Clone, Debug, Default)]
pub struct RuleText {
    pub summary: String,
    pub explanation: String,
}

impl RuleText {
    pub fn of(rulebook: &Rulebook, id: &str) -> Option<Self> {
        if let Some(info) = migspec_diag::code_info(id) {
            return Some(Self { summary: info.summary.to_owned(), explanation: info.explanation.to_owned() });
        }
        let rule = rule(rulebook, id)?;
        let explanation = format!("{}\n\n{}", rule.manual().trim(), rule.help);
        Some(Self { summary: rule.message.clone(), explanation })
    }
}

/// Every rule with a finding has been loaded, so that a failure here only drops its description.
fn rule<'r>(rulebook: &'r Rulebook, id: &str) -> Option<&'r Rule> {
    rulebook.rule(id).ok().flatten()
}

/// The address of a rule in the reference; of the reference itself for a rule of a policy folder.
pub fn help_uri(rulebook: Option<&Rulebook>, id: &str) -> String {
    let page = if migspec_diag::code_info(id).is_some() {
        format!("reference/codes.md#{id}")
    } else {
        match rulebook.and_then(|rulebook| rule(rulebook, id)).filter(|rule| rule.family() != "custom") {
            Some(rule) => format!("reference/policies/{}.md#{id}", rule.family()),
            None => "README.md".to_owned(),
        }
    };
    format!("{}/blob/main/docs/{page}", env!("CARGO_PKG_REPOSITORY"))
}
