//! Sources, databases, replications, and the nodes that refer to them.

use migspec_ir::{Graph, Value};

use crate::testing::{SMALL, lower_text, payments, small_with};

/// The findings after a replacement: code and underlined text.
fn check(from: &str, to: &str, expected: &[(&str, &str)]) {
    let found = small_with(from, to);
    let found: Vec<(&str, &str)> = found.iter().map(|(code, text)| (code.as_str(), text.as_str())).collect();
    assert_eq!(found, expected, "{from} -> {to}");
}

const SOURCE: &str = "source \"old\" engine=\"postgresql\" version=\"15.8\" site=\"dc\"";
const DATABASE: &str = "database \"new\" engine=\"aurora-postgresql\" version=\"16.6\" network=\"main\"";
const REPLICATION: &str = "replication \"app\" from=\"old\" to=\"new\" network=\"main\"";

#[test]
fn names_resolve() {
    check("site=\"dc\"", "site=\"cd\"", &[("unknown-reference", "\"cd\"")]);
    check("from=\"old\"", "from=\"odl\"", &[("unknown-reference", "\"odl\"")]);
    check("to=\"new\"", "to=\"nwe\"", &[("unknown-reference", "\"nwe\"")]);
    check("\n}\n", "\n    validation \"ap\" { rows }\n}\n", &[("unknown-reference", "\"ap\"")]);
}

/// Reports have the values of keys.
#[test]
fn keys_of_classified_tables_stay_out_of_reports() {
    let protected = |class: &str| {
        let table = format!("table \"payments.payment\" key=\"id\"{class} {{");
        let text = include_str!("../../../../specs/payments.migspec.kdl")
            .replace("table \"payments.payment\" key=\"id\" {", &table);
        let id = crate::names::parameter("replications/ledger/validation");
        let graph = lower_text(&text, "prod").graph;
        let datum = graph.get(&id).and_then(|r| r.get("Value")).expect("the parameter exists");
        let Value::JsonText(inner) = &datum.value else { panic!("it is JSON") };
        json(&inner.value)["protected"].to_string()
    };
    assert_eq!(protected(""), "[\"payments.payment.card_number\"]");
    assert_eq!(protected(" class=\"public\""), protected(""));
    assert_eq!(protected(" class=\"cardholder\""), "[\"payments.payment.card_number\",\"payments.payment.id\"]");
}

#[test]
fn a_source_says_how_it_is_trusted_and_logged_in_to() {
    let mode = "tls \"verify-full\" ca=\"ca.pem\"";
    check(mode, "tls \"verify-full\"", &[("missing-ca", "\"verify-full\"")]);
    check("        login \"replication\" secret=\"app/replication\"\n", "", &[("missing-login", SOURCE)]);
    let generated = "login \"replication\" generate=#true";
    check("login \"replication\" secret=\"app/replication\"", generated, &[("login-without-secret", "#true")]);
    let table = "tls \"verify-full\" ca=\"ca.pem\"\n        table \"app.t\" { column \"amount\" type=\"numeric\" }";
    check(mode, table, &[("table-without-key", "table \"app.t\""), ("unbounded-numeric", "\"numeric\"")]);
}

#[test]
fn mysql_has_no_unverified_tls() {
    let text = SMALL
        .replace("engine=\"postgresql\" version=\"15.8\"", "engine=\"mysql\" version=\"8.0\"")
        .replace("aurora-postgresql\" version=\"16.6\"", "aurora-mysql\" version=\"8.0.mysql_aurora.3.08.2\"")
        .replace("tls \"verify-full\"", "tls \"require\"")
        .replace(":5432", ":3306");
    assert_eq!(lower_text(&text, "dev").findings(), [("unsupported-tls-mode", "\"require\"")]);
}

