use std::path::{Component, Path, PathBuf};

use crate::path_name;

/// The folder of a run and the root of its repository. Formats that a forge
/// reads name files below that root.
#[derive(Clone, Debug, Default)]
pub struct Root {
    /// The root of the repository; the folder of the run outside a repository.
    pub folder: PathBuf,
    /// The folder of the run below it.
    pub below: PathBuf,
}

impl Root {
    /// The root of the repository that contains the current folder.
    pub fn find() -> Self {
        let Ok(current) = std::env::current_dir() else { return Self::default() };
        let folder = current.ancestors().find(|a| a.join(".git").exists()).unwrap_or(&current).to_owned();
        let below = current.strip_prefix(&folder).map(Path::to_owned).unwrap_or_default();
        Self { folder, below }
    }

    /// A path of the run as a path below the root, with forward slashes. A
    /// file outside the repository keeps its path.
    pub fn path(&self, name: &str) -> String {
        let named = Path::new(name);
        let relative = match named.strip_prefix(&self.folder) {
            Ok(inside) if named.is_absolute() => inside.to_owned(),
            _ if named.is_absolute() => return path_name::display(named),
            _ => self.below.join(named),
        };
        let mut parts: Vec<Component> = Vec::new();
        for part in relative.components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir if matches!(parts.last(), Some(Component::Normal(_))) => {
                    parts.pop();
                }
                other => parts.push(other),
            }
        }
        path_name::display(&parts.iter().collect::<PathBuf>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_at_the_root_of_the_repository() {
        let root = Root { folder: "/home/a/repo".into(), below: "specs/eu".into() };
        assert_eq!(root.path("x.migspec.kdl"), "specs/eu/x.migspec.kdl");
        assert_eq!(root.path("../us/./x.migspec.kdl"), "specs/us/x.migspec.kdl");
        assert_eq!(root.path("/home/a/repo/y.kdl"), "y.kdl");
        assert_eq!(root.path("/elsewhere/y.kdl"), "/elsewhere/y.kdl");
        assert_eq!(root.path("../../../y.kdl"), "../y.kdl");
    }
}
