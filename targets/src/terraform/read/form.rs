//! The forms of the table, backwards: arguments and blocks become properties.

use migspec_ir::resource_type::{Fixed, Form, Generated, Links, MethodPath, Property, Satellite};
use migspec_ir::{Datum, Map, Value, method_path};

use super::super::hcl::{Body, Expression, Item};
use super::{Place, Reader, address};

/// The condition of a form: a property of the resource, the values with which
/// it holds, and the form.
pub(super) fn condition(form: &'static Form) -> Option<(&'static str, &'static [&'static str], &'static Form)> {
    match form {
        Form::When { property, values, form } => Some((property, values, form)),
        _ => None,
    }
}

impl<'f> Reader<'f> {
    pub(super) fn form(&mut self, form: &'static Form, place: Place<'f>) -> Option<Datum> {
        match form {
            Form::Absent(_) | Form::When { .. } => None,
            Form::Implied(words) => implied_value(words, place).map(|word| self.datum(word)),
            Form::Block(name, inner) => {
                let bodies = self.nested_bodies(place.body, &prefixed_name(place, name));
                bodies.first().map(|body| self.object(inner, place, body))
            }
            Form::Blocks(name, inner) => {
                let bodies = self.nested_bodies(place.body, &prefixed_name(place, name));
                let items: Vec<Datum> = bodies.iter().map(|body| self.object(inner, place, body)).collect();
                self.list(items)
            }
            Form::Inline(inner) => {
                let map = self.properties(inner, place);
                (!map.is_empty()).then(|| self.datum(map))
            }
            Form::Within(name, inner) => {
                let bodies = self.nested_bodies(place.body, &prefixed_name(place, name));
                bodies.first().and_then(|body| self.form(inner, Place { body, prefix: "", ..place }))
            }
            Form::Single(inner) => {
                let item = self.form(inner, place)?;
                self.list(vec![item])
            }
            Form::Numbered(prefixes, inner) => {
                let items = prefixes.iter().map(|prefix| self.properties(inner, Place { prefix, ..place }));
                let items: Vec<Map> = items.filter(|map| !map.is_empty()).collect();
                let items = items.into_iter().map(|map| self.datum(map)).collect();
                self.list(items)
            }
            Form::Settings { key, value, properties } => {
                let map = self.properties(properties, place);
                self.pairs(key, value, map.iter().map(|(name, datum)| (name.to_owned(), datum.clone())).collect())
            }
            Form::Entries { block, key, value, fixed } => self.entries((block, key, value), fixed, place),
            Form::Package { file, hash, properties } => self.package((file, hash), properties, place),
            Form::Satellite(satellite) => self.satellite(satellite, place.owner.1, place),
            Form::Satellites { each, .. } => self.satellites(each, place),
            Form::Generated(generated) => self.read_generated(generated, place),
            Form::TerraformOnly { form, .. } | Form::CloudFormationDefault { form, .. } => self.form(form, place),
            Form::WriteOnly { argument, version } => {
                self.attribute(place.body, &prefixed_name(place, version));
                self.argument(argument, place)
            }
            Form::Choice { arguments, .. } => arguments.iter().find_map(|(_, name)| self.argument(name, place)),
            form => self.single_argument(form, place),
        }
    }

    /// The value of an argument as it is.
    fn argument(&mut self, name: &str, place: Place<'f>) -> Option<Datum> {
        let expression = self.attribute(place.body, &prefixed_name(place, name))?;
        Some(self.expression(expression))
    }

    /// The forms that are one argument.
    fn single_argument(&mut self, form: &'static Form, place: Place<'f>) -> Option<Datum> {
        let expression = self.attribute(place.body, &prefixed_name(place, form.argument()?))?;
        if let (Form::Object(_, inner), Expression::Object(entries)) = (form, expression) {
            return Some(self.object_argument(inner, entries));
        }
        if let (Form::Objects(_, inner), Expression::List(items)) = (form, expression) {
            let objects = items.iter().filter_map(|item| match item {
                Expression::Object(entries) => Some(self.object_argument(inner, entries)),
                _ => None,
            });
            let objects = objects.collect();
            return self.list(objects);
        }
        let datum = self.expression(expression);
        self.scalar(form, datum)
    }

