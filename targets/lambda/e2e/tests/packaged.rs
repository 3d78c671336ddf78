//! The packages themselves, as Lambda runs them: under a stand-in of its
//! Runtime API, with moto for AWS and two PostgreSQL servers.

#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

use migspec_authorizer::{Target, Token};
use migspec_events::Side;
use migspec_function_testing::{Function, Login, Moto, Outcome, World, block_on, missing};
use serde_json::{Value, json};

const ARN: &str = "arn:aws:execute-api:us-east-1:111111111111:abc/prod/POST/payment";
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// What the functions find in AWS: the ids of what moto has made.
const PREPARE: &str = r#"
import boto3, json, os, sys
given = json.load(sys.stdin)
client = lambda name: boto3.client(name, endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1")
ssm, secrets, s3, elb, ec2, sns = (client(n) for n in ("ssm", "secretsmanager", "s3", "elbv2", "ec2", "sns"))
for name, value in given["parameters"].items():
    ssm.put_parameter(Name=name, Value=value, Type="String")
arns = {name: secrets.create_secret(Name=name, SecretString=value)["ARN"] for name, value in given["secrets"].items()}
s3.create_bucket(Bucket="checkpoints")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-east-1{z}")["Subnet"]["SubnetId"] for n, z in enumerate("ab")]
balancer = elb.create_load_balancer(Name="pay", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
group = lambda name: elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]["TargetGroupArn"]
source, target = group("source"), group("target")
forward = lambda a, b: [{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": source, "Weight": a}, {"TargetGroupArn": target, "Weight": b}]}}]
listener = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward(1, 0))["Listeners"][0]["ListenerArn"]
rule = elb.create_rule(ListenerArn=listener, Priority=1, Conditions=[{"Field": "path-pattern", "Values": ["/*"]}], Actions=forward(0, 100))["Rules"][0]["RuleArn"]
json.dump({"secrets": arns, "rule": rule, "source": source, "target": target, "topic": sns.create_topic(Name="pay")["TopicArn"]}, sys.stdout)
"#;

const LOOK: &str = r#"
import boto3, json, os, sys
given = json.load(sys.stdin)
client = lambda name: boto3.client(name, endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1")
rule = client("elbv2").describe_rules(RuleArns=[given["rule"]])["Rules"][0]["Actions"][0]["ForwardConfig"]["TargetGroups"]
body = client("s3").get_object(Bucket="checkpoints", Key="ledger/rollback/e-1.json")["Body"].read()
json.dump({"weights": {g["TargetGroupArn"]: g["Weight"] for g in rule}, "progress": json.loads(body),
           "writer": client("ssm").get_parameter(Name="/migration/test/database/writer")["Parameter"]["Value"]}, sys.stdout)
"#;

struct Stand {
    world: World,
    moto: Moto,
    made: Value,
}

impl Stand {
    fn start() -> Option<Self> {
        let world = World::start()?;
        let moto = Moto::start()?;
        block_on(prepare(&world));
        for (name, value) in [("database/writer", "none"), ("routing/target", "target")] {
            world.ports.set_parameter(&format!("/migration/test/{name}"), value);
        }
        let (parameters, mut secrets) = {
            let state = world.ports.state();
            let current = |versions: &Vec<(String, String, Vec<String>)>| versions[0].1.clone();
            let name = |arn: &String| arn.rsplit("secret:").next().unwrap_or_default().to_owned();
            let secrets = state.secrets.iter().map(|(arn, versions)| (name(arn), current(versions)));
            (state.parameters.clone(), secrets.collect::<std::collections::BTreeMap<_, _>>())
        };
        secrets.insert("payments/api-hmac".into(), json!({ "keys": { "k": KEY } }).to_string());
        let made = python(&moto, PREPARE, &json!({ "parameters": parameters, "secrets": secrets }));
        Some(Self { world, moto, made })
    }

    /// A function as it is packaged. `None`, and a word about it, where it is not built.
    fn function(&self, name: &str) -> Option<Function> {
        let binary = unpacked(name)?;
        let mut environment = self.moto.environment();
        environment.extend([
            ("MIGSPEC_ENVIRONMENT", "test".to_owned()),
            ("MIGSPEC_MIGRATION", "payments".to_owned()),
            ("MIGSPEC_PARAMETERS", "/migration/test/replications".to_owned()),
            ("MIGSPEC_METRICS", "Migspec/payments-test".to_owned()),
            ("MIGSPEC_CHECKPOINTS", "checkpoints".to_owned()),
            ("MIGSPEC_TOPIC", self.text("topic")),
            ("MIGSPEC_KEYS", json!({ "payments": "payments/api-hmac" }).to_string()),
        ]);
        Some(Function::start(&binary, name, &environment))
    }

    fn text(&self, name: &str) -> String {
        self.made[name].as_str().unwrap_or_default().to_owned()
    }
}

async fn prepare(world: &World) {
    let tables = "create role owner nologin; create role pay_app login password 'pay_app-password'; \
                  create schema payments authorization owner; set role owner; \
                  create table payments.payment (id bigserial primary key); grant usage on schema payments to pay_app; \
                  grant insert on payments.payment to pay_app; grant usage on all sequences in schema payments to pay_app; reset role; \
                  grant owner to migspec_fence";
    for side in [Side::Source, Side::Target] {
        world.login(Login { side, purpose: "fence", role: "migspec_fence", attributes: "CREATEROLE" }).await;
        world.run(side, include_str!("../../fence/setup.sql")).await;
        world.run(side, tables).await;
    }
    let login = |side, purpose, role| Login { side, purpose, role, attributes: "REPLICATION" };
    world.login(login(Side::Target, "reverse-capture", "migspec_reverse")).await;
    world.login(login(Side::Source, "replication", "dms")).await;
    world.run(Side::Source, "select setval('payments.payment_id_seq', 41)").await;
}

/// The binary out of a package of `cargo xtask functions`.
fn unpacked(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let package = root.join(format!("target/functions/{name}.zip"));
    if !package.is_file() {
        missing(&format!("the package of {name} (cargo xtask functions)"));
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("packaged-{name}"));
    let unzip = "import sys, zipfile, os\nz = zipfile.ZipFile(sys.argv[1]); os.makedirs(sys.argv[2], exist_ok=True)\n\
                 p = z.extract('bootstrap', sys.argv[2]); os.chmod(p, z.getinfo('bootstrap').external_attr >> 16)";
    let status = Command::new("python3").args(["-c", unzip]).arg(&package).arg(&folder).status().unwrap();
    assert!(status.success(), "{name} is a package with an executable `bootstrap`");
    Some(folder.join("bootstrap"))
}

/// Runs a script with boto3 against moto; JSON in, JSON out.
fn python(moto: &Moto, script: &str, given: &Value) -> Value {
    let python = std::env::var("JUDGE_PYTHON").unwrap_or_else(|_| "python3".into());
    let input = tempfile(given);
    let output = Command::new(python)
        .args(["-c", script])
        .envs(moto.environment())
        .stdin(std::fs::File::open(input).unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn tempfile(value: &Value) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("packaged-{}.json", std::process::id()));
    std::fs::write(&path, value.to_string()).unwrap();
    path
}

fn run() -> Value {
    json!({ "migration": "payments", "environment": "test", "cutover": "ledger", "execution": "e-1" })
}

fn reply(function: &mut Function, event: &Value) -> Value {
    match function.call(event) {
        Outcome::Reply(reply) => reply,
        other => panic!("{event}: {other:?}"),
    }
}

#[test]
fn the_packages_answer_as_the_workflow_calls_them() {
    let Some(stand) = Stand::start() else { return };
    let Some(mut fence) = stand.function("fence") else { return };
    let Some(mut sequences) = stand.function("sequences") else { return };
    let Some(mut reverse) = stand.function("reverse-slot") else { return };
    let Some(mut rollback) = stand.function("rollback-handler") else { return };
    let may = |side| {
        block_on(async {
            let client = stand.world.cluster(side).open_as("ledger", "pay_app", "pay_app-password").await.unwrap();
            client.batch_execute("begin; insert into payments.payment default values; rollback").await.is_ok()
        })
    };
    for side in ["source", "target"] {
        let fenced = reply(&mut fence, &json!({ "action": "fence", "run": run(), "side": side }));
        assert_eq!(fenced["fenced"], true, "{fenced}");
    }
    assert!(!may(Side::Source) && !may(Side::Target));
    let token = reply(&mut fence, &json!({ "action": "write-token", "run": run(), "token": "e-1" }));
    let drain = json!({ "action": "drain", "run": run(), "token": "e-1", "position": token["position"] });
    assert_eq!(reply(&mut fence, &drain)["drained"], false, "nothing replicates here");
    let set = json!({ "run": run(), "side": "target", "margin": 1000 });
    assert_eq!(reply(&mut sequences, &set), json!({ "set": 1 }));
    assert_eq!(reply(&mut sequences, &set), json!({ "set": 0 }));
    let slot = reply(&mut reverse, &json!({ "action": "create", "run": run() }));
    assert_eq!(slot["slot"], "migspec_reverse");
    assert_eq!(reply(&mut reverse, &json!({ "action": "report", "run": run() }))["active"], false);
    assert_eq!(reply(&mut reverse, &json!({ "action": "drop", "run": run() }))["dropped"], 1);
    let failed = rollback.call(&back(&stand, "decommission"));
    assert!(matches!(failed, Outcome::Failed(name, _) if name == "Migration.TooLate"));
    let answer = reply(&mut rollback, &back(&stand, "drain"));
    assert_eq!((&answer["complete"], &answer["loss"]), (&json!(true), &json!("")), "{answer}");
    assert!(may(Side::Source) && !may(Side::Target), "the source is the one writer");
    let look = python(&stand.moto, LOOK, &stand.made);
    assert_eq!(look["writer"], "source");
    assert_eq!(look["weights"], json!({ stand.text("source"): 100, stand.text("target"): 0 }));
    assert!(look["progress"]["done"].as_array().unwrap().contains(&json!("unfence-source")), "{look}");
    for function in [fence, sequences, reverse, rollback] {
        let log = function.end();
        assert!(!log.is_empty() && !log.contains("-password"), "{log}");
    }
}

/// The event of a rollback after a phase.
fn back(stand: &Stand, phase: &str) -> Value {
    json!({
        "run": run(),
        "failure": { "state": phase, "phase": phase, "error": "E", "cause": "" },
        "checkpoint": { "bucket": "checkpoints", "key": "ledger/checkpoint.json" },
        "replications": [{ "key": "ledger", "forwardTask": "arn:aws:dms:us-east-1:111111111111:task:f", "reverseTask": "" }],
        "writers": [{ "parameter": "/migration/test/database/writer" }],
        "routingParameter": "/migration/test/routing/target",
        "traffic": { "rules": [stand.made["rule"]], "sourceTargets": stand.made["source"], "targetTargets": stand.made["target"] },
        "acceptLoss": false,
    })
}

#[test]
fn the_packaged_authorizer_decides() {
    let Some(moto) = Moto::start() else { return };
    let secrets = json!({ "payments/api-hmac": json!({ "keys": { "k": KEY } }).to_string() });
    let script = PREPARE.split("s3.create_bucket").next().unwrap();
    let script = format!("{script}\njson.dump({{}}, sys.stdout)");
    python(&moto, &script, &json!({ "parameters": {}, "secrets": secrets }));
    let Some(binary) = unpacked("api-authorizer") else { return };
    let mut environment = moto.environment();
    for name in ["MIGSPEC_ENVIRONMENT", "MIGSPEC_MIGRATION", "MIGSPEC_PARAMETERS", "MIGSPEC_METRICS"] {
        environment.push((name, "test".to_owned()));
    }
    environment.push(("MIGSPEC_KEYS", json!({ "payments": "payments/api-hmac" }).to_string()));
    let mut function = Function::start(&binary, "api-authorizer", &environment);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let secret: Vec<u8> = (0..32).collect();
    let token = Token::sign("k", &secret, now, now + 60, "0123456789abcdef", &Target::read(ARN).unwrap()).unwrap();
    let mut effect = |token: &str, arn: &str| {
        let event = json!({ "type": "TOKEN", "authorizationToken": token, "methodArn": arn });
        reply(&mut function, &event)["policyDocument"]["Statement"][0]["Effect"].clone()
    };
    assert_eq!(effect(&token, &ARN.replace("POST", "GET")), "Deny");
    assert_eq!(effect(&token, ARN), "Allow");
    assert_eq!(effect(&token, ARN), "Deny", "it is good once");
    assert_eq!(effect("", ARN), "Deny");
}
