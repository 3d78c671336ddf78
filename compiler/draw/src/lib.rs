//! Pictures: boxes in groups and labelled arrows between them, as SVG, as a page,
//! as Mermaid and for Graphviz. The same picture gives the same bytes.
//!
//! Must not know: the graph, policies, places in a spec, the file system. The
//! caller decides the meaning of a box.
//!
//! ```
//! use migspec_draw::{Edge, Group, Look, Node, Picture, Shape, Sign, mermaid, svg};
//!
//! let mut picture = Picture::new("network", "Network", "One database and who reaches it");
//! let vpc = picture.add_group(Group::new("vpc production"));
//! let app = picture.add_node(Node::new("application"));
//! let ledger = picture.add_node(Node::new("ledger").line("aurora").within(vpc).shape(Shape::Store).look(Look::Strong));
//! picture.add_edge(Edge::new(app, ledger).label("tcp 5432"));
//! picture.explain(Sign::Box(Look::Strong), "holds account data");
//! assert!(svg(&picture).starts_with("<svg"));
//! assert!(mermaid(&picture).starts_with("---\ntitle: Network"));
//! ```

mod dot;
mod html;
mod key;
mod layout;
mod mermaid;
mod order;
mod picture;
mod route;
mod svg;
mod text;
mod twins;

pub use dot::dot;
pub use html::html;
pub use mermaid::mermaid;
pub use picture::{Edge, Flow, Group, GroupId, Line, Look, Node, NodeId, Picture, Shape, Sign};
pub use svg::{figure, svg};
