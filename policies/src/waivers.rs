//! Waivers: the findings that they cover, and findings about waivers
//! themselves. The only place that applies waivers.

use migspec_diag::{Change, Diagnostic, Fix, Span, code_info, count, nearest};
use migspec_ir::aws::migspec::given_name;
use migspec_ir::{Graph, Waiver};
use smol_str::SmolStr;

use crate::catalogue::Waivable;
use crate::differences::{OPEN, UNREACHABLE};
use crate::finding::{BEYOND_ACTOR, Finding, Judgement, UNDECIDED, UNDECLARED_PATH};
use crate::rulebook::Rulebook;

/// Codes without a policy of the same name.
const CODES: [&str; 5] = [UNDECIDED, BEYOND_ACTOR, UNDECLARED_PATH, OPEN, UNREACHABLE];
/// Those of them that accept no waiver.
const NEVER: [&str; 4] = [BEYOND_ACTOR, UNDECLARED_PATH, OPEN, UNREACHABLE];

/// Days before a waiver expires on which each run warns of it.
const NOTICE: u64 = 14;

/// Letters of the shortest reason.
const SHORTEST_REASON: usize = 5;

/// Splits the findings into active and waived ones, and adds findings about
/// waivers.
pub(crate) fn apply(graph: &Graph, rulebook: &Rulebook, findings: Vec<Finding>, today: u64) -> Judgement {
    let mut judgement = Judgement::default();
    let mut used = vec![false; graph.waivers.len()];
    let mut terms: Vec<Option<Waivable>> = vec![None; graph.waivers.len()];
    let mut missed: Vec<Option<Vec<SmolStr>>> = vec![None; graph.waivers.len()];
    let flawed: Vec<bool> = graph.waivers.iter().map(|w| w.until < today || is_own_approval(w)).collect();
    for mut finding in findings {
        finding.name_node();
        let (by, covered) = covering(&graph.waivers, &finding);
        for index in &by {
            used[*index] = true;
            terms[*index] = Some(finding.waivable);
        }
        // One whose part another waiver covers as well is only without use.
        let misses = |waiver: &Waiver| !finding.parts.iter().any(|part| accepts(waiver, part));
        let others = graph.waivers.iter().enumerate();
        for (index, _) in others.filter(|(index, w)| concerns(w, &finding) && !by.contains(index) && misses(w)) {
            let uncovered = finding.parts.iter().filter(|part| !is_accepted(&graph.waivers, &finding, part));
            missed[index].get_or_insert_default().extend(uncovered.cloned());
        }
        let holds = |index: &usize| !flawed[*index] && allows(finding.waivable, &graph.waivers[*index], today);
        if covered && by.iter().all(holds) {
            judgement.waived.push((finding.diagnostic, by));
        } else {
            judgement.findings.push(finding.diagnostic);
        }
    }
    for (index, waiver) in graph.waivers.iter().enumerate() {
        let production = graph.environment.production;
        let missed = missed[index].as_deref();
        let about = About { waiver, used: used[index], missed, term: terms[index], today, production };
        judgement.findings.extend(about.flaws(rulebook));
    }
    judgement
}

/// Whether owner and approver are one person, or cannot be distinguished. Case, blanks, invisible characters and the
/// domain of an address do not distinguish people; letters of several scripts can look alike.
fn is_own_approval(waiver: &Waiver) -> bool {
    match (identity(&waiver.owner), identity(&waiver.approved_by)) {
        (Some(owner), Some(approver)) => owner == approver,
        _ => true,
    }
}

/// The letters and digits of a name in lower case. `None` if it has none or fills the place of a name, or if it mixes
/// letters of several scripts or widths.
fn identity(name: &str) -> Option<String> {
    let name = given_name(name);
    let local = name.split_once('@').map_or(name, |(local, _)| local);
    let local = local.split_once('+').map_or(local, |(local, _)| local);
    let letters: Vec<char> = local.chars().filter(|c| c.is_alphanumeric()).collect();
    let is_latin = |c: &char| *c <= '\u{24F}';
    let is_styled =
        |c: &char| matches!(c, '\u{FF00}'..='\u{FFEF}' | '\u{1D400}'..='\u{1D7FF}' | '\u{2100}'..='\u{214F}');
    let is_mixed = letters.iter().any(|c| c.is_ascii_alphabetic()) && !letters.iter().all(is_latin);
    if letters.is_empty() || is_mixed || letters.iter().any(is_styled) {
        return None;
    }
    // Digits that look like letters are those letters; 1 is both l and i.
    let folded = letters.into_iter().flat_map(char::to_lowercase).map(|c| match c {
        '0' => 'o',
        '1' | 'i' => 'l',
        c => c,
    });
    Some(folded.collect())
}

