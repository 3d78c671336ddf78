/// Boxes in groups and labelled arrows between them.
///
/// [`Picture::add_node`] and [`Picture::add_group`] return the ids of boxes and
/// groups, so that every arrow has two valid ends.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Letters, digits and hyphens: the prefix of every id in the SVG, so that a
    /// page can contain several pictures.
    pub id: String,
    pub title: String,
    /// The text alternative of the picture, for screen readers.
    pub description: String,
    pub(crate) groups: Vec<Group>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) key: Vec<(Sign, String)>,
    pub(crate) flow: Flow,
}

impl Picture {
    pub fn new(id: &str, title: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            id: id.to_owned(),
            title: title.into(),
            description: description.into(),
            groups: Vec::new(),
            nodes: Vec::new(),
            edges: Vec::new(),
            key: Vec::new(),
            flow: Flow::Across,
        }
    }

    pub fn flow(mut self, flow: Flow) -> Self {
        self.flow = flow;
        self
    }

    pub fn add_group(&mut self, group: Group) -> GroupId {
        self.groups.push(group);
        GroupId(self.groups.len() - 1)
    }

    pub fn add_node(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }

    pub fn add_edge(&mut self, edge: Edge) {
        self.edges.push(edge);
    }

    /// Adds a line to the key.
    pub fn explain(&mut self, sign: Sign, meaning: impl Into<String>) {
        self.key.push((sign, meaning.into()));
    }

    pub fn node_mut(&mut self, node: NodeId) -> &mut Node {
        &mut self.nodes[node.0]
    }

    /// The signs that the picture uses and its key does not explain.
    pub fn missing_signs(&self) -> Vec<Sign> {
        let looks = self.nodes.iter().map(|node| Sign::Box(node.look));
        let outlines = self.nodes.iter().map(|node| Sign::Outline(node.shape));
        let lines = self.edges.iter().map(|edge| Sign::Arrow(edge.line));
        let mut missing = Vec::new();
        for sign in looks.chain(outlines).chain(lines) {
            if !self.key.iter().any(|(known, _)| *known == sign) && !missing.contains(&sign) {
                missing.push(sign);
            }
        }
        missing
    }

    /// How many boxes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

/// Where the arrows lead the eye.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Flow {
    /// From left to right through the whole picture; groups lie below each
    /// other like lanes.
    #[default]
    Across,
    /// From left to right in each group, then on in the next group below: for
    /// long chains that go from group to group.
    Wrapped,
}

/// A group of one picture. Only [`Picture::add_group`] makes one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GroupId(pub(crate) usize);

/// A box of one picture. Only [`Picture::add_node`] makes one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub(crate) usize);

/// A frame round boxes and other groups.
#[derive(Clone, Debug)]
pub struct Group {
    pub(crate) label: String,
    pub(crate) parent: Option<GroupId>,
    pub(crate) look: Look,
}

impl Group {
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), parent: None, look: Look::Plain }
    }

    pub fn within(mut self, parent: GroupId) -> Self {
        self.parent = Some(parent);
        self
    }

    pub fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }
}

/// A line of text in a box, and where it leads.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Text {
    pub text: String,
    pub link: Option<String>,
}

/// A box.
#[derive(Clone, Debug)]
pub struct Node {
    pub(crate) label: String,
    pub(crate) lines: Vec<Text>,
    pub(crate) note: String,
    pub(crate) link: Option<String>,
    pub(crate) group: Option<GroupId>,
    pub(crate) shape: Shape,
    pub(crate) look: Look,
}

impl Node {
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            lines: Vec::new(),
            note: String::new(),
            link: None,
            group: None,
            shape: Shape::Box,
            look: Look::Plain,
        }
    }

    /// Adds a line below the label.
    pub fn line(mut self, text: impl Into<String>) -> Self {
        self.lines.push(Text { text: text.into(), link: None });
        self
    }

    /// Sets the tooltip of the box.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.note = text.into();
        self
    }

    /// Where the box leads, such as `#resource-ledger`.
    pub fn link(mut self, target: impl Into<String>) -> Self {
        self.link = Some(target.into());
        self
    }

    pub fn within(mut self, group: GroupId) -> Self {
        self.group = Some(group);
        self
    }

    pub fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    pub fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }
}

/// An arrow.
#[derive(Clone, Debug)]
pub struct Edge {
    pub(crate) from: NodeId,
    pub(crate) to: NodeId,
    pub(crate) label: Vec<String>,
    pub(crate) line: Line,
}

impl Edge {
    pub fn new(from: NodeId, to: NodeId) -> Self {
        Self { from, to, label: Vec::new(), line: Line::Solid }
    }

    /// Adds a line to the label.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label.push(text.into());
        self
    }

    pub fn line(mut self, line: Line) -> Self {
        self.line = line;
        self
    }
}

/// The emphasis of a box or frame. Each look has a border of its own weight and
/// kind, so that looks are distinguishable without colors.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Look {
    /// A heavy border on the darkest ground.
    Strong,
    /// A medium border on a light ground.
    Marked,
    #[default]
    Plain,
    /// A dashed border.
    Faint,
}

/// The outline of a box.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Shape {
    #[default]
    Box,
    /// Round corners, for running components.
    Round,
    /// A cylinder, for data stores.
    Store,
    /// A hexagon, for decisions.
    Choice,
}

/// How an arrow is drawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Line {
    #[default]
    Solid,
    Dashed,
    Thick,
    /// Dots, for connections that do not exist.
    Dotted,
    /// Long dashes without an arrowhead, for a relation of two equal ends.
    Link,
}

/// The subject of a line in the key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    Box(Look),
    Outline(Shape),
    Arrow(Line),
}
