//! The forms of the table, forwards: properties of the graph become arguments
//! and blocks of a body, and parts that are resources of their own.

use migspec_diag::{Diagnostic, did_you_mean};
use migspec_ir::resource_type::{Column, Fixed, Form, Links, MethodPath, Property, Satellite};
use migspec_ir::{Datum, Map, Resource, Value, method_path};

use super::hcl::{Block, Body, Expression, Item};
use super::secret;
use super::value::{Context, Values, name, package_file};

/// A block of the output: the resource itself or a part of it.
#[derive(Debug)]
pub struct Made {
    /// `resource` or `ephemeral`.
    pub kind: &'static str,
    pub address: Address,
    pub body: Body,
    /// Types of parts that must be made before it.
    pub after: Vec<&'static str>,
}

/// `aws_s3_bucket.checkpoints_bucket`
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Address {
    pub resource: &'static str,
    pub name: String,
}

impl Address {
    pub fn text(&self) -> String {
        format!("{}.{}", self.resource, self.name)
    }
}

/// The path of a property.
#[derive(Clone, Copy)]
struct At<'m> {
    /// The map that it belongs to.
    siblings: &'m Map,
    /// The prefix of the names of arguments and blocks.
    prefix: &'static str,
    /// The target of references from separate parts.
    owner: &'m Address,
}

/// Translates one resource.
pub struct Translator<'a> {
    values: Values<'a>,
    resource: &'a Resource,
    parts: Vec<Made>,
    problems: Vec<Diagnostic>,
}

impl<'a> Translator<'a> {
    pub fn new(context: &'a Context<'a>, resource: &'a Resource) -> Self {
        Self { values: Values { context, resource }, resource, parts: Vec::new(), problems: Vec::new() }
    }

    /// The resource's own block first, then its parts.
    pub fn run(mut self, column: &'static Column) -> (Vec<Made>, Vec<Diagnostic>) {
        let owner = Address { resource: column.resource, name: name(&self.resource.id) };
        let mut body = Body::new();
        let siblings = &self.resource.properties;
        self.properties(column.properties, siblings, At { siblings, prefix: "", owner: &owner }, &mut body);
        write_constants(column.fixed, &mut body);
        let main = Made { kind: "resource", address: owner, body, after: Vec::new() };
        (std::iter::once(main).chain(self.parts).collect(), self.problems)
    }

    /// Writes the properties of a map, in the order of the table.
    fn properties(&mut self, properties: &'static [Property], map: &Map, at: At, body: &mut Body) {
        let at = At { siblings: map, ..at };
        for property in properties {
            if let Some(datum) = map.get(property.name) {
                self.form(&property.form, datum, at, body);
            }
        }
        for (name, datum) in map.iter() {
            if !properties.iter().any(|p| p.name == name && self.applies(&p.form)) {
                self.report_unmapped(name, datum, properties);
            }
        }
    }

    /// False for a form whose condition the resource does not meet.
    fn applies(&self, form: &Form) -> bool {
        match form {
            Form::When { property, values, form } => {
                let word = self.resource.get(property).and_then(|d| d.value.as_str());
                word.is_some_and(|w| values.contains(&w)) && self.applies(form)
            }
            _ => true,
        }
    }

