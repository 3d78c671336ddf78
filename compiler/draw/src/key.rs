//! The place of the key: in an empty part at the bottom of the picture, and below the picture if there is none.

use crate::layout::{Placed, Rect, SMALL};
use crate::picture::Picture;
use crate::text::width;

const KEY_LINE: f64 = 22.0;
/// The sign of an entry, and the gap before its text.
pub(crate) const SIGN: f64 = 38.0;
/// From the text of an entry to the next column.
const BETWEEN: f64 = 28.0;
/// From the key to everything else.
const CLEAR: f64 = 16.0;

/// The columns of a key and their left upper corner.
pub(crate) struct Key {
    pub x: f64,
    pub y: f64,
    rows: usize,
    column: f64,
    columns: usize,
}

impl Key {
    /// The left upper corner of an entry.
    pub(crate) fn entry(&self, index: usize) -> (f64, f64) {
        let (column, row) = (index / self.rows, index % self.rows);
        (self.x + column as f64 * self.column, self.y + row as f64 * KEY_LINE)
    }

    /// The width and the height of all entries.
    pub(crate) fn size(&self) -> (f64, f64) {
        (self.columns as f64 * self.column - BETWEEN, self.rows as f64 * KEY_LINE)
    }

    fn new(entries: usize, columns: usize, column: f64) -> Self {
        let rows = entries.div_ceil(columns);
        Self { x: 0.0, y: 0.0, rows, column, columns: entries.div_ceil(rows.max(1)).max(1) }
    }

    fn at(self, x: f64, y: f64) -> Self {
        Self { x, y, ..self }
    }

    /// Finds the place for the key of a picture. The picture keeps its width; only a key without room makes it taller.
    pub(crate) fn place(picture: &Picture, placed: &Placed) -> Self {
        let entries = picture.key.len();
        let column = picture.key.iter().map(|(_, text)| width(text) * SMALL + SIGN + BETWEEN).fold(BETWEEN, f64::max);
        let solid = obstacles(picture, placed);
        let rooms = (1..=entries).filter_map(|columns| {
            let key = Self::new(entries, columns, column);
            let x = key.room(&solid, placed)?;
            let y = placed.height - key.size().1;
            Some(key.at(x, y))
        });
        let most = ((placed.width + BETWEEN) / column).floor().max(1.0) as usize;
        let below = || Self::new(entries, most, column).at(0.0, placed.height + CLEAR);
        rooms.into_iter().next().unwrap_or_else(below)
    }

    /// The leftmost place at the bottom that touches nothing.
    fn room(&self, solid: &[Rect], placed: &Placed) -> Option<f64> {
        let (width, height) = self.size();
        let top = placed.height - height - CLEAR;
        let low: Vec<&Rect> = solid.iter().filter(|rect| rect.y + rect.height > top).collect();
        let starts = std::iter::once(0.0).chain(low.iter().map(|rect| rect.right() + CLEAR));
        let free = |x: &f64| low.iter().all(|rect| x + width + CLEAR <= rect.x || rect.right() + CLEAR <= *x);
        let fits = starts.filter(|x| top >= 0.0 && x + width <= placed.width && free(x));
        fits.min_by(f64::total_cmp)
    }
}

/// Everything that is drawn: a frame with its inside.
fn obstacles(picture: &Picture, placed: &Placed) -> Vec<Rect> {
    let frames = picture.groups.iter().zip(&placed.groups).filter(|(group, _)| group.parent.is_none());
    let frames = frames.filter_map(|(_, frame)| *frame);
    let pieces = placed.wires.iter().flat_map(|wire| &wire.pieces).map(|[a, b]| Rect {
        x: a.0.min(b.0),
        y: a.1.min(b.1),
        width: (a.0 - b.0).abs(),
        height: (a.1 - b.1).abs(),
    });
    let labels = placed.wires.iter().filter_map(|wire| wire.label);
    frames.chain(placed.nodes.iter().copied()).chain(pieces).chain(labels).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::place;
    use crate::layout::tests::pictures;
    use crate::picture::{Line, Sign};

    #[test]
    fn the_key_touches_nothing_and_has_room_for_each_entry() {
        let (mut inside, mut below) = (0, 0);
        for (number, mut picture) in pictures().enumerate() {
            for entry in 0..number % 12 {
                picture.explain(Sign::Arrow(Line::Solid), format!("meaning {entry}"));
            }
            let placed = place(&picture);
            let key = Key::place(&picture, &placed);
            let (width, height) = key.size();
            let free = |rect: &Rect| {
                rect.right() <= key.x
                    || key.x + width <= rect.x
                    || rect.y + rect.height <= key.y
                    || key.y + height <= rect.y
            };
            assert!(obstacles(&picture, &placed).iter().all(free), "{picture:?}");
            let mut corners: Vec<_> = (0..picture.key.len()).map(|index| key.entry(index)).collect();
            let within = |(x, y): &(f64, f64)| *x < key.x + width && *y + KEY_LINE <= key.y + height;
            assert!(corners.iter().all(within), "{picture:?}");
            corners.dedup();
            assert_eq!(corners.len(), picture.key.len());
            if key.y < placed.height { inside += 1 } else { below += 1 }
        }
        assert!(inside > 10 && below > 10, "{inside} inside, {below} below");
    }
}
