//! Who signs for a network.

use alloy_primitives::{Address, U256};
use causeway_types::{Authorisation, Certificate, NetworkId, Signature};
use k256::ecdsa::SigningKey;

use super::{World, WorldError};

/// How many keys a network's signer has, one after the other.
const KEYS: u8 = 2;

/// The first secret key of a network's signer, which everybody knows.
pub fn secret(network: NetworkId) -> SigningKey {
    secret_after(network, 0)
}

/// The secret key of a network's signer after so many rotations.
pub fn secret_after(network: NetworkId, rotations: u8) -> SigningKey {
    let mut bytes = [0x5e_u8; 32];
    bytes[27] = bytes[27].wrapping_add(rotations);
    bytes[28..].copy_from_slice(&network.get().to_be_bytes());
    SigningKey::from_slice(&bytes).unwrap_or_else(|_| unreachable!("it is a scalar of the curve"))
}

/// A network's signer.
pub fn signer(network: NetworkId) -> Address {
    signer_after(network, 0)
}

/// A network's signer after so many rotations.
pub fn signer_after(network: NetworkId, rotations: u8) -> Address {
    Address::from_private_key(&secret_after(network, rotations))
}

/// Signs a hash.
pub fn sign(secret: &SigningKey, hash: &[u8]) -> Signature {
    let signed = secret.sign_prehash_recoverable(hash);
    let (signature, parity) = signed.unwrap_or_else(|_| unreachable!("a hash has 32 bytes"));
    let (r, s) = signature.split_bytes();
    Signature {
        r: U256::from_be_slice(&r),
        s: U256::from_be_slice(&s),
        odd_y_parity: parity.is_y_odd(),
    }
}

impl World {
    /// Signs a certificate, for whoever has the secret key.
    ///
    /// # Errors
    /// The ledger's, if it is not its network's next one.
    pub fn sign(&self, secret: &SigningKey, certificate: &Certificate) -> Result<Signature, WorldError> {
        let digest = self.digest(certificate)?;
        let hash = self.domain().signing_hash(certificate.network, digest);
        Ok(sign(secret, hash.as_slice()))
    }

    /// Lets a network authorise its certificate, once nothing more is written into it: a signature over its digest, and a proof that
    /// nobody makes here. Nothing, if the ledger refuses it anyway.
    pub fn authorise(&self, certificate: &mut Certificate) {
        certificate.authority = self.authorisation(certificate);
    }

    fn authorisation(&self, certificate: &Certificate) -> Option<Authorisation> {
        let network = certificate.network;
        let authority = self.ledger.network(network)?.authority;
        let signer = authority.signer_address();
        let rotations = (0..KEYS).find(|&rotations| signer == Some(signer_after(network, rotations)));
        let secret = secret_after(network, rotations.unwrap_or_default());
        let signature = self.sign(&secret, certificate).ok()?;
        Some(match (signer, authority.validity_key()) {
            (Some(_), Some(key)) => Authorisation::Both { signature, key },
            (None, Some(key)) => Authorisation::Validity { key },
            _ => Authorisation::Signer { signature },
        })
    }
}
