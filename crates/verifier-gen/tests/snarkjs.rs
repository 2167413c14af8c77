//! A ceremony with the real snarkjs on a small circuit, from the exported circuit to a proof that both sides accept.
//!
//! Needs snarkjs: `$CAUSEWAY_SNARKJS`, else what `npm ci` puts in the repository's `node_modules`.
#![allow(clippy::unwrap_used)]

use std::{
    env, fs,
    io::Cursor,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use ark_bn254::Fr;
use ark_ff::{Field, One};
use causeway_verifier_gen::{
    groth16::{
        Beacon, Ceremony, InvalidKey, KeyStore, PointError, Progress, ProvingKey, SnarkjsProof,
        SnarkjsPublic, SnarkjsVerifyingKey, VerifyError, ZkeyError, import_zkey, import_zkey_from, prove,
        verify,
    },
    r1cs::{R1cs, Var, circuit_hash, write_r1cs},
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use tempfile::TempDir;

/// A number of `bits` bits; its square and its cube are public. `twist` changes one coefficient and nothing else.
fn sample(bits: usize, number: u64, twist: u64) -> (R1cs, Vec<Fr>) {
    let mut r1cs = R1cs::new(2);
    let one = Fr::one();
    let (cube, square, x) = (Var(1), Var(2), r1cs.new_variable());
    let value = Fr::from(number);
    let mut z = vec![one, value.pow([3u64]), value.square(), value];
    let mut sum = Vec::new();
    for i in 0..bits {
        let bit = r1cs.new_variable();
        z.push(Fr::from(number >> i & 1));
        r1cs.push(&[(bit, one)], &[(bit, one), (Var::ONE, -one)], &[]);
        sum.push((bit, Fr::from(1u64 << i)));
    }
    r1cs.push(&sum, &[(Var::ONE, one)], &[(x, one)]);
    let twist = Fr::from(twist);
    r1cs.push(&[(x, twist)], &[(x, one)], &[(square, twist)]);
    r1cs.push(&[(square, one)], &[(x, one)], &[(cube, one)]);
    // A column that no row uses.
    r1cs.new_variable();
    z.push(one);
    (r1cs, z)
}

fn snarkjs_path() -> PathBuf {
    let installed = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules/.bin/snarkjs");
    let path = env::var_os("CAUSEWAY_SNARKJS").map_or_else(installed, PathBuf::from);
    assert!(
        path.exists(),
        "no snarkjs at {}: run `npm ci` in the repository's root",
        path.display()
    );
    path
}

fn snarkjs(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(snarkjs_path())
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    // snarkjs reports some errors with status 0.
    assert!(
        output.status.success() && !text.contains("ERROR"),
        "snarkjs {arguments:?}: {text}"
    );
    text
}

struct World {
    folder: TempDir,
    r1cs: R1cs,
    z: Vec<Fr>,
    contribute_log: String,
    zkey: Vec<u8>,
}

/// The ceremony, held once for all tests.
fn world() -> &'static World {
    static WORLD: OnceLock<Option<World>> = OnceLock::new();
    // A ceremony that failed for one test is not held again for the others.
    let hold = || {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let (r1cs, z) = sample(40, 0x12_3456_789a, 1);
        write_r1cs(&r1cs, fs::File::create(at.join("circuit.r1cs")).unwrap()).unwrap();
        let run = |line: &str| snarkjs(at, &line.split(' ').collect::<Vec<_>>());
        run("powersoftau new bn128 8 pot0.ptau");
        run("powersoftau contribute pot0.ptau pot1.ptau --name=one -e=entropy");
        run("powersoftau prepare phase2 pot1.ptau pot.ptau");
        run("groth16 setup circuit.r1cs pot.ptau key0.zkey");
        run("zkey contribute key0.zkey key1.zkey --name=first -e=entropy");
        let contribute_log = run("zkey contribute key1.zkey key2.zkey --name=second -e=entropy");
        run("zkey beacon key2.zkey key.zkey 0102030405060708090a0b0c0d0e0f10 10 --name=final");
        let verdict = run("zkey verify circuit.r1cs pot.ptau key.zkey");
        assert!(verdict.contains("ZKey Ok!"), "{verdict}");
        let zkey = fs::read(at.join("key.zkey")).unwrap();
        World {
            folder,
            r1cs,
            z,
            contribute_log,
            zkey,
        }
    };
    let once = || std::panic::catch_unwind(hold).ok();
    WORLD
        .get_or_init(once)
        .as_ref()
        .expect("the ceremony failed, see the first message")
}

fn import(r1cs: &R1cs, bytes: &[u8]) -> Result<ProvingKey<Ceremony>, ZkeyError> {
    import_zkey_from(r1cs, Cursor::new(bytes), Progress::none())
}

#[test]
fn a_proof_under_a_ceremony_key_is_accepted_here_and_by_snarkjs() {
    let World { folder, r1cs, z, .. } = world();
    let at = folder.path();
    let key = import_zkey(r1cs, &at.join("key.zkey"), Progress::none()).unwrap();
    assert_eq!(key.circuit(), circuit_hash(r1cs));
    let proof = prove(&key, r1cs, z, Progress::none()).unwrap();
    verify(key.verifying_key(), &z[1..3], &proof).unwrap();
    let swapped = [z[2], z[1]];
    assert_eq!(
        verify(key.verifying_key(), &swapped, &proof),
        Err(VerifyError::Rejected)
    );

    let write = |name: &str, json: String| fs::write(at.join(name), json).unwrap();
    write(
        "proof.json",
        serde_json::to_string(&SnarkjsProof::from(&proof)).unwrap(),
    );
    write(
        "public.json",
        serde_json::to_string(&SnarkjsPublic::from(&z[1..3])).unwrap(),
    );
    write(
        "swapped.json",
        serde_json::to_string(&SnarkjsPublic::from(&swapped[..])).unwrap(),
    );
    let own_key = serde_json::to_value(SnarkjsVerifyingKey::from(key.verifying_key())).unwrap();
    write("own.json", own_key.to_string());
    snarkjs(
        at,
        &["zkey", "export", "verificationkey", "key.zkey", "theirs.json"],
    );
    for vk in ["own.json", "theirs.json"] {
        let verdict = snarkjs(at, &["groth16", "verify", vk, "public.json", "proof.json"]);
        assert!(verdict.contains("OK!"), "{verdict}");
    }
    let refused = Command::new(snarkjs_path())
        .args(["groth16", "verify", "theirs.json", "swapped.json", "proof.json"])
        .current_dir(at)
        .output()
        .unwrap();
    assert!(!refused.status.success());

    // The two verifying keys agree in all but the pairing that snarkjs adds.
    let theirs = fs::read_to_string(at.join("theirs.json")).unwrap();
    let mut theirs: serde_json::Value = serde_json::from_str(&theirs).unwrap();
    theirs.as_object_mut().unwrap().remove("vk_alphabeta_12").unwrap();
    assert_eq!(own_key, theirs);

    let store = KeyStore::at(at.join("store"));
    store.save(&key, Progress::none()).unwrap();
    assert_eq!(
        store.load(key.circuit(), Progress::none()).unwrap(),
        key.clone().erase()
    );
    assert_eq!(store.load_ceremony(key.circuit(), Progress::none()).unwrap(), key);
}

#[test]
fn the_contributions_are_those_of_the_ceremony() {
    let World {
        r1cs,
        zkey,
        contribute_log,
        ..
    } = world();
    let key = import(r1cs, zkey).unwrap();
    let origin = key.verifying_key().origin();
    let names: Vec<_> = origin.contributions.iter().map(|c| c.name.as_deref()).collect();
    assert_eq!(names, [Some("first"), Some("second"), Some("final")]);
    let beacon = Beacon {
        value: (1..=16).collect(),
        iterations_log2: 10,
    };
    assert_eq!(origin.contributions[2].beacon.as_ref(), Some(&beacon));
    assert!(
        origin.contributions[..2]
            .iter()
            .all(|contribution| contribution.beacon.is_none())
    );
    // snarkjs prints a hash in groups of eight digits over four lines, between colours.
    let hash = hex::encode(origin.contributions[1].hash);
    let printed: String = contribute_log.split_whitespace().collect();
    assert!(printed.contains(&hash), "{contribute_log}\n{hash}");
}

#[test]
fn a_key_without_contributions_is_refused() {
    let World { folder, r1cs, .. } = world();
    let error = import_zkey(r1cs, &folder.path().join("key0.zkey"), Progress::none()).unwrap_err();
    assert!(matches!(error, ZkeyError::NoContributions), "{error}");
}

#[test]
fn a_key_of_another_circuit_is_refused() {
    let World { zkey, .. } = world();
    let refused = |r1cs: R1cs| import(&r1cs, zkey).unwrap_err();
    let larger = refused(sample(41, 0, 1).0);
    assert!(
        matches!(larger, ZkeyError::OtherSize { what: "columns", .. }),
        "{larger}"
    );
    // The same shape with one coefficient changed: 40 rows of three entries and the sum's 41 come before it.
    let twisted = refused(sample(40, 0, 2).0);
    assert!(
        matches!(twisted, ZkeyError::OtherMatrices { index: 161 }),
        "{twisted}"
    );
    let mut public = R1cs::new(3);
    while public.num_variables() < sample(40, 0, 1).0.num_variables() {
        public.new_variable();
    }
    let public = refused(public);
    assert!(
        matches!(
            public,
            ZkeyError::OtherSize {
                what: "public inputs",
                ..
            }
        ),
        "{public}"
    );
}

/// Start and length of a section in a zkey.
fn section(zkey: &[u8], kind: u32) -> (usize, usize) {
    let mut at = 12;
    loop {
        let length = u64::from_le_bytes(zkey[at + 4..at + 12].try_into().unwrap()) as usize;
        if zkey[at..at + 4] == kind.to_le_bytes() {
            return (at + 12, length);
        }
        at += 12 + length;
    }
}

#[test]
fn each_defect_of_a_key_has_its_name() {
    let World { r1cs, zkey, .. } = world();
    let refused = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = zkey.clone();
        change(&mut bytes);
        import(r1cs, &bytes).unwrap_err()
    };
    let flip = |kind: u32, offset: usize| {
        refused(&|bytes: &mut Vec<u8>| {
            let (start, length) = section(bytes, kind);
            assert!(offset < length);
            bytes[start + offset] ^= 1;
        })
    };
    // Header: two moduli with their lengths, three sizes, then alpha, beta, beta, gamma, delta, delta.
    let (alpha, beta_g1) = (2 * 36 + 12, 2 * 36 + 12 + 64);
    let gamma = beta_g1 + 64 + 128;
    let (delta_g1, delta_g2) = (gamma + 128, gamma + 192);

    assert!(matches!(refused(&|bytes| bytes[0] = b'Z'), ZkeyError::Preamble));
    assert!(matches!(refused(&|bytes| bytes[4] = 2), ZkeyError::Preamble));
    assert!(matches!(
        refused(&|bytes| bytes[8] = 9),
        ZkeyError::Section { .. }
    ));
    assert!(matches!(
        refused(&|bytes| bytes.push(0)),
        ZkeyError::Section { kind: 11 }
    ));
    assert!(matches!(
        refused(&|bytes| bytes[12] = 77),
        ZkeyError::Section { kind: 77 }
    ));
    assert!(matches!(
        refused(&|bytes| bytes[12] = 2),
        ZkeyError::Section { kind: 2 }
    ));
    assert!(matches!(flip(1, 0), ZkeyError::Protocol { protocol: 0 }));
    assert!(matches!(flip(2, 0), ZkeyError::Curve));
    assert!(matches!(flip(2, 5), ZkeyError::Curve));
    assert!(matches!(flip(2, 36 + 8), ZkeyError::Curve));
    assert!(matches!(
        flip(2, 72),
        ZkeyError::OtherSize { what: "columns", .. }
    ));
    assert!(matches!(
        flip(2, 76),
        ZkeyError::OtherSize {
            what: "public inputs",
            ..
        }
    ));
    assert!(matches!(flip(2, 80), ZkeyError::OtherSize { what: "domain", .. }));
    let off_curve = |error: ZkeyError, in_kind: u32| {
        assert!(
            matches!(error, ZkeyError::Point { kind, source: PointError::NotOnCurve, .. } if kind == in_kind),
            "{error}"
        );
    };
    off_curve(flip(2, alpha), 2);
    off_curve(flip(2, delta_g2), 2);
    for kind in [3, 5, 6, 7, 8, 9] {
        let offset = section(zkey, kind).1 / 2;
        // Infinity, all zeros, is off the curve too once a bit is set.
        off_curve(flip(kind, offset), kind);
    }
    assert!(matches!(
        flip(4, 0),
        ZkeyError::OtherSize {
            what: "matrix entries",
            ..
        }
    ));
    assert!(matches!(
        flip(4, 4 + 44 * 7 + 12),
        ZkeyError::OtherMatrices { index: 7 }
    ));
    assert!(matches!(flip(10, 0), ZkeyError::Transcript { index: 0 }));
    assert!(matches!(flip(10, 68 + 320), ZkeyError::Transcript { index: 0 }));

    let error = refused(&|bytes| {
        let start = section(bytes, 2).0;
        bytes.copy_within(start + alpha..start + alpha + 64, start + beta_g1);
    });
    assert!(
        matches!(error, ZkeyError::GroupsDiffer { element: "beta" }),
        "{error}"
    );
    let error = refused(&|bytes| {
        let start = section(bytes, 2).0;
        bytes.copy_within(start + delta_g2..start + delta_g2 + 128, start + gamma);
    });
    assert!(matches!(error, ZkeyError::Gamma), "{error}");
    let error = refused(&|bytes| {
        let start = section(bytes, 2).0;
        bytes[start + delta_g1..start + delta_g1 + 64].fill(0);
    });
    assert!(
        matches!(
            error,
            ZkeyError::Point {
                kind: 2,
                index: 4,
                source: PointError::Infinity
            }
        ),
        "{error}"
    );
    let error = refused(&|bytes| {
        let start = section(bytes, 2).0;
        bytes[start + alpha..start + alpha + 32].fill(0xff);
    });
    assert!(
        matches!(
            error,
            ZkeyError::Point {
                kind: 2,
                index: 0,
                source: PointError::NotCanonical
            }
        ),
        "{error}"
    );
    let error = refused(&|bytes| {
        let start = section(bytes, 3).0;
        bytes[start..start + 64].fill(0);
    });
    assert!(
        matches!(error, ZkeyError::InvalidKey(InvalidKey::Point { .. })),
        "{error}"
    );
    let error = refused(&|bytes| {
        // B of the constant one is used in every bit's row.
        let start = section(bytes, 6).0;
        bytes[start..start + 64].fill(0);
    });
    assert!(matches!(error, ZkeyError::OneSidedB { column: 0 }), "{error}");
}

