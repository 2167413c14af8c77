//! The binary `causeway` as its users run it, and as machines stop it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::stage::peak_memory_of;

/// Where the binary is that was built with this one.
fn binary() -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("causeway");
    ensure!(
        path.exists(),
        "{} is not there: build it with `make programs`",
        path.display()
    );
    Ok(path)
}

/// What a command answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The exit code.
    pub code: i32,
    /// The JSON object on stdout.
    pub json: Value,
    /// The lines on stderr.
    pub lines: Vec<String>,
    /// The most memory that it was seen to have held, in bytes; zero where the system does not tell.
    pub peak_memory: u64,
}

impl Answer {
    /// A text in the answer.
    ///
    /// # Errors
    /// If there is none.
    pub fn text(&self, field: &str) -> Result<&str> {
        self.json[field]
            .as_str()
            .with_context(|| format!("no {field} in {}", self.json))
    }
}

/// Runs a command to its end.
///
/// # Errors
/// If it ends otherwise than with one of these exit codes.
pub fn causeway(arguments: &[&str], codes: &[i32]) -> Result<Answer> {
    match start(arguments, &mut |_, _| false)? {
        Some(answer) if codes.contains(&answer.code) => Ok(answer),
        Some(answer) => bail!(
            "causeway {} ended with {}: {}\n{}",
            arguments.join(" "),
            answer.code,
            answer.json,
            answer.lines.join("\n")
        ),
        None => bail!("nobody killed it"),
    }
}

/// Starts a command and kills it, as a crash would, at the first line on stderr that `kill` is true for. `None` if it was killed.
fn start(arguments: &[&str], kill: &mut dyn FnMut(&str, u64) -> bool) -> Result<Option<Answer>> {
    let mut child = Command::new(binary()?)
        .arg("--json")
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stderr = child.stderr.take().context("no stderr")?;
    let (mut lines, mut peak_memory) = (Vec::new(), 0);
    for line in BufReader::new(stderr).lines() {
        let line = line?;
        peak_memory = peak_memory_of(&child.id().to_string()).max(peak_memory);
        if kill(&line, peak_memory) {
            // SIGKILL: nothing of it runs any longer, no cleaning up.
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        lines.push(line);
    }
    let output = child.wait_with_output()?;
    Ok(Some(Answer {
        code: output.status.code().context("ended by a signal")?,
        json: serde_json::from_slice(&output.stdout).with_context(|| lines.join("\n"))?,
        lines,
        peak_memory,
    }))
}

/// What became of a run that was killed again and again.
#[derive(Clone, Debug)]
pub struct Interrupted {
    /// How the last run ended.
    pub answer: Answer,
    /// How often it was killed.
    pub killed: usize,
    /// How often each stage was proven, by its number.
    pub proven: BTreeMap<usize, (String, usize)>,
    /// The most memory that any run was seen to have held, in bytes; zero where the system does not tell.
    pub peak_memory: u64,
}

/// Runs `causeway proof aggregate`, killed after each stage that it proves and once in the middle of one, until it ends.
///
/// # Errors
/// If it ends otherwise than with exit code 0 or 8, or goes on without end.
pub fn interrupted(arguments: &[&str], mut tell: impl FnMut(&str)) -> Result<Interrupted> {
    let mut proven: BTreeMap<usize, (String, usize)> = BTreeMap::new();
    let (mut in_the_middle, mut peak_memory) = (false, 0);
    for killed in 0..1_000 {
        let ended = start(arguments, &mut |line, memory| {
            peak_memory = memory.max(peak_memory);
            if let Some((number, name)) = proven_stage(line) {
                tell(line);
                let stage = proven.entry(number).or_insert((name.to_owned(), 0));
                stage.1 += 1;
                return true;
            }
            let middle = !in_the_middle && line.starts_with("stage 2 of");
            in_the_middle |= middle;
            if middle {
                // A stage takes seconds.
                std::thread::sleep(Duration::from_secs(1));
            }
            middle
        })?;
        if let Some(answer) = ended {
            ensure!([0, 8].contains(&answer.code), "it ended with {}", answer.json);
            return Ok(Interrupted {
                answer,
                killed,
                proven,
                peak_memory,
            });
        }
    }
    bail!("it was killed a thousand times and did not end")
}

/// Number and name in a line like "3 of 10 stages: node proven in 3.1 s".
fn proven_stage(line: &str) -> Option<(usize, &str)> {
    let (counts, rest) = line.split_once(" stages: ")?;
    let (number, _) = counts.split_once(" of ")?;
    let (name, _) = rest.split_once(" proven in ")?;
    Some((number.parse().ok()?, name))
}
