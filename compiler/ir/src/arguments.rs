//! The arguments of the provider that the properties of a resource become, with
//! the values that the graph knows.

use crate::datum::{Datum, Map, Value};
use crate::graph::Resource;
use crate::resource_type::{Column, Form, Property, Terraform};

/// An argument with a value.
#[derive(Debug)]
pub struct Argument<'r> {
    /// `aws_rds_cluster`
    pub type_name: &'static str,
    /// Names of blocks and of the argument: `health_check.path`.
    pub path: String,
    /// The property of the resource that it is in.
    pub property: &'r str,
    pub datum: &'r Datum,
    words: &'static [(&'static str, &'static str)],
}

impl<'r> Argument<'r> {
    /// The literal texts and numbers of the value, with their places.
    pub fn literals(&self) -> Vec<(String, &'r Datum)> {
        let items = self.datum.value.as_list();
        let items: Vec<&Datum> = items.map_or_else(|| vec![self.datum], |items| items.iter().collect());
        let literals = items.into_iter().filter_map(|datum| Some((self.literal(&datum.value)?, datum)));
        literals.collect()
    }

    fn literal(&self, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => {
                let word = self.words.iter().find(|(theirs, _)| *theirs == &**text);
                Some(word.map_or(&**text, |(_, ours)| *ours).to_owned())
            }
            Value::Integer(number) => Some(number.to_string()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// The arguments of a resource and of those made beside it.
pub fn arguments(resource: &Resource) -> Vec<Argument<'_>> {
    let mut found = Vec::new();
    if let Some(row) = resource.resource_type()
        && let Terraform::Column(column) = &row.terraform
    {
        let mut walk = Walk { resource, property: "", found: &mut found };
        let Column { resource: type_name, properties, .. } = column;
        for property in *properties {
            if let Some((name, datum)) = resource.properties.iter().find(|(name, _)| *name == property.name) {
                walk.property = name;
                let at = At { type_name, path: String::new(), siblings: &resource.properties };
                walk.form(&property.form, datum, &at);
            }
        }
    }
    found
}

struct Walk<'r, 'f> {
    resource: &'r Resource,
    property: &'r str,
    found: &'f mut Vec<Argument<'r>>,
}

/// Where a form writes.
struct At<'r> {
    type_name: &'static str,
    /// Of the blocks around, with a dot or the prefix of a number at the end.
    path: String,
    siblings: &'r Map,
}

impl<'r> At<'r> {
    fn inside(&self, block: &str) -> At<'r> {
        At { path: format!("{}{block}.", self.path), ..*self }
    }
}

