use migspec_diag::{Sources, Span};
use migspec_ir::{Environment, Graph, Origin, Resource, Value, list, map};

use super::Terraform;
use super::hcl::{Block, Body, Expression, Part};
use super::print::print;
use crate::{Artifacts, Packages, Target};

/// A graph to add resources to, and the origin of everything in it.
pub fn graph() -> (Graph, Origin) {
    let span = Span::new(Sources::new().add("a.kdl", ""), 0, 0);
    let environment = Environment {
        name: "dev".into(),
        account: "111111111111".into(),
        region: "us-east-1".into(),
        partition: "aws",
        production: false,
        span,
    };
    (Graph::new("payments", environment), Origin::derived("test", span))
}

fn emit(graph: &Graph) -> Artifacts {
    let mut artifacts = Artifacts::new();
    let problems = Terraform.emit(graph, &Packages::default(), &mut artifacts);
    assert_eq!(problems, [], "nothing is reported");
    artifacts
}

fn text<'a>(artifacts: &'a Artifacts, path: &str) -> &'a str {
    std::str::from_utf8(artifacts.get(path).expect("the file is written")).expect("it is text")
}

#[test]
fn a_resource_is_printed_with_its_node() {
    let (mut graph, at) = graph();
    let group = Resource::new("AWS::RDS::DBSubnetGroup", "ledger-subnets", "database \"ledger\"", at)
        .set("DBSubnetGroupName", "ledger-dev")
        .set("DBSubnetGroupDescription", "subnets of ${ledger}")
        .set("SubnetIds", list!(at, ["subnet-1", "subnet-2"]))
        .set("Tags", list!(at, [map!(at, { "Key": "Owner", "Value": "payments" })]));
    graph.resources.insert(group.id.clone(), group);
    let expected = r#"# database "ledger"
resource "aws_db_subnet_group" "ledger_subnets" {
  name        = "ledger-dev"
  description = "subnets of $${ledger}"
  subnet_ids  = ["subnet-1", "subnet-2"]

  tags = {
    Owner = "payments"
  }
}
"#;
    assert_eq!(text(&emit(&graph), "terraform/database.tf"), expected);
}

#[test]
fn an_unknown_property_is_an_error() {
    let (mut graph, at) = graph();
    let group = Resource::new("AWS::RDS::DBSubnetGroup", "g", "x", at).set("SubnetId", Value::from("subnet-1"));
    graph.resources.insert(group.id.clone(), group);
    let problems = Terraform.emit(&graph, &Packages::default(), &mut Artifacts::new());
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, "unmapped-property");
    assert_eq!(problems[0].help.as_deref(), Some("did you mean `SubnetIds`?"));
}

#[test]
fn an_unknown_type_is_an_error() {
    let (mut graph, at) = graph();
    let unknown = Resource::new("AWS::Unknown::Thing", "thing", "x", at);
    graph.resources.insert(unknown.id.clone(), unknown);
    let problems = Terraform.emit(&graph, &Packages::default(), &mut Artifacts::new());
    assert_eq!(problems[0].code, "unmapped-type");
}

#[test]
fn a_reference_to_no_resource_is_an_error() {
    let (mut graph, at) = graph();
    let group = Resource::new("AWS::RDS::DBSubnetGroup", "g", "x", at)
        .set("SubnetIds", list!(at, [Value::reference("no-subnet")]));
    graph.resources.insert(group.id.clone(), group);
    let problems = Terraform.emit(&graph, &Packages::default(), &mut Artifacts::new());
    assert!(problems.iter().any(|problem| problem.code == "dangling-reference"), "{problems:?}");
}

#[test]
fn runs_of_single_lines_align_and_tall_values_stand_apart() {
    let mut file = Body::new();
    let tags = Expression::Object(vec![("Name".into(), "a".into()), ("data class".into(), "b".into())]);
    let block = Block::new("resource", &["t", "n"])
        .with("a", 1)
        .with("long_name", true)
        .with("tags", tags)
        .with("b", Expression::List(Vec::new()));
    file.block(block.comment("one"));
    let expected = "# one\nresource \"t\" \"n\" {\n  a         = 1\n  long_name = true\n\n  tags = {\n    \
                    Name         = \"a\"\n    \"data class\" = \"b\"\n  }\n\n  b = []\n}\n";
    assert_eq!(print(&file), expected);
}

#[test]
fn dollars_before_an_interpolation_stay_text() {
    let mut file = Body::new();
    let parts = vec![Part::Text("cost $$".into()), Part::Expression(Expression::traversal("var.x"))];
    file.attribute("a", Expression::template(parts));
    assert_eq!(print(&file), "a = \"cost ${\"$$\"}${var.x}\"\n");
}

#[test]
fn comments_stay_on_their_line() {
    let mut file = Body::new();
    file.block(Block::new("locals", &[]).comment("a\nresource \"x\" \"y\" {}"));
    assert_eq!(print(&file), "# a\\u000aresource \"x\" \"y\" {}\nlocals {}\n");
}
