//! The position of every element.
//!
//! Groups are lanes, one below the other, and boxes form columns. The label of an
//! arrow is left of the box that the arrow enters, in space reserved for that
//! box. So labels never overlap, and arrows never cross a box, because they run
//! between columns and above lanes only.

use std::collections::BTreeMap;

use crate::order::Grid;
use crate::picture::{GroupId, Node, Picture, Shape};
use crate::route::{Net, nets, pack};
use crate::text::width;

/// The size of letters.
pub(crate) const FONT: f64 = 12.0;
pub(crate) const SMALL: f64 = 10.5;
/// From one line of text to the next.
pub(crate) const LINE: f64 = 15.0;
pub(crate) const SMALL_LINE: f64 = 13.0;
/// The height of a cylinder's lid.
pub(crate) const LID: f64 = 6.0;
const PADDING: f64 = 9.0;
/// From one frame to the next inside it.
pub(crate) const FRAME: f64 = 8.0;
const TITLE: f64 = 20.0;
/// From one rail or track to the next.
const PITCH: f64 = 8.0;
/// From the end of a label to the box, for the head of the arrow.
const HEAD: f64 = 12.0;
/// Between boxes of one cell.
const GAP: f64 = 14.0;

#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub(crate) struct Rect {
    /// The left upper corner.
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    pub(crate) fn right(self) -> f64 {
        self.x + self.width
    }

    #[cfg(test)]
    fn bottom(self) -> f64 {
        self.y + self.height
    }
}

/// The places of a picture's parts.
pub(crate) struct Placed {
    pub width: f64,
    pub height: f64,
    /// By the number of the box.
    pub nodes: Vec<Rect>,
    /// By the number of the group; `None` for an empty one. The title is in the
    /// upper left corner.
    pub groups: Vec<Option<Rect>>,
    /// The lines of each group's title. They end before the first rail inside the frame.
    pub titles: Vec<Vec<String>>,
    pub wires: Vec<Wire>,
}

/// A net as drawn.
pub(crate) struct Wire {
    pub net: Net,
    /// Straight pieces; the first one ends at the box that the net leads to.
    pub pieces: Vec<[(f64, f64); 2]>,
    /// Where pieces join.
    pub joints: Vec<(f64, f64)>,
    /// The position of the label, if there is one.
    pub label: Option<Rect>,
}

pub(crate) fn place(picture: &Picture) -> Placed {
    let grid = Grid::new(picture);
    let nets = nets(picture, &grid);
    let mut layout = Layout {
        ports: Ports::new(picture, &grid, &nets),
        depths: depths(picture),
        nodes: vec![Rect::default(); picture.nodes.len()],
        groups: vec![None; picture.groups.len()],
        titles: Vec::new(),
        tracks: vec![0.0; grid.lanes.len()],
        gutters: Vec::new(),
        picture,
        grid,
        nets,
    };
    layout.titles = (0..picture.groups.len()).map(|group| layout.title(group)).collect();
    let height = layout.down();
    let width = layout.across();
    layout.frame();
    let widest = layout.groups.iter().flatten().map(|frame| frame.right()).fold(width, f64::max);
    let wires = layout.wires();
    Placed { width: widest, height, nodes: layout.nodes, groups: layout.groups, titles: layout.titles, wires }
}

struct Layout<'p> {
    picture: &'p Picture,
    grid: Grid,
    nets: Vec<Net>,
    ports: Ports,
    /// The nesting depth of each group, itself included.
    depths: Vec<usize>,
    nodes: Vec<Rect>,
    groups: Vec<Option<Rect>>,
    titles: Vec<Vec<String>>,
    /// Where the tracks above each lane begin.
    tracks: Vec<f64>,
    /// Where the rails of each gutter begin.
    gutters: Vec<f64>,
}

/// The arrows that enter and leave each box, from the top down.
struct Ports {
    /// Numbers of nets that lead to the box.
    inwards: Vec<Vec<usize>>,
    outwards: Vec<Vec<usize>>,
}

