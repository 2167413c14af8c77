use ark_bn254::Fr;
use ark_ff::UniformRand;
use plonky2::field::types::{Field, PrimeField64, Sample};
use plonky2::hash::merkle_tree::MerkleTree;
use plonky2::plonk::config::Hasher;

use super::super::goldilocks::Gl;
use super::super::lc::Lc;
use super::{F, Synth, accept, build, fixed, rigid, rng};
use crate::bn254::{Bn254Hash, Domain, Instance, Poseidon2, compress, hash_words, permute};

fn check_permutation<const T: usize>()
where
    Poseidon2<T>: Instance,
{
    let mut rng = rng(2);
    let input: [Fr; T] = std::array::from_fn(|_| Fr::rand(&mut rng));
    let mut expected = input;
    permute(&mut expected);
    let gadget = |cs: &mut Synth| {
        let state = input.map(|x| fixed(cs, x));
        cs.permute(&state).map(|x| x.value())
    };
    assert_eq!(accept(gadget), expected);
    rigid(gadget);
}

#[test]
fn permutations_agree_and_are_rigid() {
    check_permutation::<2>();
    check_permutation::<3>();
    check_permutation::<8>();
}

#[test]
fn compression_agrees_and_is_rigid() {
    let mut rng = rng(4);
    let [left, right] = [Fr::rand(&mut rng), Fr::rand(&mut rng)];
    let gadget = |cs: &mut Synth| {
        let [left, right] = [left, right].map(|x| fixed(cs, x));
        cs.compress(&left, &right).value()
    };
    assert_eq!(accept(gadget), compress(left, right));
    rigid(gadget);
}

/// Without the feed-forward anybody could run the permutation backwards from a digest of his choice.
#[test]
fn compression_feeds_its_input_forward() {
    let [left, right] = [Fr::from(5u64), Fr::from(6u64)];
    let mut state = [left, right];
    permute(&mut state);
    assert_eq!(compress(left, right), state[0] + left);
    assert_ne!(compress(left, right), compress(right, left));
}

#[test]
fn words_hash_alike() {
    let mut rng = rng(3);
    for n in [1, 6, 7, 8, 14, 15] {
        let words: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
        let domain = Domain::Program(n);
        let result = accept(|cs| {
            let words: Vec<Lc> = words.iter().map(|&word| fixed(cs, word)).collect();
            cs.hash_words(domain, &words).value()
        });
        assert_eq!(result, hash_words(domain, words));
    }
}

#[test]
fn domains_and_lengths_separate() {
    let leaf = |n: usize| Bn254Hash::hash_or_noop(&vec![F::ZERO; n]);
    let digests = [
        leaf(1),
        leaf(2),
        leaf(21),
        leaf(22),
        Bn254Hash::two_to_one(leaf(1), leaf(1)),
    ];
    for (i, a) in digests.iter().enumerate() {
        assert!(
            digests[..i].iter().all(|b| a != b),
            "digest {i} stands for two messages"
        );
    }
}

fn leaves(cs: &mut Synth, leaf: &[F]) -> Vec<Gl> {
    leaf.iter()
        .map(|value| cs.alloc_gl(value.to_canonical_u64()).0)
        .collect()
}

#[test]
fn paths_agree_with_merkle_trees() {
    for len in [1, 3, 20, 21, 22] {
        let data: Vec<Vec<F>> = (0..16).map(|_| F::rand_vec(len)).collect();
        let tree = MerkleTree::<F, Bn254Hash>::new(data.clone(), 1);
        for index in [0usize, 5, 15] {
            let path = tree.prove(index).siblings;
            let verify = |leaf: &[F], at: usize, sibling: Fr| {
                build(|cs| {
                    let leaf = leaves(cs, leaf);
                    let digest = cs.leaf_digest(&leaf);
                    let at = fixed(cs, Fr::from(at as u64));
                    let bits = cs.bits_of(&at, 4);
                    let mut path: Vec<Lc> = path.iter().map(|d| cs.alloc_unchecked(d.0)).collect();
                    path[0] = cs.alloc_unchecked(sibling);
                    let cap: Vec<Lc> = tree.cap.0.iter().map(|d| Lc::constant(d.0)).collect();
                    cs.verify_path(&digest, &bits, &path, &cap);
                })
                .0
                .check()
            };
            verify(&data[index], index, path[0].0).unwrap();
            verify(&data[index], index ^ 1, path[0].0).unwrap_err();
            verify(&data[index ^ 2], index, path[0].0).unwrap_err();
            verify(&data[index], index, path[0].0 + Fr::from(1u64)).unwrap_err();
        }
    }
}

#[test]
#[should_panic(expected = "leaves hold reduced values")]
fn wide_values_are_not_hashed() {
    build(|cs| {
        let wide = Gl::constant(u64::MAX).scale(2);
        cs.leaf_digest(&[wide]);
    });
}

/// A right child posing as a left one: the swap of the two follows from the index bit and from nothing else.
#[test]
fn a_node_is_not_turned_around() {
    let (leaf, sibling) = (Fr::from(11u64), Fr::from(12u64));
    let root = compress(sibling, leaf);
    let verify = |at: u64, forged: Option<(usize, Fr)>| {
        let (mut cs, _) = Synth::new(&[]);
        if let Some((column, value)) = forged {
            cs.forge(column, value);
        }
        let (leaf, sibling) = (fixed(&mut cs, leaf), fixed(&mut cs, sibling));
        let at = fixed(&mut cs, Fr::from(at));
        let bits = cs.bits_of(&at, 1);
        cs.verify_path(&leaf, &bits, &[sibling], &[Lc::constant(root)]);
        cs.finish()
    };
    verify(1, None).check().unwrap();
    verify(0, None).check().unwrap_err();
    // Leaf, sibling, index, and then the product that decides the order.
    let forged = verify(0, Some((4, sibling - leaf)));
    assert_eq!(forged.assignment[4], verify(1, None).assignment[4]);
    forged.check().unwrap_err();
}
