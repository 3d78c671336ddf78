//! Differences of graphs of a few resources.

use migspec_diag::{Sources, Span};
use migspec_ir::update::Effect;
use migspec_ir::{Actor, Datum, Grant, Graph, Id, Origin, Resource, Value, Waiver, WaiverSpans, resource_type};

use super::{Cause, ChangeKind, Diff, Sides};

fn origin() -> Origin {
    Origin::derived("case", Span::new(Sources::new().add("case", "case"), 0, 4))
}

fn resource(type_name: &str, id: &str, properties: &[(&str, Value)]) -> Resource {
    let known = resource_type::find(type_name).expect("a type of the table");
    properties
        .iter()
        .fold(Resource::new(known.name, id, format!("node \"{id}\""), origin()), |resource, (name, value)| {
            resource.set(name, value.clone())
        })
}

fn graph(resources: Vec<Resource>) -> Graph {
    let mut graph = Graph::empty(origin().span());
    graph.resources.extend(resources.into_iter().map(|resource| (resource.id.clone(), resource)));
    graph
}

fn cluster(version: &str, retention: i64) -> Resource {
    let mut cluster = resource(
        "AWS::RDS::DBCluster",
        "ledger",
        &[
            ("EngineVersion", version.into()),
            ("BackupRetentionPeriod", retention.into()),
            ("DBSubnetGroupName", Value::reference("subnets")),
        ],
    );
    cluster.lifecycle.frozen = true;
    cluster
}

fn subnets(name: &str) -> Resource {
    resource("AWS::RDS::DBSubnetGroup", "subnets", &[("DBSubnetGroupName", name.into())])
}

fn kinds(diff: &Diff) -> Vec<(&str, ChangeKind)> {
    diff.resources.iter().map(|change| (change.id.as_str(), change.kind)).collect()
}

#[test]
fn equal_graphs_have_no_difference() {
    let one = graph(vec![cluster("16.11", 35), subnets("a")]);
    assert!(Diff::of(&one, &one.clone(), Sides::Revisions).is_empty());
}

#[test]
fn a_safe_property_changes_in_place() {
    let (before, after) = (graph(vec![cluster("16.11", 35)]), graph(vec![cluster("16.11", 14)]));
    let diff = Diff::of(&before, &after, Sides::Revisions);
    assert_eq!(kinds(&diff), [("ledger", ChangeKind::Changed(Effect::InPlace))]);
    let change = &diff.resources[0].properties[0];
    let shown = (change.path.as_str(), change.before.as_deref(), change.after.as_deref());
    assert_eq!(shown, ("BackupRetentionPeriod", Some("35"), Some("14")));
    assert!(diff.interruptions.is_empty());
}

#[test]
fn a_new_version_interrupts_what_replicates() {
    let (before, after) = (graph(vec![cluster("16.11", 35)]), graph(vec![cluster("16.12", 35)]));
    let diff = Diff::of(&before, &after, Sides::Revisions);
    assert_eq!(kinds(&diff), [("ledger", ChangeKind::Changed(Effect::Interrupts))]);
    assert!(matches!(&diff.interruptions[..], [one] if matches!(one.cause, Cause::Resource { .. })));
}

#[test]
fn a_replaced_resource_replaces_those_that_name_it_for_good() {
    let (before, after) =
        (graph(vec![cluster("16.11", 35), subnets("a")]), graph(vec![cluster("16.11", 35), subnets("b")]));
    let diff = Diff::of(&before, &after, Sides::Revisions);
    let ledger = diff.resources.iter().find(|change| change.id.as_str() == "ledger").expect("the cluster follows");
    assert_eq!(ledger.kind, ChangeKind::Changed(Effect::Replaces), "{diff:#?}");
    assert_eq!(ledger.follows, Some(Id::new("subnets")));
    assert_eq!(diff.interruptions.len(), 2, "the group and the cluster");
}

#[test]
fn a_removed_resource_of_replication_interrupts_it_and_another_one_does_not() {
    let topic = || resource("AWS::SNS::Topic", "topic", &[]);
    let before = graph(vec![cluster("16.11", 35), topic()]);
    let diff = Diff::of(&before, &graph(vec![cluster("16.11", 35)]), Sides::Revisions);
    assert_eq!(kinds(&diff), [("topic", ChangeKind::Removed)]);
    assert!(diff.interruptions.is_empty());
    let diff = Diff::of(&before, &graph(vec![topic()]), Sides::Revisions);
    assert_eq!(diff.interruptions.len(), 1);
}

