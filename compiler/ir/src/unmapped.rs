//! Properties that the table of types cannot write in Terraform.

use crate::datum::{Datum, Map, Origin, Value};
use crate::graph::Resource;
use crate::resource_type::{Form, Property, Terraform};

/// A property that is set and has no form.
#[derive(Clone, Copy, Debug)]
pub struct Unmapped<'r> {
    pub name: &'r str,
    pub origin: Origin,
    /// The supported properties at this place.
    pub known: &'static [Property],
}

/// The properties of a resource, at any depth, that have no form. Conditions
/// of forms are left to the printer, which knows the rest of the resource.
pub fn unmapped_properties(resource: &Resource) -> Vec<Unmapped<'_>> {
    let mut found = Vec::new();
    if let Some(row) = resource.resource_type()
        && let Terraform::Column(column) = &row.terraform
    {
        of_map(column.properties, &resource.properties, &mut found);
    }
    found
}

fn of_map<'r>(known: &'static [Property], map: &'r Map, found: &mut Vec<Unmapped<'r>>) {
    for (name, datum) in map.iter() {
        let mut forms = known.iter().filter(|property| property.name == name).peekable();
        if forms.peek().is_none() {
            found.push(Unmapped { name, origin: datum.origin, known });
        }
        // Several forms of one property exclude each other by conditions.
        if let (Some(property), None) = (forms.next(), forms.next()) {
            of_form(&property.form, datum, found);
        }
    }
}

fn of_form<'r>(form: &'static Form, datum: &'r Datum, found: &mut Vec<Unmapped<'r>>) {
    match (form, &datum.value) {
        (Form::Block(_, known) | Form::Object(_, known) | Form::Inline(known), Value::Map(map)) => {
            of_map(known, map, found);
        }
        (Form::Package { properties, .. }, Value::Map(map)) => of_map(properties, map, found),
        (Form::Blocks(_, known) | Form::Objects(_, known) | Form::Numbered(_, known), Value::List(items)) => {
            items.iter().filter_map(|item| item.value.as_map()).for_each(|map| of_map(known, map, found));
        }
        (Form::Single(form), Value::List(items)) => items.iter().for_each(|item| of_form(form, item, found)),
        (Form::Satellites { each, .. }, Value::List(items)) => {
            items.iter().for_each(|item| of_form(each.form, item, found));
        }
        (Form::Satellite(satellite), _) => of_form(satellite.form, datum, found),
        (Form::Within(_, form) | Form::When { form, .. }, _) => of_form(form, datum, found),
        (Form::TerraformOnly { form, .. } | Form::CloudFormationDefault { form, .. }, _) => of_form(form, datum, found),
        _ => {}
    }
}
