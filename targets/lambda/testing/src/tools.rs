//! Programs on the machine.

use std::future::Future;
use std::path::{Path, PathBuf};

/// Where Debian's packages install PostgreSQL's servers, by major version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder of PostgreSQL's programs: of a major version, or else of the
/// servers on the path, or the newest that Debian's packages install.
pub(crate) fn postgres(version: Option<u32>) -> Option<PathBuf> {
    let has_all = |folder: &Path| ["initdb", "postgres"].iter().all(|name| folder.join(name).is_file());
    if let Some(version) = version {
        let debian = Path::new(DEBIAN).join(version.to_string()).join("bin");
        let npm = migspec_judges::npm_package(&format!("postgres-{version}")).join("native/bin");
        return [debian, npm].into_iter().find(|bin| has_all(bin));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|folder| has_all(folder));
    // A link on the path finds its libraries only under its own name.
    on_path.or_else(|| {
        let versions = std::fs::read_dir(DEBIAN).ok()?;
        let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
        let mut folders: Vec<PathBuf> = versions.filter_map(|e| Some(e.ok()?.path())).collect();
        folders.sort_by_key(version);
        folders.into_iter().rev().map(|folder| folder.join("bin")).find(|bin| has_all(bin))
    })
}

/// Debian installs it outside of most users' path.
pub(crate) fn pgbouncer() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join("pgbouncer")).find(|program| program.is_file())
}

/// Runs a future to its end, on one thread as in Lambda.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be built").block_on(future)
}
