//! Time and memory of the stages of a long run.

use std::fs;
use std::time::{Duration, Instant};

/// What a stage took.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// Wall-clock time.
    pub time: Duration,
    /// The most memory that the process held while it ran, in bytes; zero where the system does not tell.
    pub peak_memory: u64,
}

/// Runs `work` and measures it.
pub fn measure<T>(name: impl Into<String>, work: impl FnOnce() -> T) -> (Stage, T) {
    forget_peak_memory();
    let start = Instant::now();
    let result = work();
    (
        Stage {
            name: name.into(),
            time: start.elapsed(),
            peak_memory: peak_memory(),
        },
        result,
    )
}

/// Begins to measure [`peak_memory`] anew, from what the process holds now. Whoever calls this within a [`measure`] takes from that
/// what was before.
pub fn forget_peak_memory() {
    // Linux takes this as: forget the peak so far.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The most memory that the process has held since the last [`forget_peak_memory`] or [`measure`] began, in bytes; zero where the
/// system does not tell.
pub fn peak_memory() -> u64 {
    peak_memory_of("self")
}

/// The most memory that a process has held, in bytes; zero where the system does not tell or it is gone.
pub(crate) fn peak_memory_of(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|n| n.parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let memory = self.peak_memory as f64 / (1 << 20) as f64;
        write!(
            f,
            "{:<44} {:>8.2} s {:>8.0} MiB",
            self.name,
            self.time.as_secs_f64(),
            memory
        )
    }
}
