//! Rotation under the emulator: with Amazon's authorities it refuses the server
//! of a test, with the test's own it completes all four steps.

use std::path::Path;

use migspec_events::Side;
use migspec_function::Metric;
use migspec_function_testing::{Answer, Function, Login, Moto, Testbed, block_on, lines, metric_values};
use serde_json::{Value, json};

use crate::reply;
use crate::stand::{own, python, unpack};

/// A secret that rotates, and its rotation hold.
const ROTATING: &str = r#"
import boto3, json, os, sys
given = json.load(sys.stdin)
client = lambda name: boto3.client(name, endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1")
secrets, ssm = client("secretsmanager"), client("ssm")
arn = secrets.create_secret(Name="migration/test/ledger/fence", SecretString="{}")["ARN"]
secrets.rotate_secret(SecretId=arn, RotationRules={"AutomaticallyAfterDays": 30})
secrets.put_secret_value(SecretId=arn, SecretString=json.dumps(given["login"]))
secrets.create_secret(Name="master", SecretString=json.dumps({"username": "postgres", "password": "only-for-this-test"}))
ssm.put_parameter(Name="/migration/test/rotation", Value="held", Type="String")
json.dump({"arn": arn}, sys.stdout)
"#;

const LET_GO: &str = r#"
import boto3, json, os, sys
ssm = boto3.client("ssm", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1")
ssm.put_parameter(Name="/migration/test/rotation", Value="allowed", Type="String", Overwrite=True)
json.dump({}, sys.stdout)
"#;

const VERSIONS: &str = r#"
import boto3, json, os, sys
given = json.load(sys.stdin)
secrets = boto3.client("secretsmanager", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1")
found = {}
for stage in ("AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"):
    try:
        found[stage] = json.loads(secrets.get_secret_value(SecretId=given["arn"], VersionStage=stage)["SecretString"])
    except secrets.exceptions.ResourceNotFoundException:
        pass
json.dump(found, sys.stdout)
"#;

const VERSION: &str = "0f1b6f5c-8a4b-4c1e-9d57-2f0b7c1a3e55";

/// A secret that rotates, and the login of which it is.
struct Stand {
    world: Testbed,
    moto: Moto,
    binary: std::path::PathBuf,
    made: Value,
    login: Value,
}

impl Stand {
    fn start() -> Option<Self> {
        let (world, moto) = (Testbed::start()?, Moto::start()?);
        let binary = unpack("secret-rotation")?;
        let role = Login { side: Side::Target, purpose: "fence", role: "migspec_fence", attributes: "" };
        block_on(world.login(role));
        let login = json!({
            "username": "migspec_fence", "password": "migspec_fence-password", "host": "localhost",
            "port": world.target.port, "dbname": "ledger", "masterarn": "master",
        });
        let made = python(&moto, ROTATING, &json!({ "login": login }));
        Some(Self { world, moto, binary, made, login })
    }

    /// The function; with a file, it trusts the authorities in there.
    fn function(&self, authorities: Option<&Path>) -> Function {
        let mut environment = self.moto.environment();
        environment.extend(self.world.environment());
        let switches = json!({ "ledger": ["/migration/test/rotation"] });
        environment.push(("MIGSPEC_ROTATION", switches.to_string()));
        environment.extend(authorities.map(|path| ("MIGSPEC_AUTHORITIES", path.display().to_string())));
        Function::start(&self.binary, "secret-rotation", &environment)
    }

    fn step(&self, name: &str) -> Value {
        json!({ "SecretId": self.made["arn"], "ClientRequestToken": VERSION, "Step": name })
    }

    fn versions(&self) -> Value {
        python(&self.moto, VERSIONS, &self.made)
    }
}

#[test]
fn rotation_holds_off_and_trusts_no_server_that_amazon_does_not_vouch_for() {
    let Some(stand) = Stand::start() else { return };
    let mut function = stand.function(None);
    let held = function.call(&stand.step("createSecret"));
    assert!(matches!(&held, Answer::Failed(name, _) if name == "Migration.RotationHeld"), "{held:?}");
    python(&stand.moto, LET_GO, &json!({}));
    assert_eq!(reply(&mut function, &stand.step("createSecret")), Value::Null);
    assert_eq!(reply(&mut function, &stand.step("createSecret")), Value::Null, "it can be repeated");
    let versions = stand.versions();
    assert_eq!(versions["AWSCURRENT"], stand.login, "the version in use is as it was");
    assert_eq!(versions["AWSPENDING"]["username"], "migspec_fence_2");
    let refused = function.call(&stand.step("setSecret"));
    assert!(matches!(&refused, Answer::Failed(name, _) if name == "Migration.Unreachable"), "{refused:?}");
    no_password(&function.end(), &versions);
}

#[test]
fn rotation_takes_its_four_steps_and_each_can_be_repeated() {
    let Some(stand) = Stand::start() else { return };
    python(&stand.moto, LET_GO, &json!({}));
    let authorities = own("authorities.pem");
    std::fs::write(&authorities, &stand.world.target.authority).unwrap();
    let mut function = stand.function(Some(&authorities));
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
        for _ in 0..2 {
            assert_eq!(reply(&mut function, &stand.step(step)), Value::Null, "{step}");
        }
        let current = &stand.versions()["AWSCURRENT"];
        assert!(can_log_in(&stand.world, current), "after {step}, whoever is current is let in");
    }
    let versions = stand.versions();
    assert_eq!(versions["AWSCURRENT"]["username"], "migspec_fence_2");
    assert_eq!(versions["AWSPREVIOUS"], stand.login, "who still has the former one keeps it");
    assert!(can_log_in(&stand.world, &stand.login));
    let log = function.end();
    no_password(&log, &versions);
    assert_eq!(metric_values(&lines(&log), Metric::Rotations), [1.0], "a second finish is no second rotation");
}

fn can_log_in(world: &Testbed, login: &Value) -> bool {
    let text = |name: &str| login[name].as_str().unwrap_or_default().to_owned();
    block_on(world.target.open_as("ledger", &text("username"), &text("password"))).is_ok()
}

/// Of no version, and not the master's.
fn no_password(log: &str, versions: &Value) {
    assert!(!log.is_empty() && !log.contains("only-for-this-test"), "{log}");
    for (stage, version) in versions.as_object().unwrap() {
        let password = version["password"].as_str().unwrap();
        assert!(password.len() > 20 && !log.contains(password), "{stage}: {log}");
    }
}
