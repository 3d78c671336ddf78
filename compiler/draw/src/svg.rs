//! SVG: real text, no scripts, readable in grey.
//!
//! Attributes give the colors of paper. A file of its own adds a style for dark screens.

use std::fmt::Write;

use crate::key::{Key, SIGN};
use crate::layout::{FONT, FRAME, LID, LINE, Placed, Rect, SMALL, SMALL_LINE, Wire, place};
use crate::picture::{Line, Look, Node, Picture, Shape, Sign};
use crate::text::{width, xml};

/// The colors of paper, and those of a dark screen.
const COLORS: &[(&str, &str)] = &[
    ("#1b1f24", "#e6edf3"),
    ("#57606a", "#9198a1"),
    ("#8c959f", "#6e7681"),
    ("#fff", "#0d1117"),
    ("#f6f8fa", "#12161c"),
    ("#eef1f4", "#161b22"),
    ("#eaeef2", "#262c36"),
    ("#d0d7de", "#3d444d"),
];

const INK: &str = "#1b1f24";
const SOFT: &str = "#57606a";
const MARGIN: f64 = 16.0;
const HEADING: f64 = 26.0;

/// A picture as a file, which is dark on a screen that prefers dark, and never on paper.
pub fn svg(picture: &Picture) -> String {
    Svg { picture, marks: false, dark: true, out: String::new() }.draw()
}

/// A picture as one SVG element without styles, for a page with styles of its own.
pub fn figure(picture: &Picture) -> String {
    Svg { picture, marks: false, dark: false, out: String::new() }.draw()
}

/// The same, with the number of each box, and of the boxes at the ends of each arrow.
pub(crate) fn svg_with_marks(picture: &Picture) -> String {
    Svg { picture, marks: true, dark: false, out: String::new() }.draw()
}

/// The style of a picture on a dark screen.
pub(crate) fn dark() -> String {
    let rules = ["fill", "stroke"].iter().flat_map(|paint| {
        COLORS.iter().map(move |(paper, screen)| {
            format!("svg[{paint}=\"{paper}\"],svg [{paint}=\"{paper}\"]{{{paint}:{screen}}}")
        })
    });
    format!("@media screen and (prefers-color-scheme:dark){{{}}}", rules.collect::<String>())
}

/// A number in tenths, without needless digits.
fn n(value: f64) -> String {
    let tenths = (value * 10.0).round() / 10.0;
    // Minus zero is zero.
    let tenths = if tenths == 0.0 { 0.0 } else { tenths };
    format!("{tenths}")
}

struct Svg<'p> {
    picture: &'p Picture,
    marks: bool,
    dark: bool,
    out: String,
}

