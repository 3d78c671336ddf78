//! What exists is declared, judged, compared by the deployment, and never
//! created or changed.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and runs a shell")]

use std::collections::BTreeSet;

use migspec_analyze::workflow::simulate::{CallResult, Scenario, simulate};
use migspec_analyze::workflow::{Depth, Program};
use migspec_ir::workflow::{Argument, Kind, State, Workflow};
use migspec_ir::{Grant, Resource};
use migspec_targets::terraform::hcl::{Block, Item};
use migspec_tests::emitted::{self, Emitted};
use migspec_tests::{hcl, runs};

const SPEC: &str = "specs/examples/brownfield/brownfield.migspec.kdl";

fn emitted(environment: &str) -> &'static Emitted {
    let name = format!("brownfield/{environment}");
    emitted::all().iter().find(|emitted| emitted.name == name).unwrap_or_else(|| panic!("no {name}"))
}

fn blocks(emitted: &Emitted) -> Vec<Block> {
    let items = hcl::parse(emitted.text("terraform/existing.tf")).items;
    let blocks = items.into_iter().filter_map(|item| match item {
        Item::Block(block) => Some(block),
        Item::Attribute(..) => None,
    });
    blocks.collect()
}

#[test]
fn a_data_source_compares_every_declared_fact() {
    let text = emitted("prod").text("terraform/existing.tf");
    for line in [
        "id = \"vpc-0b1c2d3e4f5061728\"",
        "condition     = self.cidr_block == \"10.40.0.0/16\"",
        "condition     = self.enable_dns_hostnames == true",
        "condition     = self.enable_dns_support == true",
        "condition     = self.availability_zone_id == \"euc1-az2\"",
        "condition     = self.map_public_ip_on_launch == false",
        "condition     = self.vpc_id == \"vpc-0b1c2d3e4f5061728\"",
        "condition     = !contains(self.routes[*].cidr_block, \"0.0.0.0/0\")",
        "condition     = self.route_table_id == \"rtb-0d000000000000001\"",
    ] {
        assert!(text.lines().any(|written| written.trim() == line), "no line {line}\n{text}");
    }
    let blocks = blocks(emitted("prod"));
    let count = |kind: &str| blocks.iter().filter(|block| block.labels.first().is_some_and(|l| l == kind)).count();
    // One VPC, eight subnets, their eight associations and one route table.
    assert_eq!((count("aws_vpc"), count("aws_subnet"), count("aws_route_table")), (1, 8, 9));
}

#[test]
fn nothing_that_exists_is_created() {
    for environment in ["dev", "prod"] {
        let emitted = emitted(environment);
        assert!(emitted.graph.existing().count() > 20, "{environment}");
        let written: Vec<(&str, &str)> =
            emitted.files("terraform/", ".tf").chain(emitted.files("cloudformation/", ".template.json")).collect();
        for (path, text) in written {
            for created in ["\"aws_vpc\"", "\"aws_subnet\"", "\"aws_route_table\"", "\"aws_network_acl\""] {
                let block = format!("resource {created}");
                assert!(!text.contains(&block), "{path} creates {created}");
            }
            for created in ["AWS::EC2::VPC\"", "AWS::EC2::Subnet\"", "AWS::EC2::RouteTable\"", "AWS::EC2::NetworkAcl\""]
            {
                assert!(!text.contains(&format!("\"Type\": \"{created}")), "{path} creates {created}");
            }
        }
    }
}

#[test]
fn both_back_ends_use_the_declared_ids() {
    let emitted = emitted("dev");
    for path in ["terraform/database.tf", "cloudformation/main.template.json"] {
        let text = emitted.text(path);
        for subnet in ["subnet-0d0000000000000a1", "subnet-0d0000000000000b1"] {
            assert!(text.contains(subnet), "{path} has no {subnet}");
        }
    }
}

#[test]
fn the_owner_of_an_acl_gets_commands() {
    let text = emitted("prod").text("requests.md");
    assert!(text.contains("## Account 222222222222"), "{text}");
    let commands: Vec<&str> =
        text.lines().filter(|line| line.starts_with("aws ec2 create-network-acl-entry")).collect();
    let key = |command: &&str| {
        let after =
            |flag: &str| command.split_once(flag).and_then(|(_, rest)| rest.split(' ').next()).unwrap_or_default();
        (after("--network-acl-id ").to_owned(), after("--rule-number ").to_owned())
    };
    let numbers: std::collections::BTreeSet<(String, String)> = commands.iter().map(key).collect();
    assert_eq!(numbers.len(), commands.len(), "a rule number is used twice: {commands:#?}");
    let opens = |port: &str, direction: &str| {
        let range = format!("From={port},To={port}");
        commands.iter().any(|c| c.contains("--network-acl-id acl-") && c.contains(direction) && c.contains(&range))
    };
    assert!(opens("6543", "--ingress") && opens("6543", "--egress") && opens("5433", "--egress"), "{commands:#?}");
}

/// Without a declaration, the policies that need the fact are undecided, and the
/// finding names the setting.
#[test]
fn an_undeclared_fact_is_a_finding_that_names_the_setting() {
    let text = runs::text(SPEC);
    for (declared, rule, setting) in [
        (" dns-hostnames=#true", "network-without-dns", "`dns-hostnames=` of the network"),
        (" default=\"none\"", "data-subnet-with-internet-route", "`default=` of the subnet's `routes`"),
        (" public-addresses=#false", "subnet-with-public-addresses", "`public-addresses=` of the subnet"),
        ("acl=\"acl-0d000000000000001\"", "data-subnet-without-acl", "`acl=` of the subnet"),
    ] {
        assert!(text.contains(declared), "the spec declares {declared}");
        let (_, checked) = runs::check_text(SPEC, &text.replace(declared, ""), Some("dev"));
        let found = checked.findings.iter().find(|f| f.code == "undecided-fact" && f.message.contains(rule));
        let help = found.and_then(|finding| finding.help.as_deref()).unwrap_or_default();
        assert!(help.contains(setting), "{declared}: {help}");
    }
}

/// A declared weakness is a finding like that of a derived resource.
#[test]
fn a_declared_weakness_is_a_finding() {
    let text = runs::text(SPEC);
    for (declared, instead, rule) in [
        ("dns-hostnames=#true", "dns-hostnames=#false", "network-without-dns"),
        ("default=\"none\"", "default=\"igw-0a1b2c3d4e5f60718\"", "data-subnet-with-internet-route"),
        ("public-addresses=#false", "public-addresses=#true", "subnet-with-public-addresses"),
        ("zone=\"euc1-az2\" cidr=\"10.40.1.0/24\"", "zone=\"euc1-az1\" cidr=\"10.40.1.0/24\"", "tier-without-subnets"),
    ] {
        assert!(text.contains(declared), "the spec declares {declared}");
        let (_, checked) = runs::check_text(SPEC, &text.replace(declared, instead), Some("dev"));
        assert!(checked.findings.iter().any(|finding| finding.code == rule), "{instead} passes {rule}");
    }
}

/// A route that exists is not added again.
#[test]
fn an_existing_route_is_not_added() {
    // A workload's own range in the site has a route of its own.
    let text = runs::text(SPEC).replace(" \"https:192.168.8.0/24:9443\"", "");
    let text = text.replace("egress \"tcp:192.168.9.0/24:6514\" reason=\"central syslog over TLS\"", "");
    let has_route = |text: &str| {
        let all = emitted::of_text(SPEC, text);
        let emitted = all.first().unwrap_or_else(|| panic!("the spec has an environment"));
        assert_eq!(emitted.problems, []);
        emitted.text("terraform/network.tf").contains("\"192.168.0.0/20\"\n  transit_gateway_id")
            || emitted.text("terraform/network.tf").matches("resource \"aws_route\"").count() > 0
    };
    assert!(has_route(&text));
    let declared =
        "routes \"rtb-0d000000000000001\" default=\"none\" { route \"192.168.0.0/20\" via=\"tgw-0a1b2c3d4e5f60718\"; }";
    assert!(!has_route(&text.replace("routes \"rtb-0d000000000000001\" default=\"none\"", declared)));
}

