//! A network's signature over its certificate.

use alloy_signer::Signer;
use causeway_ledger::apply;
use causeway_types::{
    Authorisation, Authority, Certificate, LxlyAuthorisation, NetworkId, Prehash, Signature,
};

use super::error::NetworkError;
use super::past::Past;

/// Whoever signs.
pub type Key = dyn Signer + Send + Sync;

/// Authorises a certificate that is the network's next one, as its authority asks: a signature over its digest, the key of a proof that
/// the network makes elsewhere, or both. It changes nothing else.
///
/// # Errors
/// [`NetworkError::Refused`] if it is not the network's next one or breaks a rule; [`NetworkError::WrongKey`],
/// [`NetworkError::NoSigner`] or [`NetworkError::Signer`].
pub async fn authorise(
    certificate: &mut Certificate,
    past: &Past,
    authority: &Authority,
    key: &Key,
) -> Result<(), NetworkError> {
    let (network, state) = (certificate.network, past.state());
    check_key(network, authority, key)?;
    let digest = apply(state, certificate).map_err(NetworkError::Refused)?.digest();
    let hash = state.domain().signing_hash(network, digest);
    let signature = signature(key, hash).await?;
    certificate.authority = Some(match authority.validity_key() {
        Some(key) => Authorisation::Both { signature, key },
        None => Authorisation::Signer { signature },
    });
    Ok(())
}

/// Adds LxLy's own signature, for readers that know no other.
///
/// # Errors
/// As [`authorise`], whatever the certificate says.
pub async fn sign_lxly(
    certificate: &mut Certificate,
    version: Prehash,
    authority: &Authority,
    key: &Key,
) -> Result<(), NetworkError> {
    check_key(certificate.network, authority, key)?;
    let signature = signature(key, certificate.prehash(version)).await?;
    certificate.lxly = LxlyAuthorisation::Signature(signature);
    Ok(())
}

fn check_key(network: NetworkId, authority: &Authority, key: &Key) -> Result<(), NetworkError> {
    let expected = authority
        .signer_address()
        .ok_or(NetworkError::NoSigner { network })?;
    let got = key.address();
    if got == expected {
        return Ok(());
    }
    Err(NetworkError::WrongKey {
        network,
        expected,
        got,
    })
}

async fn signature(key: &Key, hash: alloy_primitives::B256) -> Result<Signature, NetworkError> {
    let signed = key.sign_hash(&hash).await?;
    Ok(Signature {
        r: signed.r(),
        s: signed.s(),
        odd_y_parity: signed.v(),
    })
}