    fn form(&mut self, form: &'static Form, datum: &Datum, at: At, body: &mut Body) {
        match form {
            Form::Absent(_) | Form::Implied(_) => {}
            Form::Block(name, inner) => self.block(name, inner, datum, at, body),
            Form::Blocks(name, inner) => {
                for item in self.items(datum) {
                    self.block(name, inner, item, at, body);
                }
            }
            Form::Inline(inner) => {
                if let Some(map) = self.object(datum) {
                    self.properties(inner, map, at, body);
                }
            }
            Form::Within(name, inner) => {
                let name = format!("{}{name}", at.prefix);
                self.form(inner, datum, At { prefix: "", ..at }, shared_block(body, &name));
            }
            Form::Single(inner) => match self.items(datum) {
                [item] => self.form(inner, item, at, body),
                _ => self.mismatch(datum, "a list of one item"),
            },
            Form::Numbered(prefixes, inner) => self.number_arguments(prefixes, inner, datum, at, body),
            Form::Settings { key, value, properties } => self.settings(key, value, properties, datum, at, body),
            Form::Entries { block, key, value, fixed } => self.entries((block, key, value), fixed, datum, at, body),
            Form::When { form: inner, .. } => {
                if self.applies(form) {
                    self.form(inner, datum, at, body);
                }
            }
            Form::Package { file, hash, properties } => self.package((file, hash), properties, datum, at, body),
            Form::Satellite(satellite) => self.satellite(satellite, at.owner.name.clone(), datum, at),
            Form::Satellites { name_from, each } => self.satellites(name_from, each, datum, at),
            Form::Generated(generated) => self.generated_value(generated, datum, at),
            Form::TerraformOnly { form, .. } | Form::CloudFormationDefault { form, .. } => {
                self.form(form, datum, at, body);
            }
            Form::WriteOnly { argument, version } => {
                let value = self.values.datum(datum, &mut self.problems);
                body.attribute(format!("{}{argument}", at.prefix), value);
                body.attribute(format!("{}{version}", at.prefix), 1);
            }
            argument => self.argument(argument, datum, at, body),
        }
    }

    /// The forms that are one argument.
    fn argument(&mut self, form: &'static Form, datum: &Datum, at: At, body: &mut Body) {
        let argument = match form {
            Form::Choice { by, arguments } => match at.siblings.get(by).and_then(|d| d.value.as_str()) {
                Some(word) => arguments.iter().find(|(w, _)| *w == word).map(|(_, argument)| *argument),
                None => None,
            },
            Form::MethodPath(argument, MethodPath::Resource) => Some(*argument),
            Form::MethodPath(_, MethodPath::Method) => return,
            form => form.argument(),
        };
        let Some(argument) = argument else {
            return self.mismatch(datum, "a value that the table knows");
        };
        if let Some(value) = self.expression(form, datum, at) {
            body.attribute(format!("{}{argument}", at.prefix), value);
        }
    }

    /// The value of a form that is one argument.
    fn expression(&mut self, form: &'static Form, datum: &Datum, at: At) -> Option<Expression> {
        let value = match (form, &datum.value) {
            (Form::Json(_), Value::Map(_) | Value::List(_)) => self.values.json(datum, &mut self.problems),
            (Form::Typed(_), Value::String(s)) => parse_literal(s),
            (Form::Secret(_), Value::String(arn)) => match self.values.context.secrets.get(&**arn) {
                Some(label) => secret::reference(label),
                None => self.values.datum(datum, &mut self.problems),
            },
            (Form::Text(_), Value::Integer(n)) => n.to_string().into(),
            (Form::Text(_), Value::Number(n)) => n.to_string().into(),
            (Form::Text(_), Value::Bool(b)) => b.to_string().into(),
            (Form::Tags(_), _) => self.pairs("Key", "Value", datum),
            (Form::Pairs { key, value, .. }, _) => self.pairs(key, value, datum),
            (Form::Values { property, .. }, _) => self.values_of(property, datum),
            (Form::Object(_, inner), _) => self.object_expression(inner, datum, at)?,
            (Form::Objects(_, inner), _) => {
                let items = self.items(datum).iter();
                Expression::List(items.filter_map(|item| self.object_expression(inner, item, at)).collect())
            }
            (Form::Listed(_), _) => Expression::List(vec![self.values.datum(datum, &mut self.problems)]),
            (Form::Words(_, words), Value::String(s)) => {
                let word = words.iter().find(|(theirs, _)| *theirs == &**s).map_or(&**s, |(_, ours)| *ours);
                word.into()
            }
            (Form::Flag { yes, no, .. }, Value::String(s)) if [*yes, *no].contains(&&**s) => (&**s == *yes).into(),
            (Form::Switch { yes, no, .. }, Value::Bool(b)) => if *b { *yes } else { *no }.into(),
            (Form::Inverted(_), Value::Bool(b)) => (!b).into(),
            (Form::Flag { .. } | Form::Switch { .. } | Form::Inverted(_), _) => {
                self.mismatch(datum, "a literal");
                return None;
            }
            (Form::MethodPath(..), _) => self.method_path(datum, at)?,
            _ => self.values.datum(datum, &mut self.problems),
        };
        Some(value)
    }

