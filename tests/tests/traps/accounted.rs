//! Every trap of the catalogue of traps is accounted for, and once. The
//! catalogue counts from 1 to 80, with 56b and 56c beside 56: 82 in all. A test
//! here may cover several; other traps are decided elsewhere, or are impossible
//! with the emitted resources.

use std::collections::{BTreeMap, BTreeSet};

use migspec_policies::Rulebook;
use migspec_tests::emitted;

/// The tests of these files, each with the traps that it keeps us out of.
const TESTED: &[(&str, &[&str])] = &[
    ("task_settings_settle", &["1", "2"]),
    ("log_context_needs_logging", &["3"]),
    ("subnet_groups_wait_for_the_role", &["4", "7"]),
    ("instances_wait_for_the_log_role", &["5"]),
    ("account_wide_roles_have_their_exact_names", &["6"]),
    ("deployments_leave_running_tasks_alone", &["8", "9", "10"]),
    ("tasks_are_never_replaced", &["11", "12"]),
    ("metrics_name_the_resource_identifier", &["13"]),
    ("identifiers_are_what_dms_takes", &["14"]),
    ("tasks_go_before_their_instance_and_it_before_its_subnets", &["15"]),
    ("replication_instances_have_security_groups_of_their_own", &["16"]),
    ("endpoints_name_their_secret_for_a_provider_that_knows_it", &["17"]),
    ("no_password_in_an_endpoint", &["18"]),
    ("secrets_say_which_server_they_are_for", &["19"]),
    ("tls_of_endpoints", &["20"]),
    ("positions_are_the_workflows", &["21", "22"]),
    ("replication_instances", &["23", "24", "25", "26", "76"]),
    ("underscores_in_mappings_are_no_wildcards", &["27"]),
    ("neither_serverless_replication_nor_event_subscriptions", &["28", "78"]),
    ("validation_leaves_room_for_replication", &["29"]),
    ("slots_go_once_replication_has_stopped", &["30"]),
    ("clusters", &["31", "36", "37"]),
    ("nobody_logs_in_with_the_password_of_the_master", &["32"]),
    ("static_parameters_wait_for_a_reboot", &["34"]),
    ("members_are_not_upgraded_in_flight", &["35"]),
    ("triggers_stay_on_for_other_sessions", &["38"]),
    ("rotation_waits", &["39"]),
    ("no_secret_is_in_a_state", &["40"]),
    ("names_of_secrets_come_back", &["41"]),
    ("rotation_can_alternate_between_two_users", &["42"]),
    ("secrets_manager_may_call_the_rotation", &["43"]),
    ("the_routing_parameter_stays", &["44"]),
    ("deployments_follow_their_api", &["45", "46"]),
    ("stages_are_resources_of_their_own", &["47"]),
    ("weights_are_the_workflows", &["49"]),
    ("one_way_to_forward", &["51"]),
    ("integrations", &["52", "56", "56c"]),
    ("only_the_api_calls_its_authorizer", &["53"]),
    ("no_verdict_is_kept_while_traffic_shifts", &["54"]),
    ("api_gateway_may_write_logs_before_a_stage_does", &["55"]),
    ("upstreams_get_the_path_without_the_stage_over_tls", &["56b"]),
    ("definitions_are_literal", &["57", "58", "59"]),
    ("state_machines", &["60", "61", "62", "63"]),
    ("integrations_have_the_names_of_the_sdk_and_transitions_a_target", &["65"]),
    ("who_publishes_to_an_encrypted_topic_may_use_its_key", &["66"]),
    ("transit_routes_wait_for_their_attachment", &["67"]),
    ("transit_tables_of_our_own", &["68"]),
    ("routes_wait_for_the_attachment", &["69", "70"]),
    ("functions_in_networks_go_slowly", &["72"]),
    ("the_runbook_asks_to_confirm_a_subscription", &["73"]),
    ("missing_data_has_a_meaning", &["74"]),
    ("buckets_are_kept", &["75"]),
    ("dashboards_name_the_resource_identifier", &["79"]),
    ("tags", &["80"]),
];

