//! Rotation under the stand-in: as far as it goes without a server that
//! Amazon's authorities vouch for, which no test can have.

use migspec_function_testing::{Function, Moto, Outcome, World};
use serde_json::{Value, json};

use crate::reply;
use crate::stand::{python, unpacked};

/// A secret that rotates, and what holds it off.
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
value = lambda stage: json.loads(secrets.get_secret_value(SecretId=given["arn"], VersionStage=stage)["SecretString"])
json.dump({"current": value("AWSCURRENT"), "pending": value("AWSPENDING")}, sys.stdout)
"#;

const VERSION: &str = "0f1b6f5c-8a4b-4c1e-9d57-2f0b7c1a3e55";

#[test]
fn rotation_holds_off_and_trusts_no_server_that_amazon_does_not_vouch_for() {
    let Some(world) = World::start() else { return };
    let Some(moto) = Moto::start() else { return };
    let Some(binary) = unpacked("secret-rotation") else { return };
    let login = json!({
        "username": "migspec_fence", "password": "migspec_fence-password", "host": "localhost",
        "port": world.target.port, "dbname": "ledger", "masterarn": "master",
    });
    let made = python(&moto, ROTATING, &json!({ "login": login }));
    let mut environment = moto.environment();
    environment.extend(world.environment());
    let switches = json!({ "ledger": ["/migration/test/rotation"] });
    environment.push(("MIGSPEC_ROTATION", switches.to_string()));
    let mut function = Function::start(&binary, "secret-rotation", &environment);
    let step = |name: &str| json!({ "SecretId": made["arn"], "ClientRequestToken": VERSION, "Step": name });

    let held = function.call(&step("createSecret"));
    assert!(matches!(&held, Outcome::Failed(name, _) if name == "Migration.RotationHeld"), "{held:?}");
    python(&moto, LET_GO, &json!({}));
    assert_eq!(reply(&mut function, &step("createSecret")), Value::Null);
    assert_eq!(reply(&mut function, &step("createSecret")), Value::Null, "it can be repeated");
    let versions = python(&moto, VERSIONS, &made);
    assert_eq!(versions["current"], login, "the version in use is as it was");
    assert_eq!(versions["pending"]["username"], "migspec_fence_2");
    let password = versions["pending"]["password"].as_str().unwrap_or_default();
    assert_eq!(password.len(), 40);

    let refused = function.call(&step("setSecret"));
    assert!(matches!(&refused, Outcome::Failed(name, _) if name == "Migration.Unreachable"), "{refused:?}");
    let log = function.end();
    assert!(!log.contains(password) && !log.contains("-password") && !log.contains("only-for-this-test"), "{log}");
}
