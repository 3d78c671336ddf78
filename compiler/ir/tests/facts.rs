//! The facts of a resource, computed from its neighbors in the graph.

use std::collections::BTreeSet;

use migspec_diag::{Sources, Span};
use migspec_ir::fact::FactValue;
use migspec_ir::{Environment, Grant, Graph, Id, Index, IntoDatum, Origin, Resource, Value, list, map};

fn span() -> Span {
    Span::new(Sources::new().add("test", ""), 0, 0)
}

fn at() -> Origin {
    Origin::derived("test", span())
}

struct Fixture(Graph);

impl Fixture {
    fn new() -> Self {
        Self(Graph::new(
            "payments",
            Environment {
                name: "dev".into(),
                account: "111111111111".into(),
                region: "us-east-1".into(),
                partition: "aws",
                production: false,
                span: span(),
            },
        ))
    }

    fn add(mut self, id: &str, type_name: &'static str, properties: &[(&str, Value)]) -> Self {
        let mut resource = Resource::new(type_name, id, "test", at());
        for (name, value) in properties {
            resource = resource.set(name, value.clone());
        }
        self.0.resources.insert(resource.id.clone(), resource);
        self
    }

    #[track_caller]
    fn check(&self, id: &str, fact: &str, expected: impl Into<FactValue>) -> &Self {
        let resource = self.0.get(&Id::from(id)).expect("the resource is there");
        let row = resource.resource_type().expect("the type is in the table");
        let read = row.facts.iter().find(|f| f.name == fact).expect("the type has the fact");
        assert_eq!(read.of(resource, &Index::new(&self.0)), expected.into(), "{id}.{fact}");
        self
    }
}

fn to(id: &str) -> Value {
    Value::reference(id)
}

fn texts(items: &[&str]) -> Value {
    items.iter().map(|item| (*item).into_datum(at())).collect::<Vec<_>>().into_datum(at()).value
}

fn ids(items: &[&str]) -> Value {
    items.iter().map(|item| to(item).into_datum(at())).collect::<Vec<_>>().into_datum(at()).value
}

fn words(items: &[&str]) -> FactValue {
    FactValue::StringSet(items.iter().map(|item| (*item).into()).collect::<BTreeSet<_>>())
}

/// A network with a subnet and its own route table.
fn network() -> Fixture {
    Fixture::new()
        .add("vpc", "AWS::EC2::VPC", &[("CidrBlock", "10.0.0.0/16".into())])
        .add("subnet", "AWS::EC2::Subnet", &[("VpcId", to("vpc"))])
        .add("routes", "AWS::EC2::RouteTable", &[("VpcId", to("vpc"))])
        .add(
            "association",
            "AWS::EC2::SubnetRouteTableAssociation",
            &[("SubnetId", to("subnet")), ("RouteTableId", to("routes"))],
        )
}

fn with_route(destination: &str, through: &str, gateway: Value) -> Fixture {
    network().add("igw", "AWS::EC2::InternetGateway", &[]).add(
        "route",
        "AWS::EC2::Route",
        &[("RouteTableId", to("routes")), ("DestinationCidrBlock", destination.into()), (through, gateway)],
    )
}

#[test]
fn subnets_know_whether_their_routes_lead_out() {
    network().check("subnet", "hasInternetRoute", false).check("routes", "hasInternetRoute", false);
    with_route("0.0.0.0/0", "GatewayId", to("igw"))
        .check("subnet", "hasInternetRoute", true)
        .check("subnet", "hasInternetGatewayRoute", true)
        .check("route", "toInternetGateway", true);
    with_route("0.0.0.0/0", "NatGatewayId", to("nat")).check("subnet", "hasInternetRoute", true).check(
        "subnet",
        "hasInternetGatewayRoute",
        false,
    );
    with_route("10.1.0.0/16", "TransitGatewayId", to("tgw")).check("subnet", "hasInternetRoute", false);
    with_route("0.0.0.0/0", "TransitGatewayId", to("tgw")).check("routes", "hasInternetRoute", true);
}

#[test]
fn a_gateway_outside_the_graph_is_taken_for_an_internet_gateway() {
    with_route("0.0.0.0/0", "GatewayId", "igw-1".into()).check("subnet", "hasInternetGatewayRoute", true);
}

