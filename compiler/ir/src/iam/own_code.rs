//! Rights that a service uses in the name of a role and that the role's own
//! code must not have.

use std::collections::BTreeSet;

use super::document::{Condition, Document, Statement};
use super::pattern::covers;
use super::text::{as_pattern, text};

/// Rights of the service `service` (such as `ec2:`) that the documents of a role
/// allow and that the code of this function could use: none of the documents
/// denies it to exactly that code.
pub fn open_to_code<'d>(documents: &[Document<'d>], service: &str, function: &str) -> BTreeSet<&'d str> {
    let allowed = documents.iter().flat_map(Document::allowing).flat_map(|s| s.actions.iter().copied());
    let of_service = allowed.filter(|action| action.to_ascii_lowercase().starts_with(service));
    let denying: Vec<&Statement<'_>> =
        documents.iter().flat_map(Document::denying).filter(|s| denies_code(s, function)).collect();
    of_service.filter(|action| !denying.iter().any(|s| s.covers_action(action))).collect()
}

/// Whether a denial is on everything and holds for the code of the function: it
/// has no condition, or the one on whose code it is.
fn denies_code(statement: &Statement<'_>, function: &str) -> bool {
    let is_code = |c: &Condition<'_>| {
        let operators = ["ArnEquals", "ArnLike", "StringEquals", "StringLike"];
        let names = c.values.iter().filter_map(|value| as_pattern(&text(value)));
        operators.iter().any(|operator| c.is(operator, "lambda:SourceFunctionArn"))
            && names.into_iter().any(|pattern| covers(&pattern, function))
    };
    statement.covers_every_resource() && statement.conditions.len() <= 1 && statement.conditions.iter().all(is_code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::read;
    use crate::testing::resource;

    const ALLOW: &str = r#"{"Effect": "Allow", "Action": ["ec2:DescribeVpcs", "EC2:DescribeSubnets", "s3:GetObject"], "Resource": "*"}"#;
    const FUNCTION: &str = "arn:aws:lambda:us-east-1:1:function:f";

    fn open(denial: &str) -> String {
        let holder = resource("AWS::IAM::Role", "r", &format!(r#"{{"P": {{"Statement": [{ALLOW}{denial}]}}}}"#));
        let question = |d: &Document<'_>| {
            let statements = std::slice::from_ref(d);
            open_to_code(statements, "ec2:", FUNCTION).into_iter().collect::<Vec<_>>().join(" ")
        };
        read(holder.get("P").expect("it is set"), question).expect("a policy")
    }

    #[test]
    fn what_is_not_denied_to_the_code_is_open_to_it() {
        let both = "EC2:DescribeSubnets ec2:DescribeVpcs";
        let deny = |actions: &str, rest: &str| {
            format!(r#", {{"Effect": "Deny", "Action": {actions}, "Resource": "*"{rest}}}"#)
        };
        let to = |arn: &str| format!(r#", "Condition": {{"ArnEquals": {{"lambda:SourceFunctionArn": "{arn}"}}}}"#);
        let every = r#""ec2:*""#;
        assert_eq!(open(""), both);
        assert_eq!(open(&deny(every, "")), "");
        assert_eq!(open(&deny(every, &to(FUNCTION))), "");
        assert_eq!(open(&deny(every, &to("arn:aws:lambda:us-east-1:1:function:g"))), both);
        assert_eq!(open(&deny(r#""ec2:DescribeVpcs""#, &to(FUNCTION))), "EC2:DescribeSubnets");
        let narrow = format!(
            r#", "Condition": {{"ArnEquals": {{"lambda:SourceFunctionArn": "{FUNCTION}"}}, "Bool": {{"aws:SecureTransport": "false"}}}}"#
        );
        assert_eq!(open(&deny(every, &narrow)), both);
    }
}