#[test]
fn databases_are_checked() {
    let version = "version=\"16.6\"";
    check(version, "version=\"16\"", &[("unknown-engine-version", "\"16\"")]);
    check(DATABASE, &format!("{DATABASE} {{ backup retain=\"36d\" }}"), &[("backup-retention", "\"36d\"")]);
    check(
        DATABASE,
        &format!("{DATABASE} {{ backup window=\"03:00-03:10Z\" }}"),
        &[("short-backup-window", "\"03:00-03:10Z\"")],
    );
    check(DATABASE, &format!("{DATABASE} {{ instances 16 }}"), &[("instance-count", "16")]);
    check(
        DATABASE,
        &format!("{DATABASE} {{ instances 2 class=\"db.m5.large\" }}"),
        &[("unknown-instance-class", "\"db.m5.large\"")],
    );
    check(
        DATABASE,
        &format!("{DATABASE} {{ replica region=\"us-east-1\" }}"),
        &[("replica-in-same-region", "\"us-east-1\"")],
    );
    let small = format!("{DATABASE} {{\n instances 2 class=\"db.t4g.medium\"\n replica region=\"us-east-2\"\n}}");
    check(DATABASE, &small, &[("replica-instance-class", "\"db.t4g.medium\"")]);
    check("        tier \"data\" holds=\"database\"\n", "", &[("missing-tier", "\"main\"")]);
    let pair = [("unsupported-engine-pair", REPLICATION)];
    check("aurora-postgresql\" version=\"16.6\"", "aurora-mysql\" version=\"8.0.mysql_aurora.3.08.2\"", &pair);
}

#[test]
fn replications_are_checked() {
    let include = "include \"app.*\"";
    check(&format!(" {{\n        {include}\n    }}"), "", &[("nothing-included", REPLICATION)]);
    check(include, &format!("{include}\n lag gate=\"5s\" alarm=\"500ms\""), &[("lag-in-seconds", "\"500ms\"")]);
    check(include, &format!("{include}\n lob limit=\"200MiB\""), &[("lob-limit-out-of-range", "\"200MiB\"")]);
    check(
        include,
        &format!("{include}\n instance class=\"db.r6g.large\""),
        &[("unknown-instance-class", "\"db.r6g.large\"")],
    );
    check(include, &format!("{include}\n instance storage=\"1GiB\""), &[("replication-storage", "\"1GiB\"")]);
    let lob = "tls \"verify-full\" ca=\"ca.pem\"\n table \"app.t\" key=\"id\" { lob \"doc\" max=\"1MiB\" }";
    check("tls \"verify-full\" ca=\"ca.pem\"", lob, &[("lob-limit-too-small", "\"1MiB\"")]);
}

#[test]
fn alarms_and_overrides_have_known_names() {
    let at = "    replication \"app\"";
    let with = |node: &str| format!("    {node}\n{at}");
    check(at, &with("monitor { alarm \"database-cpus\" above=90 }"), &[("unknown-alarm", "\"database-cpus\"")]);
    let set = |text: &str| format!("{DATABASE} {{ override {text} }}");
    check(DATABASE, &set("\"AWS::RDS::DBClustr\" { Port 1 }"), &[("unknown-resource-type", "\"AWS::RDS::DBClustr\"")]);
    check(DATABASE, &set("\"AWS::RDS::DBCluster\" { Prt 5433 }"), &[("unknown-property", "Prt")]);
    check(DATABASE, &set("\"AWS::RDS::DBCluster\" { BackupRetentionPeriod \"x\" }"), &[("invalid-property", "\"x\"")]);
    check(
        DATABASE,
        &set("\"AWS::RDS::DBInstance\" resource=\"new-instance-9\" { PromotionTier 2 }"),
        &[("unknown-resource", "\"new-instance-9\"")],
    );
    check(
        at,
        &with("override \"AWS::RDS::DBInstance\" { PromotionTier 2 }"),
        &[("ambiguous-override", "\"AWS::RDS::DBInstance\"")],
    );
}

#[test]
fn an_override_is_written_by_the_author() {
    let text = SMALL.replace(
        DATABASE,
        &format!("{DATABASE} {{ override \"AWS::RDS::DBCluster\" {{ BackupRetentionPeriod 21 }} }}"),
    );
    let lowered = lower_text(&text, "dev");
    assert_eq!(lowered.findings(), []);
    let period = lowered.graph.get(&"new-cluster".into()).and_then(|c| c.get("BackupRetentionPeriod"));
    let period = period.expect("a retention period");
    assert_eq!(period.value, Value::Integer(21));
    assert!(matches!(period.origin, migspec_ir::Origin::Written { .. }));
}

