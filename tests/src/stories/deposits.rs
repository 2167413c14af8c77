//! What comes from Ethereum.

use alloy_primitives::U256;
use anyhow::{Result, ensure};
use causeway_types::{Backing, TokenId};

use super::refusals::holds;
use super::together::settles;
use super::{Prover, of};
use crate::world::{A, FORTUNE, L1, Party, World};

/// Deposits go to A and are claimed there, one under a root that Ethereum has and one under a root that it will have; A sends some of
/// it back. One epoch consumes the deposits, settles A, and Ethereum pays out.
///
/// # Errors
/// Whatever goes wrong, and whoever does not hold what he should.
pub fn deposits(world: &mut World, prover: &mut dyn Prover) -> Result<()> {
    let usdc = world.token("USDC");
    let first = world.bridge_asset((L1, Party::Alice), (A, Party::Bob), usdc, U256::from(90), true)?;
    world.inform(A)?;
    world.claim(first)?;
    let ether = (L1, Party::Alice);
    let second = world.bridge_asset(ether, (A, Party::Bob), TokenId::ETH, U256::from(8), false)?;
    world.inform_ahead(A)?;
    world.claim(second)?;
    // It stays on its way.
    world.bridge_asset((L1, Party::Alice), (A, Party::Alice), usdc, U256::from(1), true)?;
    prover.tell("Alice sent 90 USDC and 8 wei to Bob on A, who has them already.");
    let back = [(usdc, 40), (TokenId::ETH, 3)].map(|(token, amount)| {
        let amount = U256::from(amount);
        world.bridge_asset((A, Party::Bob), (L1, Party::Bob), token, amount, false)
    });
    prover.tell("He sends 40 USDC and 3 wei back.");

    let of_a = of(world, A)?;
    let kinds = [&of_a.imports[0].backing, &of_a.imports[1].backing];
    ensure!(
        matches!(kinds, [Backing::Claim(_), Backing::History(_)]),
        "both ways to show an exit: {kinds:?}"
    );
    ensure!(world.judge(std::slice::from_ref(&of_a)).deposits.len() == 3);
    settles(world, &[A], &[of_a], prover)?;
    for exit in back {
        world.claim(exit?)?;
    }
    holds(world, A, usdc, Party::Bob, 50)?;
    holds(world, A, TokenId::ETH, Party::Bob, 5)?;
    holds(world, L1, usdc, Party::Bob, FORTUNE + 40)?;
    holds(world, L1, TokenId::ETH, Party::Bob, FORTUNE + 3)?;
    world.check_claims()?;
    prover.tell("One proof consumed the deposits and settled A, and Ethereum paid out.");
    Ok(())
}