/// The owner of a shared Transit Gateway gets every command that the migration
/// needs, and the deployment changes nothing in it.
#[test]
fn a_transit_of_another_account_is_its_owners() {
    let emitted = emitted::all().iter().find(|emitted| emitted.name == "landing-zone/prod");
    let emitted = emitted.unwrap_or_else(|| panic!("the spec has production"));
    let text = emitted.text("requests.md");
    let (_, of_owner) = text.split_once("## Account 999999999999").unwrap_or_else(|| panic!("{text}"));
    for command in [
        "aws ec2 accept-transit-gateway-vpc-attachment",
        "aws ec2 associate-transit-gateway-route-table --region eu-central-1 --transit-gateway-route-table-id \
         tgw-rtb-0dc00000000000001 --transit-gateway-attachment-id tgw-attach-0dc00000000000001",
        "--transit-gateway-route-table-id tgw-rtb-0c000000000000001 --destination-cidr-block 172.20.0.0/16 \
         --transit-gateway-attachment-id tgw-attach-0dc00000000000001",
        "Name=resource-id,Values=vpc-0ca0000000000000a",
    ] {
        assert!(of_owner.contains(command), "no {command}\n{of_owner}");
    }
    for kind in
        ["aws_ec2_transit_gateway\"", "aws_ec2_transit_gateway_route\"", "aws_ec2_transit_gateway_route_table\""]
    {
        let network = emitted.text("terraform/network.tf");
        assert!(!network.contains(&format!("resource \"{kind}")), "{kind} is created");
    }
    let network = emitted.text("terraform/network.tf");
    assert!(network.contains("resource \"aws_ec2_transit_gateway_vpc_attachment\""));
    // The route to the first data center exists; that to the second does not.
    let of_table = |block: &&str| block.contains("rtb-0c000000000000001");
    let routes = |range: &str| {
        let blocks = network.split("resource \"aws_route\"").filter(of_table);
        blocks.filter(|block| block.contains(&format!("destination_cidr_block = \"{range}\""))).count()
    };
    assert_eq!((routes("172.16.0.0/16"), routes("172.20.0.0/16")), (0, 1), "{network}");
    assert_eq!(emitted.problems, []);
}

/// All templates of a build: a large stack has nested ones.
fn templates(emitted: &Emitted) -> String {
    emitted.files("cloudformation/", ".template.json").map(|(_, text)| text).collect()
}

fn landing_zone() -> &'static Emitted {
    let emitted = emitted::all().iter().find(|emitted| emitted.name == "landing-zone/prod");
    emitted.unwrap_or_else(|| panic!("the spec has production"))
}

/// CloudFormation compares no declared fact by itself. The workflow does, before it changes anything, with the same
/// states for every back end.
#[test]
fn a_workflow_compares_declared_facts_before_preflight() {
    let graph = &landing_zone().graph;
    let workflow = graph.workflows.values().next().expect("the spec has a cutover");
    let place = |name: &str| workflow.states.get_index_of(name).unwrap_or_else(|| panic!("no state {name}"));
    let names: Vec<&str> = workflow.declared.iter().map(|declared| &*declared.state).collect();
    let expected = [
        "CompareNetworks",
        "CompareNames1",
        "CompareNames2",
        "CompareHostNames1",
        "CompareHostNames2",
        "CompareSubnets",
        "CompareRouteTables",
        "CompareNetworkAcls",
        "CompareSecurityGroups",
        "CompareTransit",
        "CompareTargetGroups",
        "CompareStickiness",
        "CompareTrail",
        "CompareKey1",
        "CompareKey2",
        "CompareKey3",
        "CompareRotation1",
        "CompareRotation2",
        "CompareRotation3",
        "CompareTopic",
        "CompareTopicPolicy",
    ];
    assert_eq!(names, expected);
    assert!(names.iter().all(|name| place(name) < place("Preflight-cards")), "{names:?}");
    let ids: Vec<&str> = workflow.declared.iter().flat_map(|declared| &declared.ids).map(|id| &**id).collect();
    for (resource, existing) in graph.existing().filter(|(_, existing)| !existing.is_requested) {
        let lookup = resource.resource_type().and_then(|known| known.lookup());
        let described = lookup.is_some_and(|lookup| lookup.describe.iter().any(|describe| describe.of.is_none()));
        let of_owner = resource.type_name == "AWS::EC2::FlowLog" && existing.owner.is_some();
        assert!(
            !described || of_owner || ids.contains(&&*existing.identity),
            "nothing describes {}",
            existing.identity
        );
    }
    // The account of the owner alone describes its flow logs.
    let own = runs::text(LANDING_ZONE).replace("0000a\" owner=\"999999999999\"", "0000a\"");
    let own = emitted::of_text(LANDING_ZONE, &own).remove(0);
    let mut declared = own.graph.workflows.values().flat_map(|workflow| &workflow.declared);
    assert!(declared.any(|declared| &*declared.state == "CompareFlowLogs"), "the own flow log is not compared");
    // The role may describe, in its region, and one key or topic by its ARN.
    let compares = |grant: &&Grant| names.iter().any(|name| grant.why.ends_with(&format!("state {name}")));
    let grants = graph.grants.iter().filter(compares);
    let mut actions = std::collections::BTreeSet::new();
    for grant in grants {
        actions.extend(grant.actions.iter().copied());
        let bound = grant.conditions.iter().any(|condition| &*condition.key == "ec2:Region");
        let is_one = grant.actions.iter().all(|action| !action.starts_with("ec2:")) && grant.resources.len() == 1;
        assert!(bound || is_one, "{grant:?}");
    }
    let expected = [
        "cloudtrail:DescribeTrails",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeTransitGateways",
        "ec2:DescribeVpcAttribute",
        "ec2:DescribeVpcs",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "kms:DescribeKey",
        "kms:GetKeyRotationStatus",
        "sns:GetTopicAttributes",
    ];
    assert_eq!(actions.into_iter().collect::<Vec<_>>(), expected);
    let template = templates(landing_zone());
    assert!(names.iter().all(|name| template.contains(name)), "the template has the same workflow");
}

/// One value that AWS has otherwise ends the execution before anything has changed, and the message names the resource.
#[test]
fn a_false_declaration_ends_the_execution() {
    let workflow = landing_zone().graph.workflows.values().next().expect("the spec has a cutover");
    let program = Program::new(workflow);
    let good = simulate(&program, &Scenario::usual());
    assert!(good.safe && good.end.is_ok(), "{:?}", good.end);
    for declared in &workflow.declared {
        let call = good.calls.iter().find(|call| *call.state == *declared.state);
        let Some(CallResult::Answer(answer)) = call.map(|call| &call.outcome) else {
            panic!("{} is not called", declared.state)
        };
        let mut seen = 0;
        for pointer in leaves(answer, String::new()) {
            let mut lie = answer.clone();
            *lie.pointer_mut(&pointer).expect("a leaf") = "another".into();
            let answers = vec![(declared.state.to_string(), lie)];
            let run = simulate(&program, &Scenario { answers, ..Scenario::usual() });
            let entered = |name: &str| run.entries.iter().any(|entry| entry.state.starts_with(name));
            assert!(!entered("Preflight") && entered("NotifyFailure"), "{} accepts {pointer}", declared.state);
            assert!(run.safe, "{}", declared.state);
            seen += 1;
        }
        assert!(seen >= declared.ids.len(), "{}: {answer}", declared.state);
        let message = declared.verdict.as_str();
        assert!(declared.ids.iter().all(|id| message.contains(&format!("{id} has other values than"))), "{message}");
    }
}

