//! Expressions as values of the graph.

use migspec_ir::aws::provider;
use migspec_ir::partition::partition_of;
use migspec_ir::resource_type::{Column, Terraform};
use migspec_ir::{Datum, Id, Map, Value};

use super::super::hcl::{Block, Expression, Part};
use super::Reader;

impl Reader<'_> {
    pub(super) fn expression(&self, expression: &Expression) -> Datum {
        let value = match expression {
            Expression::Bool(b) => Value::Bool(*b),
            Expression::Integer(n) => Value::Integer(*n),
            Expression::Number(n) => Value::Number(*n),
            Expression::String(s) | Expression::Heredoc(s) => s.as_str().into(),
            Expression::List(items) => Value::List(items.iter().map(|item| self.expression(item)).collect()),
            Expression::Object(entries) => Value::Map(self.map(entries)),
            Expression::Template(parts) => Value::Concat(parts.iter().map(|part| self.part(part)).collect()),
            Expression::Call("jsonencode", arguments) if arguments.len() == 1 => {
                Value::JsonText(Box::new(self.expression(&arguments[0])))
            }
            // A call is not evaluated: its text is the value.
            Expression::Call(name, _) => format!("{name}(…)").into(),
            // Only conditions of data sources compare.
            Expression::Equal(..) | Expression::Not(_) => "…".into(),
            Expression::Traversal(path) => self.traversal(path),
        };
        self.datum(value)
    }

    fn map(&self, entries: &[(String, Expression)]) -> Map {
        let mut map = Map::new();
        for (name, value) in entries {
            map.set(name.as_str(), self.expression(value));
        }
        map
    }

    fn part(&self, part: &Part) -> Value {
        match part {
            Part::Text(text) => text.as_str().into(),
            Part::Expression(expression) => self.expression(expression).value,
        }
    }

    /// A reference in the words of CloudFormation; one that leads out of the
    /// table stays text.
    fn traversal(&self, path: &str) -> Value {
        self.reference(path).unwrap_or_else(|| path.into())
    }

    fn reference(&self, path: &str) -> Option<Value> {
        if let Some(stored) = path.strip_prefix("jsondecode(") {
            return self.reference(stored.split_once(')')?.0);
        }
        let (head, rest) = path.split_once('.')?;
        match head {
            "var" => Some(Value::Parameter(rest.into())),
            "data" => zone(rest).or_else(|| self.secret(rest)),
            "ephemeral" => rest.split('.').nth(1).map(|name| Value::Generated(Id::new(name))),
            resource => {
                let Terraform::Column(column) = &self.rows.get(resource)?.terraform else { return None };
                let (name, attribute) = rest.split_once('.')?;
                attribute_of(column, attribute).map(|found| match found {
                    None => Value::Ref(Id::new(name)),
                    Some(attribute) => Value::attribute(name, attribute),
                })
            }
        }
    }
}

impl Reader<'_> {
    /// The ARN of a secret that a data block finds by its name, without the characters that AWS appends.
    fn secret(&self, path: &str) -> Option<Value> {
        let label = path.strip_prefix(provider::SECRET)?.strip_prefix('.')?.strip_suffix(".arn")?;
        let other = |labels: &[&str]| self.others.iter().find(|block| block.labels == labels);
        let (block, own) = (other(&[provider::SECRET, label])?, other(&[provider::NAME])?);
        let region = text(block, "region").or_else(|| text(own, "region"))?;
        let Some(Expression::List(accounts)) = own.body.get("allowed_account_ids") else { return None };
        let Some(Expression::String(account)) = accounts.first() else { return None };
        let partition = partition_of(region);
        Some(format!("arn:{partition}:secretsmanager:{region}:{account}:secret:{}", text(block, "name")?).into())
    }
}

fn text<'b>(block: &'b Block, argument: &str) -> Option<&'b str> {
    match block.body.get(argument)? {
        Expression::String(text) => Some(text),
        _ => None,
    }
}

/// The CloudFormation attribute for a Terraform attribute; none for `Ref`.
fn attribute_of(column: &Column, attribute: &str) -> Option<Option<&'static str>> {
    if column.reference == attribute {
        return Some(None);
    }
    let own = column.own_attributes.iter().map(|own| (own.name, own.attribute));
    let mut attributes = column.attributes.iter().copied().chain(own);
    attributes.find(|(_, path)| *path == attribute).map(|(name, _)| Some(name))
}

/// `aws_availability_zones.us_east_1.names[0]`
fn zone(path: &str) -> Option<Value> {
    let rest = path.strip_prefix(provider::ZONES)?;
    let index = rest.rsplit_once("names[")?.1.strip_suffix(']')?;
    index.parse().ok().map(Value::Zone)
}
