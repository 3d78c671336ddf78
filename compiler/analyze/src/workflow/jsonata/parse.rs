//! Text to expressions: the part of JSONata that workflows use. <https://docs.jsonata.org/overview>

use std::borrow::Cow;
use std::sync::Arc;

use crate::workflow::value::Value;

#[derive(Clone, PartialEq, Debug)]
pub enum Expression {
    Literal(Value),
    /// `$name`.
    Variable(Arc<str>),
    /// A field of the current item of a filter.
    Field(Arc<str>),
    Path(Box<Expression>, Vec<Step>),
    Call(Arc<str>, Vec<Expression>),
    Negative(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
    Ternary(Box<Expression>, Box<Expression>, Box<Expression>),
    List(Vec<Expression>),
    Object(Vec<(Expression, Expression)>),
}

/// `.name[filter]…`, or filters alone behind the base.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    pub field: Option<Arc<str>>,
    pub filters: Vec<Expression>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    In,
    Join,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Operator {
    /// As it is written.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Operator::Or => "or",
            Operator::And => "and",
            Operator::Equal => "=",
            Operator::Unequal => "!=",
            Operator::Less => "<",
            Operator::Greater => ">",
            Operator::LessOrEqual => "<=",
            Operator::GreaterOrEqual => ">=",
            Operator::In => "in",
            Operator::Join => "&",
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Remainder => "%",
        }
    }

    /// How tightly it binds.
    pub(super) fn power(self) -> u8 {
        match self {
            Operator::Or => 25,
            Operator::And => 30,
            Operator::Join | Operator::Add | Operator::Subtract => 50,
            Operator::Multiply | Operator::Divide | Operator::Remainder => 60,
            _ => 40,
        }
    }
}

/// Parses an expression. `None` if it is outside the supported part.
pub fn parse(text: &str) -> Option<Expression> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    if parser.tokens.len() > LONGEST {
        return None;
    }
    let expression = parser.expression(0)?;
    (parser.at == parser.tokens.len()).then_some(expression)
}

