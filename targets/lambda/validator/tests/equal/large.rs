//! Large objects, and many tables within the fence.

use migspec_events::{Side, ValidatorEvent, ValidatorReply};
use migspec_function_testing::{Options, Testbed, block_on};

use crate::stand::{ask, pass, summary, world};

async fn window(world: &Testbed) -> (ValidatorReply, Vec<String>) {
    let event = ValidatorEvent::FenceWindow { run: world.run_of() };
    let reply: ValidatorReply = ask(world, &world.call(), event).await.expect("the check ends");
    let errors = summary(world, &reply).errors;
    (reply, errors)
}

#[test]
fn large_objects_are_compared_by_their_content() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        let make = "SELECT lo_from_bytea(4711, 'one'), lo_from_bytea(4712, 'two'); \
                    GRANT SELECT ON LARGE OBJECT 4711, 4712 TO validator";
        world.run_on_both(make).await;
        let (reply, errors) = (pass(&world).await.0, window(&world).await.1);
        assert_eq!((reply.errors, errors), (0, vec![]), "equal objects are equal");
        world.run(Side::Target, "SELECT lo_put(4712, 0, 'TWO')").await;
        let differ = "the large objects differ: the source has 2, and the target 2";
        let (_, passed) = pass(&world).await;
        assert_eq!(passed.errors, [differ]);
        assert_eq!(window(&world).await.1, [differ]);
        world.run(Side::Target, "SELECT lo_unlink(4711), lo_unlink(4712)").await;
        assert_eq!(window(&world).await.1, ["the large objects differ: the source has 2, and the target 0"]);
        world.run(Side::Source, "REVOKE SELECT ON LARGE OBJECT 4712 FROM validator").await;
        let unread = window(&world).await.1;
        let expected = "the large objects of the source cannot be compared: ";
        assert!(unread.len() == 1 && unread[0].starts_with(expected), "{unread:?}");
    });
}

/// Over a line with latency, and one row wrong in the last of them.
#[test]
fn many_tables_are_compared_within_the_fence_side_by_side() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        let make: String = (0..60)
            .map(|n| {
                format!(
                    "CREATE TABLE payments.many_{n} (id int PRIMARY KEY, v text); \
                     INSERT INTO payments.many_{n} SELECT g, 'x' FROM generate_series(1, 10) g;"
                )
            })
            .collect();
        world.run_on_both(&make).await;
        let (reply, _) = pass(&world).await;
        assert_eq!((reply.mismatched, reply.errors), (0, 0));
        world
            .run(
                Side::Target,
                "UPDATE payments.many_7 SET v = 'y' WHERE id = 3; DELETE FROM payments.many_59 WHERE id = 1",
            )
            .await;
        world.run(Side::Source, "INSERT INTO payments.many_31 SELECT g, 'new' FROM generate_series(11, 12000) g").await;
        world.run(Side::Target, "INSERT INTO payments.many_31 SELECT g, 'new' FROM generate_series(11, 12000) g").await;
        let (reply, errors) = window(&world).await;
        assert_eq!((reply.mismatched, errors), (2, vec![]));
        let wrong: Vec<String> = summary(&world, &reply)
            .tables
            .iter()
            .flat_map(|part| part.rows.iter().map(|row| format!("{} {}", part.table, row.how)))
            .collect();
        assert_eq!(wrong, ["payments.many_59 another number of rows with this key", "payments.many_7 differs"]);
    });
}

/// Written after the last pass: the check within the fence names the row.
#[test]
fn a_value_that_appears_after_the_pass_is_named_within_the_fence() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        world.run(Side::Source, "CREATE TABLE payments.notes (id int PRIMARY KEY, note json); INSERT INTO payments.notes SELECT n, '{}' FROM generate_series(1, 3000) n").await;
        world.run(Side::Target, "CREATE TABLE payments.notes (id int PRIMARY KEY, note jsonb); INSERT INTO payments.notes SELECT n, '{}' FROM generate_series(1, 3000) n").await;
        assert_eq!(pass(&world).await.0.errors, 0);
        world.run(Side::Source, "UPDATE payments.notes SET note = '\"\\u0000\"' WHERE id = 2345").await;
        let (_, errors) = window(&world).await;
        let expected = "payments.notes: the row id = 2345 of the source has a value that the other side cannot hold";
        assert!(errors.len() == 1 && errors[0].starts_with(expected), "{errors:?}");
    });
}
