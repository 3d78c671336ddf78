//! IAM policy documents as data: key policies, trust policies, resource
//! policies. The permissions of roles come from grants: see
//! [`crate::cx::Cx::grant`].

use migspec_ir::{Datum, Map, Origin, Value, map};

use crate::cx::Cx;

/// A statement under construction.
pub(crate) struct Statement {
    fields: Map,
    conditions: Map,
    origin: Origin,
}

impl Statement {
    pub(crate) fn allow(sid: &str, origin: Origin) -> Self {
        Self::new("Allow", sid, origin)
    }

    pub(crate) fn deny(sid: &str, origin: Origin) -> Self {
        Self::new("Deny", sid, origin)
    }

    fn new(effect: &str, sid: &str, origin: Origin) -> Self {
        Self { fields: map!(origin, { "Sid": sid, "Effect": effect }), conditions: Map::new(), origin }
    }

    /// The principal is an AWS service: `logs.us-east-1.amazonaws.com`.
    pub(crate) fn service(self, name: &str) -> Self {
        let principal = map!(self.origin, { "Service": name });
        self.field("Principal", principal)
    }

    /// The principal is an IAM principal, by its ARN.
    pub(crate) fn principal(self, arn: impl Into<Value>) -> Self {
        let principal = map!(self.origin, { "AWS": arn.into() });
        self.field("Principal", principal)
    }

    /// The principal is anyone: for denials only.
    pub(crate) fn anyone(self) -> Self {
        self.field("Principal", "*")
    }

    pub(crate) fn actions(self, actions: &[&str]) -> Self {
        self.one_or_many("Action", actions.iter().map(|a| Value::from(*a)).collect())
    }

    pub(crate) fn resources(self, resources: Vec<Value>) -> Self {
        self.one_or_many("Resource", resources)
    }

    /// Adds a condition with one value.
    pub(crate) fn when(self, operator: &str, key: &str, value: impl Into<Value>) -> Self {
        self.when_any(operator, key, vec![value.into()])
    }

    /// Adds a condition that any of several values meets.
    pub(crate) fn when_any(mut self, operator: &str, key: &str, values: Vec<Value>) -> Self {
        let datum = one_or_many(values, self.origin);
        match self.conditions.get_mut(operator) {
            Some(Datum { value: Value::Map(keys), .. }) => keys.set(key, datum),
            _ => {
                let mut keys = Map::new();
                keys.set(key, datum);
                self.conditions.set(operator, Datum::new(keys, self.origin));
            }
        }
        self
    }

    fn one_or_many(self, name: &str, values: Vec<Value>) -> Self {
        let datum = one_or_many(values, self.origin);
        self.field(name, datum)
    }

    fn field(mut self, name: &str, value: impl migspec_ir::IntoDatum) -> Self {
        self.fields.set(name, value.into_datum(self.origin));
        self
    }

    pub(crate) fn build(mut self) -> Datum {
        if !self.conditions.is_empty() {
            self.fields.set("Condition", Datum::new(self.conditions, self.origin));
        }
        Datum::new(self.fields, self.origin)
    }
}

/// IAM writes a single value without a list.
fn one_or_many(mut values: Vec<Value>, origin: Origin) -> Datum {
    match values.len() {
        1 => Datum::new(values.remove(0), origin),
        _ => migspec_ir::IntoDatum::into_datum(values, origin),
    }
}

/// A policy document of these statements.
pub(crate) fn document(statements: Vec<Statement>, origin: Origin) -> Map {
    let statements: Vec<Datum> = statements.into_iter().map(Statement::build).collect();
    map!(origin, { "Version": "2012-10-17", "Statement": statements })
}

/// A trust policy: `service` may assume the role for this account only and, if
/// the service passes it, for the resource with this ARN pattern only.
pub(crate) fn trust(cx: &Cx, service: &str, source: Option<Value>, origin: Origin) -> Map {
    let account = cx.graph.environment.account.clone();
    let statement = Statement::allow("AssumeRole", origin).service(service).actions(&["sts:AssumeRole"]).when(
        "StringEquals",
        "aws:SourceAccount",
        account,
    );
    let statement = match source {
        Some(arn) => statement.when("ArnLike", "aws:SourceArn", arn),
        None => statement,
    };
    document(vec![statement], origin)
}
