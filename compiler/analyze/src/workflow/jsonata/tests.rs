use super::{Scope, all, one, parse};
use crate::workflow::value::{Sort, Value};
use serde_json::{Value as Json, json};

fn scope_of<'v>(states: &'v Value, variables: &'v dyn Fn(&str) -> Value) -> Scope<'v> {
    Scope { variables, states }
}

/// The value of an expression with an answer, `null` where it fails.
fn evaluated(text: &str, result: Json) -> Json {
    let states = Value::from(&json!({ "result": result, "input": {} }));
    let variables = |name: &str| if name == "turns" { Value::number(7.0) } else { Value::Undefined };
    let expression = parse(text).unwrap_or_else(|| panic!("{text} can be parsed"));
    let outcome = one(&expression, &scope_of(&states, &variables)).unwrap_or_else(|| panic!("{text} is known"));
    outcome.map_or(json!("FAILS"), |value| value.json())
}

#[test]
fn expressions_of_workflows_have_their_values() {
    let tasks =
        json!({ "Tasks": [{ "Status": "running", "Stats": { "N": 3 } }], "Many": [{ "S": "a" }, { "S": "a" }] });
    for (text, expected) in [
        ("$states.result.Tasks[0].Status = \"running\"", json!(true)),
        ("$states.result.Tasks[0].Status in [\"failed\", \"running\"]", json!(true)),
        ("$states.result.Tasks[1].Status = \"running\"", json!(false)),
        ("$exists($states.result.Tasks[1].Status)", json!(false)),
        ("$states.result.Tasks[Status = \"running\"].Stats.N", json!(3)),
        ("$count($distinct([$states.result.Many.S]))", json!(1)),
        ("[$states.result.Many.S][0]", json!("a")),
        ("$turns + 1 >= 8 ? \"fail\" : \"wait\"", json!("fail")),
        ("$turns * 2 - 4 / 2 & \"\"", json!("12")),
        ("true and $turns > 6 or false", json!(true)),
        ("$not($states.result.Absent = false)", json!(true)),
        ("$absent + 1", json!(null)),
        ("$substring($join([\"ab\", \"c\"], \"; \"), 0, 3)", json!("ab;")),
        ("$substringBefore($substringAfter(\"a:b:c\", \":\"), \":\")", json!("b")),
        ("$string({ \"a\": 1, \"b\": [true, null] })", json!("{\"a\":1,\"b\":[true,null]}")),
        ("$min([600, 30 + 30 * $turns])", json!(240)),
        ("$fromMillis($toMillis(\"2026-01-01T00:00:00Z\") - 180000)", json!("2025-12-31T23:57:00.000Z")),
        ("$toMillis(\"2024-02-29T12:00:00.25Z\")", json!(1_709_208_000_250_i64)),
        ("$error(\"no\")", json!("FAILS")),
        ("\"a\" > 1", json!("FAILS")),
        ("-$turns", json!(-7)),
        ("(\"x\")", json!("x")),
    ] {
        assert_eq!(evaluated(text, tasks.clone()), expected, "{text}");
    }
}

#[test]
fn what_is_not_known_goes_every_way_that_it_can() {
    let states = Value::Object([("result".into(), Value::Unknown(Sort::Any))].into());
    let variables = |_: &str| Value::Unknown(Sort::Number);
    let scope = scope_of(&states, &variables);
    let outcomes = |text: &str| -> Vec<Json> {
        let all = all(&parse(text).expect("it can be parsed"), &scope);
        all.into_iter().map(|o| o.map_or(json!("FAILS"), |v| v.json())).collect()
    };
    let verdict = "($states.result.ok = true) ? \"pass\" : (false or $turns + 1 >= 5) ? \"fail\" : \"wait\"";
    assert_eq!(outcomes(verdict), [json!("pass"), json!("fail"), json!("wait")]);
    assert_eq!(outcomes("$exists($states.result.x) ? \"a\" : $error(\"b\")"), [json!("a"), json!("FAILS")]);
    // A counter stays a number, so the expression cannot fail.
    assert_eq!(outcomes("$turns + 1"), [Json::Null]);
    // A completely unknown value may be no number.
    assert_eq!(outcomes("$states.result + 1"), [Json::Null, json!("FAILS")]);
    assert_eq!(outcomes("false and $states.result.x"), [json!(false)]);
}

#[test]
fn what_is_not_of_the_language_is_not_guessed() {
    for text in ["$map(x, function($v) { $v })", "a ~> b", "\"open", "(1", "1 2", "$x.", "{\"a\" 1}"] {
        assert_eq!(parse(text), None, "{text}");
    }
    assert_eq!(parse(&"(".repeat(500)), None);
}
