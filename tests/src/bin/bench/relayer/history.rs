//! A history of as many certificates as wanted: L1 has settled them by real calls, and a journal has them as final.

use std::time::Instant;
use std::{panic, thread};

use alloy_primitives::U256;
use alloy_sol_types::SolValue;
use anyhow::{Result, ensure};
use causeway_chain::{Fees, Unsigned};
use causeway_journal::{Fingerprint, Journal, NewCertificate, Standing};
use causeway_ledger::{State, World, apply, draft, settle_epoch};
use causeway_relayer::clock;
use causeway_tests::faults::certificates::token_of;
use causeway_tests::faults::{Kit, chain};
use causeway_tests::world::{Epoch, MOCK_PROGRAM, secret, sign};
use causeway_types::{Authorisation, Certificate, EMPTY_METADATA_HASH, Exit, LeafType, NetworkId, StateRoot};

/// Certificates of one call.
const AT_ONCE: u32 = 240;

/// Settles so many certificates of all networks, each with one exit, and writes them into the kit's journal.
pub(super) async fn grow(kit: &mut Kit, certificates: u32) -> Result<()> {
    let began = Instant::now();
    let networks = kit.networks();
    let mut world = kit.maker().world().clone();
    let domain = *world.domain();
    let deployment = kit.devnet().deployment().clone();
    let journal = Journal::open(
        &kit.places().journal(),
        &Fingerprint {
            chain_id: deployment.chain_id,
            genesis: None,
            settlement: deployment.settlement,
            bridge: deployment.bridge,
        },
    )?;
    let mut old = World::new(domain).global().clone();
    let mut registered: Vec<_> = world
        .networks()
        .map(|known| (known.state.network(), known.authority))
        .collect();
    let mut done = 0;
    while done < certificates {
        let each =
            (AT_ONCE / networks.len() as u32).min((certificates - done).div_ceil(networks.len() as u32));
        let made = thread::scope(|scope| {
            let known = networks.iter().filter_map(|&network| world.network(network));
            let begun: Vec<_> = known
                .map(|known| scope.spawn(move || chained(known.state, each)))
                .collect();
            let ended = begun.into_iter().map(thread::ScopedJoinHandle::join);
            ended
                .map(|made| made.unwrap_or_else(|fallen| panic::resume_unwind(fallen)))
                .collect::<Result<Vec<_>>>()
        })?
        .concat();
        done += made.len() as u32;
        let outcome = settle_epoch(&world, &made);
        ensure!(outcome.left_out.is_empty(), "{:?}", outcome.left_out);
        world = outcome.world.clone();
        let epoch = Epoch {
            old,
            registered: std::mem::take(&mut registered),
            deposits: Vec::new(),
            outcome,
            domain,
        };
        settle(kit, &epoch).await?;
        old = world.global().clone();
        keep(&journal, &made)?;
        if done % (AT_ONCE * 40) == 0 {
            eprintln!("{done} certificates settled in {:?}", began.elapsed());
        }
    }
    kit.mine(8).await?;
    journal.fold_log()?;
    Ok(())
}

/// A network's next certificates, each on top of the one before.
fn chained(state: &State, count: u32) -> Result<Vec<Certificate>> {
    let network = state.network();
    let (mut state, mut made) = (state.clone(), Vec::new());
    for _ in 0..count {
        let exit = Exit {
            leaf_type: LeafType::Transfer,
            token: token_of(network),
            destination_network: NetworkId::new(network.get() % 8 + 1),
            destination_address: alloy_primitives::Address::with_last_byte(0xee),
            amount: U256::from(1 + state.height()),
            metadata_hash: EMPTY_METADATA_HASH,
        };
        let mut certificate = Certificate {
            state_root: Some(StateRoot::new(U256::from(state.height() + 1).into())),
            ..draft(&state, vec![exit], Vec::new())?
        };
        let transition = apply(&state, &certificate)?;
        let hash = state.domain().signing_hash(network, transition.digest());
        certificate.authority = Some(Authorisation::Signer {
            signature: sign(&secret(network), hash.as_slice()),
        });
        state = transition.after().clone();
        made.push(certificate);
    }
    Ok(made)
}

async fn settle(kit: &Kit, epoch: &Epoch) -> Result<()> {
    let (node, deployment) = (kit.devnet().l1().node(), kit.devnet().deployment());
    let statement = epoch.public_values().statement();
    let proof = (MOCK_PROGRAM, U256::from_be_bytes(statement.0)).abi_encode();
    let call = epoch.call(deployment.selector, &proof.into());
    let owner = kit.devnet().owner();
    let unsigned = Unsigned {
        chain_id: deployment.chain_id,
        nonce: node.nonce(owner.address()).await?,
        to: deployment.settlement,
        value: U256::ZERO,
        data: chain::bytes_of(&call),
        gas: 16_000_000,
        fees: Fees {
            max_fee: 400_000_000_000,
            tip: 1_000_000_000,
        },
    };
    let signed = unsigned.sign(owner.signer()).await?;
    let hash = node.send_raw(&signed.raw).await?;
    node.mine(1).await?;
    let receipt = node.receipt(hash).await?;
    ensure!(
        receipt.as_ref().is_some_and(|receipt| receipt.status()),
        "L1 does not settle: {receipt:?}"
    );
    Ok(())
}

/// Writes certificates down as settled and final.
fn keep(journal: &Journal, certificates: &[Certificate]) -> Result<()> {
    let now = clock::now();
    journal.change(now, |change| {
        for certificate in certificates {
            change.take_certificate(&NewCertificate {
                certificate,
                digest: None,
                source: "bench",
                standing: Standing::Waiting,
                reason: None,
                deadline: None,
            })?;
            let id = causeway_journal::certificate_id(certificate);
            change.move_certificate(id, Standing::Settled, None)?;
            change.move_certificate(id, Standing::Finalized, None)?;
        }
        Ok::<_, causeway_journal::JournalError>(())
    })?;
    Ok(())
}