#[test]
fn an_override_reaches_into_the_settings_of_a_task() {
    let setting =
        "override \"AWS::DMS::ReplicationTask\" { ReplicationTaskSettings { FullLoadSettings { CommitRate 500 } } }";
    let text = SMALL.replace("include \"app.*\"", &format!("include \"app.*\"\n{setting}"));
    let lowered = lower_text(&text, "dev");
    assert_eq!(lowered.findings(), []);
    let settings = document(&lowered.graph, "app-task", "ReplicationTaskSettings");
    assert_eq!(settings.get("FullLoadSettings.CommitRate").map(|d| &d.value), Some(&Value::Integer(500)));
    assert_eq!(settings.get("FullLoadSettings.MaxFullLoadSubTasks").map(|d| &d.value), Some(&Value::Integer(8)));
}

/// Selection rules escape an underscore; settings of a table name it plainly.
#[test]
fn the_settings_of_a_divided_table_name_it_without_escapes() {
    let table = "tls \"verify-full\" ca=\"ca.pem\"\n        table \"app.card_event\" key=\"id\" rows=\"9GiB\" { load \"partitions\"; }";
    let lowered = lower_text(&SMALL.replace("tls \"verify-full\" ca=\"ca.pem\"", table), "dev");
    assert_eq!(lowered.findings(), []);
    let mappings = document(&lowered.graph, "app-task", "TableMappings");
    let rules = mappings.get("rules").and_then(|d| d.value.as_list()).expect("rules");
    let text =
        |rule: &migspec_ir::Datum, path| rule.get(path).and_then(|d| d.value.as_str()).unwrap_or_default().to_owned();
    let tables: Vec<(String, String)> =
        rules.iter().map(|rule| (text(rule, "rule-type"), text(rule, "object-locator.table-name"))).collect();
    let of = |kind: &str, table: &str| (kind.to_owned(), table.to_owned());
    assert_eq!(tables, [of("selection", "card[_]event"), of("table-settings", "card_event"), of("selection", "%")]);
}

fn document<'g>(graph: &'g Graph, id: &str, property: &str) -> &'g migspec_ir::Datum {
    match graph.get(&id.into()).and_then(|r| r.get(property)).map(|d| &d.value) {
        Some(Value::JsonText(document)) => document,
        other => panic!("{id}.{property} is a document: {other:?}"),
    }
}

#[test]
fn no_error_of_replication_loses_a_row() {
    let lowered = payments("prod");
    for task in ["ledger-task", "ledger-reverse-task"] {
        let settings = document(&lowered.graph, task, "ReplicationTaskSettings");
        let errors = settings.get("ErrorBehavior").and_then(|d| d.value.as_map()).expect("error behaviour");
        for (name, datum) in errors.iter().filter(|(name, _)| name.ends_with("Policy") && *name != "EventErrorPolicy") {
            let word = datum.value.as_str().unwrap_or_default();
            assert!(matches!(word, "SUSPEND_TABLE" | "STOP_TASK"), "{task} {name} {word}");
        }
        assert_eq!(settings.get("TargetMetadata.LobMaxSize").map(|d| &d.value), Some(&Value::Integer(64)));
        let mappings = document(&lowered.graph, task, "TableMappings");
        let rules = mappings.get("rules").and_then(|d| d.value.as_list()).expect("rules");
        let tables: Vec<&str> =
            rules.iter().filter_map(|r| r.get("object-locator.table-name")).filter_map(|t| t.value.as_str()).collect();
        assert_eq!(tables, ["%", "tmp[_]%", "migspec[_]fence"]);
    }
}

#[test]
fn each_endpoint_has_a_login_of_its_own() {
    let graph = payments("prod").graph;
    let mut secrets: Vec<String> = Vec::new();
    for endpoint in graph.of_type("AWS::DMS::Endpoint") {
        assert!(endpoint.get("Password").is_none() && endpoint.get("Username").is_none());
        assert_eq!(endpoint.get("SslMode").and_then(|d| d.value.as_str()), Some("verify-full"));
        let secret = endpoint.get("PostgreSqlSettings.SecretsManagerSecretId").expect("a secret");
        secrets.push(format!("{:?}", secret.value));
    }
    secrets.sort();
    let all = secrets.len();
    secrets.dedup();
    assert_eq!((all, secrets.len()), (4, 4));
}

