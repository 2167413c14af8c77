use std::fs;

use super::{SEED, sample, sample_key};
use crate::groth16::{
    Development, InvalidKey, KeyFileError, KeyStore, Progress, ProvingKey, StoreError, prove,
    read_proving_key, write_proving_key,
};

fn to_bytes(key: &ProvingKey<Development>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_proving_key(key, &mut bytes, Progress::none()).unwrap();
    bytes
}

fn from_bytes(key: &ProvingKey<Development>, bytes: &[u8]) -> Result<ProvingKey<Development>, KeyFileError> {
    let key = read_proving_key(bytes, bytes.len() as u64, key.circuit(), Progress::none())?;
    Ok(key.into_development().unwrap())
}

/// Puts the right checksum at the end of altered bytes.
fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let end = bytes.len() - 32;
    let checksum = Sha256::digest(&bytes[..end]);
    bytes[end..].copy_from_slice(&checksum);
    bytes
}

#[test]
fn a_saved_key_is_loaded_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let store = KeyStore::at(folder.path().join("deep").join("keys"));
    let (r1cs, z, key) = sample_key();
    let missing = store.load(key.circuit(), Progress::none()).unwrap_err();
    assert!(
        matches!(missing, StoreError::Missing { circuit, .. } if circuit == key.circuit()),
        "{missing}"
    );

    let path = store.save(&key, Progress::none()).unwrap();
    assert_eq!(path, store.proving_key_path(key.circuit(), "DEVELOPMENT"));
    assert!(path.starts_with(store.root().join(key.circuit().to_string())));
    let loaded = store.load_development(key.circuit(), Progress::none()).unwrap();
    assert_eq!(loaded, key);
    prove(&loaded, &r1cs, &z, Progress::none()).unwrap();
    let vk = store.load_verifying_key(key.circuit(), "DEVELOPMENT").unwrap();
    assert_eq!(vk, key.verifying_key().clone().erase());
    let absent = store.load_ceremony(key.circuit(), Progress::none()).unwrap_err();
    assert!(matches!(absent, StoreError::Missing { .. }));

    // Saving again replaces the key, and nothing temporary stays behind.
    store.save(&key, Progress::none()).unwrap();
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 2);
}

#[test]
fn a_development_key_in_the_place_of_a_ceremony_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = KeyStore::at(folder.path());
    let (_, _, key) = sample_key();
    let path = store.save(&key, Progress::none()).unwrap();
    fs::rename(path, store.proving_key_path(key.circuit(), "CEREMONY")).unwrap();
    let error = store.load(key.circuit(), Progress::none()).unwrap_err();
    assert!(matches!(error, StoreError::WrongOrigin { .. }), "{error}");
    let vk_path = store.verifying_key_path(key.circuit(), "DEVELOPMENT");
    fs::rename(vk_path, store.verifying_key_path(key.circuit(), "CEREMONY")).unwrap();
    let error = store.load_verifying_key(key.circuit(), "CEREMONY").unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Unusable {
                source: KeyFileError::Label,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_key_of_another_circuit_is_refused() {
    let (_, _, key) = sample_key();
    let (other, _) = sample(19, 0);
    let other = crate::groth16::development_setup(&other, SEED, Progress::none()).unwrap();
    let error = from_bytes(&key, &to_bytes(&other)).unwrap_err();
    assert!(matches!(error, KeyFileError::OtherCircuit { found, expected }
            if found == other.circuit() && expected == key.circuit()));
}

#[test]
fn truncated_and_extended_files_are_refused() {
    let (_, _, key) = sample_key();
    let bytes = to_bytes(&key);
    assert_eq!(from_bytes(&key, &bytes).unwrap(), key);
    for length in (0..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
        let error = from_bytes(&key, &bytes[..length]).unwrap_err();
        assert!(
            matches!(error, KeyFileError::Io(_) | KeyFileError::Length { .. }),
            "{length}: {error}"
        );
    }
    let mut extended = bytes.clone();
    extended.push(0);
    let error = from_bytes(&key, &extended).unwrap_err();
    assert!(matches!(error, KeyFileError::Length { actual, expected } if actual == expected + 1));
}

#[test]
fn every_altered_byte_is_noticed() {
    let (_, _, key) = sample_key();
    let bytes = to_bytes(&key);
    for at in (0..bytes.len()).step_by(13).chain(0..120) {
        let mut altered = bytes.clone();
        altered[at] ^= 0x10;
        from_bytes(&key, &altered).unwrap_err();
    }
    let error = |at: usize| {
        let mut altered = bytes.clone();
        altered[at] ^= 0x01;
        from_bytes(&key, &altered).unwrap_err()
    };
    assert!(matches!(error(0), KeyFileError::Magic));
    assert!(matches!(error(16), KeyFileError::Label));
    assert!(matches!(error(32), KeyFileError::Version { found: 0 }));
    assert!(matches!(error(36), KeyFileError::OtherCircuit { .. }));
    assert!(matches!(error(72), KeyFileError::Origin(_)));
    assert!(matches!(
        error(bytes.len() - 40),
        KeyFileError::Checksum | KeyFileError::OutOfRange
    ));
    assert!(matches!(error(bytes.len() - 1), KeyFileError::Checksum));
}

#[test]
fn a_degenerate_key_with_a_right_checksum_is_refused() {
    let (_, _, key) = sample_key();
    let bytes = to_bytes(&key);
    let body = bytes.len() - (bytes.len() - 16 - 16 - 4 - 32);
    let origin_len = u32::from_le_bytes(bytes[body..body + 4].try_into().unwrap()) as usize;
    let points = body + 4 + origin_len + 20;
    // alpha, beta and delta in G1, then beta, gamma and delta in G2.
    let (gamma, delta) = (points + 3 * 64 + 128, points + 3 * 64 + 2 * 128);
    let mut altered = bytes.clone();
    altered.copy_within(gamma..gamma + 128, delta);
    let error = from_bytes(&key, &with_checksum(altered)).unwrap_err();
    assert!(
        matches!(error, KeyFileError::InvalidKey(InvalidKey::DeltaIsGamma)),
        "{error}"
    );
    let mut altered = bytes;
    altered[points..points + 32].fill(0xff);
    let error = from_bytes(&key, &with_checksum(altered)).unwrap_err();
    assert!(matches!(error, KeyFileError::OutOfRange), "{error}");
}
