//! Who signs for a network.

use alloy_primitives::{Address, U256};
use causeway_ledger::World as Ledger;
use causeway_types::{Authorisation, Certificate, NetworkId, Signature};
use k256::ecdsa::SigningKey;

/// The secret key of a network's signer, which everybody knows.
pub fn secret(network: NetworkId) -> SigningKey {
    let mut bytes = [0x5e; 32];
    bytes[28..].copy_from_slice(&network.get().to_be_bytes());
    SigningKey::from_slice(&bytes).unwrap_or_else(|_| unreachable!("it is a scalar of the curve"))
}

/// A network's signer.
pub fn signer(network: NetworkId) -> Address {
    Address::from_private_key(&secret(network))
}

/// Signs a hash.
pub(super) fn sign(secret: &SigningKey, hash: &[u8]) -> Signature {
    let signed = secret.sign_prehash_recoverable(hash);
    let (signature, parity) = signed.unwrap_or_else(|_| unreachable!("a hash has 32 bytes"));
    let (r, s) = signature.split_bytes();
    Signature {
        r: U256::from_be_slice(&r),
        s: U256::from_be_slice(&s),
        odd_y_parity: parity.is_y_odd(),
    }
}

/// What a network has to say for its certificate: a signature over its digest, and a proof that nobody makes here. Nothing, if the
/// ledger refuses it anyway.
pub(super) fn authorise(ledger: &Ledger, certificate: &Certificate) -> Option<Authorisation> {
    let known = ledger.network(certificate.network)?;
    let transition = causeway_ledger::apply(known.state, certificate).ok()?;
    let hash = ledger
        .domain()
        .signing_hash(certificate.network, transition.digest());
    let authority = known.authority;
    let signed = || sign(&secret(certificate.network), hash.as_slice());
    Some(match (authority.signer_address(), authority.validity_key()) {
        (Some(_), Some(key)) => Authorisation::Both {
            signature: signed(),
            key,
        },
        (None, Some(key)) => Authorisation::Validity { key },
        _ => Authorisation::Signer { signature: signed() },
    })
}
