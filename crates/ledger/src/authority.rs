//! Whether a certificate was made by its network.

use alloy_primitives::Address;
use causeway_types::{Authorisation, Authority, Certificate, GoldilocksDigest, Prehash, SettlementDomain};

use crate::error::LedgerError;

/// Compares a certificate's authorisation with its network's authority. The digest is that of the certificate's
/// transition.
///
/// Of a validity proof only the key is compared here, which anyone can write down: whoever takes certificates in verifies
/// the proof before offering them, and the transition's circuit does so again. A contract cannot sign: `approved` says
/// whether the signer approved the digest on L1, and then no signature is asked for.
///
/// # Errors
/// What is missing or another's.
pub fn check_authority(
    authority: &Authority,
    certificate: &Certificate,
    digest: GoldilocksDigest,
    domain: &SettlementDomain,
    approved: bool,
) -> Result<(), LedgerError> {
    let authorisation = certificate.authority.as_ref();
    if authorisation.is_none() && !approved {
        return Err(LedgerError::MissingAuthorisation);
    }
    if let Some(expected) = authority.signer_address().filter(|_| !approved) {
        let missing = LedgerError::MissingSignature { signer: expected };
        let signature = authorisation.and_then(Authorisation::signature).ok_or(missing)?;
        let recovered = signature
            .recover(domain.signing_hash(certificate.network, digest))
            .map_err(|_| LedgerError::UnrecoverableSignature { expected })?;
        same_signer(expected, recovered)?;
    }
    if let Some(expected) = authority.validity_key() {
        let got = authorisation
            .and_then(Authorisation::validity_key)
            .ok_or(LedgerError::MissingValidityProof)?;
        if got != expected {
            return Err(LedgerError::InvalidValidityKey { expected, got });
        }
    }
    Ok(())
}

/// Compares the LxLy signature of a certificate with a signer and says which payload it is over: V3, V5 or V2, tried in
/// this order as LxLy does.
///
/// # Errors
/// [`LedgerError::InvalidSignature`] with the signer by the last payload, or [`LedgerError::UnrecoverableSignature`].
pub fn check_lxly_signer(certificate: &Certificate, expected: Address) -> Result<Prehash, LedgerError> {
    let mut outcome = Err(LedgerError::UnrecoverableSignature { expected });
    for version in [Prehash::V3, Prehash::V5, Prehash::V2] {
        let recovered = certificate
            .recover_signer(version)
            .map_err(|_| LedgerError::UnrecoverableSignature { expected });
        outcome = recovered.and_then(|recovered| same_signer(expected, recovered));
        if outcome.is_ok() {
            return Ok(version);
        }
    }
    outcome.map(|()| Prehash::V2)
}

fn same_signer(expected: Address, recovered: Address) -> Result<(), LedgerError> {
    if recovered == expected {
        Ok(())
    } else {
        Err(LedgerError::InvalidSignature { expected, recovered })
    }
}
