//! The merge of an environment into the base.

use migspec_diag::{FileId, Sources};
use migspec_syntax::{ImportError, Importer, Provenance, View, read};

struct Nothing;

impl Importer for Nothing {
    fn import(&mut self, _: &mut Sources, _: FileId, _: &str) -> Result<FileId, ImportError> {
        Err(ImportError::Missing)
    }
}

/// A small migration with `base`, seen by an environment with `overrides`.
fn view(base: &str, overrides: &str) -> (View, Sources) {
    let text = format!(
        "migration \"m\" {{\nowner \"team\" contact=\"a@example.com\"\n{base}\n\
         environment \"other\" account=\"222222222222\" region=\"us-east-1\"\n\
         environment \"dev\" account=\"111111111111\" region=\"us-east-1\" {{\n{overrides}\n}}\n}}\n"
    );
    let mut sources = Sources::new();
    let file = sources.add("spec.kdl", &text);
    let outcome = read(file, &mut sources, &mut Nothing);
    assert_eq!(outcome.diagnostics, vec![]);
    let view = outcome.value.view("dev");
    assert_eq!(view.diagnostics, vec![]);
    (view.value.expect("nothing is missing"), sources)
}

const DATABASE: &str = "database \"a\" engine=\"aurora-postgresql\" version=\"16.6\" network=\"n\"";

#[test]
fn properties_replace_properties_and_the_rest_stays() {
    let base = format!("{DATABASE} {{\n instances 2 class=\"db.r6g.large\"\n backup retain=\"35d\"\n}}");
    let (view, sources) = view(&base, "database \"a\" version=\"16.7\" {\n instances 1\n}");
    let database = &view.migration.database[0];
    assert_eq!(&*database.version.value, "16.7");
    assert_eq!(database.network.as_str(), "n");
    let instances = database.instances.as_ref().expect("exists in both");
    assert_eq!((instances.count.0, &*instances.class.value), (1, "db.r6g.large"));
    assert_eq!(database.backup.as_ref().expect("exists in the base").retain.days(), 35);
    let Provenance::Written { span, base } = database.version.provenance else { panic!("written") };
    assert_eq!((sources.snippet(span), base.map(|b| sources.snippet(b))), ("\"16.7\"", Some("\"16.6\"")));
}

#[test]
fn a_node_that_is_replaced_keeps_nothing() {
    let (view, sources) = view("", "owner \"others\"");
    let owner = &view.migration.owner;
    assert_eq!((&*owner.team.value, owner.contact.is_none()), ("others", true));
    let base = owner.place.base.expect("replaces the base");
    assert_eq!(sources.snippet(base), "owner \"team\" contact=\"a@example.com\"");
}

#[test]
fn a_list_is_replaced_as_a_whole() {
    let base = "replication \"r\" from=\"s\" to=\"d\" network=\"n\" {\n include \"a.*\"\n include \"b.*\"\n exclude \"a.x\"\n}";
    let (view, _) = view(base, "replication \"r\" {\n include \"c.*\"\n}");
    let replication = &view.migration.replication[0];
    let included: Vec<&str> = replication.include.iter().map(|i| i.pattern.as_str()).collect();
    assert_eq!(included, ["c.*"]);
    assert_eq!(replication.exclude.len(), 1);
}

#[test]
fn keyed_nodes_merge_in_place_and_new_ones_follow() {
    let base = "monitor {\n alarm \"a\" above=1\n alarm \"b\" above=2\n}";
    let (view, _) = view(base, "monitor {\n alarm \"c\" above=3\n alarm \"a\" above=9\n}");
    let monitor = view.migration.monitor.expect("exists in the base");
    let alarms: Vec<(&str, u32)> = monitor.alarm.iter().map(|a| (a.key.as_str(), a.above.0)).collect();
    assert_eq!(alarms, [("a", 9), ("b", 2), ("c", 3)]);
}

#[test]
fn what_is_removed_can_be_written_anew() {
    let base = format!("{DATABASE} {{\n backup retain=\"35d\" window=\"05:00-06:00Z\"\n}}");
    let (view, _) = view(&base, "database \"a\" {\n remove \"backup\"\n backup retain=\"40d\"\n}");
    let backup = view.migration.database[0].backup.as_ref().expect("written anew");
    assert_eq!((backup.retain.days(), backup.window.to_string().as_str()), (40, "03:00-04:00Z"));
}

#[test]
fn tags_and_properties_set_by_hand_merge_by_name() {
    let base = "tags Team=\"a\" Cost=\"b\"\ncheckpoints {\n override \"AWS::S3::Bucket\" {\n A 1\n B 2\n }\n}";
    let overrides = "tags Cost=\"c\"\ncheckpoints {\n override \"AWS::S3::Bucket\" {\n B 3\n C 4\n }\n}";
    let (view, _) = view(base, overrides);
    let tags = view.migration.tags.expect("exists in both").tags;
    let tags: Vec<(&str, &str)> = tags.iter().map(|(name, value)| (&*name.value, &*value.value)).collect();
    assert_eq!(tags, [("Team", "a"), ("Cost", "c")]);
    let bucket = &view.migration.checkpoints.expect("exists in both").r#override[0];
    let names: Vec<&str> = bucket.properties.iter().map(|p| &*p.name.value).collect();
    assert_eq!(names, ["A", "B", "C"]);
}

#[test]
fn one_environment_does_not_see_another() {
    let (view, _) = view("", "");
    assert_eq!(view.migration.environment.len(), 1);
    assert_eq!(view.environment.key.as_str(), "dev");
}

/// Two folders, each with a `ca.pem` of its own.
struct Folders;

impl Importer for Folders {
    fn import(&mut self, sources: &mut Sources, from: FileId, path: &str) -> Result<FileId, ImportError> {
        let inside = sources.get(from).name.starts_with("part/");
        let source = "engine=\"postgresql\" site=\"s\"";
        let body = "at \"h:1\" database=\"d\"\n tls \"verify-full\" ca=\"ca.pem\"";
        match path {
            "part/part.kdl" => Ok(sources.add(path, &format!("source \"b\" {source} {{\n {body}\n}}\n"))),
            "ca.pem" if inside => Ok(sources.add("part/ca.pem", "the second")),
            "ca.pem" => Ok(sources.add("ca.pem", "the first")),
            _ => Err(ImportError::Missing),
        }
    }
}

#[test]
fn files_of_one_name_are_not_taken_for_each_other() {
    let text = "migration \"m\" {\n owner \"t\"\n environment \"dev\" account=\"111111111111\" region=\"us-east-1\"\n \
                source \"a\" engine=\"postgresql\" site=\"s\" {\n at \"h:1\" database=\"d\"\n tls \"verify-full\" ca=\"ca.pem\"\n }\n \
                import \"part/part.kdl\"\n}\n";
    let mut sources = Sources::new();
    let file = sources.add("spec.kdl", text);
    let codes: Vec<String> =
        read(file, &mut sources, &mut Folders).diagnostics.into_iter().map(|d| d.code.into_owned()).collect();
    assert_eq!(codes, ["ambiguous-file"]);
}
