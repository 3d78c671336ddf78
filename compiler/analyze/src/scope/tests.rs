//! Graphs in a few lines with the scope of each resource. A line `TYPE id A=text B->id` is a resource; `flow`, `grant`
//! and `actor` as they read; `= id level from` is the expected scope, and `from` is the next resource of the chain.

use std::collections::BTreeMap;
use std::sync::Arc;

use migspec_diag::{Sources, Span};
use migspec_ir::{Actor, Datum, Flow, Grant, Graph, Id, Origin, Protocol, Resource, Value, Zone, resource_type};

use super::{Level, Scope};

fn check(text: &str) {
    let (graph, expected) = read(text);
    let scope = Scope::of(&graph);
    for (id, (level, from)) in &expected {
        assert!(graph.resources.contains_key(id), "there is no `{id}`");
        let entry = scope.get(id);
        let found = entry.because.as_ref().and_then(|b| b.from.as_ref()).map_or("", Id::as_str);
        assert_eq!((entry.level.name(), found), (&**level, &**from), "{id}: {:?}", scope.chain(id));
        assert_eq!(entry.level == Level::Outside, entry.because.is_none(), "{id}");
    }
}

fn read(text: &str) -> (Graph, BTreeMap<Id, (String, String)>) {
    let file = Sources::new().add("case", text);
    let origin = Origin::Written { span: Span::new(file, 0, 0), base: None };
    let mut graph = migspec_ir::Graph::empty(origin.span());
    let mut expected = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["=", id, level, rest @ ..] => {
                let level = level.replace('-', " ");
                expected.insert(Id::new(*id), (level, rest.first().copied().unwrap_or_default().to_owned()));
            }
            ["flow", from, to, port] => graph.flows.push(Flow {
                from: zone(from),
                to: zone(to),
                protocol: Protocol::Tcp,
                port: port.parse().expect("a port"),
                reason: None,
                why: "the case".into(),
                origin,
            }),
            ["grant", role, action, on] => graph.grants.push(Grant {
                role: Id::new(*role),
                actions: vec![leak(action)],
                resources: vec![Datum::new(*on, origin)],
                conditions: Vec::new(),
                why: "the case".into(),
                origin,
            }),
            ["actor", role, name] => {
                let actor = Actor::ALL.iter().find(|a| a.name() == *name).expect("an actor");
                graph.actors.insert(Id::new(*role), *actor);
            }
            [type_name, id, properties @ ..] => {
                let known = resource_type::find(type_name).unwrap_or_else(|| panic!("{type_name}"));
                let mut resource = Resource::new(known.name, *id, format!("node \"{id}\""), origin);
                for property in properties {
                    resource = match property.split_once("->") {
                        Some((name, to)) => resource.set(name, Value::reference(to)),
                        None => {
                            let (name, value) = property.split_once('=').expect("a property");
                            match value {
                                "true" | "false" => resource.set(name, value == "true"),
                                _ => resource.set(name, value),
                            }
                        }
                    };
                }
                graph.resources.insert(resource.id.clone(), resource);
            }
            _ => panic!("{line}"),
        }
    }
    (graph, expected)
}