impl Svg<'_> {
    fn draw(mut self) -> String {
        let picture = self.picture;
        let placed = place(picture);
        let key = Key::place(picture, &placed);
        let (right, bottom) = (key.x + key.size().0, key.y + key.size().1);
        let widest = right.max(width(&picture.title) * 15.0).max(placed.width);
        let (w, h) = (widest + 2.0 * MARGIN, bottom.max(placed.height) + HEADING + 2.0 * MARGIN);
        self.open(w, h);
        self.line(format_args!("<g transform=\"translate({} {})\">", n(MARGIN), n(MARGIN + HEADING)));
        self.body(&placed);
        self.key(&key);
        self.line(format_args!("</g>"));
        self.line(format_args!("</svg>"));
        self.out
    }

    fn line(&mut self, text: std::fmt::Arguments) {
        writeln!(self.out, "{text}").expect("a string takes all");
    }

    fn open(&mut self, w: f64, h: f64) {
        let Picture { id, title, description, .. } = self.picture;
        self.line(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
             width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" font-family=\"Liberation Sans, Helvetica, Arial, \
             sans-serif\" font-size=\"{FONT}\" fill=\"{INK}\">",
            w = n(w),
            h = n(h)
        ));
        self.line(format_args!("<title id=\"{id}-title\">{}</title>", xml(title)));
        self.line(format_args!("<desc id=\"{id}-desc\">{}</desc>", xml(description)));
        self.line(format_args!(
            "<defs><marker id=\"{id}-arrow\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"9\" \
             markerHeight=\"9\" markerUnits=\"userSpaceOnUse\" orient=\"auto-start-reverse\"><path d=\"M0 1 L9 5 L0 9 Z\" \
             fill=\"{INK}\"/></marker></defs>"
        ));
        if self.dark {
            self.line(format_args!("<style>{}</style>", dark()));
        }
        self.line(format_args!("<rect width=\"{}\" height=\"{}\" fill=\"#fff\"/>", n(w), n(h)));
        self.line(format_args!(
            "<text x=\"{}\" y=\"{}\" font-size=\"15\" font-weight=\"bold\">{}</text>",
            n(MARGIN),
            n(MARGIN + 12.0),
            xml(title)
        ));
    }

    fn body(&mut self, placed: &Placed) {
        for (group, frame) in self.picture.groups.iter().zip(&placed.groups) {
            if let Some(frame) = frame {
                self.frame(*frame, group.look);
            }
        }
        placed.wires.iter().for_each(|wire| self.wire(wire));
        for (title, frame) in placed.titles.iter().zip(&placed.groups) {
            if let Some(frame) = frame {
                self.frame_title(title, *frame);
            }
        }
        for (index, (node, rect)) in self.picture.nodes.iter().zip(&placed.nodes).enumerate() {
            self.node(index, node, *rect);
        }
        for wire in &placed.wires {
            if let Some(label) = wire.label {
                self.group_of(wire);
                self.label(&wire.net.label, label);
                self.end_of_group();
            }
        }
    }

    fn frame_title(&mut self, lines: &[String], frame: Rect) {
        for (index, line) in lines.iter().enumerate() {
            let (x, y) = (n(frame.x + FRAME), n(frame.y + 14.5 + LINE * index as f64));
            let text = xml(line);
            self.line(format_args!("<text x=\"{x}\" y=\"{y}\" font-weight=\"bold\" fill=\"{SOFT}\">{text}</text>"));
        }
    }

    fn frame(&mut self, Rect { x, y, width, height }: Rect, look: Look) {
        let paint = match look {
            Look::Strong => "fill=\"#eef1f4\" stroke=\"#1b1f24\" stroke-width=\"2.5\"",
            Look::Marked => "fill=\"#f6f8fa\" stroke=\"#57606a\" stroke-width=\"1.5\"",
            Look::Plain => "fill=\"none\" stroke=\"#8c959f\" stroke-width=\"1\"",
            Look::Faint => "fill=\"none\" stroke=\"#8c959f\" stroke-width=\"1\" stroke-dasharray=\"4 3\"",
        };
        self.line(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\" {paint}/>",
            n(x),
            n(y),
            n(width),
            n(height)
        ));
    }

    /// Opens a group with the ends of an arrow.
    fn group_of(&mut self, wire: &Wire) {
        if self.marks {
            let from: Vec<String> = wire.net.from.iter().map(usize::to_string).collect();
            self.line(format_args!("<g data-to=\"{}\" data-from=\"{}\">", wire.net.to, from.join(" ")));
        }
    }

    fn end_of_group(&mut self) {
        if self.marks {
            self.line(format_args!("</g>"));
        }
    }

    fn node(&mut self, index: usize, node: &Node, rect: Rect) {
        if let Some(link) = &node.link {
            self.line(format_args!("<a href=\"{}\">", xml(link)));
        }
        match self.marks {
            true => self.line(format_args!("<g data-node=\"{index}\">")),
            false => self.line(format_args!("<g>")),
        }
        if !node.note.is_empty() {
            self.line(format_args!("<title>{}</title>", xml(&node.note)));
        }
        let outline = outline(node.shape, rect);
        self.line(format_args!("<path d=\"{outline}\" {}/>", paint(node.look)));
        let lid = if node.shape == Shape::Store { LID } else { 0.0 };
        let middle = rect.x + rect.width / 2.0;
        let text = LINE + SMALL_LINE * node.lines.len() as f64;
        let top = rect.y + lid + (rect.height - lid - text) / 2.0;
        self.line(format_args!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-weight=\"bold\">{}</text>",
            n(middle),
            n(top + 11.5),
            xml(&node.label)
        ));
        for (index, line) in node.lines.iter().enumerate() {
            let text = format!(
                "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-size=\"{SMALL}\">{}</text>",
                n(middle),
                n(top + LINE + SMALL_LINE * index as f64 + 10.0),
                xml(&line.text)
            );
            match &line.link {
                Some(link) => self.line(format_args!("<a href=\"{}\">{text}</a>", xml(link))),
                None => self.line(format_args!("{text}")),
            }
        }
        self.line(format_args!("</g>"));
        if node.link.is_some() {
            self.line(format_args!("</a>"));
        }
    }

    fn wire(&mut self, wire: &Wire) {
        let stroke = stroke(wire.net.line);
        let head = self.head(wire.net.line);
        let mut pieces = wire.pieces.iter().map(|[a, b]| format!("M{} {} L{} {}", n(a.0), n(a.1), n(b.0), n(b.1)));
        let last = pieces.next().unwrap_or_default();
        let rest: Vec<String> = pieces.collect();
        let mut text = format!("<path d=\"{last}\" fill=\"none\" {stroke}{head}/>");
        if !rest.is_empty() {
            text.push_str(&format!(
                "<path d=\"{}\" fill=\"none\" stroke-linecap=\"square\" {stroke}/>",
                rest.join(" ")
            ));
        }
        for (x, y) in &wire.joints {
            text.push_str(&format!("<circle cx=\"{}\" cy=\"{}\" r=\"2.4\"/>", n(*x), n(*y)));
        }
        self.group_of(wire);
        self.line(format_args!("{text}"));
        self.end_of_group();
    }

    /// The attribute that ends a line with an arrowhead.
    fn head(&self, line: Line) -> String {
        match line {
            Line::Link => String::new(),
            _ => format!(" marker-end=\"url(#{}-arrow)\"", self.picture.id),
        }
    }

    fn label(&mut self, lines: &[String], rect: Rect) {
        for (index, line) in lines.iter().enumerate() {
            self.line(format_args!(
                "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-size=\"{SMALL}\">{}</text>",
                n(rect.x + rect.width / 2.0),
                n(rect.y + SMALL_LINE * index as f64 + 10.0),
                xml(line)
            ));
        }
    }

    fn key(&mut self, key: &Key) {
        for (index, (sign, text)) in self.picture.key.iter().enumerate() {
            let (x, y) = key.entry(index);
            match sign {
                Sign::Box(look) => self.sign((x, y), Shape::Box, *look),
                Sign::Outline(shape) => self.sign((x, y), *shape, Look::Plain),
                Sign::Arrow(line) => {
                    let (stroke, head, x, y) = (stroke(*line), self.head(*line), n(x), n(y + 7.0));
                    self.line(format_args!("<path d=\"M{x} {y} h28\" fill=\"none\" {stroke}{head}/>"));
                }
            }
            self.line(format_args!(
                "<text x=\"{}\" y=\"{}\" font-size=\"{SMALL}\">{}</text>",
                n(x + SIGN),
                n(y + 11.0),
                xml(text)
            ));
        }
    }

    fn sign(&mut self, (x, y): (f64, f64), shape: Shape, look: Look) {
        // A round corner and a lid take more than a line of the key.
        let rect = Rect { x, y: y - 2.0, width: 30.0, height: 18.0 };
        self.line(format_args!("<path d=\"{}\" {}/>", outline(shape, rect), paint(look)));
    }
}