    fn block(&mut self, block_name: &str, inner: &'static [Property], datum: &Datum, at: At, body: &mut Body) {
        if let Some(map) = self.object(datum) {
            let mut block = Block::new(format!("{}{block_name}", at.prefix), &[]);
            self.properties(inner, map, At { prefix: "", ..at }, &mut block.body);
            body.block(block);
        }
    }

    fn object_expression(&mut self, inner: &'static [Property], datum: &Datum, at: At) -> Option<Expression> {
        let mut body = Body::new();
        let map = self.object(datum)?;
        self.properties(inner, map, At { prefix: "", ..at }, &mut body);
        let entries = body.items.into_iter().map(|item| match item {
            Item::Attribute(name, value) => Some((name, value)),
            Item::Block(_) => None,
        });
        let entries: Option<Vec<_>> = entries.collect();
        if entries.is_none() {
            self.mismatch(datum, "arguments only");
        }
        entries.map(Expression::Object)
    }

    fn number_arguments(
        &mut self,
        prefixes: &'static [&'static str],
        inner: &'static [Property],
        datum: &Datum,
        at: At,
        body: &mut Body,
    ) {
        let items = self.items(datum);
        if items.len() > prefixes.len() {
            self.mismatch(datum, "fewer items");
        }
        for (item, prefix) in items.iter().zip(prefixes) {
            if let Some(map) = self.object(item) {
                self.properties(inner, map, At { prefix, ..at }, body);
            }
        }
    }

    fn settings(
        &mut self,
        key: &str,
        value: &str,
        properties: &'static [Property],
        datum: &Datum,
        at: At,
        body: &mut Body,
    ) {
        let mut map = Map::new();
        for item in self.items(datum) {
            match (item.get(key).and_then(|d| d.value.as_str()), item.get(value)) {
                (Some(key), Some(value)) => map.set(key, value.clone()),
                _ => self.mismatch(item, "a pair with a literal key"),
            }
        }
        self.properties(properties, &map, at, body);
    }

    fn entries(
        &mut self,
        (block, key, value): (&str, &str, &str),
        constants: &'static [(&'static str, Fixed)],
        datum: &Datum,
        at: At,
        body: &mut Body,
    ) {
        for (entry, item) in self.object(datum).into_iter().flat_map(Map::iter) {
            let value_of = self.values.datum(item, &mut self.problems);
            let mut block = Block::new(format!("{}{block}", at.prefix), &[]).with(key, entry).with(value, value_of);
            write_constants(constants, &mut block.body);
            body.block(block);
        }
    }

    fn package(
        &mut self,
        (file, hash): (&str, &str),
        properties: &'static [Property],
        datum: &Datum,
        at: At,
        body: &mut Body,
    ) {
        let Value::Package(package) = &datum.value else {
            if let Some(map) = self.object(datum) {
                self.properties(properties, map, at, body);
            }
            return;
        };
        body.attribute(file, package_file(package));
        // A package that is not at hand has no hash to compare with.
        if let Some(digest) = self.values.context.packages.base64(package) {
            body.attribute(hash, digest);
        }
    }

    fn pairs(&mut self, key: &str, value: &str, datum: &Datum) -> Expression {
        let mut entries = Vec::new();
        for item in self.items(datum) {
            match (item.get(key).and_then(|d| d.value.as_str()), item.get(value)) {
                (Some(key), Some(value)) => {
                    entries.push((key.to_owned(), self.values.datum(value, &mut self.problems)));
                }
                _ => self.mismatch(item, "a pair with a literal key"),
            }
        }
        Expression::Object(entries)
    }

    fn values_of(&mut self, property: &str, datum: &Datum) -> Expression {
        let mut values = Vec::new();
        for item in self.items(datum) {
            match item.get(property) {
                Some(value) => values.push(self.values.datum(value, &mut self.problems)),
                None => self.mismatch(item, "an object with one property"),
            }
        }
        Expression::List(values)
    }

    /// The half with the resource writes the whole path.
    fn method_path(&mut self, datum: &Datum, at: At) -> Option<Expression> {
        let method = at.siblings.get("HttpMethod").and_then(|d| d.value.as_str());
        match (datum.value.as_str(), method) {
            (Some(resource), Some(method)) => Some(method_path::join(resource, method).into()),
            _ => {
                self.mismatch(datum, "a literal path with a literal method");
                None
            }
        }
    }

    /// Writes a part into a resource of its own; parts of one name share it.
    fn satellite(&mut self, satellite: &'static Satellite, name: String, datum: &Datum, at: At) {
        let address = Address { resource: satellite.resource, name };
        let index = match self.parts.iter().position(|p| p.address == address) {
            Some(index) => index,
            None => {
                let mut body = Body::new();
                links(satellite.links, at.owner, &mut body);
                write_constants(satellite.fixed, &mut body);
                let after = satellite.after.to_vec();
                self.parts.push(Made { kind: "resource", address: address.clone(), body, after });
                self.parts.len() - 1
            }
        };
        // Parts of the part come after it, so its place stays.
        let mut body = std::mem::take(&mut self.parts[index].body);
        self.form(satellite.form, datum, At { prefix: "", owner: &address, ..at }, &mut body);
        self.parts[index].body = body;
    }

    fn satellites(&mut self, name_from: &str, each: &'static Satellite, datum: &Datum, at: At) {
        let mut taken = Vec::new();
        for (i, item) in self.items(datum).iter().enumerate() {
            let key = if name_from.is_empty() { Some(item) } else { item.get(name_from) };
            let word =
                key.and_then(|d| d.value.as_str()).map(last_word).filter(|w| !w.is_empty() && !taken.contains(w));
            let word = word.unwrap_or_else(|| (i + 1).to_string());
            self.satellite(each, format!("{}_{word}", at.owner.name), item, at);
            taken.push(word);
        }
    }

    fn generated_value(&mut self, form: &'static migspec_ir::resource_type::Generated, datum: &Datum, at: At) {
        let Some(map) = self.object(datum) else { return };
        let mut ephemeral = Body::new();
        let own: Map = without(map, &[form.template, form.key]);
        self.properties(form.properties, &own, At { prefix: "", ..at }, &mut ephemeral);
        let address = Address { resource: form.ephemeral, name: at.owner.name.clone() };
        let secret = Expression::traversal(format!("ephemeral.{}.{}", address.text(), form.attribute));
        let text = match (map.get(form.template), map.get(form.key).and_then(|d| d.value.as_str())) {
            (Some(template), Some(key)) => self.add_secret(template, key, secret),
            _ => secret,
        };
        let mut store = Body::new();
        links(form.links, at.owner, &mut store);
        store.attribute(form.argument, text);
        store.attribute(form.version, 1);
        let store_address = Address { resource: form.store, name: at.owner.name.clone() };
        self.parts.push(Made { kind: "ephemeral", address, body: ephemeral, after: Vec::new() });
        if self.is_read_back() {
            let mut body = Body::new();
            for (argument, _) in form.links {
                let path = format!("{}.{argument}", store_address.text());
                body.attribute(*argument, Expression::traversal(path));
            }
            self.parts.push(Made { kind: "ephemeral", address: store_address.clone(), body, after: Vec::new() });
        }
        self.parts.push(Made { kind: "resource", address: store_address, body: store, after: Vec::new() });
    }

    /// Whether another resource takes the generated secret.
    fn is_read_back(&self) -> bool {
        let graph = self.values.context.graph;
        let takes = |value: &Value| matches!(value, Value::Generated(id) if *id == self.resource.id);
        graph.resources.values().any(|r| r.properties.iter().any(|(_, datum)| takes(&datum.value)))
    }

    /// The template of a secret with the secret added under `key`.
    fn add_secret(&mut self, template: &Datum, key: &str, secret: Expression) -> Expression {
        let document = match &template.value {
            Value::JsonText(document) => Some(self.values.datum(document, &mut self.problems)),
            Value::String(text) => serde_json::from_str(text).ok().map(|json: serde_json::Value| literal(&json)),
            _ => None,
        };
        match document {
            Some(Expression::Object(mut entries)) => {
                entries.push((key.to_owned(), secret));
                Expression::Call("jsonencode", vec![Expression::Object(entries)])
            }
            _ => {
                self.mismatch(template, "a JSON object as text");
                secret
            }
        }
    }

    fn object<'m>(&mut self, datum: &'m Datum) -> Option<&'m Map> {
        let map = datum.value.as_map();
        if map.is_none() {
            self.mismatch(datum, "an object");
        }
        map
    }

    fn items<'m>(&mut self, datum: &'m Datum) -> &'m [Datum] {
        datum.value.as_list().unwrap_or_else(|| {
            self.mismatch(datum, "a list");
            &[]
        })
    }

    fn mismatch(&mut self, datum: &Datum, expected: &str) {
        let message = format!("a value of `{}` cannot be written in Terraform: it takes {expected}", self.resource.id);
        self.problems.push(Diagnostic::error("unmapped-property", message).at(datum.origin.span(), "this value"));
    }

    fn report_unmapped(&mut self, property: &str, datum: &Datum, known: &'static [Property]) {
        let message = format!("`{property}` of `{}` has no mapping to Terraform", self.resource.type_name);
        self.problems.push(
            Diagnostic::error("unmapped-property", message)
                .at(datum.origin.span(), format!("set on `{}`", self.resource.id))
                .help_if(did_you_mean(property, known.iter().map(|p| p.name))),
        );
    }
}

