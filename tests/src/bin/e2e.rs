//! All stories with real proofs: each in a world of its own, whose contract takes Groth16 proofs of the settlement program.
//!
//! `e2e` tells all, `e2e NAME...` those whose names begin so, in the order asked for, `e2e --list` says which there are.

use std::time::Instant;

use anyhow::{Result, bail};
use causeway_circuits::settlement::SettlementProgram;
use causeway_tests::proving::Proving;
use causeway_tests::stories::{Prover, STORIES, Story};
use causeway_tests::world::World;

fn main() -> Result<()> {
    let asked: Vec<_> = std::env::args().skip(1).collect();
    if asked == ["--list"] {
        for (name, _) in STORIES {
            println!("{name}");
        }
        return Ok(());
    }
    let mut stories = Vec::new();
    for prefix in &asked {
        stories.extend(
            STORIES
                .into_iter()
                .filter(|(name, _)| name.starts_with(prefix.as_str())),
        );
    }
    if asked.is_empty() {
        stories.extend(STORIES);
    }
    if stories.is_empty() {
        bail!(
            "no story is called {}; --list says which there are",
            asked.join(" or ")
        );
    }
    let started = Instant::now();
    let program = SettlementProgram::pinned()?;
    let mut proving = Proving::new(&program, "e2e")?;
    println!("The program is built, {:.1} s\n", started.elapsed().as_secs_f64());
    let mut failed = Vec::new();
    for &(name, story) in &stories {
        println!("{name}\n");
        let begun = Instant::now();
        let outcome = told(story, &mut proving);
        proving.report();
        let seconds = begun.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => println!("{name}: told, {seconds:.1} s\n"),
            Err(error) => {
                println!("{name}: FAILED, {seconds:.1} s: {error:?}\n");
                failed.push(name);
            }
        }
    }
    println!(
        "{} of {} stories told, {:.1} s",
        stories.len() - failed.len(),
        stories.len(),
        started.elapsed().as_secs_f64()
    );
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

fn told(story: Story, proving: &mut Proving<'_>) -> Result<()> {
    let mut world = World::signing(proving.verifier())?;
    story(&mut world, proving)
}
