//! The aggregation program with real proofs, from users' circuits to the closing proof.
#![allow(clippy::unwrap_used)]

use alloy_primitives::keccak256;
use causeway_aggregation::{
    C, ClosingError, D, F, Normalizer, Options, ProofError, Shape, ShapedProof, StatementDigest,
};
use causeway_circuits::keccak::{Entry, List};
use causeway_circuits::proofs::{
    AggregationProgram, Beside, ProgramError, Role, State, Subtree, UserProof, commitment, statement,
};
use causeway_circuits::recursion::{KeccakError, KeccakKeys};
use plonky2::field::types::Field;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData};

/// A circuit of so many free public inputs, and its normaliser.
struct Free {
    data: CircuitData<F, C, D>,
    inputs: Vec<Target>,
    normalizer: Normalizer<C>,
}

impl Free {
    fn new(count: usize) -> Self {
        let mut builder = CircuitBuilder::<F, D>::new(CircuitConfig::standard_recursion_config());
        let inputs: Vec<Target> = (0..count).map(|_| builder.add_virtual_public_input()).collect();
        let data = builder.build::<C>();
        let normalizer = Normalizer::new(&data.common, &data.verifier_only, Options::default()).unwrap();
        Self {
            data,
            inputs,
            normalizer,
        }
    }

    fn prove(&self, values: &[F]) -> ShapedProof {
        let mut witness = PartialWitness::new();
        witness.set_target_arr(&self.inputs, values).unwrap();
        let proof = self.data.prove(witness).unwrap();
        self.normalizer.normalize(&proof).unwrap()
    }

    fn user(&self, values: Vec<F>) -> UserProof {
        UserProof {
            proof: self.prove(&values),
            public_inputs: values,
        }
    }
}

/// Stands in for the circuits that close lists: it believes anything.
struct FakeKeccak(Free);

impl FakeKeccak {
    fn close(&self, list: List) -> ShapedProof {
        self.0.prove(&list.elements())
    }
}

#[test]
#[ignore = "fourteen proofs, minutes: what the circuits constrain is tested without"]
fn three_proofs_become_one_statement() {
    let keccak = FakeKeccak(Free::new(4));
    let program =
        AggregationProgram::new(KeccakKeys::new(&[keccak.0.normalizer.key().clone()]).unwrap()).unwrap();
    let (short, long) = (Free::new(1), Free::new(14));
    let first = short.user(vec![F::from_canonical_u64(5)]);
    let second = long.user((0..14).map(|i| F::NEG_ONE - F::from_canonical_u64(i)).collect());

    // Leaves: two users' proofs, then the first one again.
    let start = List::EMPTY.extend(&[Entry::dummy(), Entry::dummy()]);
    let pair = program.prove_leaf(&first, Beside::Proof(&second), start).unwrap();
    assert_eq!(program.check(&pair), Ok(Role::Leaf));
    let bare = program
        .prove_leaf(&first, Beside::NoPlace, pair.state.list_out)
        .unwrap();

    // A node over both; the right one is lifted.
    let node = program.prove_node(&pair, Some(&bare), start).unwrap();
    assert_eq!(program.check(&node), Ok(Role::Node));
    let commitments =
        [&first, &second, &first].map(|user| commitment(user.key_digest(), &user.public_inputs));
    let [left, right] =
        [[commitments[0], commitments[1]], [commitments[2], [0; 32]]].map(|pair| keccak256(pair.concat()).0);
    let root = keccak256([left, right].concat()).0;
    assert_eq!(
        (node.state.root, node.state.height, node.state.count),
        (root, 2, 3)
    );

    // A chunk, and the seal over it with a list of its own.
    let closed = keccak.close(node.state.list_out);
    let chunk = program.prove_chunk(&node, &closed).unwrap();
    assert_eq!(program.check(&chunk), Ok(Role::Chunk));
    let domain = [0xd0; 32];
    let list = program.sealed_list(&chunk, domain, start).unwrap();
    let sealed = keccak.close(list);
    let seal = program.prove_seal(&chunk, &sealed, domain, start).unwrap();
    let proof = program.close(&seal).unwrap();
    proof.verify_as(Shape::Closing).unwrap();
    let stated = StatementDigest::try_from(statement(domain, root, 2, 3)).unwrap();
    assert_eq!(proof.public_inputs(), stated.public_inputs());

    // What is refused before it is proven, by name.
    let other = UserProof {
        public_inputs: vec![F::ONE],
        ..first.clone()
    };
    assert_eq!(
        program.prove_leaf(&first, Beside::Proof(&other), start),
        Err(ProgramError::OtherPublicInputs { index: 1 })
    );
    let many = UserProof {
        public_inputs: vec![F::ONE; 132],
        ..first.clone()
    };
    assert_eq!(
        program.prove_leaf(&many, Beside::NoPlace, start),
        Err(ProgramError::TooManyPublicInputs {
            index: 0,
            got: 132,
            max: 131
        })
    );
    let mut bad = first.clone();
    bad.proof.proof.public_inputs[0] += F::ONE;
    assert_eq!(
        program.prove_leaf(&bad, Beside::NoPlace, start),
        Err(ProgramError::User {
            index: 0,
            source: ProofError::Invalid
        })
    );
    // A node exposes no message, so it can be committed to by nobody.
    let posing = UserProof {
        proof: node.proof.clone(),
        public_inputs: vec![],
    };
    assert_eq!(
        program.prove_leaf(&posing, Beside::NoPlace, start),
        Err(ProgramError::OtherPublicInputs { index: 0 })
    );
    assert_eq!(
        program.prove_node(&pair, Some(&bare), List::EMPTY),
        Err(ProgramError::NotThreaded)
    );
    assert_eq!(
        program.prove_node(&pair, Some(&pair), start),
        Err(ProgramError::NotThreaded)
    );
    assert_eq!(
        program.prove_chunk(&pair, &closed),
        Err(ProgramError::ForeignKey {
            got: program.leaf().key_digest()
        })
    );
    assert_eq!(
        program.prove_chunk(&node, &sealed),
        Err(ProgramError::Keccak(KeccakError::OtherList))
    );
    assert_eq!(
        program.prove_chunk(&node, &first.proof),
        Err(ProgramError::Keccak(KeccakError::ForeignKey {
            got: first.key_digest()
        }))
    );
    assert_eq!(
        program.prove_seal(&chunk, &sealed, [0xd1; 32], start),
        Err(ProgramError::Keccak(KeccakError::OtherList))
    );
    let lying = Subtree {
        state: State {
            count: 4,
            ..node.state
        },
        ..node.clone()
    };
    assert_eq!(program.check(&lying), Err(ProgramError::OtherState));
    assert_eq!(
        program.close(&node.proof),
        Err(ProgramError::Closing(ClosingError::OtherKey {
            expected: program.seal().key_digest(),
            got: program.node().key_digest()
        }))
    );
}