/// Writes constant arguments.
pub fn write_constants(constants: &'static [(&'static str, Fixed)], body: &mut Body) {
    for (name, value) in constants {
        let value = match value {
            Fixed::Bool(b) => Expression::Bool(*b),
            Fixed::Integer(n) => Expression::Integer(*n),
            Fixed::String(s) => (*s).into(),
        };
        body.attribute(*name, value);
    }
}

/// Writes the arguments that point at another resource.
pub fn links(links: Links, owner: &Address, body: &mut Body) {
    for (argument, attribute) in links {
        body.attribute(*argument, Expression::traversal(format!("{}.{attribute}", owner.text())));
    }
}

/// The nested block of this name, made where there is none.
fn shared_block<'b>(body: &'b mut Body, name: &str) -> &'b mut Body {
    let found = body.items.iter().position(|item| matches!(item, Item::Block(b) if b.kind == name));
    let index = found.unwrap_or_else(|| {
        body.block(Block::new(name, &[]));
        body.items.len() - 1
    });
    match &mut body.items[index] {
        Item::Block(block) => &mut block.body,
        Item::Attribute(..) => unreachable!("the item at this place is a block"),
    }
}

/// Text that holds a number or a boolean as that.
fn parse_literal(text: &str) -> Expression {
    match (text.parse::<i64>(), text) {
        (Ok(n), _) => Expression::Integer(n),
        (_, "true" | "false") => Expression::Bool(text == "true"),
        _ => text.parse::<f64>().map_or_else(|_| text.into(), Expression::Number),
    }
}