#[test]
fn a_copy_in_another_region_takes_the_password_from_a_secret_of_ours() {
    let prod = payments("prod");
    let cluster = prod.graph.get(&"ledger-cluster".into()).expect("a cluster");
    assert_eq!(
        cluster.get("MasterUserPassword").map(|d| &d.value),
        Some(&Value::Generated("ledger-master-secret".into()))
    );
    assert!(cluster.get("ManageMasterUserPassword").is_none());
    let dev = payments("dev");
    let cluster = dev.graph.get(&"ledger-cluster".into()).expect("a cluster");
    assert_eq!(cluster.get("ManageMasterUserPassword").and_then(|d| d.value.as_bool()), Some(true));
    assert!(cluster.get("MasterUserPassword").is_none());
}

#[test]
fn nothing_refers_to_another_region() {
    let graph = payments("prod").graph;
    for resource in graph.resources.values() {
        for (name, datum) in resource.properties.iter() {
            datum.value.references(&mut |id, _| {
                let other = graph.get(id).map(|r| &r.region);
                assert_eq!(other, Some(&resource.region), "{}.{name} -> {id}", resource.id);
            });
        }
    }
}

#[test]
fn a_small_migration_has_only_the_functions_that_it_needs() {
    let lowered = lower_text(SMALL, "dev");
    assert_eq!(lowered.ids("AWS::Lambda::Function"), ["secret-rotation-function", "task-monitor-function"]);
    let mut all = payments("prod").ids("AWS::Lambda::Function").len();
    all -= payments("dev").ids("AWS::Lambda::Function").len();
    assert_eq!(all, 0);
    assert_eq!(payments("dev").ids("AWS::Lambda::Function").len(), 9);
}

#[test]
fn waivers_belong_to_the_node_that_they_stand_in() {
    let waivers = payments("dev").graph.waivers;
    assert_eq!(waivers.len(), 1);
    assert_eq!((&*waivers[0].rule, &*waivers[0].scope), ("api-without-waf", "api \"payments\""));
    let waive = "waive \"x\" until=\"2027-01-01\" owner=\"a\" approved-by=\"b\" reason=\"r\"";
    let on = format!("{waive} on=\"database.nwe\"");
    check("    transit", &format!("    {on}\n    transit"), &[("unknown-reference", "\"database.nwe\"")]);
}

#[test]
fn a_role_that_iam_would_refuse_is_reported() {
    let many = super::many(60);
    let lowered = lower_text(&many, "dev");
    let codes: Vec<&str> = lowered.diagnostics.iter().map(|d| &*d.code).collect();
    assert_eq!(codes, ["container-too-large"]);
}

/// A value as deployed JSON, with text in place of values that only a deployment knows.
fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Bool(truth) => (*truth).into(),
        Value::Integer(number) => (*number).into(),
        Value::String(text) => text.to_string().into(),
        Value::List(items) => items.iter().map(|d| json(&d.value)).collect(),
        Value::Map(map) => map.iter().map(|(key, d)| (key.to_string(), json(&d.value))).collect(),
        _ => "known at deployment".into(),
    }
}

#[test]
fn functions_can_read_what_parameters_say() {
    let payments = payments("prod");
    let parameter = |name: &str| {
        let id = crate::names::parameter(name);
        let datum = payments.graph.get(&id).and_then(|r| r.get("Value")).expect("the parameter exists");
        match &datum.value {
            Value::JsonText(inner) => json(&inner.value),
            other => json(other),
        }
    };
    let replication: migspec_events::Replication =
        serde_json::from_value(parameter("replications/ledger")).expect("it is a replication");
    assert_eq!(replication.forward_task, "arn:aws:dms:us-east-1:222222222222:task:dxvqc4-payments-ledger-fwd-prod");
    assert_eq!(replication.source.authority.as_deref(), Some("/migration/payments/prod/replications/ledger/authority"));
    assert_eq!((replication.target.authority.as_deref(), replication.target.tls.as_str()), (None, "verify-full"));
    assert!(replication.copies("payments.payment") && !replication.copies("payments.tmp_1"));
    let pem = parameter("replications/ledger/authority");
    assert!(pem.as_str().is_some_and(|text| text.contains("BEGIN CERTIFICATE")));
    let validation: migspec_events::Validation =
        serde_json::from_value(parameter("replications/ledger/validation")).expect("it is a validation");
    assert_eq!(validation.checksums.map(|c| c.chunk_millis), Some(500));
    assert_eq!(validation.protected, ["payments.payment.card_number"]);
    assert_eq!(validation.invariants[0].name, "ledger-balance");
}