/// The waivers that concern a finding, and whether they cover all of it: one that names no part, or one for each action
/// or unknown fact that is its cause. An undecided fact is accepted by its name only.
fn covering(waivers: &[Waiver], finding: &Finding) -> (Vec<usize>, bool) {
    let concerned = || waivers.iter().enumerate().filter(|(_, waiver)| concerns(waiver, finding));
    if let Some((index, _)) =
        concerned().find(|(_, waiver)| waiver.part().is_none() && waiver.rule.as_ref() != UNDECIDED)
    {
        return (vec![index], true);
    }
    let of_part = |part: &SmolStr| concerned().find(|(_, waiver)| accepts(waiver, part)).map(|(index, _)| index);
    let found: Vec<Option<usize>> = finding.parts.iter().map(of_part).collect();
    let covered = !found.is_empty() && found.iter().all(Option::is_some);
    (found.into_iter().flatten().collect(), covered)
}

/// Whether a waiver names this part. Case distinguishes facts, but no actions.
fn accepts(waiver: &Waiver, part: &str) -> bool {
    waiver.action.as_ref().is_some_and(|action| action.eq_ignore_ascii_case(part))
        || waiver.fact.as_ref().is_some_and(|fact| **fact == *part)
}

fn is_accepted(waivers: &[Waiver], finding: &Finding, part: &str) -> bool {
    waivers.iter().any(|waiver| concerns(waiver, finding) && accepts(waiver, part))
}

fn concerns(waiver: &Waiver, finding: &Finding) -> bool {
    *waiver.rule == *finding.diagnostic.code && within(&finding.path, &waiver.scope)
}

/// Whether a node's path equals the scope or is inside it.
fn within(path: &str, scope: &str) -> bool {
    scope.is_empty() || path.strip_prefix(scope).is_some_and(|rest| rest.is_empty() || rest.starts_with(" > "))
}

fn allows(waivable: Waivable, waiver: &Waiver, today: u64) -> bool {
    match waivable {
        Waivable::Never => false,
        Waivable::Days(days) => waiver.until <= today + days,
    }
}

/// A waiver and its effect.
struct About<'a> {
    waiver: &'a Waiver,
    used: bool,
    /// The parts of the findings in its scope that it does not cover; `None` without such a finding.
    missed: Option<&'a [SmolStr]>,
    /// The longest term of the rule; `None` without a finding.
    term: Option<Waivable>,
    today: u64,
    production: bool,
}

