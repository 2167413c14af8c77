//! The story of the demo: proofs of two programs become one statement that an EVM accepts.

use anyhow::{Context, Result};
use causeway_aggregation::files::{CircuitFile, ProofFile, Title};
use causeway_aggregation::{
    Aggregator, ClosedProof, NormalizedInputs, Normalizer, Options, PoseidonCommitment, Progress,
    ShapedProof, StatementDigest, TreeClosing, tree_statement, tree_value,
};
use causeway_programs::{Batch, HashChainProgram, Operation, PaymentsProgram, PaymentsState};
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOut;
use plonky2::plonk::proof::ProofWithPublicInputs;

/// A sample proof, ready to be aggregated.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// What was proven, in words.
    pub title: String,
    /// The normalised proof.
    pub proof: ShapedProof,
    /// The public inputs of the program's own proof.
    pub public_inputs: Vec<causeway_aggregation::F>,
}

/// A proof of one of the programs, as the program made it.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What was proven, in words.
    pub title: String,
    program: Program,
    proof: ProofWithPublicInputs<causeway_aggregation::F, causeway_aggregation::C, 2>,
}

#[derive(Clone, Copy, Debug)]
enum Program {
    Payments,
    HashChain,
}

/// The sample programs with their normalisers: built once, used for any number of proofs.
#[derive(Debug)]
pub struct Samples {
    payments: PaymentsProgram,
    chain: HashChainProgram,
    payments_normalizer: Normalizer<causeway_aggregation::C>,
    chain_normalizer: Normalizer<causeway_aggregation::C>,
}

impl Samples {
    /// Builds programs and normalisers.
    pub fn new() -> Result<Self> {
        let payments = PaymentsProgram::build();
        let chain = HashChainProgram::build();
        let options = Options::default();
        let normalizer = |data: &plonky2::plonk::circuit_data::CircuitData<_, _, 2>| {
            Normalizer::new(&data.common, &data.verifier_only, options)
        };
        let payments_normalizer = normalizer(payments.data()).context("payments chain")?;
        let chain_normalizer = normalizer(chain.data()).context("hash chain")?;
        Ok(Self {
            payments,
            chain,
            payments_normalizer,
            chain_normalizer,
        })
    }

    /// The circuit files of the programs, each under the name of its program.
    pub fn circuit_files(&self) -> Result<[(&'static str, Vec<u8>); 2]> {
        Ok([
            (
                "payments",
                CircuitFile::write(&Title::new("payments chain")?, self.payments.data())?,
            ),
            (
                "hash-chain",
                CircuitFile::write(&Title::new("hash chain")?, self.chain.data())?,
            ),
        ])
    }

    /// The proof file of a sample.
    pub fn proof_file(&self, sample: &Sample) -> Result<Vec<u8>> {
        let title = Title::new(sample.title.as_str())?;
        Ok(match sample.program {
            Program::Payments => ProofFile::write(&title, self.payments.data(), &sample.proof)?,
            Program::HashChain => ProofFile::write(&title, self.chain.data(), &sample.proof)?,
        })
    }

    /// Security of the sample programs, for the reader.
    pub fn security(&self) -> [(&'static str, causeway_aggregation::Security); 2] {
        [
            ("payments chain", *self.payments_normalizer.security()),
            ("hash chain", *self.chain_normalizer.security()),
        ]
    }

    /// Proves the `index`th sample: payments batches and hash chains by turns.
    pub fn prove(&self, index: u32) -> Result<Sample> {
        if index.is_multiple_of(2) {
            let network = 1 + index / 2;
            let state = PaymentsState::new(network, &[1_000, 500, 0])?;
            let batch = Batch::new(vec![
                Operation::Transfer {
                    from: 0,
                    to: 2,
                    amount: 250,
                },
                Operation::Transfer {
                    from: 1,
                    to: 0,
                    amount: 100,
                },
                Operation::Exit {
                    from: 2,
                    network: 0,
                    recipient: [0x11; 20],
                    amount: 50,
                },
            ])?;
            let (_, proof) = self.payments.prove(&state, &batch)?;
            let title = format!("payments chain, network {network}: two transfers and an exit of 50");
            Ok(Sample {
                title,
                program: Program::Payments,
                proof,
            })
        } else {
            let start = HashOut {
                elements: [causeway_aggregation::F::from_canonical_u32(index); 4],
            };
            let proof = self.chain.prove(start)?;
            Ok(Sample {
                title: format!("hash chain from {index}"),
                program: Program::HashChain,
                proof,
            })
        }
    }

    /// Brings a sample to the standard shape.
    pub fn normalize(&self, sample: &Sample) -> Result<Leaf> {
        let normalizer = match sample.program {
            Program::Payments => &self.payments_normalizer,
            Program::HashChain => &self.chain_normalizer,
        };
        Ok(Leaf {
            title: sample.title.clone(),
            proof: normalizer.normalize(&sample.proof)?,
            public_inputs: sample.proof.public_inputs.clone(),
        })
    }

    /// Proves and normalises the `index`th sample.
    pub fn leaf(&self, index: u32) -> Result<Leaf> {
        self.normalize(&self.prove(index)?)
    }
}

/// The circuits that turn leaves into a closed proof.
#[derive(Debug)]
pub struct Tree {
    aggregator: Aggregator<PoseidonCommitment>,
    closing: TreeClosing,
}

impl Tree {
    /// Builds node and closing circuits.
    pub fn new() -> Result<Self> {
        let aggregator = Aggregator::new(PoseidonCommitment)?;
        let closing = TreeClosing::new(&aggregator)?;
        Ok(Self { aggregator, closing })
    }

    /// The node circuit's aggregator.
    pub fn aggregator(&self) -> &Aggregator<PoseidonCommitment> {
        &self.aggregator
    }

    /// The closing circuit.
    pub fn closing(&self) -> &TreeClosing {
        &self.closing
    }

    /// Aggregates leaves.
    pub fn aggregate(
        &self,
        leaves: &[Leaf],
        progress: impl FnMut(Progress),
    ) -> Result<causeway_aggregation::Root> {
        let proofs: Vec<ShapedProof> = leaves.iter().map(|leaf| leaf.proof.clone()).collect();
        Ok(self.aggregator.aggregate(proofs, progress)?)
    }

    /// Closes a root.
    pub fn close(&self, root: &causeway_aggregation::Root) -> Result<ClosedProof> {
        Ok(self.closing.close(root)?)
    }
}

/// What an aggregation of these leaves states: recomputed from what each of them claims, without any proof.
pub fn statement(leaves: &[Leaf]) -> Result<StatementDigest> {
    let claims: Vec<_> = leaves
        .iter()
        .map(|leaf| (leaf.proof.key_digest(), leaf.proof.public_inputs().to_vec()))
        .collect();
    let value = tree_value(&PoseidonCommitment, &claims).context("no leaves")?;
    Ok(tree_statement(u32::try_from(leaves.len())?, &value))
}

/// The digests that a leaf exposes.
pub fn inputs(leaf: &Leaf) -> Result<NormalizedInputs> {
    NormalizedInputs::from_slice(leaf.proof.public_inputs())
        .context("a normalised proof has 16 public inputs")
}
