//! The story: what comes in, goes from one network to another, and leaves, and who holds what.

use alloy_primitives::U256;
use alloy_primitives::utils::format_ether;
use anyhow::{Result, ensure};
use causeway_bindings::Settlement;
use causeway_devnet::Account;
use causeway_types::{Certificate, Contingency, NetworkId, StateRoot};

use super::ETHER;
use super::town::{L1, Town};

/// The two networks, in the order in which they were registered.
const A: NetworkId = NetworkId::new(1);
const B: NetworkId = NetworkId::new(2);

/// Ether that an account has to pay its gas with, on each chain.
const POCKET: u64 = 100;

/// Tells it; how many epochs settled.
pub(super) async fn play(town: &Town<'_>) -> Result<u64> {
    let (alice, bob) = (Account::named("alice"), Account::named("bob"));
    for network in [L1, A, B] {
        for who in [&alice, &bob, &Account::named("relayer")] {
            let node = town.node(network)?;
            node.set_balance(who.address(), ETHER * U256::from(POCKET))
                .await?;
        }
    }
    town.wait_until_ready().await?;
    let begun = held(town, &[&alice, &bob]).await?;
    println!("1. A deposit: Alice sends 5 ether from L1 to A\n");
    let deposit = town
        .send((L1, &alice), (A, alice.address()), ETHER * U256::from(5))
        .await?;
    town.push(A, &town.root(&[]).await?).await?;
    town.claim(deposit, A, &[]).await?;
    picture(town, &begun, &[&alice, &bob]).await?;

    println!("2. Burn and mint: 2 of them go on to Bob on B, who has them before anything is settled\n");
    let sent = town
        .send((A, &alice), (B, bob.address()), ETHER * U256::from(2))
        .await?;
    let ahead = town.root(&[A]).await?;
    town.push(B, &ahead).await?;
    town.claim(sent, B, &[ahead]).await?;
    picture(town, &begun, &[&alice, &bob]).await?;
    println!(
        "   Both networks certify what their bridges logged. B's certificate needs A's: one proof settles both.\n"
    );
    let of_a = town.certificate(A, &[], Vec::new()).await?;
    let of_b = town
        .certificate(B, std::slice::from_ref(&of_a), Vec::new())
        .await?;
    settle(town, &[of_a, of_b]).await?;

    println!("3. One only with the other: Alice sends 1 more, and neither certificate holds alone\n");
    let sent = town.send((A, &alice), (B, bob.address()), ETHER).await?;
    let ahead = town.root(&[A]).await?;
    town.push(B, &ahead).await?;
    town.claim(sent, B, &[ahead]).await?;
    let of_a = town.certificate(A, &[], Vec::new()).await?;
    let of_b = town
        .certificate(B, std::slice::from_ref(&of_a), vec![on(&of_a)])
        .await?;
    let of_a = town.only_with(&of_a, vec![on(&of_b)]).await?;
    picture(town, &begun, &[&alice, &bob]).await?;
    settle(town, &[of_a, of_b]).await?;

    println!("4. A withdrawal: Bob sends half an ether from B to L1, and has it there once it is settled\n");
    let home = town
        .send((B, &bob), (L1, bob.address()), ETHER / U256::from(2))
        .await?;
    let of_b = town.certificate(B, &[], Vec::new()).await?;
    settle(town, &[of_b]).await?;
    town.claim(home, L1, &[]).await?;
    picture(town, &begun, &[&alice, &bob]).await?;
    let node = town.node(L1)?;
    let got = node.balance(bob.address()).await? - begun[1][0];
    ensure!(
        got == ETHER / U256::from(2),
        "Bob has {got} wei more on L1, not half an ether"
    );
    let settled = node
        .events::<Settlement::EpochSettled>(town.deployment().settlement)
        .await?;
    Ok(settled.len() as u64)
}

fn on(certificate: &Certificate) -> Contingency {
    Contingency {
        network: certificate.network,
        height: certificate.height,
        state_root: certificate.state_root.unwrap_or(StateRoot::EMPTY),
    }
}

/// Hands certificates in, the last one first, and waits until they are final.
async fn settle(town: &Town<'_>, certificates: &[Certificate]) -> Result<()> {
    let mut handed_in = Vec::new();
    for certificate in certificates.iter().rev() {
        let name = format!(
            "{}'s certificate {}",
            town.name(certificate.network),
            certificate.height
        );
        handed_in.push((name, town.submit(certificate).await?));
    }
    handed_in.reverse();
    town.wait_until_final(&handed_in).await
}

/// What people have on each chain, in wei.
async fn held(town: &Town<'_>, people: &[&Account]) -> Result<Vec<[U256; 3]>> {
    let mut held = Vec::new();
    for who in people {
        let mut has = [U256::ZERO; 3];
        for (has, network) in has.iter_mut().zip([L1, A, B]) {
            *has = town.node(network)?.balance(who.address()).await?;
        }
        held.push(has);
    }
    Ok(held)
}

/// Who holds what, as a change since the beginning; gas is not worth a digit here.
async fn picture(town: &Town<'_>, begun: &[[U256; 3]], people: &[&Account]) -> Result<()> {
    let now = held(town, people).await?;
    println!("             L1        A        B");
    for ((name, before), after) in ["Alice", "Bob"].iter().zip(begun).zip(&now) {
        let mut line = format!("   {name:<6}");
        for (before, after) in before.iter().zip(after) {
            let (sign, change) = if after >= before {
                ('+', *after - *before)
            } else {
                ('-', *before - *after)
            };
            line += &format!(" {sign}{:>7.7}", format_ether(change));
        }
        println!("{line}");
    }
    let bridge = town.node(L1)?.balance(town.deployment().bridge).await?;
    println!("   L1's bridge holds {} ether\n", format_ether(bridge));
    Ok(())
}
