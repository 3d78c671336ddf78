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
            let Expression::Literal(value) = &**value else { return };
            match part_of_policy(place) {
                Some((field, part, _)) => change_policy(object, field, |policy| policy[part] = value.json()),
                None => set(place, value.json(), object),
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
        // `KmsMasterKeyId in ["arn:…", "…"]`
        Expression::Binary(Operator::In, place, names) if matches!(**place, Expression::Field(_)) => {
            if let Expression::List(names) = &**names
                && let Some(Expression::Literal(first)) = names.first()
            {
                set(place, first.json(), object);
            }
        }
        Expression::Binary(Operator::In, value, list) => {
            if let (Expression::Literal(value), Some((list, filters, member))) = (&**value, members(list)) {
                let mut item = object_for(filters);
                item[member] = value.json();
                push(object, list, item);
            }
        }
        // `$exists($parse(Policy).Statement[$ = $parse("…")])`
        Expression::Call(name, arguments)
            if &**name == "exists" && arguments.first().is_some_and(|argument| part_of_policy(argument).is_some()) =>
        {
            let found = arguments.first().and_then(part_of_policy);
            let Some((field, part, [Expression::Binary(Operator::Equal, _, statement)])) = found else { return };
            let Some(statement) = value_of_parse(statement) else { return };
            change_policy(object, field, |policy| match policy[part].as_array_mut() {
                Some(statements) => statements.push(statement),
                None => policy[part] = json!([statement]),
            });
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

/// The field with a policy, the part of the policy and its filters: `$parse(Policy).Statement[…]`.
fn part_of_policy(place: &Expression) -> Option<(&str, &str, &[Expression])> {
    let Expression::Path(base, steps) = place else { return None };
    let (Expression::Call(name, arguments), [Step { field: Some(part), filters }]) = (&**base, steps.as_slice()) else {
        return None;
    };
    match arguments.as_slice() {
        [Expression::Field(field)] if &**name == "parse" => Some((field, part, filters)),
        _ => None,
    }
}

/// The value of `$parse("…")`.
fn value_of_parse(expression: &Expression) -> Option<Json> {
    let Expression::Call(_, arguments) = expression else { return None };
    let [Expression::Literal(text)] = arguments.as_slice() else { return None };
    serde_json::from_str(text.json().as_str()?).ok()
}

/// Changes the policy in the text of a field.
fn change_policy(object: &mut Map<String, Json>, field: &str, change: impl FnOnce(&mut Json)) {
    let text = object.get(field).and_then(Json::as_str);
    let mut policy = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| json!({}));
    change(&mut policy);
    object.insert(field.to_owned(), policy.to_string().into());
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
