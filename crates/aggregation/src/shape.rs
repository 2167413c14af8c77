//! The shapes: circuits of one shape are verified by one and the same circuit, under a witnessed key.
//!
//! A shape is a whole `CommonCircuitData`: degree, gate list, configuration, number of public inputs. Both shapes
//! are built here, from code, and [`Shape::build`] is the only door into them.

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use plonky2::field::types::Field;
use plonky2::gates::arithmetic_base::ArithmeticGate;
use plonky2::gates::arithmetic_extension::ArithmeticExtensionGate;
use plonky2::gates::base_sum::BaseSumGate;
use plonky2::gates::constant::ConstantGate;
use plonky2::gates::coset_interpolation::CosetInterpolationGate;
use plonky2::gates::gate::GateRef;
use plonky2::gates::multiplication_extension::MulExtensionGate;
use plonky2::gates::noop::NoopGate;
use plonky2::gates::poseidon::PoseidonGate;
use plonky2::gates::poseidon_mds::PoseidonMdsGate;
use plonky2::gates::public_input::PublicInputGate;
use plonky2::gates::random_access::RandomAccessGate;
use plonky2::gates::reducing::ReducingGate;
use plonky2::gates::reducing_extension::ReducingExtensionGate;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData, CommonCircuitData};
use serde::{Deserialize, Serialize};

use crate::config::{self, C, D, F};
use crate::domain;

/// The degree to which interpolation gates are cut: the least that two intermediate values per gate allow.
const INTERPOLATION_DEGREE: usize = 6;

/// One of the two fixed shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Shape {
    /// Normalised proofs and tree nodes: 2^13 rows, 16 public inputs.
    Standard,
    /// The one proof that the BN254 layer verifies: 2^12 rows, 4 public inputs of 62 bits each.
    Closing,
}

/// Why a circuit cannot take a shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// The circuit was begun under another configuration.
    #[error("the circuit's configuration is not that of the {shape:?} shape")]
    Config {
        /// The shape asked for.
        shape: Shape,
    },
    /// The circuit hides its witness; no shape does.
    #[error("zero_knowledge circuits have salted leaves, which no shape has")]
    ZeroKnowledge,
    /// The circuit has more rows than the shape.
    #[error("the circuit has {rows} rows, the {shape:?} shape {max}")]
    TooManyRows {
        /// The shape asked for.
        shape: Shape,
        /// Rows of the circuit, without those of its public inputs and constants if it never came so far.
        rows: usize,
        /// Rows of the shape.
        max: usize,
    },
    /// The circuit exposes more values than the shape.
    #[error("the circuit has {got} public inputs, the {shape:?} shape {max}")]
    PublicInputs {
        /// The shape asked for.
        shape: Shape,
        /// Public inputs of the circuit.
        got: usize,
        /// Public inputs of the shape.
        max: usize,
    },
    /// The circuit uses a gate that the shape has not.
    #[error("gate {gate} is not in the {shape:?} shape")]
    Gate {
        /// The shape asked for.
        shape: Shape,
        /// plonky2's id of the gate.
        gate: String,
    },
    /// The circuit uses lookup tables.
    #[error("the circuit uses lookup tables, which no shape has")]
    Lookups,
}

/// A circuit of a shape.
#[derive(Debug)]
pub struct Shaped {
    /// The circuit; `data.common` equals [`Shape::common`].
    pub data: CircuitData<F, C, D>,
    /// Rows that the circuit itself takes, before padding, public inputs and constants.
    pub rows: usize,
}

impl Shape {
    /// Both shapes.
    pub const ALL: [Self; 2] = [Self::Standard, Self::Closing];

    /// Number of public inputs.
    pub const fn public_inputs(self) -> usize {
        match self {
            Self::Standard => 16,
            Self::Closing => 4,
        }
    }

    /// Binary logarithm of the number of rows.
    pub const fn degree_bits(self) -> usize {
        match self {
            Self::Standard => 13,
            Self::Closing => 12,
        }
    }

    /// The configuration with which a circuit of this shape is begun.
    pub fn config(self) -> CircuitConfig {
        match self {
            Self::Standard => config::standard_config(),
            Self::Closing => config::closing_config(),
        }
    }

    /// An empty circuit that [`Self::build`] can bring to this shape.
    pub fn builder(self) -> CircuitBuilder<F, D> {
        CircuitBuilder::new(self.config())
    }

