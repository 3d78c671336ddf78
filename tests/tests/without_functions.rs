//! A build without packages deploys in both back ends, and refers to no package.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use migspec_targets::{Artifacts, Packages, TARGETS, missing_packages, without_functions};
use migspec_tests::emitted;

#[test]
fn the_rest_of_every_spec_is_emitted_without_packages() {
    let (mut left_out, mut apis) = (0, 0);
    for emitted in emitted::all() {
        let rest = without_functions(&emitted.graph);
        left_out += emitted.graph.resources.len() - rest.resources.len();
        assert!(rest.resources.len() * 2 > emitted.graph.resources.len(), "{}: most is left out", emitted.name);
        assert_eq!(missing_packages(&rest, &Packages::default()), Vec::<String>::new(), "{}", emitted.name);
        let mut artifacts = Artifacts::new();
        // A reference to a removed resource is a problem of a back end.
        for target in TARGETS {
            let problems = target.emit(&rest, &Packages::default(), &mut artifacts);
            assert_eq!(problems, [], "{}: {}", emitted.name, target.name());
        }
        for (path, bytes) in artifacts.iter() {
            let text = std::str::from_utf8(bytes).expect("artifacts are text");
            let infrastructure = path.starts_with("terraform/") || path.starts_with("cloudformation/");
            assert!(!infrastructure || !text.contains("functions/"), "{}: {path} names a package", emitted.name);
        }
        // An API without its authorizer would be open.
        if emitted.graph.of_type("AWS::ApiGateway::Authorizer").next().is_some() {
            assert_eq!(rest.of_type("AWS::ApiGateway::Method").count(), 0, "{}", emitted.name);
            assert_eq!(rest.of_type("AWS::ApiGateway::Deployment").count(), 0, "{}", emitted.name);
            apis += 1;
        }
        for kind in ["AWS::RDS::DBCluster", "AWS::DMS::ReplicationTask", "AWS::EC2::VPC", "AWS::IAM::Role"] {
            assert_eq!(rest.of_type(kind).count() > 0, emitted.graph.of_type(kind).count() > 0, "{}", emitted.name);
        }
    }
    assert!(left_out > 100 && apis > 2, "{left_out} resources, {apis} APIs");
}