/// The policy of a key in the migration's own account is compared statement by statement, and its order does not count.
#[test]
fn another_policy_of_a_key_ends_the_execution() {
    let path = "specs/examples/landing-zone/landing-zone.migspec.kdl";
    let text = runs::text(path).replace(":888888888888:key/", ":222222222222:key/");
    let all = emitted::of_text(path, &text);
    let emitted = all.iter().find(|emitted| emitted.name.ends_with("/prod")).unwrap_or_else(|| panic!("production"));
    let workflow = emitted.graph.workflows.values().next().expect("the spec has a cutover");
    let program = Program::new(workflow);
    let good = simulate(&program, &Scenario::usual());
    let call = good.calls.iter().find(|call| call.state.starts_with("CompareKeyPolicy"));
    let call = call.unwrap_or_else(|| panic!("no comparison of a policy"));
    let CallResult::Answer(answer) = &call.outcome else { panic!("{} fails", call.state) };
    let policy: serde_json::Value = serde_json::from_str(answer["Policy"].as_str().expect("a text")).expect("JSON");
    let accepts = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut policy = policy.clone();
        change(&mut policy);
        let answers = vec![(call.state.to_string(), serde_json::json!({ "Policy": policy.to_string() }))];
        let run = simulate(&program, &Scenario { answers, ..Scenario::usual() });
        run.entries.iter().any(|entry| entry.state.starts_with("Preflight"))
    };
    let list = |policy: &mut serde_json::Value| policy["Statement"].as_array_mut().expect("a list").clone();
    assert!(accepts(&|_| ()));
    assert!(accepts(&|policy| policy["Statement"] = list(policy).into_iter().rev().collect()));
    assert!(!accepts(&|policy| policy["Statement"] = list(policy).into_iter().skip(1).collect()));
    assert!(!accepts(&|policy| policy["Version"] = "2008-10-17".into()));
    assert!(!accepts(&|policy| policy["Statement"][0]["Principal"] = "*".into()));
    let open = serde_json::json!({ "Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*" });
    assert!(!accepts(&|policy| policy["Statement"].as_array_mut().expect("a list").push(open.clone())));
}

/// CloudFormation compares nothing by itself, and a spec without a cutover has no workflow: a script compares all facts before
/// the deployment.
#[test]
fn a_script_compares_every_declared_fact() {
    let script = emitted("prod").text("compare-existing.sh");
    assert!(emitted("prod").graph.workflows.is_empty(), "the spec has no cutover");
    for part in [
        "ec2 describe-vpcs --vpc-ids vpc-0b1c2d3e4f5061728 --query 'length(Vpcs[?VpcId == `\"vpc-0b1c2d3e4f5061728\"` && CidrBlock == \
         `\"10.40.0.0/16\"`",
        "ec2 describe-vpc-attribute --vpc-id vpc-0b1c2d3e4f5061728 --attribute enableDnsHostnames",
        "AvailabilityZoneId == `\"euc1-az2\"`",
        "!contains(Routes[].DestinationCidrBlock, `\"0.0.0.0/0\"`)",
    ] {
        assert!(script.contains(part), "no {part}\n{script}");
    }
    // The script fails with one answer other than `true`, and names the resource.
    for (answers, succeeds) in
        [("echo true", true), ("case \"$*\" in *describe-vpcs*) echo false;; *) echo true;; esac", false)]
    {
        let run = std::process::Command::new("sh")
            .arg("-c")
            .arg(format!("aws() {{ {answers}; }}\n{script}"))
            .output()
            .expect("a shell runs");
        assert_eq!(run.status.success(), succeeds, "{answers}");
        let said = String::from_utf8_lossy(&run.stderr).contains("vpc-0b1c2d3e4f5061728 of network");
        assert_eq!(said, !succeeds, "{answers}");
    }
    // A script for all facts that a workflow compares.
    let compared = landing_zone().text("compare-existing.sh");
    let workflow = landing_zone().graph.workflows.values().next().expect("the spec has a cutover");
    for declared in &workflow.declared {
        let named = |id: &str| compared.contains(&format!("compare '{id} of "));
        assert!(declared.ids.iter().all(|id| named(id)), "{} is not compared", declared.state);
    }
}

/// The places of all texts, numbers and truth values.
fn leaves(value: &serde_json::Value, at: String) -> Vec<String> {
    match value {
        serde_json::Value::Array(items) => {
            items.iter().enumerate().flat_map(|(i, item)| leaves(item, format!("{at}/{i}"))).collect()
        }
        serde_json::Value::Object(members) => {
            members.iter().flat_map(|(name, member)| leaves(member, format!("{at}/{name}"))).collect()
        }
        _ => vec![at],
    }
}

/// A comparison that is missing, asks for less or accepts more is an offence.
#[test]
fn a_weaker_comparison_is_an_offence() {
    let workflow = landing_zone().graph.workflows.values().next().expect("the spec has a cutover");
    let offended = |change: &dyn Fn(&mut Workflow)| {
        let mut changed = workflow.clone();
        change(&mut changed);
        let found = migspec_policies::verify(&changed, runs::rulebook(), Depth::Restarts);
        found.expect("every policy can be decided").iter().any(|finding| finding.message.contains("CompareSubnets"))
    };
    let state = |workflow: &mut Workflow, change: &dyn Fn(&mut State)| {
        workflow.states.get_mut("CompareSubnets").into_iter().for_each(change);
    };
    assert!(!offended(&|_| ()));
    assert!(offended(&|workflow| state(workflow, &|state| state.assign.clear())));
    assert!(offended(&|workflow| state(workflow, &|state| state.assign = vec![("confirmed".into(), true.into())])));
    assert!(offended(&|workflow| state(workflow, &|state| {
        let Kind::Task { arguments, .. } = &mut state.kind else { return };
        *arguments = Argument::Object(vec![("SubnetIds".into(), Argument::List(vec!["subnet-0a".into()]))]);
    })));
    assert!(offended(&|workflow| {
        let next = workflow.states.get("CompareSubnets").and_then(|state| state.next.clone());
        workflow.states.shift_remove("CompareSubnets");
        let before = workflow.states.values_mut().filter(|state| state.next.as_deref() == Some("CompareSubnets"));
        before.for_each(|state| state.next = next.clone());
    }));
}

/// A key of another account is used by its ARN, compared with AWS, listed in the
/// inventory, and never created. Its owner gets the statements that its declared policy lacks.
#[test]
fn keys_of_another_account_are_used_and_requested() {
    const DATABASE: &str = "arn:aws:kms:eu-central-1:888888888888:key/0d5e8c1a-7b1c-4b52-9a53-2f6d1c7e9a01";
    const LOGS: &str = "arn:aws:kms:eu-central-1:888888888888:key/1f2d9b7e-3c64-4a0f-8e1d-5a4b3c2d1e02";
    let emitted = landing_zone();
    let existing = emitted.text("terraform/existing.tf");
    for line in [
        format!("key_id = \"{LOGS}\"").as_str(),
        "condition     = self.enabled == true",
        "condition     = self.multi_region == false",
    ] {
        assert!(existing.lines().any(|written| written.trim() == line), "no line {line}\n{existing}");
    }
    for text in [emitted.text("terraform/database.tf"), &templates(emitted)] {
        assert!(text.contains(DATABASE), "no key of databases\n{text}");
    }
    let keys = emitted.text("terraform/security.tf").matches("resource \"aws_kms_key\"").count();
    let all = emitted.graph.of_type("AWS::KMS::Key").count();
    assert_eq!(keys + 3, all, "three keys exist, and the others are created");
    let requests = emitted.text("requests.md");
    let (_, of_owner) = requests.split_once("## Account 888888888888").unwrap_or_else(|| panic!("{requests}"));
    let (of_owner, _) = of_owner.split_once("## Account 999999999999").unwrap_or_else(|| panic!("{requests}"));
    assert!(of_owner.contains("logs.eu-central-1.amazonaws.com") && of_owner.contains("aws kms put-key-policy"));
    assert!(!of_owner.contains(DATABASE), "the policy of this key lacks nothing\n{of_owner}");
    let inventory: serde_json::Value = serde_json::from_str(emitted.text("inventory.json")).expect("JSON");
    let of_key =
        |arn: &str| inventory["keys"].as_array().and_then(|keys| keys.iter().find(|key| key["existing"] == arn));
    let key = of_key(DATABASE).unwrap_or_else(|| panic!("{inventory:#}"));
    assert_eq!((&key["owner"], &key["cryptoperiodDays"]), (&"888888888888".into(), &365.into()));
    assert!(key["protects"].as_array().is_some_and(|protected| !protected.is_empty()));
}

