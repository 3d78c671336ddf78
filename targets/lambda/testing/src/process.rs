//! Programs that end when the test process does, however it ends.

use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// Runs the program that follows, and ends it when standard input closes:
/// that is when its owner is dropped or dies. `$1` is a folder to remove then.
const KEEPER: &str = r#"
folder=$1; signal=$2; shift 2
"$@" </dev/null & child=$!
cat >/dev/null
kill -s "$signal" "$child" 2>/dev/null
wait "$child" 2>/dev/null
[ -z "$folder" ] || rm -rf -- "$folder"
"#;

/// A program in the background.
#[derive(Debug)]
pub(crate) struct Kept {
    keeper: Child,
    input: Option<ChildStdin>,
}

impl Kept {
    /// Starts a program. `user` decides whether it keeps root privileges.
    /// `folder` is removed after its end.
    pub(crate) fn start(program: &Command, user: User, signal: &str, folder: Option<&Path>) -> Self {
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "keeper"]).arg(folder.unwrap_or(Path::new(""))).arg(signal);
        keeper.arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => keeper.env(name, value),
                None => keeper.env_remove(name),
            };
        }
        user.apply(&mut keeper);
        keeper.stdin(Stdio::piped()).process_group(0);
        let mut keeper = keeper.spawn().expect("a shell can be started");
        let input = keeper.stdin.take();
        Self { keeper, input }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.input.take());
        // Nothing is left to do where it cannot be waited for.
        drop(self.keeper.wait());
    }
}

/// As whom a program runs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum User {
    Own,
    /// PostgreSQL refuses root.
    NotRoot,
}

/// `nobody`, as on every Linux.
const NOBODY: u32 = 65_534;

impl User {
    fn is_root() -> bool {
        std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
    }

    pub(crate) fn apply(self, command: &mut Command) {
        if matches!(self, Self::NotRoot) && Self::is_root() {
            command.uid(NOBODY).gid(NOBODY).current_dir("/");
        }
    }

    pub(crate) fn own(self, path: &Path) {
        if matches!(self, Self::NotRoot) && Self::is_root() {
            std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).expect("root can give a file away");
        }
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}

/// Waits until `ready` answers.
///
/// # Panics
/// It does not within two minutes; `why` returns the known reasons.
pub(crate) fn wait<T>(mut ready: impl FnMut() -> Option<T>, why: impl Fn() -> String) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = ready() {
            return value;
        }
        assert!(start.elapsed() < Duration::from_secs(120), "{}", why());
        std::thread::sleep(Duration::from_millis(30));
    }
}
