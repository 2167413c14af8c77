//! Runs rows of the failure matrix: `faults [ROW..] [--seed N] [--kills N] [--jobs N] [--list]`, all of them if none is named.
//!
//! Each row has a chain, endpoints and a relayer of its own, so that several can run at once; nothing is tried twice. One line a row, and
//! how many passed.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use causeway_tests::faults::Kit;
use causeway_tests::faults::kit::Options;
use causeway_tests::faults::rows::{ROWS, Row};
use futures_util::StreamExt;

/// No row takes longer, whatever it waits for.
const LIMIT: Duration = Duration::from_secs(600);

struct Arguments {
    rows: Vec<&'static Row>,
    seed: u64,
    kills: u32,
    /// How many rows run at once.
    jobs: usize,
}

fn arguments(given: impl Iterator<Item = String>) -> Result<Option<Arguments>> {
    let mut arguments = Arguments {
        rows: Vec::new(),
        seed: 1,
        kills: 10,
        jobs: 1,
    };
    let mut given = given;
    while let Some(word) = given.next() {
        let mut number = || -> Result<u64> {
            let text = given.next().with_context(|| format!("{word} needs a number"))?;
            text.parse()
                .with_context(|| format!("{word} needs a number, and {text} is none"))
        };
        match word.as_str() {
            "--seed" => arguments.seed = number()?,
            "--kills" => arguments.kills = u32::try_from(number()?)?,
            "--jobs" => arguments.jobs = usize::try_from(number()?)?.max(1),
            "--list" => return Ok(None),
            name => match ROWS.iter().find(|row| row.name == name) {
                Some(row) => arguments.rows.push(row),
                None => bail!("there is no row {name}: --list shows them"),
            },
        }
    }
    if arguments.rows.is_empty() {
        arguments.rows = ROWS.iter().collect();
    }
    Ok(Some(arguments))
}

async fn run(row: &Row, arguments: &Arguments) -> Result<()> {
    let mut options = Options {
        seed: arguments.seed,
        kills: arguments.kills,
        ..Options::default()
    };
    (row.options)(&mut options);
    let mut kit = Kit::new(options).await?;
    let outcome = tokio::time::timeout(LIMIT, (row.run)(&mut kit)).await;
    let outcome = outcome.unwrap_or_else(|_| bail!("it takes longer than {LIMIT:?}"));
    if outcome.is_err()
        && let Some(folder) = std::env::var_os("CAUSEWAY_FAULTS_KEEP")
    {
        kit.keep(&std::path::Path::new(&folder).join(row.name))?;
    }
    outcome
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match arguments(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            for row in ROWS {
                println!("{:4} {}", row.name, row.what);
            }
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::from(2);
        }
    };
    println!("seed {}, {} random kills", arguments.seed, arguments.kills);
    let mut failed = 0;
    let rows = futures_util::stream::iter(&arguments.rows).map(|row| {
        let arguments = &arguments;
        async move {
            let began = Instant::now();
            (row, run(row, arguments).await, began.elapsed().as_secs_f64())
        }
    });
    let mut rows = std::pin::pin!(rows.buffer_unordered(arguments.jobs));
    while let Some((row, outcome, seconds)) = rows.next().await {
        match outcome {
            Ok(()) => println!("ok     {:4} {} ({seconds:.1} s)", row.name, row.what),
            Err(error) => {
                failed += 1;
                println!("FAILED {:4} {} ({seconds:.1} s): {error:#}", row.name, row.what);
            }
        }
    }
    println!("{} passed, {failed} failed", arguments.rows.len() - failed);
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