    fn scalar(&self, form: &'static Form, datum: Datum) -> Option<Datum> {
        let value = match (form, datum.value) {
            (Form::Json(_), Value::JsonText(document)) => document.value,
            (Form::Typed(_), Value::Integer(n)) => n.to_string().into(),
            (Form::Typed(_), Value::Number(n)) => n.to_string().into(),
            (Form::Typed(_), Value::Bool(b)) => b.to_string().into(),
            (Form::Text(_), Value::String(s)) => parse_literal(&s),
            (Form::Tags(_), Value::Map(map)) => return self.pairs("Key", "Value", entries_of(map)),
            (Form::Pairs { key, value, .. }, Value::Map(map)) => return self.pairs(key, value, entries_of(map)),
            (Form::Values { property, .. }, Value::List(items)) => {
                let items = items.into_iter().map(|item| self.datum(single(property, item)));
                return self.list(items.collect());
            }
            (Form::Listed(_), Value::List(items)) => return items.into_iter().next(),
            (Form::Words(_, words), Value::String(s)) => {
                words.iter().find(|(_, ours)| *ours == &*s).map_or(&*s, |(theirs, _)| *theirs).into()
            }
            (Form::Flag { yes, no, .. }, Value::Bool(b)) => if b { *yes } else { *no }.into(),
            (Form::Switch { yes, .. }, Value::String(s)) => (&*s == *yes).into(),
            (Form::Inverted(_), Value::Bool(b)) => (!b).into(),
            (Form::MethodPath(_, half), Value::String(path)) => {
                let (resource, method) = method_path::split(&path)?;
                match half {
                    MethodPath::Resource => resource.into(),
                    MethodPath::Method => method.into(),
                }
            }
            (_, value) => value,
        };
        Some(self.datum(value))
    }

    fn object(&mut self, inner: &'static [Property], place: Place<'f>, body: &'f Body) -> Datum {
        let map = self.properties(inner, Place { body, prefix: "", ..place });
        self.datum(map)
    }

    /// An object that is an argument: its own forms are arguments as they are.
    fn object_argument(&mut self, inner: &'static [Property], entries: &'f [(String, Expression)]) -> Datum {
        let mut map = Map::new();
        for (name, value) in entries {
            let property = inner.iter().find(|p| p.form.argument() == Some(name));
            let Some(property) = property else { continue };
            let datum = match (&property.form, value) {
                (Form::Object(_, inner), Expression::Object(entries)) => Some(self.object_argument(inner, entries)),
                (form, value) => {
                    let datum = self.expression(value);
                    self.scalar(form, datum)
                }
            };
            if let Some(datum) = datum {
                map.set(property.name, datum);
            }
        }
        self.datum(map)
    }