impl<'r> Walk<'r, '_> {
    fn properties(&mut self, known: &'static [Property], map: &'r Map, at: &At<'r>) {
        let at = At { path: at.path.clone(), siblings: map, ..*at };
        for property in known {
            if let Some(datum) = map.get(property.name) {
                self.form(&property.form, datum, &at);
            }
        }
    }

    fn form(&mut self, form: &'static Form, datum: &'r Datum, at: &At<'r>) {
        match form {
            Form::Argument(name) | Form::Typed(name) | Form::Text(name) | Form::Secret(name) | Form::Listed(name) => {
                self.argument(name, &[], datum, at);
            }
            Form::Words(name, words) => self.argument(name, words, datum, at),
            Form::Choice { by, arguments } => {
                let word = at.siblings.get(by).and_then(|datum| datum.value.as_str());
                let argument = arguments.iter().find(|(known, _)| Some(*known) == word);
                if let Some((_, name)) = argument {
                    self.argument(name, &[], datum, at);
                }
            }
            Form::Within(name, form) => self.form(form, datum, &at.inside(name)),
            Form::When { property, values, form } => {
                let word = self.resource.get(property).and_then(|datum| datum.value.as_str());
                if word.is_some_and(|word| values.contains(&word)) {
                    self.form(form, datum, at);
                }
            }
            Form::TerraformOnly { form, .. } | Form::CloudFormationDefault { form, .. } => self.form(form, datum, at),
            Form::Satellite(part) => {
                let at = At { type_name: part.resource, path: String::new(), ..*at };
                self.form(part.form, datum, &at);
            }
            _ => self.collection(form, datum, at),
        }
    }

    /// The forms of objects and lists.
    fn collection(&mut self, form: &'static Form, datum: &'r Datum, at: &At<'r>) {
        match (form, &datum.value) {
            (Form::Block(name, known) | Form::Object(name, known), Value::Map(map)) => {
                self.properties(known, map, &at.inside(name));
            }
            (Form::Inline(known) | Form::Package { properties: known, .. }, Value::Map(map)) => {
                self.properties(known, map, at);
            }
            (Form::Entries { block, value, .. }, Value::Map(map)) => {
                map.iter().for_each(|(_, item)| self.argument(value, &[], item, &at.inside(block)));
            }
            (Form::Blocks(name, known) | Form::Objects(name, known), Value::List(items)) => {
                for map in items.iter().filter_map(|item| item.value.as_map()) {
                    self.properties(known, map, &at.inside(name));
                }
            }
            (Form::Numbered(prefixes, known), Value::List(items)) => {
                for (map, prefix) in items.iter().filter_map(|item| item.value.as_map()).zip(*prefixes) {
                    let at = At { path: format!("{}{prefix}", at.path), ..*at };
                    self.properties(known, map, &at);
                }
            }
            (Form::Values { argument, property }, Value::List(items)) => {
                items.iter().filter_map(|item| item.get(property)).for_each(|d| self.argument(argument, &[], d, at));
            }
            (Form::Single(form), Value::List(items)) => items.iter().for_each(|item| self.form(form, item, at)),
            (Form::Settings { key, value, properties }, Value::List(items)) => {
                for item in items {
                    let name = item.get(key).and_then(|datum| datum.value.as_str());
                    let known = properties.iter().find(|property| Some(property.name) == name);
                    if let (Some(property), Some(datum)) = (known, item.get(value)) {
                        self.form(&property.form, datum, at);
                    }
                }
            }
            (Form::Satellites { each, .. }, Value::List(items)) => {
                let at = At { type_name: each.resource, path: String::new(), ..*at };
                items.iter().for_each(|item| self.form(each.form, item, &at));
            }
            _ => {}
        }
    }

    fn argument(&mut self, name: &str, words: &'static [(&'static str, &'static str)], datum: &'r Datum, at: &At<'r>) {
        let path = format!("{}{name}", at.path);
        self.found.push(Argument { type_name: at.type_name, path, property: self.property, datum, words });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{naming, schema, testing};

    /// A name that passes the rule of its service passes the rules of the provider: `check` asks the first alone.
    #[test]
    fn names_that_services_accept_pass_the_provider() {
        let mut seen = 0;
        for rule in naming::RULES.iter().filter(|rule| rule.type_name.starts_with("AWS::")) {
            for name in ["ab", "Ab", "a-b", "a--b", "ab-", "-ab", "1a", "a_b", "a.b", "a b", "sg-a", "internal-a"] {
                let name = format!("{}{name}", rule.prefix);
                if rule.problem(&name).is_some() {
                    continue;
                }
                let json = serde_json::json!({ (rule.property): name }).to_string();
                let resource = testing::resource(rule.type_name, "one", &json);
                for argument in arguments(&resource) {
                    let rules = schema::arguments::rules(argument.type_name, &argument.path);
                    for known in rules.filter(|known| known.is_of_values()) {
                        seen += 1;
                        let Argument { type_name, path, .. } = &argument;
                        assert!(known.accepts(&name), "{type_name} {path}: `{name}` is not {known}");
                    }
                }
            }
        }
        assert!(seen > 200, "{seen} names");
    }
}
