//! The reference spec is read in full, in each of its environments.

use migspec_diag::{FileId, Sources};
use migspec_syntax::{ImportError, Importer, Provenance, Spec, View, read};

const SPEC: &str = include_str!("../../../specs/payments.migspec.kdl");
const CA: &str = include_str!("../../../specs/corp-root-ca.pem");

struct Beside;

impl Importer for Beside {
    fn import(&mut self, sources: &mut Sources, _from: FileId, path: &str) -> Result<FileId, ImportError> {
        match path {
            "corp-root-ca.pem" => Ok(sources.add(path, CA)),
            _ => Err(ImportError::Missing),
        }
    }
}

fn spec() -> (Spec, Sources) {
    let mut sources = Sources::new();
    let file = sources.add("payments.migspec.kdl", SPEC);
    let outcome = read(file, &mut sources, &mut Beside);
    assert_eq!(outcome.diagnostics, vec![]);
    (outcome.value, sources)
}

fn view(spec: &Spec, environment: &str) -> View {
    let outcome = spec.view(environment);
    assert_eq!(outcome.diagnostics, vec![]);
    outcome.value.expect("the reference spec is complete")
}

#[test]
fn both_environments_are_read() {
    let (spec, _) = spec();
    let names: Vec<&str> = spec.environments.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["dev", "prod"]);
    let dev = view(&spec, "dev");
    assert_eq!(dev.environment.account.as_str(), "111111111111");
    assert!(!*dev.environment.production);
    let prod = view(&spec, "prod");
    assert!(*prod.environment.production);
    assert!(prod.environment.state.is_some());
}

#[test]
fn every_node_arrives() {
    let (spec, _) = spec();
    let m = view(&spec, "prod").migration;
    assert_eq!((m.network.len(), m.site.len(), m.source.len(), m.database.len()), (2, 1, 1, 1));
    assert_eq!(m.network[0].tier.len(), 4);
    assert_eq!(m.source[0].login.len(), 4);
    assert_eq!(m.replication[0].include.len(), 1);
    assert_eq!(m.cutover[0].strategy.step.len(), 3);
    assert!(m.database[0].replica.is_some() && m.monitor.is_some() && m.secrets.is_some());
    assert!(m.validation[0].rows.is_some());
}

#[test]
fn an_override_keeps_both_places() {
    let (spec, sources) = spec();
    let dev = view(&spec, "dev").migration;
    assert!(dev.database[0].replica.is_none(), "`remove` drops it");
    let at = &dev.source[0].at;
    assert_eq!(&*at.address.host, "ledger.test.example.com");
    let Provenance::Written { span, base } = at.address.provenance else { panic!("written") };
    assert_eq!(sources.snippet(span), "\"ledger.test.example.com:5432\"");
    assert_eq!(sources.snippet(base.expect("overrides")), "\"ledger.dc1.example.com:5432\"");
    // Settings that the environment does not override are inherited.
    let upstream = dev.api[0].upstream.iter().find(|u| u.side.word() == "target").expect("exists in the base");
    assert_eq!(upstream.port.0, 8443);
    assert_eq!(dev.api[0].waive.len(), 1);
}

#[test]
fn files_that_settings_name_are_read() {
    let (spec, _) = spec();
    assert_eq!(view(&spec, "dev").files["corp-root-ca.pem"].as_ref(), CA);
}
