//! `compare-existing.sh`: compares the declared facts of existing resources with AWS. CloudFormation has no step that does, and
//! a spec without a cutover has no workflow.

use migspec_ir::Graph;
use migspec_ir::comparisons::{Command, commands};

use crate::Artifacts;

/// Adds the script to a build for CloudFormation.
pub(crate) fn add(graph: &Graph, artifacts: &mut Artifacts) {
    let commands = commands(graph);
    let deploys = artifacts.iter().any(|(path, _)| path.starts_with("cloudformation/"));
    if deploys && !commands.is_empty() {
        artifacts.add("compare-existing.sh", script(graph, &commands));
    }
}

fn script(graph: &Graph, commands: &[Command]) -> String {
    let mut text = format!(
        "#!/bin/sh\n\
         # Compares the existing resources of the migration {} in {} with the facts that the spec declares.\n\
         # Run it before a deployment by CloudFormation, with rights to describe the resources: sh compare-existing.sh.\n\
         # It changes nothing, needs `aws`, for policies `jq`, and fails if a fact differs. Terraform compares the facts of its\n\
         # data sources by itself.\n\
         set -u\n\
         failed=0\n\
         compare() {{\n    \
             subject=$1\n    \
             shift\n    \
             if [ \"$(aws \"$@\" --region {} --output json)\" != true ]; then\n        \
                 echo \"$subject has other values than the spec declares, or cannot be described\" >&2\n        \
                 failed=1\n    \
             fi\n\
         }}\n",
        graph.migration, graph.environment.name, graph.environment.region
    );
    if commands.iter().any(|command| command.policy.is_some()) {
        text += &format!(
            "compare_policy() {{\n    \
                 subject=$1\n    \
                 filter=$2\n    \
                 shift 2\n    \
                 if ! aws \"$@\" --region {} --output json | jq -e \"$filter\" > /dev/null; then\n        \
                     echo \"$subject has another policy than the spec declares, or cannot be described\" >&2\n        \
                     failed=1\n    \
                 fi\n\
             }}\n",
            graph.environment.region
        );
    }
    for command in commands {
        let subject = quote(&format!("{} of {}", command.subject, command.node));
        let words: Vec<String> = command.words.iter().map(|word| quote(word)).collect();
        let call = words.join(" ");
        text += &match &command.policy {
            Some(filter) => format!("compare_policy {subject} {} {call}\n", quote(filter)),
            None => format!("compare {subject} {call}\n"),
        };
    }
    text + "exit $failed\n"
}

/// A word of a shell.
fn quote(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:".contains(&b);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