#[test]
fn networks_know_what_they_hold_and_who_watches_them() {
    network().check("vpc", "hasFlowLog", false).check("vpc", "holdsDatabase", false);
    network()
        .add("log", "AWS::EC2::FlowLog", &[("ResourceId", to("vpc")), ("ResourceType", "VPC".into())])
        .add("group", "AWS::RDS::DBSubnetGroup", &[("SubnetIds", ids(&["subnet"]))])
        .check("vpc", "hasFlowLog", true)
        .check("vpc", "holdsDatabase", true)
        .check("vpc", "holdsReplication", false)
        .check("subnet", "holdsDatabase", true);
}

#[test]
fn networks_overlap_with_other_networks_and_with_sites() {
    network()
        .add("other", "AWS::EC2::VPC", &[("CidrBlock", "10.1.0.0/16".into())])
        .add("site", "Migspec::Site", &[("CidrBlocks", texts(&["10.1.128.0/20"]))])
        .check("vpc", "overlaps", false)
        .check("other", "overlaps", true);
    network().add("other", "AWS::EC2::VPC", &[("CidrBlock", Value::Parameter("Cidr".into()))]).check(
        "vpc",
        "overlaps",
        FactValue::Unknown,
    );
}

#[test]
fn networks_miss_the_endpoints_that_their_functions_call() {
    let config = map!(at(), { "SubnetIds": list!(at(), [to("subnet")]) });
    let mut world = network()
        .add("role", "AWS::IAM::Role", &[])
        .add(
            "function",
            "AWS::Lambda::Function",
            &[("Role", Value::attribute("role", "Arn")), ("VpcConfig", config.into())],
        )
        .add(
            "endpoint",
            "AWS::EC2::VPCEndpoint",
            &[("VpcId", to("vpc")), ("ServiceName", "com.amazonaws.us-east-1.ssm".into())],
        );
    world.0.grants.push(Grant {
        role: "role".into(),
        actions: vec!["ssm:GetParameter", "cloudwatch:PutMetricData", "logs:PutLogEvents"],
        resources: Vec::new(),
        conditions: Vec::new(),
        why: "test".into(),
        origin: at(),
    });
    world.check("vpc", "missingEndpoints", words(&["monitoring"]));
}

#[test]
fn rules_know_whether_they_name_a_site() {
    let rule = |cidr: &str| {
        Fixture::new().add("site", "Migspec::Site", &[("CidrBlocks", texts(&["172.16.0.0/16"]))]).add(
            "rule",
            "AWS::EC2::SecurityGroupEgress",
            &[("CidrIp", cidr.into())],
        )
    };
    rule("172.16.20.10/32").check("rule", "toSite", true);
    rule("172.0.0.0/8").check("rule", "toSite", false);
    rule("somewhere").check("rule", "toSite", FactValue::Unknown);
}

#[test]
fn groups_are_open_through_rules_of_their_own_and_beside_them() {
    let open = map!(at(), { "CidrIp": "0.0.0.0/0", "IpProtocol": "-1" });
    let rules = list!(at(), [open]).value;
    Fixture::new()
        .add("inside", "AWS::EC2::SecurityGroup", &[("SecurityGroupIngress", rules)])
        .add("beside", "AWS::EC2::SecurityGroup", &[])
        .add("closed", "AWS::EC2::SecurityGroup", &[])
        .add(
            "rule",
            "AWS::EC2::SecurityGroupIngress",
            &[("GroupId", Value::attribute("beside", "GroupId")), ("CidrIpv6", "::/0".into())],
        )
        .add("cluster", "AWS::RDS::DBCluster", &[("VpcSecurityGroupIds", ids(&["closed"]))])
        .add(
            "database-rule",
            "AWS::EC2::SecurityGroupIngress",
            &[("GroupId", to("closed")), ("SourceSecurityGroupId", to("beside"))],
        )
        .check("inside", "openToInternet", true)
        .check("inside", "allowsAllProtocols", true)
        .check("beside", "openToInternet", true)
        .check("beside", "attached", false)
        .check("closed", "openToInternet", false)
        .check("closed", "attached", true)
        .check("closed", "holdsDatabase", true)
        .check("rule", "intoDatabase", false)
        .check("database-rule", "intoDatabase", true)
        .check("database-rule", "fromGroup", true)
        .check("database-rule", "toPort", 65535)
        .check("database-rule", "sourceGroup", FactValue::Entity("beside".into()));
}

