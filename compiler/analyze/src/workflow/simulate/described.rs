//! The answer of AWS that a comparison of declared facts accepts: existing resources with exactly these facts.

use migspec_ir::workflow::{Api, Argument, Kind, State};
use serde_json::{Map, Value as Json, json};

use crate::workflow::jsonata::{self, Expression, Operator, Step};

/// The answer to a call that describes existing resources. `None` for other calls.
pub(super) fn answer(state: &State) -> Option<Json> {
    let Kind::Task { api, .. } = &state.kind else { return None };
    let describes = matches!(api, Api::Describe(_));
    let (_, verdict) = state.assign.iter().find(|(variable, _)| describes && &**variable == "confirmed")?;
    let Argument::Expression(verdict) = verdict else { return None };
    let mut answer = Map::new();
    demand(&jsonata::parse(verdict.as_str())?, &mut answer);
    Some(Json::Object(answer))
}

/// Adds what an expression demands of an answer: `(first) ? (second) ? true : … : …`.
fn demand(expression: &Expression, answer: &mut Map<String, Json>) {
    match expression {
        Expression::Ternary(condition, yes, _) => {
            demand(condition, answer);
            demand(yes, answer);
        }
        Expression::Binary(Operator::Equal, count, _) => {
            let Expression::Call(_, arguments) = &**count else { return };
            let Some(Expression::Path(_, steps)) = arguments.first() else { return };
            match steps.as_slice() {
                // `$states.result[…]`: the answer is the resource.
                [Step { filters, .. }] => filters.iter().for_each(|filter| fulfil(filter, answer)),
                // `$states.result.Subnets[…]`
                [.., Step { field: Some(list), filters }] => push(answer, list, object_for(filters)),
                _ => {}
            }
        }
        _ => {}
    }
}

/// An object for which all filters hold.
fn object_for(filters: &[Expression]) -> Json {
    let mut object = Map::new();
    filters.iter().for_each(|filter| fulfil(filter, &mut object));
    Json::Object(object)
}

fn fulfil(condition: &Expression, object: &mut Map<String, Json>) {
    match condition {
        Expression::Binary(Operator::And, left, right) => {
            fulfil(left, object);
            fulfil(right, object);
        }
        Expression::Binary(Operator::Equal, place, value) => {
            if let Expression::Literal(value) = &**value {
                set(place, value.json(), object);
            }
        }
        // `$number(SubscriptionsConfirmed) > 0`
        Expression::Binary(Operator::Greater, number, _) => {
            if let Expression::Call(_, arguments) = &**number
                && let Some(place) = arguments.first()
            {
                set(place, "1".into(), object);
            }
        }
        Expression::Binary(Operator::In, value, list) => {
            if let (Expression::Literal(value), Some((list, filters, member))) = (&**value, members(list)) {
                let mut item = object_for(filters);
                item[member] = value.json();
                push(object, list, item);
            }
        }
        Expression::Call(name, arguments) if &**name == "exists" => {
            if let Some(Expression::Path(base, steps)) = arguments.first()
                && let (Expression::Field(list), [Step { field: None, filters }]) = (&**base, steps.as_slice())
            {
                push(object, list, object_for(filters));
            }
        }
        _ => {}
    }
}

/// The list, its filters and the member of its items: `Set[State.State = "associated"].Range`.
fn members(expression: &Expression) -> Option<(&str, &[Expression], &str)> {
    let Expression::Path(base, steps) = expression else { return None };
    let Expression::Field(list) = &**base else { return None };
    match steps.as_slice() {
        [Step { field: Some(member), .. }] => Some((list, &[], member)),
        [Step { field: None, filters }, Step { field: Some(member), .. }] => Some((list, filters, member)),
        _ => None,
    }
}

/// Sets a field, or a field of an object in it.
fn set(place: &Expression, value: Json, object: &mut Map<String, Json>) {
    match place {
        Expression::Field(name) => drop(object.insert(name.to_string(), value)),
        Expression::Path(base, steps) => {
            if let (Expression::Field(outer), [Step { field: Some(inner), .. }]) = (&**base, steps.as_slice()) {
                object.entry(outer.to_string()).or_insert_with(|| json!({}))[&**inner] = value;
            }
        }
        _ => {}
    }
}

fn push(object: &mut Map<String, Json>, list: &str, item: Json) {
    let list = object.entry(list.to_owned()).or_insert_with(|| json!([]));
    list.as_array_mut().into_iter().for_each(|list| list.push(item.clone()));
}