/// The name of an item: the text after its last `/` or `:`, in snake case.
fn last_word(text: &str) -> String {
    let word = text.rsplit(['/', ':']).next().unwrap_or(text);
    let mut snake = String::new();
    for c in word.chars() {
        if c.is_ascii_uppercase() && snake.ends_with(|p: char| p.is_ascii_lowercase() || p.is_ascii_digit()) {
            snake.push('_');
        }
        snake.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    }
    snake
}

/// A map without some of its properties.
fn without(map: &Map, names: &[&str]) -> Map {
    let mut rest = map.clone();
    names.iter().for_each(|name| {
        rest.remove(name);
    });
    rest
}

/// A JSON value as an expression.
fn literal(json: &serde_json::Value) -> Expression {
    match json {
        serde_json::Value::Null => Expression::traversal("null"),
        serde_json::Value::Bool(b) => Expression::Bool(*b),
        serde_json::Value::Number(n) => {
            n.as_i64().map_or_else(|| Expression::Number(n.as_f64().unwrap_or_default()), Expression::Integer)
        }
        serde_json::Value::String(s) => s.as_str().into(),
        serde_json::Value::Array(items) => Expression::List(items.iter().map(literal).collect()),
        serde_json::Value::Object(map) => {
            Expression::Object(map.iter().map(|(name, value)| (name.clone(), literal(value))).collect())
        }
    }
}
