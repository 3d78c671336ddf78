//! Live variables. The exploration forgets a variable that no later state reads, so that configurations that differ
//! only in it are one.

use indexmap::IndexSet;
use migspec_ir::workflow::Effect;

use crate::workflow::program::{Assignments, Node, NodeId, Program, Target};
use crate::workflow::turn::{self, UNDEFINED, ValueId};

/// For each state, the variables that it reads, or that a later state reads before it sets them.
pub struct Live {
    /// Numbers that hold the bits of one state.
    width: usize,
    bits: Vec<u64>,
}

impl Live {
    pub fn new(program: &Program<'_>) -> Self {
        let width = program.variables.len().div_ceil(64);
        let mut live = Self { width, bits: vec![0; width * program.nodes.len()] };
        for (id, node) in program.nodes.iter().enumerate() {
            let told = rollback_inputs(program, node);
            node.reads.iter().chain(&told).for_each(|variable| live.add(id, *variable));
        }
        let exits: Vec<Vec<Exit>> = program.nodes.iter().map(|node| exits(node, width)).collect();
        // Backwards, because most states are in the order of an execution.
        let mut grew = true;
        while grew {
            grew = false;
            (0..exits.len()).rev().for_each(|id| grew |= live.grow(id, &exits[id]));
        }
        live
    }

    /// Forgets the variables that no later state reads.
    pub fn keep(&self, at: NodeId, variables: &mut [ValueId]) {
        for (i, variable) in variables.iter_mut().enumerate() {
            if self.bits[at * self.width + i / 64] >> (i % 64) & 1 == 0 {
                *variable = UNDEFINED;
            }
        }
    }

    fn add(&mut self, at: NodeId, variable: usize) {
        self.bits[at * self.width + variable / 64] |= 1 << (variable % 64);
    }

    /// Adds the variables that are read after the exits; returns whether the set grew.
    fn grow(&mut self, at: NodeId, exits: &[Exit]) -> bool {
        let mut grew = false;
        for Exit { to, sets } in exits {
            for (word, set) in sets.iter().enumerate() {
                let behind = self.bits[to * self.width + word] & !set;
                let here = &mut self.bits[at * self.width + word];
                grew |= behind & !*here != 0;
                *here |= behind;
            }
        }
        grew
    }
}

/// The target of an exit, and the variables that it sets.
struct Exit {
    to: NodeId,
    sets: Vec<u64>,
}

fn exits(node: &Node<'_>, width: usize) -> Vec<Exit> {
    let own = [(&node.assign, node.next), (&node.assign, node.default)];
    let branches = node.branches.iter().map(|(_, assign, to)| (assign, *to));
    let catches = node.catches.iter().map(|(assign, to)| (assign, *to));
    let inner = node.inner.iter().map(|start| Exit { to: *start, sets: vec![0; width] });
    let all = own.into_iter().chain(branches).chain(catches);
    let outside = all.filter_map(|(assign, to)| match to {
        Target::Node(to) => Some(Exit { to, sets: sets(assign, width) }),
        Target::End | Target::Nowhere => None,
    });
    outside.chain(inner).collect()
}

fn sets(assign: &Assignments, width: usize) -> Vec<u64> {
    let mut sets = vec![0; width];
    assign.iter().for_each(|(variable, _)| sets[variable / 64] |= 1 << (variable % 64));
    sets
}

/// The variables that decide the rollback: the input of its handler.
fn rollback_inputs(program: &Program<'_>, node: &Node<'_>) -> Vec<usize> {
    let mut names = IndexSet::default();
    if node.effects.iter().any(|effect| matches!(effect, Effect::Rollback | Effect::RolledBack))
        && let Some(failure) = turn::failure(program)
    {
        failure.reads(&mut names);
    }
    names.iter().filter_map(|name| program.variables.get_index_of(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_variables_than_a_number_has_bits_are_kept_apart() {
        let mut live = Live { width: 2, bits: vec![0; 4] };
        live.add(0, 3);
        live.add(1, 70);
        let grew = live.grow(0, &[Exit { to: 1, sets: vec![0, 0] }]);
        let kept = |live: &Live, at| {
            let mut variables = vec![7; 80];
            live.keep(at, &mut variables);
            (0..80).filter(|i| variables[*i] == 7).collect::<Vec<_>>()
        };
        assert!(grew && !live.grow(0, &[Exit { to: 1, sets: vec![0, 1 << 6] }]));
        assert_eq!((kept(&live, 0), kept(&live, 1)), (vec![3, 70], vec![70]));
    }

    #[test]
    fn what_is_set_on_the_way_is_not_read_from_before() {
        let mut live = Live { width: 1, bits: vec![0, 1 << 5] };
        assert!(!live.grow(0, &[Exit { to: 1, sets: vec![1 << 5] }]));
    }
}
