//! A policy in a form that needs no Cedar parser.
//!
//! Parsing the built-in policies would take a third of a run. Therefore `cargo
//! xtask generate` writes `compiled.txt`: for each file a head with its
//! fingerprint, and a line for each of its policies. If the text of a file
//! changes, the file is parsed again, so a stale line is slow and never wrong.
//!
//! A line contains effect, action, type, actor, annotations, and after `:` the
//! condition, each operator before its operands: `forbid deploy
//! AWS::RDS::DBCluster - @id "…" : ! .storageEncrypted resource`.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::sync::Arc;

use cedar_policy_core::ast::{BinaryOp, Effect, Expr, ExprKind, Literal, PatternElem, UnaryOp, Var};
use smol_str::SmolStr;

use crate::cedar;

/// The content of a policy.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct PolicyLine {
    pub effect: Effect,
    pub action: String,
    /// The entity type of the policy, if it has only one.
    pub on: Option<String>,
    /// The actor whose grants it permits.
    pub actor: Option<String>,
    pub annotations: BTreeMap<String, String>,
    /// The condition of `when` and `unless`; `None` if the scope is the whole
    /// policy.
    pub condition: Option<Arc<Expr>>,
}

/// Marks an absent field.
const NONE: &str = "-";

impl PolicyLine {
    /// `None` if the condition contains an operator outside this form.
    pub(crate) fn write(&self) -> Option<String> {
        let effect = match self.effect {
            Effect::Permit => "permit",
            Effect::Forbid => "forbid",
        };
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| NONE.to_owned());
        let mut line = format!("{effect} {} {} {}", self.action, or_none(&self.on), or_none(&self.actor));
        for (name, text) in &self.annotations {
            write!(line, " @{name} {}", Quoted(text)).ok()?;
        }
        line.push_str(" :");
        if let Some(condition) = &self.condition {
            write_expression(condition, &mut line)?;
        }
        Some(line)
    }

    /// `None` if the line is no policy.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let mut words = Words(line);
        let effect = match words.next()? {
            "permit" => Effect::Permit,
            "forbid" => Effect::Forbid,
            _ => return None,
        };
        let known = |word: &str| (word != NONE).then(|| word.to_owned());
        let action = words.next()?.to_owned();
        let (on, actor) = (known(words.next()?), known(words.next()?));
        let mut annotations = BTreeMap::new();
        let mut word = words.next()?;
        while let Some(name) = word.strip_prefix('@') {
            annotations.insert(name.to_owned(), words.text()?.into());
            word = words.next()?;
        }
        let condition = match words.0.is_empty() {
            true => None,
            false => Some(Arc::new(words.expression()?)),
        };
        (word == ":" && words.0.is_empty()).then_some(Self { effect, action, on, actor, annotations, condition })
    }
}

const VARIABLES: [(&str, Var); 4] =
    [("principal", Var::Principal), ("action", Var::Action), ("resource", Var::Resource), ("context", Var::Context)];

const UNARY: [(&str, UnaryOp); 3] = [("!", UnaryOp::Not), ("neg", UnaryOp::Neg), ("isEmpty", UnaryOp::IsEmpty)];

const BINARY: [(&str, BinaryOp); 10] = [
    ("==", BinaryOp::Eq),
    ("<", BinaryOp::Less),
    ("<=", BinaryOp::LessEq),
    ("add", BinaryOp::Add),
    ("sub", BinaryOp::Sub),
    ("mul", BinaryOp::Mul),
    ("in", BinaryOp::In),
    ("contains", BinaryOp::Contains),
    ("containsAll", BinaryOp::ContainsAll),
    ("containsAny", BinaryOp::ContainsAny),
];

fn write_expression(expression: &Expr, line: &mut String) -> Option<()> {
    let mut all = |word: &str, operands: &[&Expr]| {
        line.push(' ');
        line.push_str(word);
        operands.iter().try_for_each(|operand| write_expression(operand, line))
    };
    match expression.expr_kind() {
        ExprKind::Lit(Literal::Bool(b)) => all(&b.to_string(), &[]),
        ExprKind::Lit(Literal::Long(n)) => all(&n.to_string(), &[]),
        ExprKind::Lit(Literal::String(text)) => all(&Quoted(text).to_string(), &[]),
        ExprKind::Lit(Literal::EntityUID(uid)) => {
            let id: &str = uid.eid().as_ref();
            all(&format!("@{} {}", uid.entity_type(), Quoted(id)), &[])
        }
        ExprKind::Var(var) => all(VARIABLES.iter().find(|(_, known)| known == var)?.0, &[]),
        ExprKind::If { test_expr, then_expr, else_expr } => all("if", &[test_expr, then_expr, else_expr]),
        ExprKind::And { left, right } => all("&&", &[left, right]),
        ExprKind::Or { left, right } => all("||", &[left, right]),
        ExprKind::UnaryApp { op, arg } => all(UNARY.iter().find(|(_, known)| known == op)?.0, &[arg]),
        ExprKind::BinaryApp { op, arg1, arg2 } => all(BINARY.iter().find(|(_, known)| known == op)?.0, &[arg1, arg2]),
        ExprKind::GetAttr { expr, attr } => all(&format!(".{attr}"), &[expr]),
        ExprKind::Is { expr, entity_type } => all(&format!("is {entity_type}"), &[expr]),
        ExprKind::Set(items) => all(&format!("[{}", items.len()), &items.iter().collect::<Vec<_>>()),
        ExprKind::Like { expr, pattern } => {
            let escaped = pattern.iter().map(|elem| match elem {
                PatternElem::Wildcard => "*".to_owned(),
                PatternElem::Char(c @ ('*' | '\\')) => format!("\\{c}"),
                PatternElem::Char(c) => c.to_string(),
            });
            all(&format!("like {}", Quoted(&escaped.collect::<String>())), &[expr])
        }
        _ => None,
    }
}

