//! State machines.

use std::collections::BTreeSet;

use migspec_targets::terraform::hcl::Expression;
use migspec_tests::emitted;
use serde_json::Value as Json;

use super::{every, every_block, every_such};

/// The definition is one literal document, the same bytes everywhere.
#[test]
fn definitions_are_literal() {
    every("AWS::StepFunctions::StateMachine", |machine| {
        machine.property("Definition").is_null()
            && machine.property("DefinitionSubstitutions").is_null()
            && machine
                .emitted
                .files("stepfunctions/", ".asl.json")
                .any(|(_, text)| text == machine.text("DefinitionString"))
    });
    every_block("aws_sfn_state_machine", |machine| {
        let definition = match machine.body.get("definition") {
            Some(Expression::String(text)) => text,
            _ => return false,
        };
        emitted::all().iter().any(|e| e.files("stepfunctions/", ".asl.json").any(|(_, text)| text == definition))
    });
}

/// Rights first, an explicit level, a log group that needs no
/// resource policy of its own, and a name that stays.
#[test]
fn state_machines() {
    every("AWS::StepFunctions::StateMachine", |machine| {
        let logging = machine.property("LoggingConfiguration");
        let destinations = logging["Destinations"].to_string();
        machine.waits_for("AWS::IAM::RolePolicy")
            && logging["Level"].is_string()
            && destinations.contains(":*\"")
            && destinations.contains("/aws/vendedlogs/")
            && !machine.text("StateMachineName").is_empty()
    });
}

/// The emitted definitions, with their names.
fn definitions() -> Vec<(String, Json)> {
    let mut all = Vec::new();
    for emitted in emitted::all() {
        for (path, text) in emitted.files("stepfunctions/", ".asl.json") {
            all.push((format!("{} {path}", emitted.name), serde_json::from_str(text).expect("a definition is JSON")));
        }
    }
    assert!(!all.is_empty(), "no definition is emitted");
    all
}

/// The values of a key, however deep.
fn values<'j>(json: &'j Json, key: &str, found: &mut Vec<&'j str>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| values(item, key, found)),
        Json::Object(map) => {
            for (name, value) in map {
                found.extend(value.as_str().filter(|_| name == key));
                values(value, key, found);
            }
        }
        _ => {}
    }
}

fn found<'j>(json: &'j Json, keys: &[&str]) -> Vec<&'j str> {
    let mut found = Vec::new();
    keys.iter().for_each(|key| values(json, key, &mut found));
    found
}

/// Errors that the template linter misses: the service name instead of the SDK
/// name, and transitions without a target.
#[test]
fn integrations_have_the_names_of_the_sdk_and_transitions_a_target() {
    for (name, definition) in definitions() {
        let resources = found(&definition["States"], &["Resource"]);
        let sdk = resources.iter().filter_map(|r| r.strip_prefix("arn:aws:states:::aws-sdk:"));
        let calls: Vec<Option<(&str, &str)>> = sdk.map(|call| call.split_once(':')).collect();
        let named = |call: &Option<(&str, &str)>| {
            call.is_some_and(|(service, action)| {
                service != "dms" && service == service.to_lowercase() && action.starts_with(|c: char| c.is_lowercase())
            })
        };
        assert!(!calls.is_empty() && calls.iter().all(named), "{name}: {calls:?}");
        let states: BTreeSet<&str> =
            definition["States"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        for (state, json) in definition["States"].as_object().into_iter().flatten() {
            // States of a branch, or of a map, lead to states of the same one.
            let outer =
                json.as_object().into_iter().flatten().filter(|(key, _)| *key != "Branches" && *key != "ItemProcessor");
            let outer = Json::Object(outer.map(|(key, value)| (key.clone(), value.clone())).collect());
            let targets = found(&outer, &["Next", "Default"]);
            assert!(targets.iter().all(|target| states.contains(target)), "{name}: {state} leads to {targets:?}");
        }
    }
}

/// A slot that outlives its task fills the source's disk; one that goes before
/// its task has stopped is in use. No task is deleted, so none leaves a slot.
#[test]
fn slots_go_once_replication_has_stopped() {
    for (name, definition) in definitions() {
        let states = definition["States"].as_object().expect("a definition has states");
        // Where several databases move, each has states of its own.
        let of: Vec<&str> = states.keys().filter_map(|state| state.strip_prefix("DropSlots")).collect();
        assert!(!of.is_empty(), "{name} ends no replication");
        for database in of {
            let (stop, drop) = (format!("StopReverse{database}"), format!("DropSlots{database}"));
            assert!(states.contains_key(&stop), "{name} has no {stop}");
            let reached = reached_without(&definition, &stop);
            assert!(!reached.contains(&*drop), "{name} drops slots before replication has stopped");
        }
        let deletes = |r: &&str| r.ends_with(":deleteReplicationTask");
        assert!(!found(&definition["States"], &["Resource"]).iter().any(deletes), "{name}");
    }
}

/// The states that a run may enter without ever entering one of them.
fn reached_without<'d>(definition: &'d Json, barred: &str) -> BTreeSet<&'d str> {
    let states = &definition["States"];
    let mut reached = BTreeSet::new();
    let mut open = vec![definition["StartAt"].as_str().expect("a definition starts somewhere")];
    while let Some(state) = open.pop() {
        if state != barred && reached.insert(state) {
            open.extend(found(&states[state], &["Next", "Default"]).iter().filter(|t| states.get(**t).is_some()));
        }
    }
    reached
}

/// The sender encrypts a message to a topic with its own key.
#[test]
fn who_publishes_to_an_encrypted_topic_may_use_its_key() {
    let allows = |statement: &Json, action: &str| match &statement["Action"] {
        Json::Array(actions) => actions.iter().any(|a| a == action),
        one => one == action,
    };
    let statements = |policy: &super::Resource| -> Vec<Json> {
        policy.property("PolicyDocument.Statement").as_array().cloned().unwrap_or_default()
    };
    every_such(
        "AWS::IAM::RolePolicy",
        |policy| statements(policy).iter().any(|s| allows(s, "sns:Publish")),
        |policy| {
            let all = statements(policy);
            all.iter().filter(|s| allows(s, "sns:Publish")).all(|publish| {
                let named = |id: &str, topic: &Json| {
                    let end = format!(":{}", topic["Properties"]["TopicName"].as_str().unwrap_or("?"));
                    publish["Resource"]["Ref"] == id || publish["Resource"].as_str().is_some_and(|a| a.ends_with(&end))
                };
                let mut topics = policy.others().filter(|(_, other)| other["Type"] == "AWS::SNS::Topic");
                let found = topics.find(|(id, topic)| named(id, topic));
                let key = found.map(|(_, topic)| &topic["Properties"]["KmsMasterKeyId"]);
                // A topic that exists is in no template: the key is one that SNS uses.
                let through_sns = |statement: &Json| {
                    let service = statement["Condition"]["StringEquals"]["kms:ViaService"].as_str();
                    service.is_some_and(|service| service.starts_with("sns."))
                };
                let is_key = |s: &Json| key.map_or_else(|| through_sns(s), |key| s["Resource"] == *key);
                let uses = |action: &str| all.iter().any(|s| allows(s, action) && is_key(s));
                key.is_none_or(|key| !key.is_null()) && uses("kms:Decrypt") && uses("kms:GenerateDataKey")
            })
        },
    );
}