/// A statement that the policy of a key loses becomes a request.
#[test]
fn a_statement_that_a_key_policy_lacks_is_requested() {
    let path = "specs/examples/landing-zone/landing-zone.migspec.kdl";
    let text = runs::text(path).replace("policy=\"database-key.json\"", "policy=\"logs-key.json\"");
    let all = emitted::of_text(path, &text);
    let requests = all.first().unwrap_or_else(|| panic!("the spec has an environment")).text("requests.md");
    for part in ["kms:CreateGrant", "kms:GrantIsForAWSResource", "rds.eu-central-1.amazonaws.com"] {
        assert!(requests.contains(part), "no {part}\n{requests}");
    }
}

/// A dashboard that exists keeps its widgets: its owner adds those of the migration below them, once.
#[test]
fn the_owner_of_a_dashboard_adds_the_graphs() {
    let emitted = landing_zone();
    for (path, text) in emitted.files("terraform/", ".tf").chain(emitted.files("cloudformation/", ".template.json")) {
        assert!(!text.contains("aws_cloudwatch_dashboard") && !text.contains("AWS::CloudWatch::Dashboard"), "{path}");
    }
    let requests = emitted.text("requests.md");
    for part in [
        "aws cloudwatch get-dashboard --region eu-central-1 --dashboard-name operations",
        "Replication lag of cards",
        ".y += $end",
        "aws cloudwatch put-dashboard --region eu-central-1 --dashboard-name operations",
    ] {
        assert!(requests.contains(part), "no {part}\n{requests}");
    }
}

/// A channel lists all of its topics: the request keeps those of others.
#[test]
fn the_owner_of_a_chat_channel_adds_the_topic() {
    let requests = emitted("prod").text("requests.md");
    for part in [
        "aws chatbot describe-slack-channel-configurations",
        "jq -r '.SnsTopicArns[]' channel.json) arn:aws:sns:eu-central-1:222222222222:stock-notifications-prod",
        "--slack-channel-id \"$(jq -r .SlackChannelId channel.json)\"",
    ] {
        assert!(requests.contains(part), "no {part}\n{requests}");
    }
}

const LANDING_ZONE: &str = "specs/examples/landing-zone/landing-zone.migspec.kdl";

/// The owner of the zone moves the callers; the deployment creates the domain and closes the default name.
#[test]
fn a_custom_domain_is_created_and_its_record_requested() {
    let emitted = landing_zone();
    let api = emitted.text("terraform/api.tf");
    for part in [
        "resource \"aws_api_gateway_domain_name\"",
        "resource \"aws_api_gateway_base_path_mapping\"",
        "security_policy          = \"TLS_1_2\"",
        "disable_execute_api_endpoint = true",
    ] {
        assert!(api.contains(part), "no {part}\n{api}");
    }
    assert!(templates(emitted).contains("AWS::ApiGateway::BasePathMapping"));
    let requests = emitted.text("requests.md");
    let (_, of_owner) = requests.split_once("## Account 999999999999").unwrap_or_else(|| panic!("{requests}"));
    assert!(of_owner.contains("aws route53 change-resource-record-sets --hosted-zone-id Z0123456789ABCDEFGHIJ"));
    assert!(emitted.text("inventory.json").contains("TLS of the custom domain"));
}

/// A custom domain that exists is compared and never created, nor is its mapping.
#[test]
fn a_custom_domain_that_exists_keeps_its_mapping() {
    let text = runs::text(LANDING_ZONE);
    let new = "domain \"clearing.example.com\" zone=\"Z0123456789ABCDEFGHIJ\" owner=\"999999999999\"";
    assert!(text.contains(new));
    let existing = "domain \"clearing.example.com\" existing=#true security-policy=\"TLS_1_2\"";
    let all = emitted::of_text(LANDING_ZONE, &text.replace(new, existing));
    let emitted = all.first().unwrap_or_else(|| panic!("the spec has an environment"));
    assert_eq!(emitted.problems, []);
    let api = emitted.text("terraform/api.tf");
    assert!(!api.contains("aws_api_gateway_domain_name") && !api.contains("aws_api_gateway_base_path_mapping"));
    let data = emitted.text("terraform/existing.tf");
    assert!(
        data.contains("data \"aws_api_gateway_domain_name\"") && data.contains("self.security_policy == \"TLS_1_2\"")
    );
    assert!(emitted.text("requests.md").contains("aws apigateway update-base-path-mapping"));
}