fn zone(text: &str) -> Zone {
    match text.split_once(':') {
        Some(("site", id)) => Zone::Site(id.into()),
        Some(("service", name)) => Zone::Service(Arc::from(name)),
        _ => Zone::Group(text.into()),
    }
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

const REPLICATION: &str = "
    Migspec::Source source Live=true
    AWS::RDS::DBCluster ledger
    AWS::DMS::Endpoint in
    AWS::DMS::Endpoint out
    AWS::DMS::ReplicationInstance machine
    AWS::DMS::ReplicationTask task SourceEndpointArn->in TargetEndpointArn->out ReplicationInstanceArn->machine
    Migspec::Replication replication Source->source Target->ledger Task->task
";

fn with(text: &str) -> String {
    format!("{REPLICATION}{text}")
}

/// The same, with a source whose copied tables are declared as a whole.
fn declared(text: &str) -> String {
    with(text).replace("Live=true", "Live=true Declared=true")
}

#[test]
fn account_data_follows_the_replication_to_every_copy() {
    check(&with(
        "Migspec::Column number Class=pan Source->source Replicated=true Key=false
         AWS::RDS::GlobalCluster global GlobalClusterIdentifier=worldwide
         AWS::RDS::DBCluster ledger GlobalClusterIdentifier->global
         AWS::RDS::DBCluster far GlobalClusterIdentifier=worldwide
         AWS::RDS::DBInstance instance DBClusterIdentifier->ledger
         = number account-data
         = source account-data number
         = in account-data source
         = task account-data in
         = machine account-data task
         = out account-data task
         = ledger account-data out
         = instance account-data ledger
         = global account-data ledger
         = far account-data global",
    ));
}

#[test]
fn what_is_not_copied_stays_behind() {
    check(&declared(
        "Migspec::Column code Class=authentication-data Source->source Replicated=false Key=false
         = source account-data code
         = ledger out-of-scope
         = in out-of-scope",
    ));
}

#[test]
fn other_classes_and_test_data_are_no_account_data() {
    let personal = "Migspec::Column name Class=personal Source->source = source";
    check(&declared(&format!("{personal} out-of-scope")).replace(" = ", "\n= "));
    // Other columns may hold account data where the table is not declared as a whole.
    check(&with(&format!("{personal} account-data")).replace(" = ", "\n= "));
    check(
        "Migspec::Source source Live=false
         Migspec::Column number Class=pan Source->source
         = source out-of-scope
         = number out-of-scope",
    );
}

#[test]
fn a_live_source_that_nobody_classified_counts_as_the_worst() {
    check(&with(
        "Migspec::Column amount Type=numeric Source->source
         = source account-data
         = ledger account-data out
         = amount connected source",
    ));
}

#[test]
fn logs_hold_account_data_where_statements_with_values_are_logged() {
    let case = |level: &str, from: &str| {
        check(&with(&format!(
            "Migspec::Column number Class=pan Source->source Key=false
             AWS::RDS::DBClusterParameterGroup parameters
             AWS::RDS::DBCluster ledger DBClusterIdentifier=ledger-prod DBClusterParameterGroupName->parameters
             AWS::Logs::LogGroup log LogGroupName=/aws/rds/cluster/ledger-prod/postgresql
             = log {level} {from}"
        )));
    };
    // No parameter is set: the engine's default logs no statement.
    case("out-of-scope", "");
}

#[test]
fn keys_reach_reports_logs_and_what_was_not_taken() {
    let case = |key: bool, level: &str, from: &str| {
        check(&with(&format!(
            "Migspec::Column number Class=pan Source->source Key={key}
             Migspec::Validation validation Replication->replication
             AWS::IAM::Role role
             actor role validator
             AWS::S3::Bucket reports BucketName=reports-prod
             grant role s3:PutObject arn:aws:s3:::reports-prod/ledger/*
             AWS::SQS::Queue letters
             AWS::Lambda::Function validator Role->role DeadLetterConfig->letters
             = validator account-data source
             = reports {level} {from}
             = letters {} validator",
            if key { "account-data" } else { "connected" }
        )));
    };
    case(true, "account-data", "validator");
    case(false, "out-of-scope", "");
}

#[test]
fn neighbours_guards_and_holders_of_rights_are_connected() {
    check(&with(
        "Migspec::Column number Class=pan Source->source Key=false
         AWS::KMS::Key key
         AWS::KMS::Alias alias TargetKeyId->key
         AWS::EC2::SecurityGroup group
         AWS::EC2::SecurityGroup app-group
         AWS::RDS::DBCluster ledger KmsKeyId->key VpcSecurityGroupIds->group
         AWS::Lambda::Function app VpcConfig->app-group
         flow app-group group 5432
         AWS::IAM::Role operator
         AWS::Lambda::Function other Role->operator
         AWS::DMS::ReplicationTask task ResourceIdentifier=LEDGER SourceEndpointArn->in TargetEndpointArn->out
         grant operator dms:StopReplicationTask arn:aws:dms:us-east-1:222222222222:task:LEDGER
         AWS::SNS::Topic topic
         AWS::KMS::Key unrelated
         = key connected ledger
         = alias connected key
         = group connected ledger
         = app connected ledger
         = operator connected task
         = other connected operator
         = topic out-of-scope
         = unrelated out-of-scope",
    ));
}

#[test]
fn a_source_leaves_the_scope_only_as_a_whole() {
    let column = "Migspec::Column name Class=public Source->source Key=false Replicated=true";
    check(&with(&format!("{column}\n= source account-data\n= ledger account-data out")));
    let declared = with(&format!("{column}\n= source out-of-scope\n= ledger out-of-scope"));
    check(&declared.replacen("Migspec::Source source", "Migspec::Source source Declared=true", 1));
}

#[test]
fn every_chain_ends_at_a_source() {
    let (graph, _) = read(&with("Migspec::Column number Class=pan Source->source Key=false"));
    let scope = Scope::of(&graph);
    let chain: Vec<String> = scope.chain(&Id::new("ledger")).into_iter().map(|(id, _)| id.to_string()).collect();
    assert_eq!(chain, ["ledger", "out", "task", "in", "source", "number"]);
}