impl Ports {
    fn new(picture: &Picture, grid: &Grid, nets: &[Net]) -> Self {
        let mut ports =
            Self { inwards: vec![Vec::new(); picture.nodes.len()], outwards: vec![Vec::new(); picture.nodes.len()] };
        for (index, net) in nets.iter().enumerate() {
            ports.inwards[net.to].push(index);
            net.from.iter().for_each(|from| ports.outwards[*from].push(index));
        }
        let lane = |node: &usize| grid.of[*node].1;
        // An arrow from a track or from above enters above the others.
        for inwards in &mut ports.inwards {
            inwards.sort_by_key(|net| (nets[*net].track.is_none(), nets[*net].from.iter().map(lane).min()));
        }
        for outwards in &mut ports.outwards {
            outwards.sort_by_key(|net| lane(&nets[*net].to));
        }
        ports
    }
}

fn pitch(net: &Net) -> f64 {
    if net.label.is_empty() { 10.0 } else { net.label.len() as f64 * SMALL_LINE + 5.0 }
}

fn label_width(net: &Net) -> f64 {
    net.label.iter().map(|line| width(line) * SMALL).fold(0.0, f64::max)
}

fn depths(picture: &Picture) -> Vec<usize> {
    let mut depths = vec![1; picture.groups.len()];
    // A group follows its parent.
    for index in (0..picture.groups.len()).rev() {
        if let Some(GroupId(parent)) = picture.groups[index].parent {
            depths[parent] = depths[parent].max(depths[index] + 1);
        }
    }
    depths
}

/// The least size of a box, for its text.
fn size(node: &Node) -> (f64, f64) {
    let widest = node.lines.iter().map(|line| width(&line.text) * SMALL).fold(width(&node.label) * FONT, f64::max);
    let side = if node.shape == Shape::Choice { 2.0 * PADDING } else { PADDING };
    let lid = if node.shape == Shape::Store { 2.0 * LID } else { 0.0 };
    (widest + 2.0 * side, LINE + SMALL_LINE * node.lines.len() as f64 + 1.4 * PADDING + lid)
}

/// The next multiple of 4, from where ports are counted.
fn even(y: f64) -> f64 {
    (y / 4.0).ceil() * 4.0
}

