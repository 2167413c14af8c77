#![allow(clippy::unwrap_used)]

use alloy_primitives::{Address, B256, U256};
use causeway_types::{Authorisation, Authority, GoldilocksDigest, Signature};
use k256::ecdsa::SigningKey;

use crate::apply::apply;
use crate::authority::check_authority;
use crate::error::{Class, LedgerError};
use crate::testing::{A, B, DOMAIN, certificate, key, state, world};

fn signer(byte: u8) -> (SigningKey, Address) {
    let key = SigningKey::from_slice(&[byte; 32]).unwrap();
    let address = Address::from_private_key(&key);
    (key, address)
}

fn sign(key: &SigningKey, hash: B256) -> Signature {
    let (signature, parity) = key.sign_prehash_recoverable(hash.as_slice()).unwrap();
    Signature {
        r: U256::from_be_slice(&signature.r().to_bytes()),
        s: U256::from_be_slice(&signature.s().to_bytes()),
        odd_y_parity: parity.is_y_odd(),
    }
}

#[test]
fn each_kind_of_authority_is_checked() {
    let state = state(&world(), A);
    let mut certificate = certificate(&state, vec![], vec![]);
    let digest = apply(&state, &certificate).unwrap().digest();
    let (own, address) = signer(7);
    let (other, stranger) = signer(8);
    let good = sign(&own, DOMAIN.signing_hash(A, digest));
    let wrong_key = GoldilocksDigest::new([4, 3, 2, 1]).unwrap();
    let mut check = |authority: Authority, authorisation: Option<Authorisation>| {
        certificate.authority = authorisation;
        check_authority(&authority, &certificate, digest, &DOMAIN)
    };
    let signs = Authority::signer(address).unwrap();
    let proves = Authority::validity(key()).unwrap();
    let both = Authority::both(address, key()).unwrap();
    let by = |signature| Some(Authorisation::Signer { signature });
    let proven = |key| Some(Authorisation::Validity { key });
    let with = |signature, key| Some(Authorisation::Both { signature, key });

    assert_eq!(check(signs, by(good)), Ok(()));
    assert_eq!(
        check(signs, with(good, wrong_key)),
        Ok(()),
        "more than is asked for"
    );
    assert_eq!(check(proves, proven(key())), Ok(()));
    assert_eq!(check(both, with(good, key())), Ok(()));

    for authority in [signs, proves, both] {
        assert_eq!(check(authority, None), Err(LedgerError::MissingAuthorisation));
    }
    let unsigned = Err(LedgerError::MissingSignature { signer: address });
    assert_eq!(check(signs, proven(key())), unsigned);
    assert_eq!(check(both, proven(key())), unsigned);
    assert_eq!(check(proves, by(good)), Err(LedgerError::MissingValidityProof));
    assert_eq!(check(both, by(good)), Err(LedgerError::MissingValidityProof));
    let key_error = LedgerError::InvalidValidityKey {
        expected: key(),
        got: wrong_key,
    };
    assert_eq!(check(proves, proven(wrong_key)), Err(key_error.clone()));
    assert_eq!(check(both, with(good, wrong_key)), Err(key_error.clone()));
    assert_eq!(key_error.class(), Class::Operator);
    let stolen = sign(&other, DOMAIN.signing_hash(A, digest));
    let invalid = LedgerError::InvalidSignature {
        expected: address,
        recovered: stranger,
    };
    assert_eq!(check(signs, by(stolen)), Err(invalid));
    let nobody = Signature {
        r: U256::ZERO,
        ..good
    };
    let unrecoverable = LedgerError::UnrecoverableSignature { expected: address };
    assert_eq!(check(signs, by(nobody)), Err(unrecoverable));
    // A signature for another network, digest or deployment is somebody else's.
    let elsewhere = causeway_types::SettlementDomain {
        chain_id: 2,
        ..DOMAIN
    };
    for hash in [
        DOMAIN.signing_hash(B, digest),
        DOMAIN.signing_hash(A, wrong_key),
        elsewhere.signing_hash(A, digest),
    ] {
        let error = check(signs, by(sign(&own, hash))).unwrap_err();
        assert!(matches!(error, LedgerError::InvalidSignature { expected, .. } if expected == address));
    }
}
