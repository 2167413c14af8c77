#![allow(clippy::unwrap_used)]

use alloy_primitives::{Address, B256, U256};
use causeway_types::{Authorisation, Authority, GoldilocksDigest, Signature, TypesError};
use k256::ecdsa::SigningKey;

use crate::apply::apply;
use crate::authority::check_authority;
use crate::epoch::{Because, settle_epoch};
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
        check_authority(&authority, &certificate, digest, &DOMAIN, false)
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

#[test]
fn both_halves_of_s_are_one_signature_and_nothing_else_is() {
    let (own, address) = signer(7);
    let hash = DOMAIN.signing_hash(A, key());
    let good = sign(&own, hash);
    let order = U256::from_be_slice(&alloy_primitives::hex!(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
    ));
    let mirrored = Signature {
        s: order - good.s,
        odd_y_parity: !good.odd_y_parity,
        ..good
    };
    // As ecrecover has it; nothing counts signatures or names a certificate by one.
    assert_eq!([good, mirrored].map(|it| it.recover(hash)), [Ok(address); 2]);
    let half = Signature {
        odd_y_parity: !good.odd_y_parity,
        ..good
    };
    assert_ne!(half.recover(hash), Ok(address));
    for (r, s) in [
        (good.r, U256::ZERO),
        (U256::ZERO, good.s),
        (good.r, order),
        (order, good.s),
        (good.r, U256::MAX),
        (good.r.wrapping_add(order), good.s),
    ] {
        let other = Signature { r, s, ..good };
        assert_ne!(other.recover(hash), Ok(address));
    }
    for (r, s) in [
        (good.r, U256::ZERO),
        (U256::ZERO, good.s),
        (good.r, order),
        (order, good.s),
    ] {
        let other = Signature { r, s, ..good };
        assert_eq!(other.recover(hash), Err(TypesError::SignatureUnrecoverable));
    }
}

/// A contract has no key: it approves a digest by a transaction of its own.
#[test]
fn an_approval_stands_for_a_signature_and_for_nothing_else() {
    let contract = Address::repeat_byte(0xc0);
    let mut world = world();
    let state = state(&world, A);
    let unsigned = causeway_types::Certificate {
        authority: None,
        ..certificate(&state, vec![], vec![])
    };
    let digest = apply(&state, &unsigned).unwrap().digest();
    let proven = causeway_types::Certificate {
        authority: Some(Authorisation::Validity { key: key() }),
        ..unsigned.clone()
    };
    let signs = Authority::signer(contract).unwrap();
    let both = Authority::both(contract, key()).unwrap();
    let refusal = |world: &crate::World, certificate: &causeway_types::Certificate| {
        let outcome = settle_epoch(world, std::slice::from_ref(certificate));
        outcome.left_out.first().map(|left| left.because.clone())
    };
    let refused = |error| Some(Because::Refused(error));
    world.register(A, signs).unwrap();
    let commitment = world.commitment();
    world.approve(Address::repeat_byte(0xc1), digest);
    world.approve(contract, key());
    assert_eq!(
        refusal(&world, &unsigned),
        refused(LedgerError::MissingAuthorisation)
    );
    let missing = LedgerError::MissingSignature { signer: contract };
    assert_eq!(refusal(&world, &proven), refused(missing));
    world.approve(contract, digest);
    assert_eq!(world.commitment(), commitment);
    assert_eq!(refusal(&world, &unsigned), None);
    world.register(A, both).unwrap();
    assert_eq!(refusal(&world, &proven), None);
    assert_eq!(
        refusal(&world, &unsigned),
        refused(LedgerError::MissingValidityProof)
    );
    // A rotation takes the approval's force with it.
    world
        .register(A, Authority::signer(Address::repeat_byte(0xc2)).unwrap())
        .unwrap();
    assert_eq!(
        refusal(&world, &unsigned),
        refused(LedgerError::MissingAuthorisation)
    );
    world.register(A, Authority::validity(key()).unwrap()).unwrap();
    assert_eq!(
        refusal(&world, &unsigned),
        refused(LedgerError::MissingAuthorisation)
    );
}