#[derive(Clone, PartialEq, Debug)]
enum Token<'t> {
    Number(f64),
    Text(Cow<'t, str>),
    Variable(&'t str),
    Name(&'t str),
    Sign(&'static str),
}

const SIGNS: &[&str] =
    &["!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ",", ":", "?", ".", "=", "<", ">", "&", "+", "-", "*", "/", "%"];

fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let mut rest = text.trim_start();
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/")?.1.trim_start();
            continue;
        }
        let (token, length) = match first {
            '"' | '\'' => quoted(rest, first)?,
            '0'..='9' => {
                let length = number(rest);
                (Token::Number(rest[..length].parse().ok()?), length)
            }
            '$' => {
                let length = 1 + word(&rest[1..]);
                (Token::Variable(&rest[1..length]), length)
            }
            c if c.is_ascii_alphabetic() || c == '_' => (Token::Name(&rest[..word(rest)]), word(rest)),
            _ => {
                let begins = |sign: &&&str| rest.as_bytes()[0] == sign.as_bytes()[0] && rest.starts_with(**sign);
                let sign = SIGNS.iter().find(begins)?;
                (Token::Sign(sign), sign.len())
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Some(tokens)
}

/// The length of a number: digits, a fraction, an exponent.
fn number(text: &str) -> usize {
    let digits = |text: &str| text.bytes().position(|b| !b.is_ascii_digit() && b != b'.').unwrap_or(text.len());
    let length = digits(text);
    let exponent = text[length..].strip_prefix(['e', 'E']);
    let signed = exponent.map(|e| e.strip_prefix(['+', '-']).unwrap_or(e));
    match signed.filter(|e| e.starts_with(|c: char| c.is_ascii_digit())) {
        Some(power) => text.len() - power.len() + digits(power),
        None => length,
    }
}

fn word(text: &str) -> usize {
    text.bytes().position(|c| !c.is_ascii_alphanumeric() && c != b'_').unwrap_or(text.len())
}

/// Text with JSON's escapes, and its length with the quotes.
fn quoted(text: &str, quote: char) -> Option<(Token<'_>, usize)> {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = !escaped && *c == quote;
        escaped = !escaped && *c == '\\';
        ends
    })?;
    let inner = &text[1..end.0];
    if inner.bytes().all(|byte| byte >= b' ' && byte != b'\\') {
        return Some((Token::Text(inner.into()), end.0 + 1));
    }
    let json = if quote == '"' { format!("\"{inner}\"") } else { format!("\"{}\"", inner.replace('"', "\\\"")) };
    Some((Token::Text(serde_json::from_str(&json).ok()?), end.0 + 1))
}

struct Parser<'t> {
    tokens: Vec<Token<'t>>,
    at: usize,
    depth: usize,
}

/// Deeper than any real expression; the stack is limited.
const DEEPEST: usize = 200;

/// More tokens than any real expression has; each operator may nest once.
const LONGEST: usize = 2000;

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&Token<'t>> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token<'t>> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn accept(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(s)) if *s == sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Option<()> {
        self.accept(sign).then_some(())
    }

    fn expression(&mut self, least: u8) -> Option<Expression> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut left = self.operand()?;
        while let Some(operator) = self.operator().filter(|o| o.power() > least) {
            self.at += 1;
            let right = self.expression(operator.power())?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        if least < 20 && self.accept("?") {
            let yes = self.expression(0)?;
            self.expect(":")?;
            let no = self.expression(0)?;
            left = Expression::Ternary(Box::new(left), Box::new(yes), Box::new(no));
        }
        self.depth -= 1;
        Some(left)
    }

    fn operator(&self) -> Option<Operator> {
        Some(match self.peek()? {
            Token::Name(name) => match *name {
                "or" => Operator::Or,
                "and" => Operator::And,
                "in" => Operator::In,
                _ => return None,
            },
            Token::Sign(sign) => match *sign {
                "=" => Operator::Equal,
                "!=" => Operator::Unequal,
                "<" => Operator::Less,
                ">" => Operator::Greater,
                "<=" => Operator::LessOrEqual,
                ">=" => Operator::GreaterOrEqual,
                "&" => Operator::Join,
                "+" => Operator::Add,
                "-" => Operator::Subtract,
                "*" => Operator::Multiply,
                "/" => Operator::Divide,
                "%" => Operator::Remainder,
                _ => return None,
            },
            _ => return None,
        })
    }

    fn operand(&mut self) -> Option<Expression> {
        self.depth += 1;
        let operand = (self.depth <= DEEPEST).then(|| self.begin())?;
        self.depth -= 1;
        operand
    }

    fn begin(&mut self) -> Option<Expression> {
        let base = match self.next()? {
            Token::Number(number) => Expression::Literal(Value::number(number)),
            Token::Text(text) => Expression::Literal(Value::text(&text)),
            Token::Variable(name) if self.accept("(") => Expression::Call(name.into(), self.list(")")?),
            Token::Variable(name) => Expression::Variable(name.into()),
            Token::Name(name) => match name {
                "true" => Expression::Literal(Value::Bool(true)),
                "false" => Expression::Literal(Value::Bool(false)),
                "null" => Expression::Literal(Value::Null),
                _ => Expression::Field(name.into()),
            },
            Token::Sign("(") => {
                let inner = self.expression(0)?;
                self.expect(")")?;
                inner
            }
            Token::Sign("[") => Expression::List(self.list("]")?),
            Token::Sign("{") => self.object()?,
            Token::Sign("-") => return Some(Expression::Negative(Box::new(self.operand()?))),
            Token::Sign(_) => return None,
        };
        self.steps(base)
    }

    fn list(&mut self, end: &str) -> Option<Vec<Expression>> {
        let mut items = Vec::new();
        if self.accept(end) {
            return Some(items);
        }
        loop {
            items.push(self.expression(0)?);
            if self.accept(end) {
                return Some(items);
            }
            self.expect(",")?;
        }
    }

    fn object(&mut self) -> Option<Expression> {
        let mut members = Vec::new();
        if self.accept("}") {
            return Some(Expression::Object(members));
        }
        loop {
            let name = self.expression(20)?;
            self.expect(":")?;
            members.push((name, self.expression(0)?));
            if self.accept("}") {
                return Some(Expression::Object(members));
            }
            self.expect(",")?;
        }
    }

    /// `.name[filter].name` behind an operand.
    fn steps(&mut self, base: Expression) -> Option<Expression> {
        let mut steps: Vec<Step> = Vec::new();
        loop {
            if self.accept(".") {
                let Token::Name(field) = self.next()? else { return None };
                steps.push(Step { field: Some(field.into()), filters: Vec::new() });
            } else if self.accept("[") {
                let filter = self.expression(0)?;
                self.expect("]")?;
                match steps.last_mut() {
                    Some(step) => step.filters.push(filter),
                    None => steps.push(Step { field: None, filters: vec![filter] }),
                }
            } else if steps.is_empty() {
                return Some(base);
            } else {
                return Some(Expression::Path(Box::new(base), steps));
            }
        }
    }
}
