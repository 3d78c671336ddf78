//! The rules whose findings a run shows.

use clap::Args;
use migspec_diag::{Diagnostic, code_info, did_you_mean};
use migspec_policies::Rulebook;

use crate::compile::Checked;
use crate::error::CommandError;

/// Rules to show or to leave out. Errors of the spec itself are always shown:
/// after one, the policies do not judge the spec.
#[derive(Debug, Args)]
pub struct Selection {
    /// Show findings of these rules only.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Leave out findings of these rules in this run; a waiver accepts a finding for good.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
}

impl Selection {
    /// Removes the findings that the options leave out, and returns their number.
    ///
    /// # Errors
    ///
    /// An option names a rule that does not exist, or an error of the spec itself.
    pub fn apply(&self, checked: &mut Checked, rulebook: &Rulebook) -> Result<usize, CommandError> {
        for rule in self.select.iter().chain(&self.ignore) {
            if code_info(rule).is_some() {
                return Err(CommandError::usage(format!(
                    "`{rule}` is an error of the spec itself, which every run shows: fix it"
                )));
            }
            if !rulebook.knows(rule) {
                let help = did_you_mean(rule, rulebook.names()).map(|help| format!("; {help}")).unwrap_or_default();
                return Err(CommandError::usage(format!("there is no rule `{rule}`{help}")));
            }
        }
        let all = checked.findings.len() + checked.waived.len();
        checked.findings.retain(|finding| self.shows(finding));
        checked.waived.retain(|finding| self.shows(finding));
        Ok(all - checked.findings.len() - checked.waived.len())
    }

    pub fn shows(&self, finding: &Diagnostic) -> bool {
        let listed = |rules: &[String]| rules.iter().any(|rule| *rule == finding.code);
        code_info(&finding.code).is_some() || (self.select.is_empty() || listed(&self.select)) && !listed(&self.ignore)
    }
}
