//! The column and lane of each box.

use std::collections::BTreeMap;

use crate::picture::{Flow, GroupId, Line, Picture};

/// The widest lane of a wrapped picture, in columns.
const WRAP: usize = 5;
const SWEEPS: usize = 4;

/// A lane: boxes of one group side by side. No other group has boxes in it.
pub(crate) struct Lane {
    pub group: Option<GroupId>,
    /// By column: numbers of boxes from the top down.
    pub cells: BTreeMap<usize, Vec<usize>>,
}

/// The grid of a picture.
pub(crate) struct Grid {
    pub lanes: Vec<Lane>,
    pub columns: usize,
    /// The column and the lane of each box.
    pub of: Vec<(usize, usize)>,
}

impl Grid {
    pub(crate) fn new(picture: &Picture) -> Self {
        let column = match picture.flow {
            Flow::Across => columns(picture, |_, _| true),
            Flow::Wrapped => columns(picture, |from, to| picture.nodes[from].group == picture.nodes[to].group),
        };
        let mut grid = Self { lanes: Vec::new(), columns: 0, of: vec![(0, 0); picture.nodes.len()] };
        grid.add(picture, None, &column);
        grid.columns = grid.of.iter().map(|(column, _)| column + 1).max().unwrap_or(0);
        for _ in 0..SWEEPS {
            grid.sort(picture);
        }
        grid
    }

    /// The lanes of a group's own boxes, then those of the groups in it.
    fn add(&mut self, picture: &Picture, group: Option<GroupId>, column: &[usize]) {
        let wrap = if picture.flow == Flow::Wrapped { WRAP } else { usize::MAX };
        let mut lanes: BTreeMap<usize, BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
        for index in (0..picture.nodes.len()).filter(|i| picture.nodes[*i].group == group) {
            let (lane, column) = (column[index] / wrap, column[index] % wrap);
            lanes.entry(lane).or_default().entry(column).or_default().push(index);
        }
        for cells in lanes.into_values() {
            for (column, boxes) in &cells {
                boxes.iter().for_each(|index| self.of[*index] = (*column, self.lanes.len()));
            }
            self.lanes.push(Lane { group, cells });
        }
        for index in (0..picture.groups.len()).filter(|i| picture.groups[*i].parent == group) {
            self.add(picture, Some(GroupId(index)), column);
        }
    }

    /// Puts boxes of a cell near those that they are joined to.
    fn sort(&mut self, picture: &Picture) {
        let mut height = vec![0.0; picture.nodes.len()];
        for (number, lane) in self.lanes.iter().enumerate() {
            for boxes in lane.cells.values() {
                for (row, index) in boxes.iter().enumerate() {
                    height[*index] = number as f64 + row as f64 / boxes.len() as f64;
                }
            }
        }
        let mut sum = vec![(0.0, 0u32); picture.nodes.len()];
        for edge in &picture.edges {
            for (one, other) in [(edge.from.0, edge.to.0), (edge.to.0, edge.from.0)] {
                sum[one] = (sum[one].0 + height[other], sum[one].1 + 1);
            }
        }
        let near = |index: &usize| match sum[*index] {
            (_, 0) => height[*index],
            (sum, count) => sum / f64::from(count),
        };
        for boxes in self.lanes.iter_mut().flat_map(|lane| lane.cells.values_mut()) {
            boxes.sort_by(|a, b| near(a).total_cmp(&near(b)));
        }
    }
}

/// A column for each box: to the right of all from which an arrow of `counts`
/// leads to it, unless it leads back.
fn columns(picture: &Picture, counts: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); picture.nodes.len()];
    // A link has no direction, and moves no box.
    let onwards = picture.edges.iter().filter(|edge| edge.from != edge.to && edge.line != Line::Link);
    for edge in onwards.filter(|edge| counts(edge.from.0, edge.to.0)) {
        next[edge.from.0].push(edge.to.0);
    }
    let order = completion_order(&next);
    let mut place = vec![0; next.len()];
    order.iter().enumerate().for_each(|(at, node)| place[*node] = at);
    let mut column = vec![0usize; next.len()];
    let mut entered = vec![false; next.len()];
    // In this order every arrow that does not lead back leads onwards.
    for &node in &order {
        for &to in next[node].iter().filter(|to| place[**to] > place[node]) {
            column[to] = column[to].max(column[node] + 1);
            entered[to] = true;
        }
    }
    // A box without predecessors is in the column left of its successors.
    for &node in order.iter().rev().filter(|node| !entered[**node]) {
        let nearest = next[node].iter().filter(|to| place[**to] > place[node]).map(|to| column[*to]).min();
        column[node] = nearest.map_or(0, |nearest| nearest.saturating_sub(1));
    }
    column
}

/// The boxes in topological order, without back arrows.
fn completion_order(next: &[Vec<usize>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(next.len());
    let mut seen = vec![false; next.len()];
    for start in 0..next.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut open = vec![(start, 0)];
        while let Some((node, at)) = open.pop() {
            match next[node].get(at) {
                Some(&to) => {
                    open.push((node, at + 1));
                    if !seen[to] {
                        seen[to] = true;
                        open.push((to, 0));
                    }
                }
                None => order.push(node),
            }
        }
    }
    order.reverse();
    order
}
