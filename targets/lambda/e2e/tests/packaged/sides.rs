//! The functions that read both databases: preflight and the validator.

use migspec_events::{Demand, PreflightEvent, PreflightReply, Side};
use migspec_function::Metric;
use migspec_function_testing::{Answer, Function, Login, Moto, Testbed, block_on, metric_values};
use serde_json::{Value, json};

use crate::stand::{python, unpack};
use crate::{CARD, assert_traced, lines, reply};

const TABLES: &str = "CREATE SCHEMA payments; \
    CREATE TABLE payments.payment (id bigint PRIMARY KEY, amount numeric(18,4), card text)";
const VALIDATION: &str = "/migration/test/replications/ledger/validation";

/// A task on an engine of long ago, in the place of `TASK`.
const DMS: &str = r#"
import boto3, json, os, sys
given = json.load(sys.stdin)
client = lambda name: boto3.client(name, endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1")
dms, arn = client("dms"), "arn:aws:dms:us-east-1:111111111111:endpoint:"
instance = dms.create_replication_instance(ReplicationInstanceIdentifier="ledger", ReplicationInstanceClass="dms.t3.micro", EngineVersion="3.4.0")
instance = instance["ReplicationInstance"]["ReplicationInstanceArn"]
task = dms.create_replication_task(ReplicationTaskIdentifier="ledger", SourceEndpointArn=arn + "SOURCE", TargetEndpointArn=arn + "TARGET",
                                   ReplicationInstanceArn=instance, MigrationType="full-load-and-cdc", TableMappings="{}", ReplicationTaskSettings="{}")
task = task["ReplicationTask"]["ReplicationTaskArn"]
client("ssm").put_parameter(Name=given["name"], Value=given["replication"].replace("TASK", task), Overwrite=True)
json.dump({}, sys.stdout)
"#;

/// Two servers with their logins, moto with the same settings, and a function.
fn stand(
    name: &str,
    (purpose, role): (&str, &str),
    attributes: &str,
    prepare: &str,
) -> Option<(Testbed, Moto, Function)> {
    let world = Testbed::start()?;
    let moto = Moto::start()?;
    let binary = unpack(name)?;
    block_on(async {
        for side in [Side::Source, Side::Target] {
            world.login(Login { side, purpose, role, attributes }).await;
        }
        world.run_on_both("CREATE ROLE pay_app").await;
        world.run(Side::Source, prepare).await;
    });
    let validation =
        r#"{"rows":true,"checksums":{"chunkMillis":500},"invariants":[],"protected":["payments.payment.card"]}"#;
    world.ports.set_parameter(VALIDATION, validation);
    moto.load(&world.ports, &["checkpoints", "evidence"]);
    let mut environment = moto.environment();
    environment.extend(world.environment());
    let function = Function::start(&binary, name, &environment);
    Some((world, moto, function))
}

#[test]
fn preflight_checks_both_sides() {
    let attributes = "REPLICATION IN ROLE pg_read_all_data, pg_write_all_data, pg_read_all_stats";
    let Some((world, moto, mut function)) = stand("preflight", ("replication", "replicator"), attributes, TABLES)
    else {
        return;
    };
    block_on(world.run_on_both("GRANT CREATE ON DATABASE ledger TO replicator"));
    // Its one task runs on an engine that is too old for the servers.
    world.describe(|replication| {
        replication.forward_task = "TASK".to_owned();
        for logins in [&mut replication.source_logins, &mut replication.target_logins] {
            logins.retain(|purpose, _| purpose == "replication");
        }
    });
    let name = "/migration/test/replications/ledger";
    let replication = world.ports.state().parameters[name].clone();
    python(&moto, DMS, &json!({ "name": name, "replication": replication }));
    let demand = |connections| vec![Demand { task: "TASK".to_owned(), slots: 2, connections }];
    let (source, target) = (demand(4), demand(4));
    let event = PreflightEvent { run: world.run_of(), reverse: false, source, target };
    let event = serde_json::to_value(event).unwrap();
    let answer: PreflightReply = serde_json::from_value(reply(&mut function, &event)).unwrap();
    let problems: Vec<&str> = answer.problems.iter().map(|p| p.what.as_str()).collect();
    for expected in [
        "the target has no table payments.payment",
        "replicator may not write the tokens of the fence on the target: they would not arrive",
        "DMS 3.4.0 does not read PostgreSQL",
        "DMS 3.4.0 does not write to PostgreSQL",
    ] {
        assert!(problems.iter().any(|p| p.starts_with(expected)), "{expected}: {problems:?}");
    }
    assert!(!answer.ready && problems.len() == 4, "{problems:?}");

    assert_traced(&moto, std::slice::from_ref(&function), &["dms", "s3", "secretsmanager", "ssm"]);

    // An event of another function is an error under a name, and no crash.
    let wrong = function.call(&json!({ "run": 1 }));
    assert!(matches!(&wrong, Answer::Failed(name, _) if name == "Migration.Configuration"), "{wrong:?}");
    assert!(reply(&mut function, &event).is_object(), "it answers the next call");

    let report = moto.object("evidence", "ledger/preflight/test-1.json").expect("the report is kept");
    assert!(report.contains("the target has no table payments.payment"));
    let [first, _, last] = function.traces() else { panic!("it was called three times") };
    let traces = [first.clone(), last.clone()];
    let lines = lines(function);
    let checked = lines.iter().filter(|line| line["message"] == "checked");
    let named: Vec<&str> = checked.map(|line| line["xrayTraceId"].as_str().unwrap_or_default()).collect();
    assert_eq!(named, traces, "the trace is on each line");
    assert_eq!(metric_values(&lines, Metric::PreflightProblems), [4.0, 4.0]);
}

#[test]
fn without_its_settings_a_function_says_so_and_ends() {
    let Some(moto) = Moto::start() else { return };
    for (name, expected) in [
        ("preflight", "the variable MIGSPEC_ENVIRONMENT is not set"),
        ("secret-rotation", "MIGSPEC_ROTATION is not JSON"),
        ("api-authorizer", "MIGSPEC_KEYS is not JSON"),
    ] {
        let Some(binary) = unpack(name) else { return };
        let mut function = Function::start(&binary, name, &moto.environment());
        let outcome = function.call(&json!({}));
        assert!(matches!(&outcome, Answer::Broken(why) if why.starts_with("it ended")), "{outcome:?}");
        let lines = lines(function);
        let said =
            |line: &Value| line["level"] == "ERROR" && line["reason"].as_str().is_some_and(|r| r.contains(expected));
        assert!(lines.iter().any(said), "{expected}: {lines:?}");
    }
}

#[test]
fn the_validator_finds_what_differs_and_shows_no_protected_value() {
    let rows = format!("{TABLES}; INSERT INTO payments.payment SELECT n, n, '{CARD}' FROM generate_series(1, 5000) n");
    let attributes = "IN ROLE pg_read_all_data";
    let Some((world, moto, mut function)) = stand("data-validator", ("validation", "validator"), attributes, &rows)
    else {
        return;
    };
    block_on(world.run(Side::Target, &rows));
    // Within the fence the last transaction before a pass is read once more.
    block_on(world.run(Side::Source, "SELECT txid_current()"));
    let run = serde_json::to_value(world.run_of()).unwrap();
    let (first, _) = pass(&mut function, &run);
    assert_eq!((&first["matched"], &first["mismatched"], &first["errors"]), (&json!(5000), &json!(0), &json!(0)));

    let change = "UPDATE payments.payment SET card = '4000-0000-0000-0002' WHERE id = 4242; \
                  DELETE FROM payments.payment WHERE id = 17";
    block_on(world.run(Side::Target, change));
    let (second, evidence) = pass(&mut function, &run);
    assert_eq!((&second["matched"], &second["mismatched"]), (&json!(4998), &json!(2)), "{second}");
    let window = reply(&mut function, &json!({ "action": "fence-window", "run": run }));
    assert_eq!(window["mismatched"], 2, "the target has changed a row and lacks another: {window}");

    let kept = moto.object("evidence", &evidence).expect("the evidence is kept");
    let lines = lines(function);
    assert!(kept.contains("4242") && kept.contains("17"), "rows are named by key: {kept}");
    for text in [kept, Value::from(lines.clone()).to_string(), second.to_string(), window.to_string()] {
        assert!(!text.contains(CARD) && !text.contains("4000-"), "{text}");
    }
    // The filters of its log group read these members.
    let said = |line: &&Value| line["event"] == "validation" && line["mismatched"] == 2 && line["errors"].is_u64();
    assert_eq!(lines.iter().filter(said).count(), 2, "the second pass, and the check within the fence");
    // Both passes compare the one table; the second asks again for the rows that differ.
    assert_eq!(metric_values(&lines, Metric::ValidationChunks), [1.0, 1.0]);
    assert_eq!(metric_values(&lines, Metric::ValidationRechecks), [0.0, 2.0]);
    assert_eq!(metric_values(&lines, Metric::ValidationHotRows), [0.0, 0.0]);
    assert!(metric_values(&lines, Metric::ValidationRowsPerSecond).iter().all(|rows| *rows > 1.0), "{lines:?}");
}

/// Plans, compares each group and sums up, as the workflow does.
fn pass(function: &mut Function, run: &Value) -> (Value, String) {
    let plan = reply(function, &json!({ "action": "plan", "run": run }));
    let groups = plan["groups"].as_array().cloned().unwrap_or_default();
    for group in &groups {
        let event = json!({ "action": "chunk", "run": run, "pass": plan["pass"], "group": group, "cursor": "" });
        assert_eq!(reply(function, &event)["complete"], true, "{group}");
    }
    let sum = json!({ "action": "summarise", "run": run, "pass": plan["pass"], "groups": groups.len() });
    let answer = reply(function, &sum);
    let evidence = answer["evidence"].as_str().unwrap_or_default().to_owned();
    (answer, evidence)
}
