//! The tree of a Terraform file, which [`super::print`] prints.

/// A file, or the content of a block's braces.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Body {
    pub items: Vec<Item>,
}

/// One line of a body, or several.
#[derive(Clone, PartialEq, Debug)]
pub enum Item {
    Attribute(String, Expression),
    Block(Block),
}

/// A block: `resource "aws_vpc" "main" { … }`.
#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    /// Lines above it, without the `#`.
    pub comment: Vec<String>,
    pub kind: String,
    pub labels: Vec<String>,
    pub body: Body,
}

/// A value.
#[derive(Clone, PartialEq, Debug)]
pub enum Expression {
    Bool(bool),
    Integer(i64),
    Number(f64),
    /// Text as it is: the printer escapes it.
    String(String),
    /// Text with interpolations.
    Template(Vec<Part>),
    /// A document of several lines, ending in a line break.
    Heredoc(String),
    /// A traversal such as `aws_vpc.main.id` or `var.artifacts[0]`: identifiers,
    /// dots and indices only.
    Traversal(String),
    List(Vec<Expression>),
    Object(Vec<(String, Expression)>),
    Call(&'static str, Vec<Expression>),
    /// `a == b`.
    Equal(Box<Expression>, Box<Expression>),
    /// `!a`.
    Not(Box<Expression>),
}

/// A piece of a template.
#[derive(Clone, PartialEq, Debug)]
pub enum Part {
    Text(String),
    Expression(Expression),
}

impl Body {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn attribute(&mut self, name: impl Into<String>, value: impl Into<Expression>) {
        self.items.push(Item::Attribute(name.into(), value.into()));
    }

    pub fn block(&mut self, block: Block) {
        self.items.push(Item::Block(block));
    }

    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&Expression> {
        self.items.iter().find_map(|item| match item {
            Item::Attribute(n, value) if n == name => Some(value),
            _ => None,
        })
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl Block {
    pub fn new(kind: impl Into<String>, labels: &[&str]) -> Self {
        Self {
            comment: Vec::new(),
            kind: kind.into(),
            labels: labels.iter().map(|l| (*l).to_owned()).collect(),
            body: Body::new(),
        }
    }

    pub fn comment(mut self, line: impl Into<String>) -> Self {
        self.comment.push(line.into());
        self
    }

    pub fn with(mut self, name: impl Into<String>, value: impl Into<Expression>) -> Self {
        self.body.attribute(name, value);
        self
    }
}

impl Expression {
    pub fn traversal(text: impl Into<String>) -> Self {
        Expression::Traversal(text.into())
    }

    pub fn equal(a: impl Into<Expression>, b: impl Into<Expression>) -> Self {
        Expression::Equal(Box::new(a.into()), Box::new(b.into()))
    }

    /// Pieces in a row; a template only where there is something to interpolate.
    pub fn template(parts: Vec<Part>) -> Self {
        let mut joined: Vec<Part> = Vec::new();
        for part in parts {
            match (joined.last_mut(), part) {
                (Some(Part::Text(text)), Part::Text(more)) => text.push_str(&more),
                (_, part) => joined.push(part),
            }
        }
        match joined.as_mut_slice() {
            [] => Expression::String(String::new()),
            [Part::Text(text)] => Expression::String(std::mem::take(text)),
            _ => Expression::Template(joined),
        }
    }
}

impl From<bool> for Expression {
    fn from(value: bool) -> Self {
        Expression::Bool(value)
    }
}

impl From<i64> for Expression {
    fn from(value: i64) -> Self {
        Expression::Integer(value)
    }
}

impl From<&str> for Expression {
    fn from(value: &str) -> Self {
        Expression::String(value.to_owned())
    }
}

impl From<String> for Expression {
    fn from(value: String) -> Self {
        Expression::String(value)
    }
}