#[test]
fn transit_tables_know_their_attachments_and_default_routes() {
    let to_table =
        |attachment| [("TransitGatewayRouteTableId", to("table")), ("TransitGatewayAttachmentId", to(attachment))];
    Fixture::new()
        .add("table", "AWS::EC2::TransitGatewayRouteTable", &[])
        .add("one", "AWS::EC2::TransitGatewayAttachment", &[])
        .add("two", "AWS::EC2::TransitGatewayAttachment", &[])
        .add("one-of", "AWS::EC2::TransitGatewayRouteTableAssociation", &to_table("one"))
        .add("two-of", "AWS::EC2::TransitGatewayRouteTableAssociation", &to_table("two"))
        .add(
            "route",
            "AWS::EC2::TransitGatewayRoute",
            &[("TransitGatewayRouteTableId", to("table")), ("DestinationCidrBlock", "0.0.0.0/0".into())],
        )
        .check("table", "associations", 2)
        .check("table", "hasDefaultRoute", true)
        .check("route", "toEverywhere", true)
        .check("one", "associations", 1)
        .check("one-of", "onlyOneOfItsTable", false);
}

#[test]
fn a_tunnel_that_nothing_is_said_of_is_weak() {
    let strong = || {
        map!(at(), {
            "IKEVersions": list!(at(), [map!(at(), { "Value": "ikev2" })]),
            "Phase1DHGroupNumbers": list!(at(), [map!(at(), { "Value": 20 })]),
        })
    };
    let vpn = |tunnels: Value| {
        Fixture::new().add("vpn", "AWS::EC2::VPNConnection", &[("VpnTunnelOptionsSpecifications", tunnels)])
    };
    vpn(list!(at(), [strong(), strong()]).value)
        .check("vpn", "ikeVersion2Only", true)
        .check("vpn", "strongPhase1Groups", true)
        .check("vpn", "strongPhase2Groups", false)
        .check("vpn", "logsTunnels", false);
    vpn(list!(at(), [strong()]).value).check("vpn", "ikeVersion2Only", false);
}

#[test]
fn endpoints_without_a_policy_allow_everything() {
    let policy = |statement: migspec_ir::Map| map!(at(), { "Statement": list!(at(), [statement]) });
    let endpoint = |policy: migspec_ir::Map| {
        Fixture::new().add("endpoint", "AWS::EC2::VPCEndpoint", &[("PolicyDocument", policy.into())])
    };
    Fixture::new().add("endpoint", "AWS::EC2::VPCEndpoint", &[]).check("endpoint", "allowsEverything", true);
    endpoint(policy(map!(at(), { "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" })))
        .check("endpoint", "allowsEverything", true)
        .check("endpoint", "limitsAccounts", false);
    let ours = map!(at(), { "StringEquals": map!(at(), { "aws:ResourceAccount": "111111111111" }) });
    endpoint(policy(
        map!(at(), { "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": ours }),
    ))
    .check("endpoint", "allowsEverything", false)
    .check("endpoint", "limitsAccounts", true);
}

#[test]
fn stages_are_limited_logged_and_guarded() {
    let all = map!(at(), {
        "ResourcePath": "/*",
        "HttpMethod": "*",
        "ThrottlingRateLimit": 500.0,
        "ThrottlingBurstLimit": 1000,
        "LoggingLevel": "ERROR",
    });
    let arn = vec![Value::from("arn:aws:apigateway:us-east-1::/restapis/"), to("api"), Value::from("/stages/prod")];
    let stage = |more: &[(&str, Value)]| {
        let mut properties = vec![("RestApiId", to("api")), ("StageName", Value::from("prod"))];
        properties.extend(more.iter().cloned());
        Fixture::new().add("api", "AWS::ApiGateway::RestApi", &[]).add("stage", "AWS::ApiGateway::Stage", &properties)
    };
    stage(&[])
        .check("stage", "throttles", false)
        .check("stage", "loggingLevel", "OFF")
        .check("stage", "hasWebAcl", false)
        .check("api", "endpointTypes", words(&["EDGE"]))
        .check("api", "public", true);
    stage(&[("MethodSettings", list!(at(), [all]).value)])
        .add("association", "AWS::WAFv2::WebACLAssociation", &[("ResourceArn", Value::Concat(arn))])
        .check("stage", "throttles", true)
        .check("stage", "loggingLevel", "ERROR")
        .check("stage", "hasWebAcl", true);
}