enum Decided {
    /// A file of the project and a test in it.
    Test(&'static str, &'static str),
    Policy(&'static str),
}

const ELSEWHERE: &[(&str, &str, Decided)] = &[
    (
        "64",
        "a history or an input that is larger than an execution may have",
        Decided::Test("compiler/lower/src/workflow/tests.rs", "the_budget_is_kept"),
    ),
    ("71", "two networks or sites with the same addresses", Decided::Policy("overlapping-networks")),
];

/// The output that would be necessary for the trap.
const NOT_EMITTED: &[(&str, &str, &[&str])] = &[
    ("33", "blue/green updates of a cluster whose password the service keeps", &["blue_green_update", "BlueGreen"]),
    ("48", "a canary that serves the same deployment as its stage", &["canary_settings", "CanarySetting"]),
    ("50", "variables of a stage, taken for the back end's own", &["stageVariables"]),
    ("77", "placeholders of a generator of templates", &["AWS::CDK::", "${Token["]),
];

const SOURCES: &[&str] = &[
    include_str!("api.rs"),
    include_str!("aurora.rs"),
    include_str!("dms.rs"),
    include_str!("network.rs"),
    include_str!("workflow.rs"),
];

fn numbers() -> impl Iterator<Item = &'static str> {
    let tested = TESTED.iter().flat_map(|(_, numbers)| numbers.iter().copied());
    tested.chain(ELSEWHERE.iter().map(|e| e.0)).chain(NOT_EMITTED.iter().map(|n| n.0))
}

#[test]
fn each_trap_is_accounted_for_once() {
    let mut times: BTreeMap<String, usize> = (1..=80).map(|n| (n.to_string(), 0)).collect();
    times.extend(["56b", "56c"].map(|n| (n.to_owned(), 0)));
    assert_eq!(times.len(), 82);
    for number in numbers() {
        *times.entry(number.to_owned()).or_default() += 1;
    }
    let wrong: Vec<_> = times.iter().filter(|(_, times)| **times != 1).collect();
    assert!(times.len() == 82 && wrong.is_empty(), "not once: {wrong:?}");
}

#[test]
fn each_test_stands_in_the_table() {
    let after = |text: &'static str| text.split("#[test]\nfn ").skip(1);
    let names = SOURCES.iter().flat_map(|text| after(text)).filter_map(|rest| rest.split('(').next());
    let written: BTreeSet<&str> = names.collect();
    let listed: BTreeSet<&str> = TESTED.iter().map(|(name, _)| *name).collect();
    assert_eq!(written, listed);
}

#[test]
fn what_is_decided_elsewhere_is_there() {
    let rulebook = Rulebook::builtin().expect("the builtin policies can be read");
    for (_, trap, decided) in ELSEWHERE {
        let there = match decided {
            Decided::Policy(id) => rulebook.knows(id),
            Decided::Test(file, name) => migspec_tests::runs::text(file).contains(&format!("#[test]\nfn {name}()")),
        };
        assert!(there, "nothing decides: {trap}");
    }
}

#[test]
fn what_is_not_emitted_is_nowhere() {
    let mut seen = 0;
    for emitted in emitted::all() {
        let types = emitted.graph.resources.values().map(|r| format!("{r:?}"));
        let artifacts = ["terraform/", "cloudformation/", "stepfunctions/"].into_iter();
        let files = artifacts.flat_map(|folder| emitted.files(folder, "")).map(|(_, text)| text.to_owned());
        for text in types.chain(files) {
            seen += 1;
            for (_, trap, words) in NOT_EMITTED {
                let word = words.iter().find(|word| text.contains(**word));
                assert!(word.is_none(), "{} holds {word:?}: {trap}", emitted.name);
            }
        }
    }
    assert!(seen > 0, "nothing is emitted");
}
