//! Circuits and proofs that several tests share; each proof is made once.

use std::sync::OnceLock;

use causeway_aggregation::{
    Aggregator, C, Closing, D, F, Normalizer, Options, PoseidonCommitment, Root, Shape, ShapedProof,
    TreeClosing,
};
use plonky2::field::types::Field;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData};
use plonky2::plonk::proof::ProofWithPublicInputs;

/// A user's program: one public input, which is five or whatever the prover likes.
pub(crate) struct Program {
    pub(crate) data: CircuitData<F, C, D>,
    input: Target,
}

/// Its number of rows and configuration differ from any shape of ours.
pub(crate) fn program(config: CircuitConfig, pinned: bool) -> Program {
    let mut builder = CircuitBuilder::<F, D>::new(config);
    let input = statement(&mut builder, pinned);
    Program {
        data: builder.build::<C>(),
        input,
    }
}

/// "The public input is five", or "there is a public input": equal gates, equal rows.
fn statement(builder: &mut CircuitBuilder<F, D>, pinned: bool) -> Target {
    let input = builder.add_virtual_public_input();
    let five = builder.constant(F::from_canonical_u64(5));
    let difference = builder.sub(input, five);
    let scaled = builder.mul_const(if pinned { F::ONE } else { F::ZERO }, difference);
    builder.assert_zero(scaled);
    input
}

impl Program {
    pub(crate) fn prove(&self, value: u64) -> ProofWithPublicInputs<F, C, D> {
        self.data.prove(self.witness(value)).unwrap()
    }

    pub(crate) fn witness(&self, value: u64) -> PartialWitness<F> {
        let mut witness = PartialWitness::new();
        witness
            .set_target(self.input, F::from_canonical_u64(value))
            .unwrap();
        witness
    }
}

/// The program "the public input is five" and its normaliser.
pub(crate) fn pinned() -> &'static (Program, Normalizer<C>) {
    static CELL: OnceLock<(Program, Normalizer<C>)> = OnceLock::new();
    CELL.get_or_init(|| {
        let program = program(CircuitConfig::standard_recursion_config(), true);
        let normalizer = Normalizer::new(
            &program.data.common,
            &program.data.verifier_only,
            Options::default(),
        )
        .unwrap();
        (program, normalizer)
    })
}

/// A normalised proof that five is five.
pub(crate) fn leaf() -> &'static ShapedProof {
    static CELL: OnceLock<ShapedProof> = OnceLock::new();
    CELL.get_or_init(|| {
        let (program, normalizer) = pinned();
        normalizer.normalize(&program.prove(5)).unwrap()
    })
}

/// A circuit that is of the standard shape by itself, pinned to five or free.
pub(crate) fn standard(pinned: bool) -> Program {
    let mut builder = Shape::Standard.builder();
    let input = statement(&mut builder, pinned);
    Program {
        data: Shape::Standard.build(builder).unwrap().data,
        input,
    }
}

/// A proof of the free standard-shape circuit, of a value other than five.
pub(crate) fn other_leaf() -> &'static ShapedProof {
    static CELL: OnceLock<ShapedProof> = OnceLock::new();
    CELL.get_or_init(|| {
        let free = standard(false);
        ShapedProof {
            shape: Shape::Standard,
            proof: free.prove(777),
            key: free.data.verifier_only,
        }
    })
}

pub(crate) fn aggregator() -> &'static Aggregator<PoseidonCommitment> {
    static CELL: OnceLock<Aggregator<PoseidonCommitment>> = OnceLock::new();
    CELL.get_or_init(|| Aggregator::new(PoseidonCommitment).unwrap())
}

/// The tree over three leaves of two programs.
pub(crate) fn root() -> &'static Root {
    static CELL: OnceLock<Root> = OnceLock::new();
    CELL.get_or_init(|| aggregator().aggregate(three_leaves(), |_| ()).unwrap())
}

pub(crate) fn three_leaves() -> Vec<ShapedProof> {
    vec![leaf().clone(), other_leaf().clone(), leaf().clone()]
}

pub(crate) fn closing() -> &'static TreeClosing {
    static CELL: OnceLock<TreeClosing> = OnceLock::new();
    CELL.get_or_init(|| TreeClosing::new(aggregator()).unwrap())
}

/// A root over two leaves whose prover put a digest of his own where the node key belongs.
pub(crate) fn estranged_root() -> &'static ShapedProof {
    static CELL: OnceLock<ShapedProof> = OnceLock::new();
    CELL.get_or_init(|| {
        let node = aggregator().node();
        let mut witness = node.witness(leaf(), Some(other_leaf())).unwrap();
        for target in node.targets().node_key.elements {
            witness.target_values.insert(target, F::from_canonical_u64(99));
        }
        let proof = node.data().prove(witness).unwrap();
        ShapedProof {
            shape: Shape::Standard,
            proof,
            key: node.key().clone(),
        }
    })
}

/// The circuit behind a closing, for tests that read its size.
pub(crate) fn closing_circuit() -> &'static Closing {
    closing().circuit()
}