#[test]
fn a_delta_that_skips_the_last_contributions_is_refused() {
    let World {
        folder, r1cs, zkey, ..
    } = world();
    // The header and queries of an earlier state under the later transcript.
    let earlier = fs::read(folder.path().join("key1.zkey")).unwrap();
    let mut bytes = zkey.clone();
    let ((from, length), (to, _)) = (section(&earlier, 2), section(&bytes, 2));
    bytes[to..to + length].copy_from_slice(&earlier[from..from + length]);
    let error = import(r1cs, &bytes).unwrap_err();
    assert!(matches!(error, ZkeyError::DeltaAfter), "{error}");
}

#[test]
fn garbage_gives_errors_and_no_panic() {
    let World { r1cs, zkey, .. } = world();
    for length in (0..zkey.len()).step_by(zkey.len() / 300).chain([zkey.len() - 1]) {
        import(r1cs, &zkey[..length]).unwrap_err();
    }
    let mut rng = ChaCha20Rng::seed_from_u64(11);
    let (start, length) = section(zkey, 10);
    for _ in 0..300 {
        let mut bytes = zkey.clone();
        let at = rng.gen_range(0..bytes.len());
        bytes[at] ^= rng.gen_range(1..=u8::MAX);
        // Names, and what a beacon says of itself, are bound by nothing: their change may pass.
        if !(start..start + length).contains(&at) {
            assert!(import(r1cs, &bytes).is_err(), "byte {at}");
        } else {
            let _ = import(r1cs, &bytes);
        }
    }
    for _ in 0..100 {
        let mut bytes = zkey.clone();
        for _ in 0..8 {
            let at = if rng.r#gen() {
                rng.gen_range(0..600)
            } else {
                start + rng.gen_range(0..length)
            };
            bytes[at] = rng.r#gen();
        }
        let _ = import(r1cs, &bytes);
    }
}