#[test]
fn access_logs_say_who_called_and_what() {
    let format = r#"{"ip":"$context.identity.sourceIp","who":"$context.authorizer.principalId","at":"$context.requestTime","method":"$context.httpMethod","path":"$context.resourcePath","status":"$context.status","id":"$context.requestId"}"#;
    let stage = |format: &str| {
        let setting =
            map!(at(), { "DestinationArn": "arn:aws:logs:us-east-1:111111111111:log-group:a", "Format": format });
        Fixture::new().add("stage", "AWS::ApiGateway::Stage", &[("AccessLogSetting", setting.into())])
    };
    stage(format).check("stage", "logsWhoAndWhat", true).check("stage", "logsAccess", true);
    stage(r#"{"status":"$context.status"}"#).check("stage", "logsWhoAndWhat", false);
}

#[test]
fn methods_know_whether_their_integration_is_encrypted() {
    let method = |kind: &str, uri: Value| {
        let integration = map!(at(), { "Type": kind, "Uri": uri });
        Fixture::new().add("method", "AWS::ApiGateway::Method", &[("Integration", integration.into())])
    };
    method("HTTP_PROXY", "https://pay.example.com".into()).check("method", "integrationUsesTls", true);
    method("HTTP_PROXY", "http://pay.example.com".into()).check("method", "integrationUsesTls", false);
    let concat = Value::Concat(vec!["https://".into(), Value::attribute("lb", "DNSName")]);
    method("HTTP_PROXY", concat).check("method", "integrationUsesTls", true);
    method("AWS_PROXY", "arn:aws:apigateway:…".into()).check("method", "integrationUsesTls", true).check(
        "method",
        "authorizationType",
        "NONE",
    );
}

#[test]
fn groups_that_only_count_do_not_protect() {
    let rule = |override_action: &str| {
        let group = map!(at(), { "ManagedRuleGroupStatement": map!(at(), { "Name": "AWSManagedRulesCommonRuleSet" }) });
        let mut action = migspec_ir::Map::new();
        action.set(override_action, migspec_ir::Map::new().into_datum(at()));
        map!(at(), { "Statement": group, "OverrideAction": action })
    };
    let acl = |rule: migspec_ir::Map| {
        Fixture::new().add("acl", "AWS::WAFv2::WebACL", &[("Rules", list!(at(), [rule]).value)])
    };
    acl(rule("None")).check("acl", "managedRuleGroups", words(&["AWSManagedRulesCommonRuleSet"]));
    acl(rule("Count")).check("acl", "managedRuleGroups", words(&[])).check("acl", "limitsRate", false);
    // While the spec declares a first day of counting, the groups are there.
    let api = |acl: Fixture| {
        acl.add("api", "Migspec::Api", &[("WebAcl", to("acl")), ("WafCountsSince", Value::Integer(20_780))])
    };
    let groups = words(&["AWSManagedRulesCommonRuleSet"]);
    api(acl(rule("Count"))).check("acl", "managedRuleGroups", groups);
    api(Fixture::new().add("acl", "AWS::WAFv2::WebACL", &[])).check("acl", "managedRuleGroups", words(&[]));
}

#[test]
fn load_balancers_are_read_through_their_attributes() {
    let attributes = list!(at(), [map!(at(), { "Key": "deletion_protection.enabled", "Value": "true" })]).value;
    Fixture::new()
        .add("lb", "AWS::ElasticLoadBalancingV2::LoadBalancer", &[("LoadBalancerAttributes", attributes)])
        .check("lb", "deletionProtection", true)
        .check("lb", "dropsInvalidHeaders", false)
        .check("lb", "scheme", "internet-facing")
        .check("lb", "desyncMitigationMode", "defensive");
}

#[test]
fn logins_of_one_database_share_a_secret_or_do_not() {
    let login = |secret: &str| [("Owner", to("source")), ("Secret", Value::from(secret))];
    Fixture::new()
        .add("source", "Migspec::Source", &[])
        .add("a", "Migspec::Login", &login("one"))
        .add("b", "Migspec::Login", &login("one"))
        .add("c", "Migspec::Login", &login("two"))
        .check("a", "sharesSecret", false)
        .check("b", "sharesSecret", true)
        .check("c", "sharesSecret", false);
}