    fn entries(
        &mut self,
        (block, key, value): (&'static str, &'static str, &'static str),
        fixed: &'static [(&'static str, Fixed)],
        place: Place<'f>,
    ) -> Option<Datum> {
        let mut map = Map::new();
        for body in self.nested_bodies(place.body, &prefixed_name(place, block)) {
            self.read_constants(fixed, body);
            let name = self.attribute(body, key);
            let value = self.attribute(body, value);
            if let (Some(Expression::String(name)), Some(value)) = (name, value) {
                map.set(name.as_str(), self.expression(value));
            }
        }
        (!map.is_empty()).then(|| self.datum(map))
    }

    fn package(
        &mut self,
        (file, hash): (&str, &str),
        properties: &'static [Property],
        place: Place<'f>,
    ) -> Option<Datum> {
        self.attribute(place.body, hash);
        let Some(path) = self.attribute(place.body, file) else {
            let map = self.properties(properties, place);
            return (!map.is_empty()).then(|| self.datum(map));
        };
        let text = match self.expression(path).value {
            Value::Concat(parts) => parts.last().and_then(Value::as_str).map(str::to_owned),
            Value::String(text) => Some(text.to_string()),
            _ => None,
        }?;
        let name = text.rsplit('/').next()?.strip_suffix(".zip")?;
        Some(self.datum(Value::Package(name.into())))
    }

    fn satellite(&mut self, satellite: &'static Satellite, name: &str, place: Place<'f>) -> Option<Datum> {
        let found = self.blocks.iter().find(|((_, resource, n), _)| *resource == satellite.resource && *n == name);
        let (key, block) = found.map(|(key, block)| (*key, *block))?;
        if !points_at(satellite.links, &block.body, place.owner) {
            return None;
        }
        self.claimed.insert(address(block));
        self.links(satellite.links, &block.body);
        self.read_constants(satellite.fixed, &block.body);
        self.form(satellite.form, Place { body: &block.body, prefix: "", owner: (key.1, key.2) })
    }

    fn satellites(&mut self, each: &'static Satellite, place: Place<'f>) -> Option<Datum> {
        let of_owner = |((kind, resource, _), block): &(&(&str, &str, &str), &&'f super::Block)| {
            *kind == "resource" && *resource == each.resource && points_at(each.links, &block.body, place.owner)
        };
        // A type that is also a resource of its own is read as that.
        if self.rows.contains_key(each.resource) {
            return None;
        }
        let names: Vec<&str> = self.blocks.iter().filter(of_owner).map(|((_, _, name), _)| *name).collect();
        let items: Vec<Datum> = names.iter().filter_map(|name| self.satellite(each, name, place)).collect();
        self.list(items)
    }

    fn read_generated(&mut self, form: &'static Generated, place: Place<'f>) -> Option<Datum> {
        let ephemeral = self.blocks.get(&("ephemeral", form.ephemeral, place.owner.1)).copied()?;
        self.claimed.insert(address(ephemeral));
        let mut map = self.properties(form.properties, Place { body: &ephemeral.body, prefix: "", ..place });
        let store = self.blocks.get(&("resource", form.store, place.owner.1)).copied()?;
        self.claimed.insert(address(store));
        self.links(form.links, &store.body);
        if let Some(stored) = self.blocks.get(&("ephemeral", form.store, place.owner.1)).copied() {
            self.claimed.insert(address(stored));
            self.links(form.links, &stored.body);
        }
        self.attribute(&store.body, form.version);
        let text = self.attribute(&store.body, form.argument)?;
        if let Value::JsonText(document) = self.expression(text).value
            && let Value::Map(mut template) = document.value
        {
            let key =
                template.iter().find(|(_, d)| matches!(d.value, Value::Generated(_))).map(|(k, _)| k.to_owned())?;
            template.remove(&key);
            map.set(form.template, self.datum(Value::JsonText(Box::new(self.datum(template)))));
            map.set(form.key, self.datum(key));
        }
        Some(self.datum(map))
    }

    /// Reads constant arguments. One with another value stays unread, and so
    /// is reported.
    pub(super) fn read_constants(&mut self, fixed: &'static [(&'static str, Fixed)], body: &'f Body) {
        for (name, constant) in fixed {
            let same = match (constant, body.get(name)) {
                (Fixed::Bool(b), Some(Expression::Bool(value))) => b == value,
                (Fixed::Integer(n), Some(Expression::Integer(value))) => n == value,
                (Fixed::String(s), Some(Expression::String(value))) => s == value,
                _ => false,
            };
            if same {
                self.attribute(body, name);
            }
        }
    }

    pub(super) fn links(&mut self, links: Links, body: &'f Body) {
        for (argument, _) in links {
            self.attribute(body, argument);
        }
    }

    fn pairs(&self, key: &str, value: &str, entries: Vec<(String, Datum)>) -> Option<Datum> {
        let pair = |(name, datum): (String, Datum)| {
            let mut map = Map::new();
            map.set(key, self.datum(name));
            map.set(value, datum);
            self.datum(map)
        };
        self.list(entries.into_iter().map(pair).collect())
    }

    pub(super) fn datum(&self, value: impl Into<Value>) -> Datum {
        Datum::new(value, self.at)
    }

    fn list(&self, items: Vec<Datum>) -> Option<Datum> {
        (!items.is_empty()).then(|| self.datum(Value::List(items)))
    }
}

fn prefixed_name(place: Place, name: &str) -> String {
    format!("{}{name}", place.prefix)
}

/// The word that follows from which arguments and blocks are there.
fn implied_value(words: &'static [(&'static str, &'static str)], place: Place) -> Option<&'static str> {
    let has = |name: &str| {
        place.body.items.iter().any(|item| match item {
            Item::Attribute(n, _) => n == name,
            Item::Block(block) => block.kind == name,
        })
    };
    words.iter().find(|(_, name)| has(name)).map(|(word, _)| *word)
}

/// Whether the linking arguments of a body lead to the owner.
fn points_at(links: Links, body: &Body, (resource, name): (&str, &str)) -> bool {
    links.iter().all(|(argument, attribute)| {
        matches!(body.get(argument), Some(Expression::Traversal(path)) if *path == format!("{resource}.{name}.{attribute}"))
    })
}

fn entries_of(map: Map) -> Vec<(String, Datum)> {
    map.iter().map(|(name, datum)| (name.to_owned(), datum.clone())).collect()
}

fn single(property: &str, item: Datum) -> Map {
    let mut map = Map::new();
    map.set(property, item);
    map
}

/// Text as the number or the boolean that CloudFormation has.
fn parse_literal(text: &str) -> Value {
    match (text.parse::<i64>(), text) {
        (Ok(n), _) => Value::Integer(n),
        (_, "true" | "false") => Value::Bool(text == "true"),
        _ => text.parse::<f64>().map_or_else(|_| text.into(), Value::Number),
    }
}
