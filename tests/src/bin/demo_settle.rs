//! Networks settle together: burn on one and mint on another, certificates that hold only with each other, each epoch with one real
//! proof that Ethereum's contract takes.

use std::time::Instant;

use anyhow::{Result, bail};
use causeway_circuits::settlement::SettlementProgram;
use causeway_tests::proving::Proving;
use causeway_tests::stage::measure;
use causeway_tests::stories::{Prover, burn_and_mint, contingent, validity};
use causeway_tests::world::World;

fn main() -> Result<()> {
    if std::env::args().len() > 1 {
        bail!("usage: demo_settle");
    }
    let started = Instant::now();
    println!("1. The settlement program is built, and Ethereum's contract pins it\n");
    let (stage, program) = measure("build the program", SettlementProgram::pinned);
    let program = program?;
    let mut proving = Proving::new(&program, "demo-settle")?;
    let mut world = World::signing(proving.verifier())?;
    println!("   Settlement at {}\n", world.deployed().contract);

    println!("2. Burn and mint\n");
    burn_and_mint(&mut world, &mut proving)?;
    println!("3. One only with the other\n");
    contingent(&mut world, &mut proving)?;
    println!("4. One network proves, the other signs\n");
    validity(&mut world, &mut proving)?;

    println!("   {stage}");
    proving.report();
    println!("   all of it {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}
