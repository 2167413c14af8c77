//! Refusals, held to their names.

use std::fmt::Debug;

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolError;
use anyhow::{Context, Result, bail, ensure};
use causeway_bindings::{Groth16Verifier, Settlement};
use causeway_ledger::{Because, LedgerError};
use causeway_types::{Certificate, NetworkId, TokenId};

use crate::evm::EvmError;
use crate::world::{Epoch, Party, World};

/// Settlement's call of an epoch for which nobody has a proof: whatever else it is refused for is seen before the proof.
pub(super) fn unproven(world: &World, epoch: &Epoch) -> Settlement::settleCall {
    epoch.call(world.deployed().selector, &Bytes::from(vec![0; 256]))
}

/// Nothing is wrong with such a call but its proof.
pub(super) fn lacks_only_proof(answer: Result<(), EvmError>) -> Result<()> {
    refused(answer, &Groth16Verifier::ProofInvalid {})
}

/// A contract refuses with exactly this error.
pub(super) fn refused<T, E>(result: Result<T, EvmError>, expected: &E) -> Result<()>
where
    E: SolError + PartialEq + Debug,
{
    match result {
        Ok(_) => bail!("nobody refuses: {expected:?}"),
        Err(error) => {
            let refusal = error.reverted_with::<E>();
            ensure!(refusal.as_ref() == Some(expected), "{error}, not {expected:?}");
            Ok(())
        }
    }
}

/// The certificate at this position is left out of an epoch for exactly this reason.
pub(super) fn left_out(epoch: &Epoch, position: usize, expected: &Because) -> Result<()> {
    let mut left_out = epoch.outcome.left_out.iter();
    let left = left_out.find(|left| left.certificate.position == position);
    let left = left.with_context(|| format!("it is admitted, in spite of {expected:?}"))?;
    ensure!(left.because == *expected, "{:?}, not {expected:?}", left.because);
    Ok(())
}

/// Exactly these networks' certificates are admitted, in whatever order.
pub(super) fn admitted(epoch: &Epoch, expected: &[NetworkId]) -> Result<()> {
    let admitted = epoch.outcome.admitted.iter();
    let mut admitted: Vec<_> = admitted.map(|admitted| admitted.certificate.network).collect();
    admitted.sort_unstable();
    ensure!(admitted == expected, "{admitted:?}, {:?}", epoch.outcome.left_out);
    Ok(())
}

/// The ledger refuses a certificate with exactly this error, and admits another network's beside it.
pub(super) fn rule(
    world: &World,
    honest: &Certificate,
    certificate: Certificate,
    expected: LedgerError,
) -> Result<()> {
    let epoch = world.judge(&[honest.clone(), certificate]);
    left_out(&epoch, 1, &Because::Refused(expected))?;
    admitted(&epoch, &[honest.network])
}

/// The ledger finds a certificate signed by somebody else: what was signed is not what it says.
pub(super) fn not_what_was_signed(world: &World, certificate: &Certificate) -> Result<LedgerError> {
    let known = world.ledger().network(certificate.network);
    let expected = known.and_then(|known| known.authority.signer_address());
    let signature = certificate.authority.and_then(|authority| authority.signature());
    let hash = world
        .domain()
        .signing_hash(certificate.network, world.digest(certificate)?);
    let (expected, signature) = expected.zip(signature).context("its network signs")?;
    let recovered = signature.recover(hash)?;
    ensure!(recovered != expected, "it says what was signed");
    Ok(LedgerError::InvalidSignature { expected, recovered })
}

/// Somebody has exactly so much of a token.
pub(super) fn holds(
    world: &mut World,
    network: NetworkId,
    token: TokenId,
    party: Party,
    expected: u64,
) -> Result<()> {
    let held = world.balance(network, token, party)?;
    ensure!(
        held == U256::from(expected),
        "{party} has {held} {} on {}, not {expected}",
        world.symbol(token),
        world.name(network)
    );
    Ok(())
}