    /// The shape itself.
    pub fn common(self) -> &'static CommonCircuitData<F, D> {
        static STANDARD: OnceLock<CommonCircuitData<F, D>> = OnceLock::new();
        static CLOSING: OnceLock<CommonCircuitData<F, D>> = OnceLock::new();
        let cell = match self {
            Self::Standard => &STANDARD,
            Self::Closing => &CLOSING,
        };
        cell.get_or_init(|| {
            let mut builder = self.builder();
            self.pad(&mut builder);
            // No commitment: the shape is what circuits have in common, not one of them.
            builder.mock_build::<C>().common
        })
    }

    /// Poseidon over everything a verifier of this shape depends on; files carry it.
    pub fn digest(self) -> [F; 4] {
        let common = self.common();
        let fri = &common.fri_params;
        let mut message = vec![
            common.config.num_wires,
            common.config.num_routed_wires,
            common.config.num_constants,
            common.config.num_challenges,
            common.quotient_degree_factor,
            common.num_gate_constraints,
            common.num_constants,
            common.num_public_inputs,
            common.num_partial_products,
            fri.degree_bits,
            fri.config.rate_bits,
            fri.config.cap_height,
            fri.config.proof_of_work_bits as usize,
            fri.config.num_query_rounds,
            fri.reduction_arity_bits.len(),
        ];
        message.extend(&fri.reduction_arity_bits);
        message.push(common.gates.len());
        for gate in &common.gates {
            let id = gate.0.id();
            message.push(id.len());
            message.extend(id.bytes().map(usize::from));
        }
        let message: Vec<F> = message.into_iter().map(F::from_canonical_usize).collect();
        domain::SHAPE.hash(&message).elements
    }

    /// Every gate of the shape: what a circuit needs to verify proofs, hash and check ranges.
    fn gates(self) -> Vec<GateRef<F, D>> {
        let config = self.config();
        let (wires, routed) = (config.num_wires, config.num_routed_wires);
        let mut interpolation = CosetInterpolationGate::<F, D>::new(4);
        interpolation.degree = INTERPOLATION_DEGREE;
        vec![
            GateRef::new(NoopGate),
            GateRef::new(ConstantGate::new(config.num_constants)),
            GateRef::new(PublicInputGate),
            GateRef::new(BaseSumGate::<2>::new_from_config::<F>(&config)),
            GateRef::new(ReducingExtensionGate::<D>::new(
                ReducingExtensionGate::<D>::max_coeffs_len(wires, routed),
            )),
            GateRef::new(ReducingGate::<D>::new(ReducingGate::<D>::max_coeffs_len(
                wires, routed,
            ))),
            GateRef::new(ArithmeticExtensionGate::<D>::new_from_config(&config)),
            GateRef::new(ArithmeticGate::new_from_config(&config)),
            GateRef::new(MulExtensionGate::<D>::new_from_config(&config)),
            GateRef::new(RandomAccessGate::<F, D>::new_from_config(&config, 4)),
            GateRef::new(interpolation),
            GateRef::new(PoseidonMdsGate::<F, D>::new()),
            GateRef::new(PoseidonGate::<F, D>::new()),
        ]
    }

    /// Adds what a circuit lacks to have this shape: zeros as public inputs, gates, and empty rows up to just
    /// above half the degree, whence plonky2 itself pads to the whole.
    fn pad(self, builder: &mut CircuitBuilder<F, D>) {
        let zero = builder.zero();
        while builder.num_public_inputs() < self.public_inputs() {
            builder.register_public_input(zero);
        }
        for gate in self.gates() {
            builder.add_gate_to_gate_set(gate);
        }
        while builder.num_gates() <= 1 << (self.degree_bits() - 1) {
            builder.add_gate(NoopGate, vec![]);
        }
    }

    /// Brings a circuit to this shape: public inputs are filled up with zeros, rows with empty ones.
    ///
    /// # Errors
    /// A [`ShapeError`] that names what does not fit.
    pub fn build(self, mut builder: CircuitBuilder<F, D>) -> Result<Shaped, ShapeError> {
        if builder.config.zero_knowledge {
            return Err(ShapeError::ZeroKnowledge);
        }
        if builder.config != self.config() {
            return Err(ShapeError::Config { shape: self });
        }
        if builder.num_luts() > 0 {
            return Err(ShapeError::Lookups);
        }
        let (got, max) = (builder.num_public_inputs(), self.public_inputs());
        if got > max {
            return Err(ShapeError::PublicInputs {
                shape: self,
                got,
                max,
            });
        }
        let (rows, max) = (builder.num_gates(), 1 << self.degree_bits());
        if rows > max {
            return Err(ShapeError::TooManyRows {
                shape: self,
                rows,
                max,
            });
        }
        self.pad(&mut builder);
        let data = builder.build::<C>();
        let shape = self.common();
        if data.common.degree() > max {
            return Err(ShapeError::TooManyRows {
                shape: self,
                rows: data.common.degree(),
                max,
            });
        }
        if let Some(gate) = data.common.gates.iter().find(|gate| !shape.gates.contains(gate)) {
            return Err(ShapeError::Gate {
                shape: self,
                gate: gate.0.id(),
            });
        }
        // Configuration, degree, gates and public inputs are all that plonky2 derives the rest from.
        assert_eq!(&data.common, shape, "equal inputs give equal circuit data");
        Ok(Shaped { data, rows })
    }
}