impl About<'_> {
    /// The fix that removes the waiver.
    fn without(&self) -> Fix {
        Fix::safe("remove the waiver", Change::Nothing { at: self.waiver.span })
    }

    /// Whether the rule accepts no waiver, whether it fires or not.
    fn never(&self, rulebook: &Rulebook) -> Option<Waivable> {
        let rule = &*self.waiver.rule;
        if NEVER.contains(&rule) {
            return Some(Waivable::Never);
        }
        let known = rulebook.rule(rule).ok().flatten()?;
        (known.waivable() == Waivable::Never).then_some(Waivable::Never)
    }

    /// Texts that an assessor reads: a filler is none.
    fn missing_texts(&self) -> Vec<Diagnostic> {
        let Waiver { rule, spans, .. } = self.waiver;
        let mut flaws = Vec::new();
        if given_name(&self.waiver.reason).chars().filter(|c| c.is_alphabetic()).count() < SHORTEST_REASON {
            flaws.push(
                Diagnostic::error("waiver-without-reason", format!("the waiver of `{rule}` has no reason"))
                    .at(spans.reason, "a filler")
                    .help("write why the finding is accepted, for an assessor"),
            );
        }
        let control = self.waiver.control.as_deref().map_or("", given_name);
        if self.production && !control.contains(char::is_alphabetic) {
            flaws.push(
                Diagnostic::error(
                    "waiver-without-control",
                    format!("the waiver of `{rule}` has no compensating control"),
                )
                .at(spans.control.unwrap_or(spans.rule), "no `control=`")
                .help("name the compensating control: control=\"…\""),
            );
        }
        let ticket = self.waiver.ticket.as_deref().filter(|ticket| given_name(ticket).is_empty());
        if let Some((_, span)) = ticket.zip(spans.ticket) {
            flaws.push(
                Diagnostic::error("waiver-without-ticket", format!("the waiver of `{rule}` has no ticket"))
                    .at(span, "a filler")
                    .help("name the ticket of the approval, or remove `ticket=`"),
            );
        }
        flaws
    }

    /// The rule has findings in the scope, for other actions or facts.
    fn of_other_part(&self, part: &str, missed: &[SmolStr]) -> Diagnostic {
        let Waiver { rule, spans, .. } = self.waiver;
        let name = if self.waiver.action.is_some() { "action" } else { "fact" };
        let flaw = Diagnostic::error("waiver-of-other-part", format!("no finding of `{rule}` is about `{part}`"))
            .at(spans.part.unwrap_or(spans.rule), "covers no finding");
        match missed {
            [] => flaw.help(format!("remove `{name}=`: the finding has no part of its own")),
            [first, ..] => {
                let near = nearest(part, missed.iter().map(SmolStr::as_str)).unwrap_or(first);
                flaw.help(format!("write {name}=\"{near}\", or remove the waiver"))
            }
        }
    }

    fn flaws(&self, rulebook: &Rulebook) -> Vec<Diagnostic> {
        let Waiver { rule, until, spans, .. } = self.waiver;
        if !rulebook.knows(rule) && !CODES.contains(&&**rule) {
            return vec![unknown(rule, spans.rule, rulebook)];
        }
        let mut flaws = Vec::new();
        if **rule == *UNDECIDED && self.waiver.fact.is_none() {
            return vec![
                Diagnostic::error("waiver-without-fact", "the waiver names no fact")
                    .at(spans.rule, "no `fact=`")
                    .help("name the fact that the finding names: fact=\"…\""),
            ];
        }
        if *until < self.today {
            flaws.push(
                Diagnostic::error("expired-waiver", format!("the waiver of `{rule}` has expired"))
                    .at(spans.until, "expired")
                    .help("fix the finding, or renew the approval with a later date"),
            );
        }
        if *until >= self.today && *until - self.today < NOTICE {
            let left = count(*until - self.today + 1, "day");
            flaws.push(
                Diagnostic::warning("waiver-expires-soon", format!("the waiver of `{rule}` lapses after {left}"))
                    .at(spans.until, "its last day")
                    .help("fix the finding, or renew the approval with a later date"),
            );
        }
        if is_own_approval(self.waiver) {
            let (message, label) = match given_name(&self.waiver.approved_by) {
                "" => (format!("nobody approves the waiver of `{rule}`"), "names nobody"),
                _ => (format!("`{}` approves their own waiver", self.waiver.owner), "owner and approver are the same"),
            };
            flaws.push(
                Diagnostic::error("waiver-approved-by-owner", message)
                    .at(spans.approved_by, label)
                    .with(spans.owner, "the owner")
                    .help("set `approved-by` to another person than `owner`"),
            );
        }
        let only = self.waiver.part().map(|part| format!(" for `{part}`")).unwrap_or_default();
        match self.term.or_else(|| self.never(rulebook)) {
            Some(Waivable::Never) => flaws.push(
                Diagnostic::error("not-waivable", format!("`{rule}`{only} cannot be waived"))
                    .at(spans.rule, "this rule accepts no waiver")
                    .help("fix the finding and remove the waiver")
                    .fix(self.without()),
            ),
            Some(Waivable::Days(days)) if *until > self.today + days => flaws.push(
                Diagnostic::error("waiver-too-long", format!("`{rule}` can be waived for at most {days} days"))
                    .at(spans.until, format!("{} days from today", until - self.today))
                    .help("choose an earlier date; a review can renew the waiver"),
            ),
            Some(Waivable::Days(_)) | None => {}
        }
        flaws.extend(self.missing_texts());
        if let (false, Some(part), Some(missed)) = (self.used, self.waiver.part(), self.missed) {
            flaws.push(self.of_other_part(part, missed));
        } else if !self.used && self.never(rulebook).is_none() {
            flaws.push(
                Diagnostic::warning("unused-waiver", format!("`{rule}` has no finding{only} in this scope"))
                    .at(spans.rule, "covers no finding")
                    .help("remove the waiver")
                    .fix(self.without()),
            );
        }
        flaws
    }
}

fn unknown(rule: &str, span: Span, rulebook: &Rulebook) -> Diagnostic {
    if code_info(rule).is_some() {
        let message = format!("`{rule}` is an error of the spec itself and cannot be waived");
        return Diagnostic::error("unknown-rule", message)
            .at(span, "no policy has this name")
            .help("fix the error and remove the waiver");
    }
    Diagnostic::error("unknown-rule", format!("there is no rule `{rule}`"))
        .at(span, "no policy has this name")
        .suggest(rule, rulebook.names().chain(CODES))
}

#[cfg(test)]
mod tests {
    use super::identity;

    #[test]
    fn one_person_has_one_identity() {
        let same = ["jane.doe", "Jane Doe", "JANE.DOE@example.com", "jane.doe+x@example.org", "jane\u{200B}\u{A0}doe"];
        assert!(same.iter().all(|name| identity(name).as_deref() == Some("janedoe")), "{:?}", same.map(identity));
        assert_ne!(identity("payments-sre"), identity("security"));
    }

    #[test]
    fn letters_that_look_alike_are_nobody() {
        // The second letter is Cyrillic; the third name is of full width.
        for name in ["", " \u{200B}", "j\u{430}ne", "\u{FF4A}ane"] {
            assert_eq!(identity(name), None, "{name:?}");
        }
    }
}
