use plonky2::field::types::{PrimeField64, Sample};
use plonky2::gates::arithmetic_base::ArithmeticGate;
use plonky2::gates::arithmetic_extension::ArithmeticExtensionGate;
use plonky2::gates::base_sum::BaseSumGate;
use plonky2::gates::constant::ConstantGate;
use plonky2::gates::coset_interpolation::CosetInterpolationGate;
use plonky2::gates::exponentiation::ExponentiationGate;
use plonky2::gates::gate::GateRef;
use plonky2::gates::lookup_table::LookupTableGate;
use plonky2::gates::multiplication_extension::MulExtensionGate;
use plonky2::gates::noop::NoopGate;
use plonky2::gates::poseidon::PoseidonGate;
use plonky2::gates::poseidon_mds::PoseidonMdsGate;
use plonky2::gates::public_input::PublicInputGate;
use plonky2::gates::random_access::RandomAccessGate;
use plonky2::gates::reducing::ReducingGate;
use plonky2::gates::reducing_extension::ReducingExtensionGate;
use plonky2::hash::hash_types::HashOut;
use plonky2::plonk::circuit_data::CircuitConfig;
use plonky2::plonk::vars::EvaluationVars;

use super::super::extension::Ext;
use super::super::gates::{GateInputs, SupportedGate};
use super::super::goldilocks::Gl;
use super::{F, FE, accept, fixed_ext, native, random_ext};

fn gates(config: &CircuitConfig) -> Vec<GateRef<F, 2>> {
    let (wires, routed) = (config.num_wires, config.num_routed_wires);
    let mut gates = vec![
        GateRef::new(ArithmeticGate::new_from_config(config)),
        GateRef::new(ArithmeticExtensionGate::<2>::new_from_config(config)),
        GateRef::new(BaseSumGate::<2>::new_from_config::<F>(config)),
        GateRef::new(ConstantGate::new(config.num_constants)),
        GateRef::new(ExponentiationGate::<F, 2>::new_from_config(config)),
        GateRef::new(MulExtensionGate::<2>::new_from_config(config)),
        GateRef::new(NoopGate),
        GateRef::new(PoseidonGate::<F, 2>::new()),
        GateRef::new(PoseidonMdsGate::<F, 2>::new()),
        GateRef::new(PublicInputGate),
        GateRef::new(ReducingGate::<2>::new(ReducingGate::<2>::max_coeffs_len(
            wires, routed,
        ))),
        GateRef::new(ReducingExtensionGate::<2>::new(
            ReducingExtensionGate::<2>::max_coeffs_len(wires, routed),
        )),
    ];
    for bits in 1..=4 {
        gates.push(GateRef::new(RandomAccessGate::<F, 2>::new_from_config(
            config, bits,
        )));
        gates.push(GateRef::new(CosetInterpolationGate::<F, 2>::new(bits)));
    }
    gates.extend(interpolations());
    gates
}

/// Interpolation gates of low degree, with intermediate values: what a builder makes for a quotient factor of eight.
fn interpolations() -> impl Iterator<Item = GateRef<F, 2>> {
    [(3, 4), (4, 6)].into_iter().map(|(bits, degree)| {
        let mut gate = CosetInterpolationGate::<F, 2>::new(bits);
        gate.degree = degree;
        GateRef::new(gate)
    })
}

fn agrees(gate: &GateRef<F, 2>) {
    let wires: Vec<FE> = (0..gate.0.num_wires().max(4)).map(|_| random_ext()).collect();
    let constants: Vec<FE> = (0..gate.0.num_constants()).map(|_| random_ext()).collect();
    let hash = HashOut::<F>::rand();
    let vars = EvaluationVars {
        local_constants: &constants,
        local_wires: &wires,
        public_inputs_hash: &hash,
    };
    let expected = gate.0.eval_unfiltered(vars);
    let supported = SupportedGate::from_gate(gate).unwrap();
    let results = accept(|cs| {
        let wires: Vec<Ext> = wires.iter().map(|&wire| fixed_ext(cs, wire)).collect();
        let constants: Vec<Ext> = constants
            .iter()
            .map(|&constant| fixed_ext(cs, constant))
            .collect();
        let public_inputs: Vec<Gl> = hash
            .elements
            .iter()
            .map(|e| cs.alloc_gl(e.to_canonical_u64()).0)
            .collect();
        let inputs = GateInputs {
            constants: &constants,
            wires: &wires,
            public_inputs: &public_inputs,
        };
        supported
            .evaluate(cs, &inputs)
            .iter()
            .map(native)
            .collect::<Vec<_>>()
    });
    assert_eq!(results, expected, "{}", gate.0.id());
}

#[test]
fn gates_agree_on_random_wires_with_few_routed_wires() {
    gates(&crate::last::Profile::Default.config())
        .iter()
        .for_each(agrees);
}

#[test]
fn gates_agree_on_random_wires_with_many_routed_wires() {
    gates(&CircuitConfig::standard_recursion_config())
        .iter()
        .for_each(agrees);
}

#[test]
fn an_unknown_gate_is_not_supported() {
    let config = CircuitConfig::standard_recursion_config();
    let table = std::sync::Arc::new(vec![(0u16, 0u16)]);
    let gate = GateRef::<F, 2>::new(LookupTableGate::new_from_table(&config, table, 0));
    assert!(SupportedGate::from_gate(&gate).is_none());
    assert!(SupportedGate::from_gate(&GateRef::<F, 2>::new(BaseSumGate::<4>::new(8))).is_none());
}