/// Names follow the pattern of the company, and its tags are everywhere.
#[test]
fn names_follow_the_pattern_of_the_company() {
    let emitted = landing_zone();
    let mut seen = 0;
    for (type_name, property, prefix) in [
        ("AWS::RDS::DBCluster", "DBClusterIdentifier", "acme-prod-clearing-"),
        ("AWS::Lambda::Function", "FunctionName", "acme-prod-clearing-"),
        ("AWS::DMS::ReplicationTask", "ReplicationTaskIdentifier", "acme-prod-clearing-"),
        ("AWS::IAM::Role", "RoleName", "app-acme-prod-clearing-"),
        ("AWS::S3::Bucket", "BucketName", "acme-prod-222222222222-clearing-"),
    ] {
        for resource in emitted.graph.of_type(type_name).filter(|resource| resource.existing.is_none()) {
            let name = resource.get(property).and_then(|name| name.value.as_str()).unwrap_or_default();
            assert!(name.starts_with(prefix), "{type_name}: {name}");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen} names");
}

/// Tables load by their size, and a part of a database does not move.
#[test]
fn large_tables_load_first_and_divided() {
    let emitted = landing_zone();
    let task = emitted.graph.get(&"cards-task".into()).and_then(|task| task.get("TableMappings"));
    let mappings = task.and_then(migspec_ir::json::document).map(|document| migspec_ir::json::of(&document.value));
    let mappings = mappings.unwrap_or_else(|| panic!("the task has mappings"));
    let rules = mappings["rules"].as_array().unwrap_or_else(|| panic!("{mappings:#}"));
    assert!(rules.iter().any(|rule| rule["load-order"] == 1 && rule["object-locator"]["table-name"] == "event"));
    assert!(rules.iter().any(|rule| rule["parallel-load"]["type"] == "partitions-auto"));
    let reverse = emitted.graph.get(&"cards-reverse-task".into()).and_then(|task| task.get("TableMappings"));
    assert!(reverse.is_some_and(|mappings| !format!("{:?}", mappings.value).contains("partitions-auto")));
    let text = runs::text(LANDING_ZONE);
    let filter = "include \"cards.card\" rest-stays=\"reports\"\n        include \"cards.event\"\n        filter \"cards.card\" \"created\" is=\"at-least\" value=\"2020-01-01\"";
    let (_, checked) = runs::check_text(LANDING_ZONE, &text.replace("include \"cards.*\"", filter), Some("prod"));
    assert!(checked.findings.iter().any(|finding| finding.code == "partial-copy-moves"));
}

/// A range of rows has both of its ends in the task.
#[test]
fn a_filter_copies_a_range_of_rows() {
    let filter = "include \"public.item\"\n        filter \"public.item\" \"created\" is=\"between\" value=\"2020-01-01\" to=\"2020-12-31\"";
    let all = emitted::of_text(SPEC, &runs::text(SPEC).replace("include \"public.item\"", filter));
    let emitted = all.first().unwrap_or_else(|| panic!("the spec has an environment"));
    let task = emitted.graph.get(&"stock-task".into()).and_then(|task| task.get("TableMappings"));
    let mappings = task.and_then(migspec_ir::json::document).map(|document| migspec_ir::json::of(&document.value));
    let mappings = mappings.unwrap_or_else(|| panic!("the task has mappings"));
    let expected = serde_json::json!(
        [{ "filter-operator": "between", "start-value": "2020-01-01", "end-value": "2020-12-31" }]
    );
    let rules = mappings["rules"].as_array().unwrap_or_else(|| panic!("{mappings:#}"));
    let conditions = |rule: &serde_json::Value| rule["filters"][0]["filter-conditions"] == expected;
    assert!(rules.iter().any(conditions), "{mappings:#}");
}

/// The capacity of a serverless database is on the cluster and its instances.
#[test]
fn a_serverless_database_has_its_capacity() {
    let text = landing_zone().text("terraform/database.tf");
    for part in ["serverlessv2_scaling_configuration", "max_capacity = 32", "\"db.serverless\"", "\"aurora-iopt1\""] {
        assert!(text.contains(part), "no {part}");
    }
}

/// All ranges of a network are compared; those of a second range are routed, and IPv6 is no way out.
#[test]
fn every_range_of_a_network_is_compared() {
    let emitted = landing_zone();
    let existing = emitted.text("terraform/existing.tf");
    for line in [
        "condition     = toset(self.cidr_block_associations[*].cidr_block) == toset([\"10.60.0.0/16\", \"10.62.0.0/24\"])",
        "condition     = contains([\"2001:db8:60::/56\"], coalesce(self.ipv6_cidr_block, \"none\"))",
        "condition     = contains([\"2001:db8:60:10::/64\"], coalesce(self.ipv6_cidr_block, \"none\"))",
        "condition     = coalesce(self.ipv6_cidr_block, \"none\") == \"none\"",
        "condition     = !contains(self.routes[*].ipv6_cidr_block, \"::/0\")",
    ] {
        assert!(existing.lines().any(|written| written.trim() == line), "no line {line}\n{existing}");
    }
    let text = runs::text(LANDING_ZONE);
    for (declared, instead, rule) in [
        ("default-ipv6=\"none\"", "default-ipv6=\"igw-0a1b2c3d4e5f60718\"", "data-subnet-with-internet-route"),
        ("default-ipv6=\"none\"", "default-ipv6=\"eigw-0a1b2c3d4e5f60718\"", "data-subnet-with-internet-route"),
        (" default-ipv6=\"none\"", "", "undecided-fact"),
        ("ranges \"10.62.0.0/24\"", "ranges \"172.16.4.0/24\"", "cidr-overlap"),
        ("ranges \"10.62.0.0/24\"", "", "subnet-outside-network"),
    ] {
        assert!(text.contains(declared), "the spec declares {declared}");
        let (_, checked) = runs::check_text(LANDING_ZONE, &text.replace(declared, instead), Some("prod"));
        assert!(checked.findings.iter().any(|finding| finding.code == rule), "{instead} passes {rule}");
    }
}

const GROUP: &str = "sg-0ca00000000000001";

/// Rules of new groups name the group of the workload, and its owner gets the rules of the group itself.
#[test]
fn a_group_that_exists_is_named_and_its_rules_requested() {
    let emitted = landing_zone();
    let existing = emitted.text("terraform/existing.tf");
    assert!(existing.contains("data \"aws_security_group\"") && existing.contains(GROUP), "{existing}");
    let network = emitted.text("terraform/network.tf");
    let blocks: Vec<&str> = network.split("\nresource ").filter(|block| block.contains(GROUP)).collect();
    assert!(!blocks.is_empty(), "no rule names the group");
    for block in &blocks {
        assert!(!block.contains(&format!("  security_group_id            = \"{GROUP}\"")), "adds a rule\n{block}");
    }
    let template = templates(emitted);
    assert!(template.contains(&format!("\"SourceSecurityGroupId\": \"{GROUP}\"")), "the template does not name it");
    let requests = emitted.text("requests.md");
    for part in ["authorize-security-group-egress", "authorize-security-group-ingress", "ToPort=6543", "ToPort=8443"] {
        let commands = requests.lines().filter(|line| line.contains(&format!("--group-id {GROUP}")));
        assert!(commands.clone().any(|line| line.contains(part)), "no {part}\n{requests}");
    }
    let text = runs::text(LANDING_ZONE).replace(&format!("\"{GROUP}\""), &format!("\"{GROUP}\" add-rules=#true"));
    let all = emitted::of_text(LANDING_ZONE, &text);
    let added = all.first().unwrap_or_else(|| panic!("the spec has an environment"));
    assert!(!added.text("requests.md").contains(&format!("--group-id {GROUP}")), "nothing is left to its owner");
    let network = added.text("terraform/network.tf");
    assert!(network.contains(&format!("security_group_id            = \"{GROUP}\"")), "{network}");
    assert_eq!(added.problems, []);
}

/// What the spec does not declare of a group is unknown, and a declared weakness is a finding.
#[test]
fn a_group_that_exists_is_judged_by_its_declared_facts() {
    let text = runs::text(LANDING_ZONE);
    for (fact, rule, setting) in [
        ("admits-internet", "security-group-open-to-internet", "`admits-internet=` of the `security-group`"),
        ("reaches-internet", "group-open-outwards", "`reaches-internet=` of the `security-group`"),
        ("all-protocols", "group-for-all-protocols", "`all-protocols=` of the `security-group`"),
    ] {
        let declared = format!(" {fact}=#false");
        assert!(text.contains(&declared), "the spec declares {fact}");
        let check = |instead: &str| runs::check_text(LANDING_ZONE, &text.replace(&declared, instead), Some("prod")).1;
        let weak = check(&format!(" {fact}=#true"));
        assert!(weak.findings.iter().any(|finding| finding.code == rule), "{fact} passes {rule}");
        let unknown = check("");
        let found = unknown.findings.iter().find(|f| f.code == "undecided-fact" && f.message.contains(rule));
        let help = found.and_then(|finding| finding.help.as_deref()).unwrap_or_default();
        assert!(help.contains(setting), "{fact}: {help}");
    }
}

/// Alarms, events and the workflow publish to the topic that exists, and its owner adds the statements.
#[test]
fn a_topic_that_exists_receives_all_messages() {
    const TOPIC: &str = "arn:aws:sns:eu-central-1:222222222222:operations";
    let emitted = landing_zone();
    let existing = emitted.text("terraform/existing.tf");
    for line in ["name = \"operations\"", &format!("condition     = self.arn == \"{TOPIC}\"")] {
        assert!(existing.lines().any(|written| written.trim() == line), "no line {line}\n{existing}");
    }
    for (path, text) in emitted.files("terraform/", ".tf").chain(emitted.files("cloudformation/", ".template.json")) {
        assert!(!text.contains("resource \"aws_sns_topic") && !text.contains("\"AWS::SNS::"), "{path} creates a topic");
    }
    for path in ["terraform/monitoring.tf", "terraform/workflow.tf"] {
        assert!(emitted.text(path).contains(TOPIC), "{path} does not name the topic");
    }
    let requests = emitted.text("requests.md");
    let (_, of_topic) = requests.split_once(&format!("### {TOPIC}")).unwrap_or_else(|| panic!("{requests}"));
    for part in ["cloudwatch.amazonaws.com", "events.amazonaws.com", "aws sns set-topic-attributes"] {
        assert!(of_topic.contains(part), "no {part}\n{of_topic}");
    }
    let text = runs::text(LANDING_ZONE);
    for (declared, rule) in [
        (" subscribed=#true", "topic-without-subscriber"),
        (" policy=\"topic-policy.json\"", "topic-without-tls"),
        ("logs-delivery=#true", "silent-delivery"),
    ] {
        assert!(text.contains(declared), "the spec declares {declared}");
        let (_, checked) = runs::check_text(LANDING_ZONE, &text.replace(declared, ""), Some("prod"));
        let found = checked.findings.iter().any(|f| f.code == "undecided-fact" && f.message.contains(rule));
        assert!(found, "{declared} is not needed by {rule}");
    }
}

/// Every log group sends every event to the archive, whose owner lets the account do so.
#[test]
fn a_log_archive_receives_every_event() {
    const ARCHIVE: &str = "arn:aws:logs:eu-central-1:777777777777:destination:organisation-archive";
    let emitted = landing_zone();
    let groups = emitted.graph.of_type("AWS::Logs::LogGroup").count();
    assert!(groups > 10, "{groups} log groups");
    let monitoring = emitted.text("terraform/monitoring.tf");
    let blocks: Vec<&str> = monitoring
        .split("\nresource ")
        .filter(|b| b.starts_with("\"aws_cloudwatch_log_subscription_filter\""))
        .collect();
    assert_eq!(blocks.len(), groups);
    for block in blocks {
        let all =
            block.contains("filter_pattern  = \"\"") && block.contains(&format!("destination_arn = \"{ARCHIVE}\""));
        assert!(all, "{block}");
    }
    let template = templates(emitted);
    assert_eq!(template.matches("\"AWS::Logs::SubscriptionFilter\"").count(), groups);
    assert_eq!(template.matches(&format!("\"DestinationArn\": \"{ARCHIVE}\"")).count(), groups);
    for (path, text) in emitted.files("terraform/", ".tf").chain(emitted.files("cloudformation/", ".template.json")) {
        let created = ["resource \"aws_cloudwatch_log_destination", "\"AWS::Logs::Destination\""];
        assert!(!created.iter().any(|created| text.contains(created)), "{path} creates the destination");
    }
    assert!(monitoring.contains("retention_in_days = 731") && !monitoring.contains("retention_in_days = 400"));
    let requests = emitted.text("requests.md");
    let (_, of_owner) = requests.split_once("## Account 777777777777").unwrap_or_else(|| panic!("{requests}"));
    for part in [
        "aws logs put-destination-policy --region eu-central-1 --destination-name organisation-archive",
        "\"Principal\":{\"AWS\":\"222222222222\"},\"Action\":\"logs:PutSubscriptionFilter\"",
    ] {
        assert!(of_owner.contains(part), "no {part}\n{of_owner}");
    }
    let inventory: serde_json::Value = serde_json::from_str(emitted.text("inventory.json")).expect("JSON");
    let listed =
        |list: &str| inventory[list].as_array().is_some_and(|all| all.iter().any(|e| e["existing"] == ARCHIVE));
    assert!(listed("stores"), "{inventory:#}");
}

/// Load balancers and networks write to the archive, whose owner adds the statements; nothing of it is created.
#[test]
fn a_log_archive_receives_access_and_flow_logs() {
    const ACCESS: &str = "organisation-access-logs";
    const FLOW: &str = "arn:aws:s3:::organisation-flow-logs";
    let emitted = landing_zone();
    let api = emitted.text("terraform/api.tf");
    assert!(api.contains(&format!("bucket  = \"{ACCESS}\"")), "{api}");
    let template = templates(emitted);
    for part in [format!("\"Value\": \"{ACCESS}\""), format!("\"LogDestination\": \"{FLOW}\"")] {
        assert!(template.contains(&part), "no {part}");
    }
    let network = emitted.text("terraform/network.tf");
    let logs: Vec<&str> =
        network.split("\nresource ").filter(|block| block.starts_with("\"aws_flow_log\" \"copy")).collect();
    assert_eq!(logs.len(), 1);
    assert!(
        logs.iter().all(|log| log.contains(FLOW) && log.contains("\"s3\"") && !log.contains("iam_role_arn")),
        "{logs:?}"
    );
    // S3 delivers the access logs of buckets within one account.
    let storage = emitted.text("terraform/storage.tf");
    assert!(storage.contains("logging.s3.amazonaws.com") && !storage.contains("logdelivery.elasticloadbalancing"));
    let requests = emitted.text("requests.md");
    let (_, of_owner) = requests.split_once("## Account 777777777777").unwrap_or_else(|| panic!("{requests}"));
    for part in [
        "logdelivery.elasticloadbalancing.amazonaws.com",
        "aws s3api put-bucket-policy --bucket organisation-access-logs",
        "\"Action\":\"s3:GetBucketAcl\"",
        "arn:aws:s3:::organisation-flow-logs/AWSLogs/222222222222/*",
        "aws kms put-key-policy --region eu-central-1 --key-id arn:aws:kms:eu-central-1:777777777777:key/3f4a1b9d",
    ] {
        assert!(of_owner.contains(part), "no {part}\n{of_owner}");
    }
    let existing: serde_json::Value = serde_json::from_str(emitted.text("existing.json")).expect("JSON");
    let owners = existing["existing"].as_array().into_iter().flatten().filter(|e| e["type"] == "AWS::S3::Bucket");
    assert_eq!(owners.map(|e| e["owner"].as_str().unwrap_or_default()).collect::<Vec<_>>(), ["777777777777"; 2]);
    let inventory: serde_json::Value = serde_json::from_str(emitted.text("inventory.json")).expect("JSON");
    let stores = inventory["stores"].as_array().into_iter().flatten();
    assert_eq!(stores.filter(|e| e["existing"].as_str().is_some_and(|id| id.starts_with("organisation-"))).count(), 2);
}

/// In the environment's account, the archive receives the access logs of buckets too, and nothing is created for them.
#[test]
fn an_archive_of_the_account_receives_all_access_logs() {
    let text = runs::text(LANDING_ZONE);
    let declared = "access \"arn:aws:s3:::organisation-access-logs\" owner=\"777777777777\"";
    assert!(text.contains(declared));
    let own = text.replace(declared, "access \"arn:aws:s3:::organisation-access-logs\"");
    let all = emitted::of_text(LANDING_ZONE, &own);
    let emitted = all.first().unwrap_or_else(|| panic!("the spec has an environment"));
    let buckets: Vec<&str> = emitted.graph.of_type("AWS::S3::Bucket").map(|bucket| bucket.id.as_str()).collect();
    assert!(!buckets.contains(&"access-logs-bucket"), "{buckets:?}");
    let storage = emitted.text("terraform/storage.tf");
    assert_eq!(storage.matches("target_bucket = \"organisation-access-logs\"").count(), 2, "{storage}");
    assert!(emitted.text("requests.md").contains("logging.s3.amazonaws.com"));
    assert_eq!(emitted.problems, []);
}

/// What the spec does not declare of a bucket is unknown, and a declared weakness is a finding.
#[test]
fn an_archive_is_judged_by_its_declared_facts() {
    let text = runs::text(LANDING_ZONE);
    for (declared, instead, rule) in [
        (" public=#false", " public=#true", "bucket-open-to-public"),
        (" acls=#false", " acls=#true", "bucket-with-acls"),
        (" versions=#true", " versions=#false", "bucket-without-versions"),
        (" policy=\"access-logs-policy.json\"", " policy=\"topic-policy.json\"", "bucket-without-tls"),
        (" versions=#true", "", "undecided-fact"),
        (" expires=\"731d\"", "", "undecided-fact"),
        (" policy=\"flow-logs-policy.json\"", "", "undecided-fact"),
        (
            " \\\n            key=\"arn:aws:kms:eu-central-1:777777777777:key/3f4a1b9d-5e86-4c21-8a3f-7c6d5e4f3a04\"",
            "",
            "undecided-fact",
        ),
    ] {
        assert!(text.contains(declared), "the spec declares {declared}");
        let (_, checked) = runs::check_text(LANDING_ZONE, &text.replacen(declared, instead, 1), Some("prod"));
        let found = checked.findings.iter().find(|finding| finding.code == rule);
        let help = found.unwrap_or_else(|| panic!("{instead} passes {rule}")).help.as_deref().unwrap_or_default();
        assert!(
            rule != "undecided-fact" || help.contains("in `logs`") || help.contains("of `flow`"),
            "{declared}: {help}"
        );
    }
}

/// The targets of the application stay in their own group: both deployments and the workflow compare it.
#[test]
fn a_target_group_that_exists_takes_the_requests() {
    const GROUP: &str = "arn:aws:elasticloadbalancing:eu-central-1:222222222222:targetgroup/clearing/0a1b2c3d4e5f6071";
    let emitted = landing_zone();
    let existing = emitted.text("terraform/existing.tf");
    let source = existing.split("data \"aws_lb_target_group\"").nth(1).expect("Terraform looks the group up");
    assert!(source.contains("self.vpc_id == \"vpc-0ca0000000000000a\"") && source.contains("self.port == 8443"));
    assert!(!emitted.text("terraform/api.tf").contains("resource \"aws_lb_target_group\" \"clearing_target_targets\""));
    let script = emitted.text("compare-existing.sh");
    assert!(script.contains(&format!("elbv2 describe-target-group-attributes --target-group-arn {GROUP}")), "{script}");
    let workflow = emitted.graph.workflows.values().next().expect("the spec has a cutover");
    let state = |name: &str| workflow.declared.iter().find(|declared| &*declared.state == name);
    let verdict = state("CompareTargetGroups").expect("the workflow compares the group").verdict.to_string();
    assert!(verdict.contains("HealthCheckProtocol = \"HTTPS\""), "{verdict}");
    assert!(state("CompareStickiness").is_some());
    let run = simulate(&Program::new(workflow), &Scenario::usual());
    assert!(run.safe && run.end.is_ok(), "{:?}", run.end);
}

/// The document of a boundary is no policy of a key: no statement has a principal.
#[test]
fn a_key_policy_names_principals() {
    let text = runs::text(LANDING_ZONE);
    let declared = "policy=\"database-key.json\"";
    assert!(text.contains(declared));
    let (_, checked) =
        runs::check_text(LANDING_ZONE, &text.replacen(declared, "policy=\"boundary.json\"", 1), Some("prod"));
    let found = checked.findings.iter().find(|finding| finding.code == "not-a-document");
    assert!(found.is_some_and(|finding| finding.message.contains("without a principal")), "{:?}", checked.findings);
}

/// A copy in the account of the migration protects nothing, and an archive has no gaps.
#[test]
fn an_archive_without_all_logs_is_a_finding() {
    let text = runs::text(LANDING_ZONE);
    let codes = |text: &str| -> Vec<String> {
        let (_, checked) = runs::check_text(LANDING_ZONE, text, Some("prod"));
        checked.findings.iter().map(|finding| finding.code.to_string()).collect()
    };
    let own = text.replace("777777777777:destination", "222222222222:destination");
    assert!(codes(&own).iter().any(|code| code == "archive-in-same-account"));
    let overridden = |filter: &str| {
        let node = "subscription \"arn:aws:logs:eu-central-1:777777777777:destination:organisation-archive\"";
        let with = format!(
            "{node}\n        override \"AWS::Logs::SubscriptionFilter\" resource=\"cards-postgresql-log-group-archive-filter\" {{ \
             FilterPattern \"{filter}\"; }}"
        );
        assert!(text.contains(node));
        codes(&text.replace(node, &with))
    };
    assert!(overridden("?ERROR").iter().any(|code| code == "archive-of-some-events"));
}

/// Owners act in the order of the document: before the deployment, while it runs, after it.
#[test]
fn requests_follow_the_deployment() {
    let text = landing_zone().text("requests.md");
    let (_, of_owner) = text.split_once("## Account 999999999999").unwrap_or_else(|| panic!("{text}"));
    let at = |part: &str| of_owner.find(part).unwrap_or_else(|| panic!("no {part}\n{of_owner}"));
    let order = [
        "*Before the deployment.*",
        "create-transit-gateway-vpc-attachment",
        "create-security-group",
        "create-vpc-endpoint",
        "*While the deployment runs.*",
        "Name=state,Values=pendingAcceptance",
        "--transit-gateway-attachment-id \"$attachment_copy\"",
        "associate-transit-gateway-route-table",
        "create-transit-gateway-route ",
        "*After the deployment.*",
        "change-resource-record-sets",
    ];
    let places = order.map(at);
    assert!(places.is_sorted(), "{places:?}\n{of_owner}");
    assert_eq!(of_owner.matches("\n### ").count(), 5, "one heading for each resource and time");
    assert!(text.contains("| 999999999999 | `tgw-0aa00000000000001` | while the deployment runs |"), "{text}");
    let commands = text.lines().filter(|line| line.starts_with("aws ec2") || line.contains("=$(aws ec2"));
    let without: Vec<&str> = commands.filter(|line| !line.contains("--region eu-central-1")).collect();
    assert!(without.is_empty(), "commands for the region of a profile: {without:#?}");
}

/// A pager receives every message through a queue and a pipe, and no file holds its credentials.
#[test]
fn a_webhook_receives_every_message() {
    let prod = emitted("prod");
    let monitoring = prod.text("terraform/monitoring.tf");
    for part in [
        "connection_arn      = \"arn:aws:events:eu-central-1:222222222222:connection/pager/",
        "invocation_endpoint = \"https://events.pager.example.com/v2/enqueue\"",
        "input_template = \"{\\\"notification\\\": <$.body>}\"",
        "protocol  = \"sqs\"",
    ] {
        assert!(monitoring.contains(part), "no {part}\n{monitoring}");
    }
    let role: Vec<&Grant> =
        prod.graph.grants.iter().filter(|grant| grant.role.as_str() == "notifications-2-pipe-role").collect();
    let actions: std::collections::BTreeSet<&str> =
        role.iter().flat_map(|grant| grant.actions.iter().copied()).collect();
    let expected = [
        "events:InvokeApiDestination",
        "kms:Decrypt",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    ];
    assert_eq!(actions.into_iter().collect::<Vec<_>>(), expected);
    let template = prod.text("cloudformation/main.template.json");
    for part in ["AWS::Pipes::Pipe", "AWS::Events::ApiDestination", "\"Protocol\": \"sqs\""] {
        assert!(template.contains(part), "no {part}");
    }
    assert!(!template.contains("AWS::Events::Connection"), "the connection exists");
    // Two queues under the key of the topic, whose policy lets the topic in.
    let queues: Vec<_> =
        prod.graph.of_type("AWS::SQS::Queue").filter(|q| q.id.as_str().starts_with("notifications-2")).collect();
    assert_eq!(queues.len(), 2);
    let key = prod.graph.get(&"notifications-key".into()).and_then(|key| key.get("KeyPolicy"));
    assert!(key.is_some_and(|policy| format!("{:?}", policy.value).contains("sns.amazonaws.com")));
    assert!(!emitted("dev").text("terraform/monitoring.tf").contains("aws_pipes_pipe"), "dev has no pager");
    assert_eq!(prod.problems, []);
}

/// A weaker way to the webhook is a finding.
#[test]
fn a_webhook_that_loses_messages_is_a_finding() {
    let text = runs::text(SPEC);
    let email = "            notify email=\"stock@example.com\"\n            notify webhook";
    assert!(text.contains(email));
    for (change, rule) in [
        ("AWS::Pipes::Pipe\" { DesiredState \"STOPPED\"", "webhook-switched-off"),
        ("AWS::Events::ApiDestination\" { InvocationEndpoint \"http://pager.example.com\"", "webhook-without-tls"),
        (
            "AWS::SQS::Queue\" resource=\"notifications-2-queue\" { RedrivePolicy { deadLetterTargetArn \"arn:aws:sqs:a\"; }",
            "identity-override",
        ),
    ] {
        let with = format!("            override \"{change}; }}\n{email}");
        let (_, checked) = runs::check_text(SPEC, &text.replace(email, &with), Some("prod"));
        let codes: Vec<&str> = checked.findings.iter().map(|finding| &*finding.code).collect();
        assert!(codes.contains(&rule), "{rule}: {codes:?}");
    }
}

/// A topic of another account: its owner lets the account publish and read, EventBridge uses a role, and no data source of this
/// account looks for it.
#[test]
fn a_topic_of_another_account_is_requested_from_its_owner() {
    let path = "specs/examples/landing-zone/landing-zone.migspec.kdl";
    let text = runs::text(path)
        .replace("sns:eu-central-1:222222222222:operations", "sns:eu-central-1:777777777777:operations");
    let all = emitted::of_text(path, &text);
    let emitted = all.iter().find(|emitted| emitted.name.ends_with("/prod")).unwrap_or_else(|| panic!("production"));
    assert_eq!(emitted.problems, []);
    let requests = emitted.text("requests.md");
    let (_, of_owner) = requests.split_once("## Account 777777777777").unwrap_or_else(|| panic!("{requests}"));
    for part in
        ["arn:aws:iam::222222222222:root", "\"sns:Publish\"", "\"sns:GetTopicAttributes\"", "cloudwatch.amazonaws.com"]
    {
        assert!(of_owner.contains(part), "no {part}\n{of_owner}");
    }
    assert!(!emitted.text("terraform/existing.tf").contains("data \"aws_sns_topic\""));
    let monitoring = emitted.text("terraform/monitoring.tf");
    let targets = monitoring.matches("resource \"aws_cloudwatch_event_target\"").count();
    assert!(targets > 0);
    let template = templates(emitted);
    for text in [monitoring, &template] {
        assert!(text.contains("arn:aws:sns:eu-central-1:777777777777:operations"), "{text}");
    }
    let of_role = emitted.graph.actors.iter().find(|(_, actor)| actor.name() == "events").map(|(role, _)| role);
    let role = of_role.unwrap_or_else(|| panic!("no role of events"));
    let rules: Vec<_> =
        emitted.graph.of_type("AWS::Events::Rule").filter(|rule| rule.get("EventPattern").is_some()).collect();
    for rule in rules {
        let target = rule.get("Targets").and_then(|d| d.value.as_list()).and_then(|list| list.first());
        let named = target.and_then(|target| target.get("RoleArn")).and_then(|d| d.value.target());
        assert_eq!(named, Some(role), "{}", rule.id);
    }
    let workflow = emitted.graph.workflows.values().next().expect("the spec has a cutover");
    assert!(
        workflow.declared.iter().any(|declared| &*declared.state == "CompareTopicPolicy"),
        "the workflow reads the topic"
    );
    let (_, checked) = runs::check_text(path, &text, Some("prod"));
    let found: Vec<&str> = checked.findings.iter().map(|finding| &*finding.code).collect();
    assert_eq!(found, Vec::<&str>::new());
}

/// The deployment subscribes the queue of a webhook to a topic of its own account.
#[test]
fn a_webhook_may_stand_beside_an_existing_topic() {
    let path = "specs/examples/landing-zone/landing-zone.migspec.kdl";
    let webhook = "logs-delivery=#true\n        notify webhook=\"https://events.pager.example.com/v2/enqueue\" \\\n            \
                   connection=\"arn:aws:events:eu-central-1:222222222222:connection/pager/0d5e8c1a-7b1c-4b52-9a53-2f6d1c7e9a01\"";
    let text = runs::text(path).replace("logs-delivery=#true", webhook);
    let all = emitted::of_text(path, &text);
    let emitted = all.iter().find(|emitted| emitted.name.ends_with("/prod")).unwrap_or_else(|| panic!("production"));
    assert_eq!(emitted.problems, []);
    let monitoring = emitted.text("terraform/monitoring.tf");
    assert!(monitoring.contains("resource \"aws_sns_topic_subscription\""), "{monitoring}");
    assert!(monitoring.contains("\"arn:aws:sns:eu-central-1:222222222222:operations\""), "{monitoring}");
    let (_, checked) = runs::check_text(path, &text, Some("prod"));
    let found: Vec<&str> = checked.findings.iter().map(|finding| &*finding.code).collect();
    // The boundary of the organisation knows no pipe.
    assert_eq!(found, ["right-beyond-boundary"]);
}

/// Both networks of the example as shared ones: the functions of the second one write to the buckets of the migration.
fn all_shared() -> String {
    let text = runs::text(LANDING_ZONE);
    let replaced = [
        ("\"vpc-0c0000000000000ab\"", "\"vpc-0c0000000000000ab\" owner=\"999999999999\""),
        (
            "routes \"rtb-0c000000000000001\" default=\"none\" {",
            "flow-log \"fl-0c000000000000001\" interval=\"60s\"\n        routes \"rtb-0c000000000000001\" default=\"none\" {",
        ),
    ];
    replaced.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

#[test]
fn the_owner_of_a_shared_network_gets_every_change_of_it() {
    let emitted = emitted::of_text(LANDING_ZONE, &all_shared()).remove(0);
    let of_owner = emitted.graph.existing().filter(|(_, known)| known.is_requested && known.owner.is_some());
    let requested: Vec<&Resource> = of_owner.map(|(resource, _)| resource).collect();
    let types: BTreeSet<&str> = requested.iter().map(|resource| resource.type_name).collect();
    let expected = [
        "AWS::EC2::Route",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::TransitGatewayAttachment",
        "AWS::EC2::TransitGatewayRoute",
        "AWS::EC2::TransitGatewayRouteTableAssociation",
        "AWS::EC2::VPCEndpoint",
        "AWS::Route53Resolver::ResolverRuleAssociation",
    ];
    assert_eq!(types, BTreeSet::from(expected));
    let requests = emitted.text("requests.md");
    let endpoints = requested.iter().filter(|resource| resource.type_name == "AWS::EC2::VPCEndpoint");
    let endpoints: Vec<&str> = endpoints.filter_map(|endpoint| endpoint.get("ServiceName")?.value.as_str()).collect();
    assert!(endpoints.len() > 5 && endpoints.iter().any(|name| name.ends_with(".s3")), "{endpoints:?}");
    for service in endpoints {
        assert!(requests.contains(&format!("--service-name {service} --policy-document")), "no request for {service}");
    }
    for command in [
        "--vpc-endpoint-type Gateway --route-table-ids rtb-0c000000000000001",
        "create-transit-gateway-vpc-attachment --region eu-central-1 --transit-gateway-id tgw-0aa00000000000001 --vpc-id \
         vpc-0ca0000000000000a --subnet-ids subnet-0ca00000000000ea1 subnet-0ca00000000000eb1",
        "create-route --region eu-central-1 --route-table-id rtb-0ca00000000000002 --destination-cidr-block 172.16.0.0/16",
        "associate-resolver-rule --region eu-central-1 --resolver-rule-id rslvr-rr-0dc00000000000001",
        "'IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}]'",
        ",UserId=222222222222,Description=",
    ] {
        assert!(requests.contains(command), "no {command}\n{requests}");
    }
    // The route that the network team has added is not requested again.
    assert!(!requests.contains("--route-table-id rtb-0c000000000000001 --destination-cidr-block 172.16.0.0/16"));
}

#[test]
fn nothing_that_is_created_names_a_requested_resource() {
    let text = all_shared();
    let (sources, checked) = runs::check_text(LANDING_ZONE, &text, Some("prod"));
    let unused = |found: &String| found.contains("unused-log-bucket");
    let (_, other): (Vec<String>, Vec<String>) = runs::list(&sources, &checked).into_iter().partition(unused);
    assert_eq!(other, Vec::<String>::new());
    let emitted = emitted::of_text(LANDING_ZONE, &text).remove(0);
    let mut seen = 0;
    for resource in emitted.graph.resources.values().filter(|resource| resource.existing.is_none()) {
        for (name, datum) in resource.properties.iter() {
            datum.value.references(&mut |id, _| {
                seen += 1;
                let known = emitted.graph.get(id).and_then(|known| known.existing.as_ref());
                let names = known.is_some_and(|existing| existing.is_requested);
                assert!(!names, "{}: `{name}` names {id}", resource.id);
            });
        }
    }
    assert!(seen > 500, "{seen}");
    let buckets = emitted.text("terraform/storage.tf");
    assert!(buckets.contains("\"aws:SourceVpc\" = \"vpc-0c0000000000000ab\""), "{buckets}");
    assert!(!buckets.contains("aws:SourceVpce"), "{buckets}");
}