#[test]
fn a_list_shows_the_items_that_only_one_side_has() {
    let group = |groups: &[&str]| {
        let items = groups.iter().map(|group| Datum::new(*group, origin())).collect();
        graph(vec![resource("AWS::RDS::DBSubnetGroup", "subnets", &[("SubnetIds", Value::List(items))])])
    };
    let diff = Diff::of(&group(&["a", "b"]), &group(&["x", "a", "b", "c"]), Sides::Revisions);
    let added: Vec<Option<&str>> = diff.resources[0].properties.iter().map(|p| p.after.as_deref()).collect();
    assert_eq!(added, [Some("c"), Some("x")]);
    assert!(diff.resources[0].properties.iter().all(|property| property.before.is_none()));
}

#[test]
fn environments_differ_in_more_than_their_names() {
    let of = |environment: &str, account: &str, days: i64| {
        let name = format!("ledger-{environment}");
        let mut one = graph(vec![resource(
            "AWS::Logs::LogGroup",
            "logs",
            &[
                ("LogGroupName", name.into()),
                ("KmsKeyId", format!("arn:{account}").into()),
                ("RetentionInDays", days.into()),
            ],
        )]);
        one.environment.name = environment.into();
        one.environment.account = account.into();
        one
    };
    let (dev, prod) = (of("dev", "111111111111", 30), of("prod", "222222222222", 400));
    let paths = |sides| -> Vec<String> {
        let diff = Diff::of(&dev, &prod, sides);
        diff.resources[0].properties.iter().map(|property| property.path.clone()).collect()
    };
    assert_eq!(paths(Sides::Environments), ["RetentionInDays"]);
    assert_eq!(paths(Sides::Revisions), ["KmsKeyId", "LogGroupName", "RetentionInDays"]);
}

#[test]
fn rights_are_gained_and_lost_by_role() {
    let with = |actions: &[&'static str]| {
        let mut one = graph(vec![resource("AWS::IAM::Role", "reader", &[])]);
        one.actors.insert(Id::new("reader"), Actor::DmsSecret);
        one.grants.push(Grant {
            role: Id::new("reader"),
            actions: actions.to_vec(),
            resources: vec![Datum::new("arn:a", origin()), Datum::new("arn:b", origin())],
            conditions: Vec::new(),
            why: "case".into(),
            origin: origin(),
        });
        one
    };
    let (few, many) = (with(&["s3:GetObject"]), with(&["s3:GetObject", "s3:PutObject", "s3:ListBucket"]));
    let diff = Diff::of(&few, &many, Sides::Revisions);
    let [change] = &diff.rights[..] else { panic!("one role changes: {diff:#?}") };
    assert_eq!(change.gained.len(), 1);
    assert_eq!(change.gained[0].actions, ["s3:ListBucket", "s3:PutObject"]);
    assert_eq!(change.gained[0].resources, ["arn:a", "arn:b"]);
    assert!(change.lost.is_empty() && diff.interruptions.is_empty());
    // DMS reads a secret with this role.
    let diff = Diff::of(&many, &few, Sides::Revisions);
    assert!(matches!(&diff.interruptions[..], [one] if matches!(one.cause, Cause::Rights { .. })));
}

#[test]
fn waivers_are_compared_by_their_terms() {
    let with = |until: u64, span: Span| {
        let mut one = graph(Vec::new());
        one.waivers.push(Waiver {
            rule: "rule".into(),
            until,
            owner: "a".into(),
            approved_by: "b".into(),
            reason: "c".into(),
            ticket: None,
            control: None,
            scope: "api \"payments\"".into(),
            action: None,
            fact: None,
            span,
            spans: WaiverSpans {
                rule: span,
                until: span,
                owner: span,
                approved_by: span,
                reason: span,
                control: None,
                ticket: None,
                part: None,
            },
        });
        one
    };
    let span = origin().span();
    let moved = Span { start: 1, end: 2, ..span };
    assert!(Diff::of(&with(1, span), &with(1, moved), Sides::Revisions).is_empty());
    let diff = Diff::of(&with(1, span), &with(2, span), Sides::Revisions);
    assert!(matches!(&diff.waivers[..], [one] if one.before.is_some() && one.after.is_some()));
    let diff = Diff::of(&graph(Vec::new()), &with(2, span), Sides::Revisions);
    assert!(matches!(&diff.waivers[..], [one] if one.before.is_none()));
}