fn paint(look: Look) -> &'static str {
    match look {
        Look::Strong => "fill=\"#d0d7de\" stroke=\"#1b1f24\" stroke-width=\"2.5\"",
        Look::Marked => "fill=\"#eaeef2\" stroke=\"#1b1f24\" stroke-width=\"1.5\"",
        Look::Plain => "fill=\"#fff\" stroke=\"#57606a\" stroke-width=\"1\"",
        Look::Faint => "fill=\"#fff\" stroke=\"#57606a\" stroke-width=\"1\" stroke-dasharray=\"4 3\"",
    }
}

fn stroke(line: Line) -> &'static str {
    match line {
        Line::Solid => "stroke=\"#1b1f24\" stroke-width=\"1.2\"",
        Line::Dashed => "stroke=\"#1b1f24\" stroke-width=\"1.2\" stroke-dasharray=\"5 4\"",
        Line::Thick => "stroke=\"#1b1f24\" stroke-width=\"2.8\"",
        Line::Dotted => "stroke=\"#1b1f24\" stroke-width=\"1.6\" stroke-dasharray=\"1.6 3\"",
        Line::Link => "stroke=\"#57606a\" stroke-width=\"1.2\" stroke-dasharray=\"12 4\"",
    }
}

fn outline(shape: Shape, Rect { x, y, width, height }: Rect) -> String {
    let (x, y, w, h) = (n(x), n(y), n(width), n(height));
    match shape {
        Shape::Box => format!("M{x} {y} h{w} v{h} h-{w} Z"),
        Shape::Round => {
            let (w, h) = (n(width - 16.0), n(height - 16.0));
            let x = n(x.parse().unwrap_or(0.0) + 8.0);
            format!("M{x} {y} h{w} q8 0 8 8 v{h} q0 8 -8 8 h-{w} q-8 0 -8 -8 v-{h} q0 -8 8 -8 Z")
        }
        Shape::Store => {
            let (half, lid, body) = (n(width / 2.0), n(LID), n(height - 2.0 * LID));
            let top = n(y.parse().unwrap_or(0.0) + LID);
            format!(
                "M{x} {top} a{half} {lid} 0 0 1 {w} 0 v{body} a{half} {lid} 0 0 1 -{w} 0 Z \
                 M{x} {top} a{half} {lid} 0 0 0 {w} 0"
            )
        }
        Shape::Choice => {
            let (w, h) = (n(width - 20.0), n(height / 2.0));
            let x = n(x.parse().unwrap_or(0.0) + 10.0);
            format!("M{x} {y} h{w} l10 {h} l-10 {h} h-{w} l-10 -{h} Z")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, Group};

    #[test]
    fn text_is_never_markup() {
        let mut picture = Picture::new("p", "<b>", "a & b");
        let group = picture.add_group(Group::new("</svg>"));
        let node = picture.add_node(Node::new("<script>").line("\"x\"").note("<i>").within(group).link("#a\"b"));
        picture.add_edge(Edge::new(node, node).label("<u>"));
        picture.explain(Sign::Box(Look::Faint), "<q>");
        let text = svg(&picture);
        for tag in ["<b>", "<script>", "<i>", "<u>", "<q>"] {
            assert!(!text.contains(tag), "{tag}");
        }
        assert_eq!(text.matches("</svg>").count(), 1);
    }

    #[test]
    fn the_same_picture_gives_the_same_bytes_and_says_what_it_shows() {
        let mut picture = Picture::new("net", "Network", "who reaches whom");
        let (a, b) = (picture.add_node(Node::new("a")), picture.add_node(Node::new("b").shape(Shape::Store)));
        picture.add_edge(Edge::new(a, b).label("tcp 5432").line(Line::Dashed));
        let text = svg(&picture);
        assert_eq!(text, svg(&picture.clone()));
        assert!(text.contains("<title id=\"net-title\">Network</title>"));
        assert!(text.contains("<desc id=\"net-desc\">who reaches whom</desc>"));
        let figure = figure(&picture);
        assert!(!figure.contains("<style") && !figure.contains("style="));
        assert_eq!(text.replace(&format!("<style>{}</style>\n", dark()), ""), figure);
    }

    /// A color without a counterpart would stay as on paper.
    #[test]
    fn every_color_has_one_for_dark_screens() {
        let mut picture = Picture::new("net", "Network", "paths");
        let mut last = None;
        for look in [Look::Strong, Look::Marked, Look::Plain, Look::Faint] {
            picture.explain(Sign::Box(look), "look");
            let group = picture.add_group(Group::new("group").look(look));
            let node = picture.add_node(Node::new("a").look(look).within(group));
            for line in [Line::Solid, Line::Dashed, Line::Thick, Line::Dotted, Line::Link] {
                picture.add_edge(Edge::new(last.unwrap_or(node), node).line(line));
            }
            last = Some(node);
        }
        let text = figure(&picture);
        let colors: Vec<&str> = text.split("=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(colors.len() > 30);
        let unknown =
            colors.iter().find(|color| !COLORS.iter().any(|(paper, _)| paper.strip_prefix('#') == Some(*color)));
        assert_eq!(unknown, None);
    }
}
