use crate::class::Classes;
use crate::datum::Datum;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{self, Concern, ResourceType, Terraform};
use crate::{iam, json};

pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Replication",
    concern: Concern::Replication,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::entity("source", "Source", "Migspec::Source"),
        Fact::entity("target", "Target", "AWS::RDS::DBCluster"),
        Fact::entity("task", "Task", "AWS::DMS::ReplicationTask"),
        Fact::false_by_default("reverse", "Reverse"),
        // Whether a cutover rehearses the start of the reverse task.
        Fact::true_by_default("rehearse", "Rehearse"),
        Fact::string("tlsMode", "TlsMode", ""),
        // Seconds; -1: none.
        Fact::long("lagGate", "LagGate", -1),
        Fact::long("lagAlarm", "LagAlarm", -1),
        // In KiB.
        Fact::long("lobLimit", "LobLimit", 0),
        // The largest that the author declares, in KiB; 0: none is declared.
        Fact::long("maxLob", "MaxLob", 0),
        Fact::computed("alarmLooserThanGate", FactType::Bool, alarm_looser_than_gate),
        // Whether another one copies some of its tables to the same target.
        Fact::computed("overlapsAnother", FactType::Bool, overlaps_another),
        // Tables of the source that an `exclude` removes although a cutover moves their writer.
        Fact::set("excludedTables", "ExcludedTables"),
        Fact::false_by_default("hasValidation", "HasValidation"),
        Fact::false_by_default("hasCutover", "HasCutover"),
        // Whether it copies every row and column of its tables, under their own names.
        Fact::true_by_default("complete", "Complete"),
        // Whether the functions know the engine, so that they can compare both sides.
        Fact::true_by_default("proven", "Proven"),
    ],
    classes: Classes::NONE,
};

fn overlaps_another(replication: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(target) = graph.follow(replication, "Target") else { return FactValue::Bool(false) };
    let Some(own) = Selection::of(replication, graph) else { return FactValue::Unknown };
    let mut answer = FactValue::Bool(false);
    for other in graph.referring(&target.id, "Migspec::Replication", "Target").filter(|r| r.id != replication.id) {
        match Selection::of(other, graph) {
            Some(other) if own.overlaps(&other) => return FactValue::Bool(true),
            Some(_) => {}
            None => answer = FactValue::Unknown,
        }
    }
    answer
}

/// The tables that a task copies: `schema.table` with wildcards.
struct Selection {
    included: Vec<String>,
    excluded: Vec<String>,
}

impl Selection {
    /// From the table mappings of the replication's task; nothing where they
    /// cannot be read.
    fn of(replication: &Resource, graph: &Index<'_>) -> Option<Self> {
        let mappings = graph.follow(replication, "Task")?.get("TableMappings")?;
        let mappings = json::document(mappings)?;
        let rules = mappings.get("rules")?.value.as_list()?;
        let named = |action: &str| {
            let text = |rule: &Datum, path: &str| rule.get(path).and_then(|d| d.value.as_str()).map(str::to_owned);
            let rules = rules.iter().filter(|rule| text(rule, "rule-type").as_deref() == Some("selection"));
            let rules = rules.filter(|rule| text(rule, "rule-action").as_deref() == Some(action));
            let part =
                |rule: &Datum, name: &str| text(rule, &format!("object-locator.{name}")).map(|t| t.replace('%', "*"));
            rules.map(|rule| Some(format!("{}.{}", part(rule, "schema-name")?, part(rule, "table-name")?))).collect()
        };
        let included: Option<Vec<String>> = named("include");
        let excluded: Option<Vec<String>> = named("exclude");
        Some(Self { included: included?, excluded: excluded? })
    }

    fn overlaps(&self, other: &Selection) -> bool {
        let leaves_out =
            |selection: &Selection, tables: &str| selection.excluded.iter().any(|e| iam::covers(e, tables));
        self.included.iter().any(|one| {
            other
                .included
                .iter()
                .any(|another| iam::overlaps(one, another) && !leaves_out(self, another) && !leaves_out(other, one))
        })
    }
}

/// Whether the gate passes at a lag without an alarm: by the thresholds of the
/// spec, or by the existing alarms.
fn alarm_looser_than_gate(replication: &Resource, graph: &Index<'_>) -> FactValue {
    let seconds = |name| replication.get(name).map(|d| FactType::Long.convert(&d.value));
    let (Some(FactValue::Long(gate)), Some(FactValue::Long(alarm))) = (seconds("LagGate"), seconds("LagAlarm")) else {
        return FactValue::Unknown;
    };
    let thresholds = lag_thresholds(replication, graph);
    if thresholds.contains(&FactValue::Unknown) {
        return FactValue::Unknown;
    }
    (alarm > gate || thresholds.iter().any(|t| matches!(t, FactValue::Long(n) if *n > gate))).into()
}

/// The thresholds of the alarms on the lag of the replication's task.
fn lag_thresholds(replication: &Resource, graph: &Index<'_>) -> Vec<FactValue> {
    let Some(task) = graph.follow(replication, "Task") else { return Vec::new() };
    let name = task.get("ResourceIdentifier").and_then(|d| d.value.as_str()).unwrap_or_default();
    let alarms = graph.alarms_on(name).chain(graph.alarms_on(task.id.as_str()));
    let on_lag = alarms.filter(|alarm| {
        let metric = alarm.get("MetricName").and_then(|d| d.value.as_str());
        matches!(metric, Some("CDCLatencySource" | "CDCLatencyTarget"))
    });
    let threshold = resource_type::find("AWS::CloudWatch::Alarm")
        .and_then(|alarm| alarm.facts.iter().find(|fact| fact.name == "threshold"));
    on_lag.map(|alarm| threshold.map_or(FactValue::Unknown, |fact| fact.of(alarm, graph))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    #[test]
    fn alarms_are_no_looser_than_the_gate() {
        let replication = |alarm| {
            let properties = format!(r#"{{"Task": {{"Ref": "t"}}, "LagGate": 5, "LagAlarm": {alarm}}}"#);
            resource("Migspec::Replication", "r", &properties)
        };
        let task = || resource("AWS::DMS::ReplicationTask", "t", r#"{"ResourceIdentifier": "LEDGER"}"#);
        let alarm = |threshold| {
            let dimension = r#"[{"Name": "ReplicationTaskIdentifier", "Value": "LEDGER"}]"#;
            let properties =
                format!(r#"{{"MetricName": "CDCLatencyTarget", "Dimensions": {dimension}, "Threshold": {threshold}}}"#);
            resource("AWS::CloudWatch::Alarm", "a", &properties)
        };
        for (declared, threshold, looser) in [(5, 5, false), (6, 5, true), (5, 6, true)] {
            let value = fact(&TYPE, "alarmLooserThanGate", [replication(declared), task(), alarm(threshold)]);
            assert_eq!(value, FactValue::Bool(looser), "{declared} {threshold}");
        }
    }
}
