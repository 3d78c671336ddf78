//! The environment of the packages.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use migspec_events::Side;
use migspec_function_testing::{Function, Login, Moto, Testbed, block_on};
use serde_json::{Value, json};

/// The one key of the authorizer: the bytes 0 to 31.
pub const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// The ids of the resources in moto.
pub const PREPARE: &str = r#"
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

pub const LOOK: &str = r#"
import boto3, json, os, sys
given = json.load(sys.stdin)
client = lambda name: boto3.client(name, endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1")
rule = client("elbv2").describe_rules(RuleArns=[given["rule"]])["Rules"][0]["Actions"][0]["ForwardConfig"]["TargetGroups"]
body = client("s3").get_object(Bucket="checkpoints", Key="ledger/rollback/e-1.json")["Body"].read()
json.dump({"weights": {g["TargetGroupArn"]: g["Weight"] for g in rule}, "progress": json.loads(body),
           "writer": client("ssm").get_parameter(Name="/migration/test/database/writer")["Parameter"]["Value"]}, sys.stdout)
"#;

/// Two databases with the fence's setup, and the AWS resources of both.
pub struct Stand {
    pub world: Testbed,
    pub moto: Moto,
    pub made: Value,
}

impl Stand {
    pub fn start() -> Option<Self> {
        let world = Testbed::start()?;
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
    pub fn function(&self, name: &str) -> Option<Function> {
        let binary = unpack(name)?;
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

    pub fn text(&self, name: &str) -> String {
        self.made[name].as_str().unwrap_or_default().to_owned()
    }
}

async fn prepare(world: &Testbed) {
    let tables = "create role owner nologin; create role pay_app login password 'pay_app-password'; \
                  create schema payments authorization owner; set role owner; \
                  create table payments.payment (id bigserial primary key); grant usage on schema payments to pay_app; \
                  grant insert on payments.payment to pay_app; grant usage on all sequences in schema payments to pay_app; reset role; \
                  grant owner to migspec_fence";
    for side in [Side::Source, Side::Target] {
        world.login(Login { side, purpose: "fence", role: "migspec_fence", attributes: "CREATEROLE" }).await;
        world.run(side, migspec_events::setup::FENCE).await;
        world.run(side, tables).await;
    }
    let login = |side, purpose, role| Login { side, purpose, role, attributes: "REPLICATION" };
    world.login(login(Side::Target, "reverse-capture", "migspec_reverse")).await;
    world.login(login(Side::Source, "replication", "dms")).await;
    world.run(Side::Source, "select setval('payments.payment_id_seq', 41)").await;
}

/// The binary out of a package of `cargo xtask functions`.
pub fn unpack(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let package = root.join(format!("target/functions/{name}.zip"));
    if !package.is_file() {
        migspec_judges::skip(name, "the function is not packaged: run `cargo xtask functions`");
        return None;
    }
    let folder = own(name);
    let unzip = "import sys, zipfile, os\nz = zipfile.ZipFile(sys.argv[1]); os.makedirs(sys.argv[2], exist_ok=True)\n\
                 p = z.extract('bootstrap', sys.argv[2]); os.chmod(p, z.getinfo('bootstrap').external_attr >> 16)";
    let status = Command::new("python3").args(["-c", unzip]).arg(&package).arg(&folder).status().unwrap();
    assert!(status.success(), "{name} is a package with an executable `bootstrap`");
    Some(folder.join("bootstrap"))
}

/// A path of this call alone: tests run side by side, and a program that runs
/// cannot be written over.
pub fn own(name: &str) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::SeqCst);
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("packaged-{count}-{name}"))
}

/// Runs a script with boto3 against moto; JSON in, JSON out.
pub fn python(moto: &Moto, script: &str, given: &Value) -> Value {
    let input = tempfile(given);
    let output = Command::new(moto.python())
        .args(["-c", script])
        .envs(moto.environment())
        .stdin(std::fs::File::open(input).unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn tempfile(value: &Value) -> PathBuf {
    let path = own("input.json");
    std::fs::write(&path, value.to_string()).unwrap();
    path
}