impl Layout<'_> {
    fn height(&self, index: usize) -> f64 {
        let inwards: f64 = self.ports.inwards[index].iter().map(|net| pitch(&self.nets[*net])).sum();
        let outwards = (self.ports.outwards[index].len() + 1) as f64 * 8.0;
        even(size(&self.picture.nodes[index]).1.max(inwards + 10.0).max(outwards))
    }

    /// Puts lanes below each other; returns the height of all.
    fn down(&mut self) -> f64 {
        let mut y = 0.0;
        let mut lane = 0;
        y = self.down_lanes(None, &mut lane, y);
        for group in (0..self.picture.groups.len()).filter(|i| self.picture.groups[*i].parent.is_none()) {
            y = self.down_group(group, &mut lane, y);
        }
        y
    }

    /// A frame: title, lanes, frames inside. The grid has the lanes in this order.
    fn down_group(&mut self, group: usize, lane: &mut usize, top: f64) -> f64 {
        let first = *lane;
        let title = TITLE + LINE * self.titles[group].len().saturating_sub(1) as f64;
        let mut y = self.down_lanes(Some(GroupId(group)), lane, top + title);
        for inner in (0..self.picture.groups.len()).filter(|i| self.picture.groups[*i].parent == Some(GroupId(group))) {
            y = self.down_group(inner, lane, y);
        }
        if *lane == first {
            return top;
        }
        self.groups[group] = Some(Rect { y: top, height: y - top, ..Rect::default() });
        y + FRAME
    }

    fn down_lanes(&mut self, group: Option<GroupId>, lane: &mut usize, mut y: f64) -> f64 {
        while self.grid.lanes.get(*lane).is_some_and(|l| l.group == group) {
            y = self.down_lane(*lane, y);
            *lane += 1;
        }
        y
    }

    fn down_lane(&mut self, lane: usize, top: f64) -> f64 {
        let used = self.nets.iter().filter(|net| self.grid.of[net.to].1 == lane).filter_map(|net| net.track);
        let tracks = used.max().map_or(0, |most| most + 1);
        self.tracks[lane] = top + PITCH / 2.0 + 0.5;
        let top = even(top + tracks as f64 * PITCH + GAP / 2.0);
        let cells = &self.grid.lanes[lane].cells;
        let tall = |boxes: &Vec<usize>| boxes.iter().map(|i| self.height(*i) + GAP).sum::<f64>();
        let tallest = cells.values().map(tall).fold(0.0, f64::max);
        let mut places = Vec::new();
        for boxes in cells.values() {
            let mut y = even(top + (tallest - tall(boxes)) / 2.0);
            for index in boxes {
                places.push((*index, y, self.height(*index)));
                y = even(y + self.height(*index) + GAP);
            }
        }
        let mut bottom = top;
        for (index, y, height) in places {
            (self.nodes[index].y, self.nodes[index].height) = (y, height);
            bottom = bottom.max(y + height + GAP);
        }
        bottom
    }

    /// Where a net enters its end.
    fn entry(&self, net: usize) -> f64 {
        let to = self.nets[net].to;
        let inwards = &self.ports.inwards[to];
        let all: f64 = inwards.iter().map(|net| pitch(&self.nets[*net])).sum();
        let above: f64 = inwards.iter().take_while(|other| **other != net).map(|net| pitch(&self.nets[*net])).sum();
        let start = self.nodes[to].y + (self.nodes[to].height - all) / 2.0;
        // Entries at multiples of 4 and exits between them never lie on one another.
        ((start + above + pitch(&self.nets[net]) - 4.0) / 4.0).round() * 4.0
    }

    /// Where a net leaves one of its beginnings.
    fn exit(&self, net: usize, from: usize) -> f64 {
        let outwards = &self.ports.outwards[from];
        let at = outwards.iter().position(|other| *other == net).unwrap_or(0);
        let Rect { y, height, .. } = self.nodes[from];
        ((y + height * (at + 1) as f64 / (outwards.len() + 1) as f64) / 4.0).floor() * 4.0 + 2.0
    }

    fn track(&self, net: usize) -> Option<f64> {
        let lane = self.grid.of[self.nets[net].to].1;
        self.nets[net].track.map(|track| self.tracks[lane] + track as f64 * PITCH)
    }

    /// The heights that a net's rail in a gutter joins, by gutter.
    fn stops(&self, net: usize) -> BTreeMap<usize, Vec<f64>> {
        let mut stops: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        let column = self.grid.of[self.nets[net].to].0;
        stops.entry(column).or_default().push(self.entry(net));
        for from in &self.nets[net].from {
            stops.entry(self.grid.of[*from].0 + 1).or_default().push(self.exit(net, *from));
        }
        if let Some(track) = self.track(net) {
            stops.values_mut().for_each(|heights| heights.push(track));
        }
        stops
    }

    /// Puts columns beside each other; returns the width of all.
    fn across(&mut self) -> f64 {
        let mut spans: Vec<Vec<(usize, f64, f64)>> = vec![Vec::new(); self.grid.columns + 1];
        for net in 0..self.nets.len() {
            for (gutter, stops) in self.stops(net) {
                let (low, high) = stops.iter().fold((f64::MAX, f64::MIN), |(l, h), y| (l.min(*y), h.max(*y)));
                spans[gutter].push((net, low, high));
            }
        }
        let margin = self.depths.iter().max().copied().unwrap_or(0) as f64 * FRAME;
        let mut x = 0.0;
        for (gutter, spans) in spans.into_iter().enumerate() {
            let rails = pack(spans, 6.0);
            let count = rails.iter().map(|(_, rail)| rail + 1).max().unwrap_or(0);
            for (net, rail) in rails {
                self.nets[net].rails.insert(gutter, rail);
            }
            // Nothing is framed outside.
            let left = if gutter == 0 { 0.0 } else { margin + 6.0 };
            self.gutters.push(x + left + PITCH / 2.0);
            let right = if gutter == self.grid.columns { 0.0 } else { margin + 6.0 };
            x += left + count as f64 * PITCH + right;
            if gutter < self.grid.columns {
                x = self.column(gutter, x);
            }
        }
        x + margin
    }

    /// Places the boxes of a column: labels left, boxes of one width right.
    fn column(&mut self, column: usize, x: f64) -> f64 {
        let (labels, widest) = self.widths(column);
        for index in (0..self.nodes.len()).filter(|i| self.grid.of[*i].0 == column) {
            (self.nodes[index].x, self.nodes[index].width) = (x + labels, widest);
        }
        x + labels + widest
    }

    /// The widths of a column's labels and of its boxes.
    fn widths(&self, column: usize) -> (f64, f64) {
        let boxes: Vec<usize> = (0..self.nodes.len()).filter(|i| self.grid.of[*i].0 == column).collect();
        let nets = boxes.iter().flat_map(|i| &self.ports.inwards[*i]).map(|net| &self.nets[*net]);
        let labels = nets.map(label_width).fold(0.0, f64::max) + HEAD;
        let boxed = boxes.iter().map(|i| size(&self.picture.nodes[*i]).0).fold(0.0, f64::max);
        let titled = (0..self.picture.groups.len()).filter(|group| self.first_column(*group) == Some(column));
        let words = titled.flat_map(|group| self.picture.groups[group].label.split(' '));
        let word = words.map(|word| width(word) * FONT).fold(0.0, f64::max);
        (labels, boxed.max(word + FRAME - labels))
    }

    /// The leftmost column with a box in a group, or in a group inside it.
    fn first_column(&self, group: usize) -> Option<usize> {
        let inside = |node: &Node| {
            let mut at = node.group;
            while let Some(GroupId(index)) = at {
                if index == group {
                    return true;
                }
                at = self.picture.groups[index].parent;
            }
            false
        };
        let inner = self.picture.nodes.iter().zip(&self.grid.of).filter(|(node, _)| inside(node));
        inner.map(|(_, (column, _))| *column).min()
    }

    /// The title of a group in lines no wider than the group's first column.
    fn title(&self, group: usize) -> Vec<String> {
        let Some(column) = self.first_column(group) else { return Vec::new() };
        let (labels, boxes) = self.widths(column);
        let mut lines: Vec<String> = Vec::new();
        for word in self.picture.groups[group].label.split(' ') {
            match lines.last_mut() {
                Some(line) if width(&format!("{line} {word}")) * FONT + FRAME <= labels + boxes => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }

    /// Gives each frame its sides.
    fn frame(&mut self) {
        for index in (0..self.groups.len()).rev() {
            let Some(frame) = self.groups[index] else { continue };
            let own = self.picture.nodes.iter().zip(&self.nodes).filter(|(node, _)| node.group == Some(GroupId(index)));
            let own = own.map(|(_, rect)| (rect.x - self.labels(rect.x), rect.right()));
            let inner = self.picture.groups.iter().zip(&self.groups).filter(|(g, _)| g.parent == Some(GroupId(index)));
            let inner = inner.filter_map(|(_, frame)| frame.map(|frame| (frame.x, frame.right())));
            let (left, right) = own.chain(inner).fold((f64::MAX, f64::MIN), |(l, r), (a, b)| (l.min(a), r.max(b)));
            let (x, right) = (left - FRAME, right + FRAME);
            self.groups[index] = Some(Rect { x, width: right - x, ..frame });
        }
    }

    /// The room for labels left of the boxes that begin at `x`.
    fn labels(&self, x: f64) -> f64 {
        let nets = self.nets.iter().filter(|net| self.nodes[net.to].x == x);
        nets.map(|net| label_width(net) + HEAD).fold(HEAD, f64::max)
    }

    fn wires(&mut self) -> Vec<Wire> {
        let drawn: Vec<_> = (0..self.nets.len()).map(|net| self.wire(net)).collect();
        std::mem::take(&mut self.nets)
            .into_iter()
            .zip(drawn)
            .map(|(net, (pieces, label))| Wire { joints: joints(&pieces), net, pieces, label })
            .collect()
    }

    fn wire(&self, net: usize) -> (Vec<[(f64, f64); 2]>, Option<Rect>) {
        let Net { to, rails, label, .. } = &self.nets[net];
        let rail = |gutter: &usize| self.gutters[*gutter] + rails.get(gutter).copied().unwrap_or(0) as f64 * PITCH;
        let (end, y) = (self.nodes[*to], self.entry(net));
        let mut pieces = vec![[(rail(&self.grid.of[*to].0), y), (end.x, y)]];
        let stops = self.stops(net);
        for (gutter, heights) in &stops {
            let (low, high) = heights.iter().fold((f64::MAX, f64::MIN), |(l, h), y| (l.min(*y), h.max(*y)));
            pieces.push([(rail(gutter), low), (rail(gutter), high)]);
        }
        if let (Some(y), Some((first, _)), Some((last, _))) =
            (self.track(net), stops.first_key_value(), stops.last_key_value())
        {
            pieces.push([(rail(first), y), (rail(last), y)]);
        }
        for from in &self.nets[net].from {
            let y = self.exit(net, *from);
            pieces.push([(self.nodes[*from].right(), y), (rail(&(self.grid.of[*from].0 + 1)), y)]);
        }
        pieces.retain(|[a, b]| a != b);
        let (width, height) = (label_width(&self.nets[net]), label.len() as f64 * SMALL_LINE);
        let room = Rect { x: end.x - HEAD - width, y: y - height - 1.0, width, height };
        (pieces, (!label.is_empty()).then_some(room))
    }
}

/// Points from which pieces lead in three directions or more.
fn joints(pieces: &[[(f64, f64); 2]]) -> Vec<(f64, f64)> {
    let mut joints = Vec::new();
    for point in pieces.iter().flatten() {
        let mut ways = [false; 4];
        for [a, b] in pieces {
            let (x, y) = *point;
            if a.1 == b.1 && y == a.1 && a.0.min(b.0) <= x && x <= a.0.max(b.0) {
                ways[0] |= a.0.min(b.0) < x;
                ways[1] |= x < a.0.max(b.0);
            }
            if a.0 == b.0 && x == a.0 && a.1.min(b.1) <= y && y <= a.1.max(b.1) {
                ways[2] |= a.1.min(b.1) < y;
                ways[3] |= y < a.1.max(b.1);
            }
        }
        if ways.iter().filter(|way| **way).count() > 2 && !joints.contains(point) {
            joints.push(*point);
        }
    }
    joints
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{Edge, Flow, Group, Line};

    /// Pictures of many kinds, from a small generator of numbers.
    pub(crate) fn pictures() -> impl Iterator<Item = Picture> {
        (0..120u32).map(|seed| {
            let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
            let mut next = move |below: usize| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as usize % below
            };
            let flow = if next(2) == 0 { Flow::Across } else { Flow::Wrapped };
            let mut picture = Picture::new("p", "p", "").flow(flow);
            let mut groups = Vec::new();
            for number in 0..next(5) {
                let group = Group::new(format!("group {number}{}", " of a long name".repeat(next(3))));
                let inner = (number > 0 && next(2) == 0).then(|| groups[next(number)]);
                groups.push(picture.add_group(inner.iter().fold(group, |group, parent| group.within(*parent))));
            }
            let nodes: Vec<_> = (0..1 + next(14))
                .map(|number| {
                    let node = Node::new(format!("node {number}"));
                    let group = (!groups.is_empty() && next(4) > 0).then(|| groups[next(groups.len())]);
                    picture.add_node(group.iter().fold(node, |node, group| node.within(*group)))
                })
                .collect();
            for _ in 0..next(25) {
                let edge = Edge::new(nodes[next(nodes.len())], nodes[next(nodes.len())]);
                let edge = if next(4) == 0 { edge.line(Line::Link) } else { edge };
                picture.add_edge(if next(3) > 0 { edge.label(format!("tcp {}", next(3))) } else { edge });
            }
            picture
        })
    }

    fn overlap(a: Rect, b: Rect) -> bool {
        a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
    }

    #[test]
    fn nothing_lies_on_a_box_or_a_label() {
        for picture in pictures() {
            let placed = place(&picture);
            let labels: Vec<Rect> = placed.wires.iter().filter_map(|wire| wire.label).collect();
            let solid: Vec<Rect> = placed.nodes.iter().chain(&labels).copied().collect();
            for (index, one) in solid.iter().enumerate() {
                assert!(solid[index + 1..].iter().all(|other| !overlap(*one, *other)), "{picture:?}");
            }
            for [a, b] in placed.wires.iter().flat_map(|wire| &wire.pieces) {
                let (x, y) = (a.0.min(b.0), a.1.min(b.1));
                let piece = Rect { x, y, width: (a.0 - b.0).abs(), height: (a.1 - b.1).abs() };
                let thin =
                    |r: &Rect| Rect { x: r.x + 0.01, y: r.y + 0.01, width: r.width - 0.02, height: r.height - 0.02 };
                assert!(solid.iter().all(|r| !touches(piece, thin(r))), "{piece:?} {picture:?}");
            }
        }
    }

    /// Whether a line without width runs through a box.
    fn touches(line: Rect, solid: Rect) -> bool {
        line.x < solid.right() && solid.x < line.right() && line.y < solid.bottom() && solid.y < line.bottom()
            || line.width == 0.0
                && solid.x < line.x
                && line.x < solid.right()
                && overlaps(line.y, line.bottom(), solid.y, solid.bottom())
            || line.height == 0.0
                && solid.y < line.y
                && line.y < solid.bottom()
                && overlaps(line.x, line.right(), solid.x, solid.right())
    }

    fn overlaps(a: f64, b: f64, c: f64, d: f64) -> bool {
        a < d && c < b
    }

    #[test]
    fn no_line_crosses_a_title() {
        let mut lines = 0;
        for picture in pictures() {
            let placed = place(&picture);
            for (frame, title) in placed.groups.iter().zip(&placed.titles) {
                let Some(frame) = frame else { continue };
                lines += title.len();
                let text = title.iter().map(|line| width(line) * FONT).fold(0.0, f64::max);
                let height = title.len() as f64 * LINE;
                let rect = Rect { x: frame.x + FRAME, y: frame.y + 3.0, width: text, height };
                assert!(rect.right() < frame.right(), "{picture:?}");
                for [a, b] in placed.wires.iter().flat_map(|wire| &wire.pieces) {
                    let (x, y) = (a.0.min(b.0), a.1.min(b.1));
                    let piece = Rect { x, y, width: (a.0 - b.0).abs(), height: (a.1 - b.1).abs() };
                    assert!(!touches(piece, rect), "{title:?} {piece:?} {picture:?}");
                }
            }
        }
        assert!(lines > 100, "{lines} lines of titles");
    }

    /// Lines of two nets cross; they never run along each other.
    #[test]
    fn nets_keep_apart() {
        for picture in pictures() {
            let placed = place(&picture);
            for (index, one) in placed.wires.iter().enumerate() {
                for other in &placed.wires[index + 1..] {
                    for ([a, b], [c, d]) in one.pieces.iter().flat_map(|a| other.pieces.iter().map(move |b| (a, b))) {
                        let upright = a.0 == b.0 && c.0 == d.0 && a.0 == c.0;
                        let level = a.1 == b.1 && c.1 == d.1 && a.1 == c.1;
                        let along = |a: f64, b: f64, c: f64, d: f64| overlaps(a.min(b), a.max(b), c.min(d), c.max(d));
                        assert!(!(upright && along(a.1, b.1, c.1, d.1)), "{picture:?}");
                        assert!(!(level && along(a.0, b.0, c.0, d.0)), "{picture:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn frames_hold_their_own_and_nothing_else() {
        for picture in pictures() {
            let placed = place(&picture);
            for (index, frame) in placed.groups.iter().enumerate() {
                let Some(frame) = frame else { continue };
                for (node, rect) in picture.nodes.iter().zip(&placed.nodes) {
                    let mut group = node.group;
                    while group.is_some_and(|g| g.0 != index) {
                        group = group.and_then(|g| picture.groups[g.0].parent);
                    }
                    assert_eq!(overlap(*frame, *rect), group.is_some(), "{picture:?}");
                }
            }
        }
    }

    #[test]
    fn an_empty_picture_has_a_size() {
        let placed = place(&Picture::new("p", "nothing", ""));
        assert!(placed.width >= 0.0 && placed.height >= 0.0);
    }
}
