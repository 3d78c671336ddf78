use serde_json::{Value as Json, json};

use super::{Difference, Verdict, differences};

fn document() -> Json {
    let comment = |phase: &str| json!({ "phase": phase, "effects": [], "does": "x", "node": "n" }).to_string();
    json!({
        "QueryLanguage": "JSONata", "StartAt": "Measure", "TimeoutSeconds": 100,
        "States": {
            "Measure": {
                "Type": "Task", "Comment": comment("replicate"), "TimeoutSeconds": 30,
                "Resource": "arn:aws:states:::aws-sdk:cloudwatch:getMetricData",
                "Arguments": { "Names": ["lag"] },
                "Assign": { "verdict": "{% ($states.result.lag < 5 and $quiet + 1 >= 3) ? \"pass\" : \"wait\" %}" },
                "Retry": [{ "ErrorEquals": ["A"], "MaxAttempts": 2, "BackoffRate": 2, "IntervalSeconds": 1 }],
                "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Failed" }],
                "Next": "Check",
            },
            "Check": {
                "Type": "Choice", "Comment": comment("replicate"),
                "Choices": [{ "Condition": "{% $verdict = \"pass\" %}", "Next": "Done" }], "Default": "Wait",
            },
            "Wait": { "Type": "Wait", "Comment": comment("replicate"), "Seconds": 60, "Next": "Measure" },
            "Done": { "Type": "Succeed", "Comment": comment("notify") },
            "Failed": { "Type": "Fail", "Comment": comment("notify"), "Error": "E", "Cause": "C" },
        },
    })
}

fn of(edit: impl Fn(&mut Json)) -> Vec<Difference> {
    let mut found = document();
    edit(&mut found);
    differences(&document(), &found)
}

#[test]
fn ways_of_writing_are_no_difference() {
    let found = of(|d| {
        let measure = &mut d["States"]["Measure"];
        measure["Assign"]["verdict"] = "{%($states.result.lag<5 and 3<=$quiet+1)?'pass':'wait'%}".into();
        measure["Comment"] = json!({ "effects": [], "phase": "replicate", "does": "y" }).to_string().into();
        measure["Retry"][0] = json!({ "ErrorEquals": ["A"], "MaxAttempts": 2, "JitterStrategy": "NONE" });
        let all = measure["Catch"][0].clone();
        measure["Catch"] = json!([{ "ErrorEquals": ["B"], "Next": "Failed" }, all]);
        d["States"]["Done"]["QueryLanguage"] = "JSONata".into();
    });
    assert_eq!(found, []);
}

#[test]
fn each_difference_is_judged_with_its_place() {
    type Edit = fn(&mut Json);
    let cases: &[(Edit, &str, Verdict)] = &[
        (|d| d["States"]["Measure"]["Next"] = "Done".into(), "Next", Verdict::Weaker),
        (|d| d["States"]["Measure"]["Catch"] = json!([]), "Catch.States.Timeout", Verdict::Weaker),
        (|d| d["States"]["Check"]["Default"] = "Failed".into(), "Default", Verdict::Weaker),
        (|d| d["States"]["Wait"]["Seconds"] = 30.into(), "Seconds", Verdict::Weaker),
        (|d| d["States"]["Wait"]["Seconds"] = 90.into(), "Seconds", Verdict::Safe),
        (|d| d["States"]["Measure"]["TimeoutSeconds"] = Json::Null, "TimeoutSeconds", Verdict::Weaker),
        (|d| d["States"]["Measure"]["TimeoutSeconds"] = 45.into(), "TimeoutSeconds", Verdict::Safe),
        (|d| d["States"]["Measure"]["Arguments"]["Names"][0] = "x".into(), "Arguments.Names[0]", Verdict::Unknown),
        (|d| d["States"]["Measure"]["Extra"] = 1.into(), "Extra", Verdict::Unknown),
        (|d| d["States"]["Failed"]["Cause"] = "D".into(), "Cause", Verdict::Safe),
        (|d| d["TimeoutSeconds"] = 200.into(), "TimeoutSeconds", Verdict::Safe),
        (|d| d["TimeoutSeconds"] = 50.into(), "TimeoutSeconds", Verdict::Weaker),
    ];
    for (edit, place, verdict) in cases {
        let found = of(edit);
        assert!(!found.is_empty(), "{place} is a difference");
        assert_eq!((&*found[0].place, found[0].verdict), (*place, *verdict), "{found:?}");
    }
}

#[test]
fn bounds_are_judged_by_what_the_gate_does() {
    let with = |from: &str, to: &str| {
        let found = of(|d| {
            let verdict = &mut d["States"]["Measure"]["Assign"]["verdict"];
            *verdict = verdict.as_str().unwrap_or_default().replace(from, to).into();
        });
        found.iter().map(|d| d.verdict).collect::<Vec<_>>()
    };
    assert_eq!(with("< 5", "< 3"), [Verdict::Safe]);
    assert_eq!(with("< 5", "< 50"), [Verdict::Weaker]);
    assert_eq!(with(">= 3", ">= 4"), [Verdict::Safe]);
    assert_eq!(with(">= 3", ">= 2"), [Verdict::Weaker]);
    assert_eq!(with("< 5", "> 5"), [Verdict::Unknown]);
    assert_eq!(with("and", "or"), [Verdict::Unknown]);
    assert_eq!(with("\"pass\"", "\"fail\""), [Verdict::Unknown]);
}

#[test]
fn other_names_and_idle_states_are_seen_through() {
    let text = document().to_string().replace("\"Check\"", "\"Look\"");
    let mut found: Json = serde_json::from_str(&text).unwrap_or_default();
    found["States"]["Idle"] = json!({ "Type": "Pass", "Next": "Look" });
    found["States"]["Measure"]["Next"] = "Idle".into();
    let differences = differences(&document(), &found);
    let seen: Vec<_> = differences.iter().map(|d| (d.state.as_deref(), d.verdict)).collect();
    assert_eq!(seen, [(Some("Idle"), Verdict::Safe), (Some("Look"), Verdict::Safe)]);
}
