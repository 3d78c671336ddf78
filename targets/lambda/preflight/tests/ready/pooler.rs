//! A pooler between the functions and a server.

use migspec_function_testing::{Options, Pooler, block_on};

use crate::stand::{ask, world};
use crate::whats;

#[test]
fn a_pooler_is_refused_in_each_of_its_modes() {
    let Some(world) = world(Options::default(), Options::default()) else { return };
    for mode in ["session", "transaction", "statement"] {
        let Some(pooler) = Pooler::start(&world.source, mode, &[("replicator", "replicator-password")]) else { return };
        world.describe(|replication| replication.source.port = pooler.port);
        block_on(async {
            let reply = ask(&world).await;
            let expected = format!("a connection pooler answers for the source on 127.0.0.1:{}", pooler.port);
            assert_eq!((reply.ready, whats(&reply)), (false, vec![expected.as_str()]), "{mode}");
        });
    }
    world.describe(|_| {});
    block_on(async {
        let reply = ask(&world).await;
        assert_eq!((reply.ready, whats(&reply)), (true, vec![]), "the server itself is no pooler");
    });
}
