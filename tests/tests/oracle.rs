//! The fast path of the policies gives the verdicts of Cedar's own authorizer
//! on whole graphs: policies chosen by type, conditions alone, entities made
//! without the schema.

use migspec_policies::agrees_with_cedar;
use migspec_tests::runs;

#[test]
fn cedar_s_own_authorizer_agrees_on_the_reference_spec() {
    let text = runs::text("specs/payments.migspec.kdl");
    let (_, checked) = runs::check_text("payments.migspec.kdl", &text, Some("dev"));
    assert_eq!(checked.graphs.len(), 1);
    for graph in &checked.graphs {
        assert_eq!(agrees_with_cedar(graph, runs::rulebook()), Ok(()));
    }
}