/// A text between quotes.
struct Quoted<'t>(&'t str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// The rest of a line.
struct Words<'t>(&'t str);

impl<'t> Words<'t> {
    fn next(&mut self) -> Option<&'t str> {
        let (word, rest) = self.0.split_once(' ').unwrap_or((self.0, ""));
        self.0 = rest;
        (!word.is_empty()).then_some(word)
    }

    /// A text between quotes.
    fn text(&mut self) -> Option<SmolStr> {
        let inner = self.0.strip_prefix('"')?;
        let mut escaped = false;
        let end = inner.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        })?;
        let text = &inner[..end];
        self.0 = inner[end + 1..].strip_prefix(' ').unwrap_or(&inner[end + 1..]);
        if !text.contains('\\') {
            return Some(text.into());
        }
        let mut plain = String::with_capacity(text.len());
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            plain.push(match c {
                '\\' => match chars.next()? {
                    'n' => '\n',
                    c => c,
                },
                c => c,
            });
        }
        Some(plain.into())
    }

    fn arc(&mut self) -> Option<Arc<Expr>> {
        self.expression().map(Arc::new)
    }

    fn expression(&mut self) -> Option<Expr> {
        if self.0.starts_with('"') {
            return Some(Expr::val(self.text()?));
        }
        let word = self.next()?;
        if let Some(attribute) = word.strip_prefix('.') {
            return Some(Expr::get_attr(self.expression()?, attribute.into()));
        }
        if let Some(entity_type) = word.strip_prefix('@') {
            let uid = cedar::uid(&cedar::entity_type(entity_type), &self.text()?);
            return Some(Expr::val(Literal::EntityUID(Arc::new(uid))));
        }
        if let Some(count) = word.strip_prefix('[') {
            let count: usize = count.parse().ok()?;
            return Some(Expr::set((0..count).map(|_| self.expression()).collect::<Option<Vec<_>>>()?));
        }
        if let Some((_, op)) = UNARY.iter().find(|(name, _)| *name == word) {
            return Some(Expr::unary_app(*op, self.expression()?));
        }
        if let Some((_, op)) = BINARY.iter().find(|(name, _)| *name == word) {
            return Some(Expr::binary_app(*op, self.expression()?, self.expression()?));
        }
        if let Some((_, variable)) = VARIABLES.iter().find(|(name, _)| *name == word) {
            return Some(Expr::var(*variable));
        }
        Some(match word {
            "true" => Expr::val(true),
            "false" => Expr::val(false),
            "&&" => Expr::and(self.expression()?, self.expression()?),
            "||" => Expr::or(self.expression()?, self.expression()?),
            "if" => Expr::ite_arc(self.arc()?, self.arc()?, self.arc()?),
            "is" => {
                let entity_type = cedar::entity_type(self.next()?);
                Expr::is_entity_type(self.expression()?, entity_type)
            }
            "like" => {
                let pattern = pattern(&self.text()?);
                Expr::like(self.expression()?, pattern.into())
            }
            number => Expr::val(number.parse::<i64>().ok()?),
        })
    }
}

fn pattern(text: &str) -> Vec<PatternElem> {
    let mut elements = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        elements.push(match c {
            '*' => PatternElem::Wildcard,
            '\\' => PatternElem::Char(chars.next().unwrap_or('\\')),
            c => PatternElem::Char(c),
        });
    }
    elements
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy_line(condition: &str) -> PolicyLine {
        let expression: Expr = condition.parse().expect("it is Cedar");
        PolicyLine {
            effect: Effect::Forbid,
            action: "deploy".to_owned(),
            on: Some("AWS::S3::Bucket".to_owned()),
            actor: None,
            annotations: [("help".to_owned(), "say \"so\"\\\nor not".to_owned())].into(),
            condition: Some(Arc::new(expression)),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for condition in [
            "resource.a.b == \"x \\\"y\\\" \\\\ z\" && !(context.n < -3) || principal is A::B",
            "if resource.on then [1, 2 + 3 * 4, 5 - 6].contains(resource.n) else resource in A::B::\"c d\"",
            "resource.set.containsAll([\"a\"]) || resource.set.containsAny([]) || resource.set.isEmpty()",
            "resource.name like \"a*\\*b\\\\c\" && -resource.n <= 7 && action == Action::\"x\"",
        ] {
            let policy_line = policy_line(condition);
            let line = policy_line.write().expect("all of it is known");
            assert!(!line.contains('\n'), "{line}");
            assert_eq!(PolicyLine::read(&line).as_ref(), Some(&policy_line), "{line}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_written() {
        assert_eq!(policy_line("resource has name").write(), None);
        assert_eq!(policy_line("ip(\"10.0.0.1\").isLoopback()").write(), None);
    }

    #[test]
    fn a_line_that_is_cut_off_is_no_policy() {
        let line = policy_line("resource.a && resource.b == \"c\"").write().expect("all of it is known");
        for end in 0..line.len() {
            assert_eq!(
                PolicyLine::read(&line[..end]).filter(|line| line.condition.is_some()),
                None,
                "{}",
                &line[..end]
            );
        }
        assert_eq!(PolicyLine::read(&format!("{line} resource")), None);
    }
}
