//! Requirement by control by resource.

use std::collections::{BTreeMap, BTreeSet};

use migspec_diag::Diagnostic;
use migspec_ir::Resource;
use migspec_policies::catalogue::{self, Control, Engine, Proof, Requirement, Status};
use migspec_policies::{Compliance, Evaluation, PolicyError, Rule, denial};

use super::EvidenceInputs;

/// The result of a control for a resource, ordered from good to bad.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Standing {
    NotApplicable,
    /// The spec has no resource of its kind.
    NotConcerned,
    Pass,
    /// Nothing fails, but a document or a resource does not prove it: people or other systems must show the rest.
    Supported,
    Deferred,
    Waived,
    Undecided,
    Fail,
}

impl Standing {
    pub const ALL: &'static [Standing] = &[
        Standing::Fail,
        Standing::Undecided,
        Standing::Waived,
        Standing::Deferred,
        Standing::Supported,
        Standing::Pass,
        Standing::NotConcerned,
        Standing::NotApplicable,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Standing::NotApplicable => "not applicable",
            Standing::NotConcerned => "not concerned",
            Standing::Pass => "pass",
            Standing::Supported => "supported",
            Standing::Deferred => "deferred",
            Standing::Waived => "waived",
            Standing::Undecided => "undecided",
            Standing::Fail => "fail",
        }
    }

    fn of(outcome: Compliance) -> Self {
        match outcome {
            Compliance::Pass => Standing::Pass,
            Compliance::Waived => Standing::Waived,
            Compliance::Undecided => Standing::Undecided,
            Compliance::Fail => Standing::Fail,
        }
    }
}

/// One control on one resource.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub control: String,
    pub standing: Standing,
    /// The policy that decides; empty for another decider.
    pub rule: String,
    /// Empty for the migration as a whole.
    pub resource: String,
    pub type_name: String,
    /// The node of the spec.
    pub node: String,
    /// `payments.migspec.kdl:12:5`.
    pub place: String,
    /// The finding, the reason for a deferral, or the approver of a waiver.
    pub detail: String,
}

/// All rows, by control.
pub struct Matrix {
    pub rows: BTreeMap<String, Vec<Row>>,
}

impl Matrix {
    /// # Errors
    ///
    /// A policy cannot be read.
    pub fn of(given: &EvidenceInputs<'_>) -> Result<Self, PolicyError> {
        let rules = given.rulebook.rules()?;
        let builder = Builder { given, rules: &rules };
        let controls = catalogue::controls().values().chain(given.rulebook.own_controls());
        Ok(Self { rows: controls.map(|control| (control.id.clone(), builder.control(control))).collect() })
    }

    pub fn rows(&self, control: &Control) -> &[Row] {
        self.rows.get(control.id.as_str()).map_or(&[], Vec::as_slice)
    }

    /// The worst result of a control.
    pub fn standing(&self, control: &Control) -> Standing {
        self.rows(control).iter().map(|row| row.standing).max().unwrap_or(Standing::NotConcerned)
    }

    /// The result of a requirement, the same in every file: the worst result of its controls. Resources alone only
    /// support a requirement on people.
    pub fn result(&self, requirement: &Requirement) -> Standing {
        let worst = requirement.controls.iter().map(|control| self.standing(control)).max();
        match (worst.unwrap_or(Standing::NotConcerned), requirement.proof) {
            (Standing::Pass, Proof::Process) => Standing::Supported,
            (worst, _) => worst,
        }
    }
}

struct Builder<'a> {
    given: &'a EvidenceInputs<'a>,
    rules: &'a [&'a Rule],
}

