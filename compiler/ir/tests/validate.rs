//! Literal values are checked against AWS's schemas; expressions match any value.

use migspec_diag::{Sources, Span};
use migspec_ir::schema::{self, SchemaProblem};
use migspec_ir::{Origin, Resource, Value, list, map};

fn span() -> Span {
    Span::new(Sources::new().add("test", ""), 0, 0)
}

fn at() -> Origin {
    Origin::derived("test", span())
}

fn resource(type_name: &'static str) -> Resource {
    Resource::new(type_name, "it", "test", at())
}

#[track_caller]
fn check(resource: &Resource, expected: &[(&str, &str)]) {
    let problems = schema::validate(resource);
    let found: Vec<_> = problems.iter().map(|p| (p.path.as_str(), p.message.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_aws_takes_has_no_problems() {
    let subnet = resource("AWS::EC2::Subnet")
        .set("VpcId", Value::reference("vpc"))
        .set("CidrBlock", "10.0.0.0/24")
        .set("AvailabilityZone", Value::Zone(0))
        .set("Tags", list!(at(), [map!(at(), { "Key": "a", "Value": "b" })]));
    check(&subnet, &[]);
}

#[test]
fn unknown_and_missing_properties_are_named_at_their_place() {
    let subnet = resource("AWS::EC2::Subnet").set("CidrBlok", "10.0.0.0/24");
    check(
        &subnet,
        &[
            ("", "one of `CidrBlock`, `Ipv4IpamPoolId`, `Ipv6IpamPoolId`, `Ipv6CidrBlock` is missing"),
            ("CidrBlok", "`AWS::EC2::Subnet` has no property `CidrBlok`"),
            ("VpcId", "`VpcId` is missing"),
        ],
    );
    let [_, unknown, _] = &schema::validate(&subnet)[..] else { unreachable!("three problems") };
    assert_eq!(unknown.help.as_deref(), Some("did you mean `CidrBlock`?"));

    let tag = map!(at(), { "Key": "a", "Valeu": "b" });
    let gateway = resource("AWS::EC2::InternetGateway").set("Tags", list!(at(), [tag]));
    check(&gateway, &[("Tags.0.Valeu", "`Tags.0` has no property `Valeu`"), ("Tags.0.Value", "`Value` is missing")]);
}

#[test]
fn types_words_limits_and_patterns_are_checked() {
    let attachment = resource("AWS::EC2::FlowLog")
        .set("ResourceId", Value::reference("vpc"))
        .set("ResourceType", "Vpc")
        .set("MaxAggregationInterval", "60");
    let problems = schema::validate(&attachment);
    let of = |path: &str| problems.iter().find(|p: &&SchemaProblem| p.path == path).map(|p| p.message.clone());
    assert_eq!(
        of("ResourceType").expect("a problem"),
        "`Vpc` is none of `NetworkInterface`, `Subnet`, `VPC`, `TransitGateway`, `TransitGatewayAttachment`, \
         `RegionalNatGateway`"
    );
    assert_eq!(of("MaxAggregationInterval").expect("a problem"), "text is not accepted here; AWS accepts integer");

    let group = resource("AWS::Logs::LogGroup").set("RetentionInDays", 31).set("LogGroupName", "a b");
    let problems = schema::validate(&group);
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert_eq!(problems[0].message, r"`a b` does not match `^[.\-_/#A-Za-z0-9]{1,512}$`");
}

#[test]
fn what_aws_sets_cannot_be_set() {
    let gateway = resource("AWS::EC2::InternetGateway").set("InternetGatewayId", "igw-1");
    check(&gateway, &[("InternetGatewayId", "`InternetGatewayId` is read-only: AWS sets it")]);
}

#[test]
fn expressions_excuse_their_own_place_and_no_other() {
    let log = resource("AWS::EC2::FlowLog")
        .set("ResourceId", Value::reference("vpc"))
        .set("ResourceType", Value::Parameter("Kind".into()))
        .set("TrafficType", "SOME");
    check(&log, &[("TrafficType", "`SOME` is none of `ACCEPT`, `ALL`, `REJECT`")]);
}

#[test]
fn equal_items_are_found_and_unknown_ones_are_not_equal() {
    let endpoint = |groups| {
        resource("AWS::EC2::VPCEndpoint").set("VpcId", Value::reference("vpc")).set("SecurityGroupIds", groups)
    };
    check(&endpoint(list!(at(), [Value::reference("a"), Value::reference("b")])), &[]);
    let twice = endpoint(list!(at(), ["sg-00000000", "sg-00000000"]));
    check(&twice, &[("SecurityGroupIds", "an item of the list is repeated")]);
}

#[test]
fn what_only_terraform_has_is_not_held_to_aws() {
    let deployment = resource("AWS::ApiGateway::Deployment")
        .set("RestApiId", Value::reference("api"))
        .set("Triggers", map!(at(), { "content": "1" }));
    check(&deployment, &[]);
}

#[test]
fn actions_know_their_level_resources_and_conditions() {
    let start = schema::action("dms:StartReplicationTask").expect("an action");
    assert_eq!(start.level(), schema::Level::Write);
    assert_eq!(start.arns().collect::<Vec<_>>(), ["arn:${Partition}:dms:${Region}:${Account}:task:*"]);
    assert!(!schema::action("dms:DescribeConnections").expect("an action").has_resources());
    assert!(schema::action("dms:StartReplicationTsk").is_none());
}
