//! The routes of arrows: along rails between columns and tracks above lanes,
//! which contain no boxes.
//!
//! Arrows with the same end, label and line are one net: they join on their
//! way and carry their label once.

use std::collections::BTreeMap;

use crate::order::Grid;
use crate::picture::{Line, Picture};

/// Arrows that join.
pub(crate) struct Net {
    pub to: usize,
    pub label: Vec<String>,
    pub line: Line,
    pub from: Vec<usize>,
    /// The track above the lane of its end, where one of its beginnings is not
    /// in the column to the left.
    pub track: Option<usize>,
    /// Its rail in each gutter that it uses. A gutter has the number of the
    /// column to its right.
    pub rails: BTreeMap<usize, usize>,
}

/// All nets of a picture, tracks assigned.
pub(crate) fn nets(picture: &Picture, grid: &Grid) -> Vec<Net> {
    let mut known: BTreeMap<(usize, &[String], Line), usize> = BTreeMap::new();
    let mut nets: Vec<Net> = Vec::new();
    for edge in &picture.edges {
        let index = *known.entry((edge.to.0, &edge.label, edge.line)).or_insert_with(|| {
            let label = edge.label.clone();
            let net =
                Net { to: edge.to.0, label, line: edge.line, from: Vec::new(), track: None, rails: BTreeMap::new() };
            nets.push(net);
            nets.len() - 1
        });
        if !nets[index].from.contains(&edge.from.0) {
            nets[index].from.push(edge.from.0);
        }
    }
    assign_tracks(grid, &mut nets);
    nets
}

fn assign_tracks(grid: &Grid, nets: &mut [Net]) {
    let mut spans: Vec<Vec<(usize, f64, f64)>> = vec![Vec::new(); grid.lanes.len()];
    for (index, net) in nets.iter().enumerate() {
        let (column, lane) = grid.of[net.to];
        let gutters = net.from.iter().map(|from| grid.of[*from].0 + 1);
        let away: Vec<usize> = gutters.filter(|gutter| *gutter != column).chain([column]).collect();
        if let (Some(first), Some(last), true) = (away.iter().min(), away.iter().max(), away.len() > 1) {
            spans[lane].push((index, *first as f64, *last as f64));
        }
    }
    for spans in spans {
        for (index, track) in pack(spans, 0.5) {
            nets[index].track = Some(track);
        }
    }
}

/// Gives each span a row, so that spans in one row are at least `gap` apart:
/// the first row in which it fits.
pub(crate) fn pack(mut spans: Vec<(usize, f64, f64)>, gap: f64) -> Vec<(usize, usize)> {
    spans.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.2.total_cmp(&b.2)).then(a.0.cmp(&b.0)));
    let mut ends: Vec<f64> = Vec::new();
    let mut rows = Vec::with_capacity(spans.len());
    for (index, start, end) in spans {
        let row = ends.iter().position(|last| last + gap <= start).unwrap_or(ends.len());
        match ends.get_mut(row) {
            Some(last) => *last = end,
            None => ends.push(end),
        }
        rows.push((index, row));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_a_row_do_not_touch() {
        let rows = pack(vec![(0, 0.0, 2.0), (1, 1.0, 3.0), (2, 3.0, 4.0), (3, 2.0, 3.0)], 0.5);
        assert_eq!(rows, [(0, 0), (1, 1), (3, 2), (2, 0)]);
    }
}