impl Builder<'_> {
    fn control(&self, control: &Control) -> Vec<Row> {
        let mut rows = match &control.status {
            Status::Decided => self.decided_rows(control),
            Status::DecidedBy(Engine::Codes(codes)) => self.by_codes(control, codes),
            Status::DecidedBy(Engine::Artifact(name)) => {
                vec![self.whole(control, Standing::Supported, &format!("each build writes `{name}`"))]
            }
            Status::Deferred { because, instead } => {
                vec![self.whole(control, Standing::Deferred, &format!("{because}; {instead}"))]
            }
            Status::NotApplicable { because } => vec![self.whole(control, Standing::NotApplicable, because)],
        };
        rows.extend(self.unattached_rows(control, &rows));
        // The whole does not pass if there is a finding.
        if rows.iter().any(|row| row.standing > Standing::Deferred) {
            rows.retain(|row| {
                !(row.resource.is_empty() && matches!(row.standing, Standing::Pass | Standing::Supported))
            });
        }
        rows
    }

    fn decided_rows(&self, control: &Control) -> Vec<Row> {
        let names: BTreeSet<&str> = self
            .rules
            .iter()
            .filter(|rule| rule.controls().any(|c| c.id == control.id))
            .map(|rule| &*rule.id)
            .chain(denial(&control.id))
            .collect();
        if names.is_empty() {
            return vec![self.whole(control, Standing::Undecided, "no policy refers to it")];
        }
        let verdicts = self.given.assessment.verdicts.iter().filter(|v| names.contains(&*v.rule));
        let mut rows: Vec<Row> = verdicts.filter_map(|verdict| self.verdict(control, verdict)).collect();
        if rows.is_empty() {
            rows.push(self.whole(control, Standing::NotConcerned, "the spec has no resource of its kind"));
        }
        rows
    }

    fn verdict(&self, control: &Control, verdict: &Evaluation) -> Option<Row> {
        let resource = self.given.graph.get(&verdict.resource)?;
        let property = self.rules.iter().find(|r| r.id == verdict.rule).and_then(|rule| rule.property.as_deref());
        let found = verdict.findings.first();
        let place = match found.and_then(|f| f.primary.as_ref()) {
            Some(label) => self.given.place(label.span),
            None => self.given.place(span(resource, property)),
        };
        let detail = found.map(|f| self.detail(f)).unwrap_or_default();
        Some(Row {
            control: control.id.clone(),
            standing: Standing::of(verdict.outcome),
            rule: verdict.rule.to_string(),
            resource: resource.id.to_string(),
            type_name: resource.type_name.to_owned(),
            node: resource.path.to_string(),
            place,
            detail,
        })
    }

    /// The message of a finding, and the approver and expiry of its waiver.
    fn detail(&self, finding: &Diagnostic) -> String {
        let judgement = &self.given.assessment.judgement;
        let of_finding = judgement.waived.iter().filter(|(waived, _)| waived == finding).take(1);
        let waivers = of_finding.flat_map(|(_, by)| by).filter_map(|index| self.given.graph.waivers.get(*index));
        let mut text = finding.message.clone();
        for waiver in waivers {
            let only = waiver.part().map(|part| format!(" (only {part})")).unwrap_or_default();
            text += &format!("; accepted{only} by {} for {}: {}", waiver.approved_by, waiver.owner, waiver.reason);
        }
        text
    }

    fn by_codes(&self, control: &Control, codes: &[String]) -> Vec<Row> {
        let findings = self.given.assessment.judgement.findings.iter().chain(self.given.problems);
        let found: Vec<Row> = findings
            .filter(|f| codes.iter().any(|code| *code == f.code))
            .map(|finding| self.finding(control, finding))
            .collect();
        if !found.is_empty() {
            return found;
        }
        if !control.subjects.is_empty() && !self.has_subject(control) {
            return vec![self.whole(control, Standing::NotConcerned, "the spec has nothing of its kind")];
        }
        let codes: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
        vec![self.whole(control, Standing::Pass, &format!("nothing was found by {}", codes.join(", ")))]
    }

    fn has_subject(&self, control: &Control) -> bool {
        let graph = self.given.graph;
        control.subjects.iter().any(|subject| match subject.as_str() {
            catalogue::WAIVERS => !graph.waivers.is_empty(),
            type_name => graph.of_type(type_name).next().is_some(),
        })
    }

    /// Findings of the control without a verdict: those of reachability and of waivers.
    fn unattached_rows(&self, control: &Control, rows: &[Row]) -> Vec<Row> {
        let assessment = self.given.assessment;
        let attached = |finding: &Diagnostic| assessment.verdicts.iter().any(|v| v.findings.contains(finding));
        assessment
            .judgement
            .findings
            .iter()
            .filter(|f| f.controls.iter().any(|c| **c == *control.id) && !attached(f))
            .map(|finding| self.finding(control, finding))
            .filter(|row| !rows.contains(row))
            .collect()
    }

    fn finding(&self, control: &Control, finding: &Diagnostic) -> Row {
        let place = finding.primary.as_ref().map(|label| self.given.place(label.span)).unwrap_or_default();
        Row { rule: finding.code.to_string(), place, ..self.whole(control, Standing::Fail, &finding.message) }
    }

    fn whole(&self, control: &Control, standing: Standing, detail: &str) -> Row {
        Row {
            control: control.id.clone(),
            standing,
            rule: String::new(),
            resource: String::new(),
            type_name: String::new(),
            node: String::new(),
            place: String::new(),
            detail: detail.to_owned(),
        }
    }
}

/// The place of the property that a policy reads, else of the resource.
fn span(resource: &Resource, property: Option<&str>) -> migspec_diag::Span {
    property.and_then(|path| resource.get(path)).map_or(resource.origin, |datum| datum.origin).span()
}
