//! Processes that do not outlive the one that started them, however that ends.

use std::process::{Child, ChildStdin, Command, Stdio};

use crate::error::DevnetError;

/// Waits until its input ends, and kills.
const WATCH: &str = r#"read -r _; kill -KILL "$1" 2>/dev/null"#;

/// Kills a process when this one has ended, even by SIGKILL: a shell holds the other end of a pipe that only this process keeps open.
#[derive(Debug)]
pub struct Guard {
    shell: Child,
    /// Closed by the system when this process ends.
    _held: Option<ChildStdin>,
}

impl Guard {
    /// Of a process of ours.
    ///
    /// # Errors
    /// [`DevnetError::Process`] if there is no shell.
    pub fn of(pid: u32) -> Result<Self, DevnetError> {
        let shell = Command::new("sh")
            .args(["-c", WATCH, "guard", &pid.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut shell = shell.map_err(|source| DevnetError::Process {
            what: "no shell looks after a process",
            source,
        })?;
        Ok(Self {
            _held: shell.stdin.take(),
            shell,
        })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // First: the pid may be somebody else's once its process is gone.
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn sleeper() -> Child {
        Command::new("sleep").arg("600").spawn().expect("a process")
    }

    #[test]
    fn a_process_ends_when_nobody_holds_the_pipe_any_longer() {
        let mut child = sleeper();
        let mut guard = Guard::of(child.id()).expect("a guard");
        guard._held = None;
        let began = Instant::now();
        while child.try_wait().expect("a process").is_none() {
            assert!(began.elapsed() < Duration::from_secs(10), "it still runs");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn it_goes_on_when_its_guard_is_let_go() {
        let mut child = sleeper();
        drop(Guard::of(child.id()).expect("a guard"));
        std::thread::sleep(Duration::from_millis(100));
        assert!(child.try_wait().expect("a process").is_none(), "it runs");
        child.kill().expect("killed");
        child.wait().expect("ended");
    }
}
