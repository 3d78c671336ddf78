//! Where Terraform writes the properties of a resource.

use migspec_ir::resource_type::{Column, Form, Satellite};

/// Where a property of a resource is written: the part that holds it, none
/// for the resource itself, and the argument or block.
pub fn places(column: &'static Column, property: &str) -> Vec<(Option<&'static str>, &'static str)> {
    let mut places = Vec::new();
    for property in column.properties.iter().filter(|p| p.name == property) {
        collect(&property.form, None, &mut places);
    }
    places
}

fn collect(form: &'static Form, part: Option<&'static str>, places: &mut Vec<(Option<&'static str>, &'static str)>) {
    match form {
        Form::Block(name, _) | Form::Blocks(name, _) | Form::Within(name, _) => places.push((part, name)),
        Form::Entries { block, .. } => places.push((part, block)),
        Form::Inline(properties) | Form::Settings { properties, .. } => {
            properties.iter().for_each(|p| collect(&p.form, part, places));
        }
        Form::Single(form)
        | Form::When { form, .. }
        | Form::TerraformOnly { form, .. }
        | Form::CloudFormationDefault { form, .. } => collect(form, part, places),
        Form::Choice { arguments, .. } => places.extend(arguments.iter().map(|(_, argument)| (part, *argument))),
        Form::Package { file, hash, .. } => places.extend([(part, *file), (part, *hash)]),
        Form::Satellite(Satellite { resource, form, .. }) => collect(form, Some(resource), places),
        Form::Satellites { each, .. } => collect(each.form, Some(each.resource), places),
        Form::Generated(generated) => places.push((Some(generated.store), generated.argument)),
        form => places.extend(form.argument().map(|name| (part, name))),
    }
}
