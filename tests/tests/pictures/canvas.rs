//! The parts of an SVG that something is drawn on, read from its text.

/// An area: left, top, right, bottom.
type Area = [f64; 4];

pub struct Canvas {
    width: f64,
    height: f64,
    pub drawn: Vec<Area>,
}

/// Reads boxes, lines and texts. Frames are not read: their inside may be empty.
pub fn read(svg: &str) -> Canvas {
    let number = |name| attribute(svg, name).and_then(|text| text.parse().ok()).expect("the picture has a size");
    let (width, height) = (number("width"), number("height"));
    let body = svg.split_once("<g transform=").map_or(svg, |(_, body)| body);
    let mut drawn = Vec::new();
    for element in body.split('<') {
        match element.split(' ').next() {
            Some("path") => {
                let path = attribute(element, "d").expect("a path has points");
                path.split('M').filter(|part| !part.trim().is_empty()).for_each(|part| drawn.push(bounds(part)));
            }
            Some("text") => drawn.push(text_area(element)),
            _ => {}
        }
    }
    // The body is moved by the margin and the title. A line is as thick as its stroke.
    let ((x, y), half) = (offset_of_body(svg), 0.6);
    let drawn =
        drawn.into_iter().map(|[a, b, c, d]| [a + x - half, b + y - half, c + x + half, d + y + half]).collect();
    Canvas { width, height, drawn }
}

fn offset_of_body(svg: &str) -> (f64, f64) {
    let inside = svg.split_once("translate(").and_then(|(_, rest)| rest.split_once(')')).expect("the body is moved").0;
    let mut numbers = inside.split(' ').map(|number| number.parse().expect("a number"));
    (numbers.next().expect("x"), numbers.next().expect("y"))
}

fn attribute<'s>(element: &'s str, name: &str) -> Option<&'s str> {
    element.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// A text of ordinary letters, at least as wide as half its size for each.
fn text_area(element: &str) -> Area {
    let number = |name| attribute(element, name).and_then(|text| text.parse().ok());
    let (x, y): (f64, f64) = (number("x").expect("x"), number("y").expect("y"));
    let size: f64 = number("font-size").unwrap_or(12.0);
    let letters = element.split_once('>').map_or(0, |(_, text)| text.chars().count());
    let width = letters as f64 * size / 2.0;
    let left = if element.contains("text-anchor=\"middle\"") { x - width / 2.0 } else { x };
    [left, y - size, left + width, y]
}

/// The area of the commands of a path after `M`.
fn bounds(path: &str) -> Area {
    let (mut x, mut y) = (0.0_f64, 0.0_f64);
    let mut area = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
    let mut numbers: Vec<f64> = Vec::new();
    let mut command = 'M';
    let words = path.split_inclusive(|c: char| c.is_ascii_alphabetic());
    let mut apply = |command: char, numbers: &mut Vec<f64>| {
        match (command, numbers.as_slice()) {
            ('M' | 'L', [to_x, to_y]) => (x, y) = (*to_x, *to_y),
            ('h', [by]) => x += by,
            ('v', [by]) => y += by,
            ('l', [by_x, by_y]) | ('q', [_, _, by_x, by_y]) | ('a', [_, _, _, _, _, by_x, by_y]) => {
                (x, y) = (x + by_x, y + by_y);
            }
            ('Z', []) => {}
            other => unreachable!("unknown command {other:?} of `{path}`"),
        }
        numbers.clear();
        area = [area[0].min(x), area[1].min(y), area[2].max(x), area[3].max(y)];
    };
    for word in words {
        let next = word.chars().last().filter(char::is_ascii_alphabetic);
        let text = next.map_or(word, |_| &word[..word.len() - 1]);
        numbers.extend(text.split_whitespace().map(|number| number.parse::<f64>().expect("a number")));
        apply(command, &mut numbers);
        command = next.unwrap_or('Z');
    }
    if command != 'Z' {
        apply(command, &mut numbers);
    }
    area
}

impl Canvas {
    /// The largest rectangle on which nothing is drawn, as a share of the canvas.
    pub fn largest_empty_part(&self) -> f64 {
        let lines = |low: usize, most: f64| {
            let mut at: Vec<f64> = self.drawn.iter().flat_map(|area| [area[low], area[low + 2]]).collect();
            at.extend([0.0, most]);
            at.retain(|place| (0.0..=most).contains(place));
            at.sort_by(f64::total_cmp);
            at.dedup();
            at
        };
        let (columns, rows) = (lines(0, self.width), lines(1, self.height));
        // The height of the empty part above the lower edge of the row, by column.
        let mut above = vec![0.0; columns.len() - 1];
        let mut largest = 0.0_f64;
        for row in rows.windows(2) {
            let [top, bottom] = [row[0], row[1]];
            above.iter_mut().for_each(|height| *height += bottom - top);
            for [left, upper, right, lower] in &self.drawn {
                if *upper < bottom && top < *lower {
                    let first = columns.partition_point(|x| x < left).min(above.len());
                    let last = columns.partition_point(|x| x < right).clamp(first, above.len());
                    above[first..last].fill(0.0);
                }
            }
            largest = largest.max(largest_under(&above, &columns));
        }
        largest / (self.width * self.height)
    }
}

/// The largest rectangle under a skyline.
fn largest_under(heights: &[f64], columns: &[f64]) -> f64 {
    let mut largest = 0.0_f64;
    // Heights that still grow, with the column in which each of them begins.
    let mut open: Vec<(usize, f64)> = Vec::new();
    for (at, height) in heights.iter().copied().chain([0.0]).enumerate() {
        let mut start = at;
        while let Some((from, tall)) = open.pop_if(|(_, tall)| *tall >= height) {
            largest = largest.max((columns[at] - columns[from]) * tall);
            start = from;
        }
        open.push((start, height));
    }
    largest
}
