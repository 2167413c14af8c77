#![allow(clippy::unwrap_used)]

use std::sync::OnceLock;

use causeway_aggregation::Shape;
use causeway_aggregation::check::{Trace as Checked, Violation};
use causeway_aggregation::config::standard_config;
use plonky2::field::polynomial::PolynomialValues;
use plonky2::field::types::{Field, PrimeField64};
use plonky2::hash::poseidon::PoseidonHash;
use plonky2::iop::challenger::Challenger;
use plonky2::iop::target::Target;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use starky::lookup::{GrandProductChallenge, get_grand_product_challenge_set};
use starky::proof::StarkProof;

use super::stark::Order;
use super::*;
use crate::keccak::list::ENTRY_LEN;
use crate::keccak::permutation::ROUNDS;
use crate::keccak::table::columns::{MESSAGE, PLACE, TIMES, block, flag, output};

const SIZE: Size = Size::Small;

struct Circuit {
    data: CircuitData<F, C, D>,
    targets: ClosingTargets,
}

impl Circuit {
    fn new(order: Order) -> Self {
        let mut builder = CircuitBuilder::<F, D>::new(standard_config());
        let targets = circuit::circuit(&mut builder, SIZE, order);
        builder.register_public_inputs(&targets.list.elements);
        Self {
            data: builder.build::<C>(),
            targets,
        }
    }

    fn violations(
        &self,
        claim: &Claim,
        proof: &StarkProof<F, C, D>,
        forged: &[(Target, F)],
    ) -> Vec<Violation> {
        let witness = self
            .targets
            .witness(proof, &claim.entries, &claim.messages)
            .unwrap();
        Checked::forged(&self.data, &witness, forged).violations()
    }
}

fn right() -> &'static Circuit {
    static CIRCUIT: OnceLock<Circuit> = OnceLock::new();
    CIRCUIT.get_or_init(|| Circuit::new(Order::TableAndList))
}

/// What a prover says of a list.
#[derive(Clone)]
struct Claim {
    entries: Vec<[F; ENTRY_LEN]>,
    messages: Vec<F>,
}

impl Claim {
    fn list(&self) -> List {
        self.entries
            .iter()
            .fold(List::EMPTY, |list, entry| list.append_elements(entry))
    }

    fn sum(&self, challenge: &GrandProductChallenge<F>) -> F {
        self.entries
            .iter()
            .zip(&self.messages)
            .map(|(entry, message)| combine(challenge, entry, *message).inverse())
            .sum()
    }
}

fn combine(challenge: &GrandProductChallenge<F>, entry: &[F; ENTRY_LEN], message: F) -> F {
    challenge.combine::<F, F, _, 1>(entry.iter().chain([&message]))
}

/// A list that holds: dummies, two messages of one block, one of three.
fn honest() -> (Claim, Vec<PolynomialValues<F>>) {
    let entries = [&b"one"[..], &[7; 300], b"another"]
        .map(|message| Entry::of_message(message).0)
        .concat();
    let entries = [vec![Entry::dummy(); SIZE.entries() - entries.len()], entries].concat();
    let trace = Trace::fill(&entries, SIZE.degree_bits()).unwrap();
    let entries = entries.iter().map(Entry::elements).collect();
    (
        Claim {
            entries,
            messages: trace.messages,
        },
        trace.columns,
    )
}

fn honest_proof() -> &'static (Claim, StarkProof<F, C, D>) {
    static PROOF: OnceLock<(Claim, StarkProof<F, C, D>)> = OnceLock::new();
    PROOF.get_or_init(|| {
        let (claim, columns) = honest();
        let proof = Committed::new(columns).prove(&claim.list()).unwrap();
        (claim, proof)
    })
}

/// The last entry with a digest that Keccak does not give.
fn with_false_digest(claim: &Claim) -> Claim {
    let mut claim = claim.clone();
    claim.entries.last_mut().unwrap()[35] = F::from_canonical_u32(0x600d_f00d);
    claim
}

/// Solves three linear equations.
fn solve(mut rows: [[F; 4]; 3]) -> [F; 3] {
    for pivot in 0..3 {
        let inverse = rows[pivot][pivot].inverse();
        rows[pivot] = rows[pivot].map(|value| value * inverse);
        for other in (0..3).filter(|&other| other != pivot) {
            let factor = rows[other][pivot];
            rows[other] = std::array::from_fn(|i| rows[other][i] - factor * rows[pivot][i]);
        }
    }
    rows.map(|row| row[3])
}

fn draw(challenger: &mut Challenger<F, PoseidonHash>) -> [GrandProductChallenge<F>; 3] {
    get_grand_product_challenge_set(challenger, 3)
        .challenges
        .try_into()
        .unwrap()
}

#[test]
fn a_list_that_holds_is_closed() {
    let (claim, proof) = honest_proof();
    assert_eq!(right().violations(claim, proof, &[]), vec![]);
}

#[test]
fn a_closed_list_has_the_standard_shape_and_exposes_its_digest() {
    let closing = ListClosing::new(SIZE).unwrap();
    let (entries, _) = Entry::of_message(&[1; 200]);
    let mut stages = Vec::new();
    let (list, proof) = closing.close(&entries, |stage| stages.push(stage)).unwrap();
    assert_eq!(stages, [Stage::Table, Stage::Circuit, Stage::Shape]);
    assert_eq!(list, SIZE.start(entries.len()).extend(&entries));
    proof.verify_as(Shape::Standard).unwrap();
    assert_eq!(proof.key, *closing.key());
    assert_eq!(proof.public_inputs()[4..8], closed_list_inputs(&list));

    let many = vec![Entry::dummy(); 86];
    let error = closing.close(&many, |_| ()).unwrap_err();
    assert_eq!(error, ClosingError::TooMany { got: 86, max: 85 });
    let error = closing.close(&entries[1..], |_| ()).unwrap_err();
    assert_eq!(error, ClosingError::Entries(TraceError::Output { index: 84 }));
}

#[test]
fn forged_entries_are_refused() {
    let (claim, proof) = honest_proof();
    let last = claim.entries.len() - 1;
    // A limb of the output, of the block, and the place; the prover makes a new proof for his list.
    for element in [42, 1, 0] {
        let mut forged = claim.clone();
        forged.entries[last][element] += F::ONE;
        let (_, columns) = honest();
        let proof = Committed::new(columns).prove(&forged.list()).unwrap();
        assert_ne!(
            right().violations(&forged, &proof, &[]),
            vec![],
            "element {element}"
        );
    }
    // The digest alone.
    for element in right().targets.list.elements {
        let forged = [(element, F::from_canonical_u32(5))];
        assert_ne!(right().violations(claim, proof, &forged), vec![]);
    }
}

#[test]
fn a_list_is_not_closed_under_the_digest_of_another() {
    let (claim, proof) = honest_proof();
    // The same entries in another order: the sums are the same, the digest is not.
    let mut other = claim.clone();
    let last = other.entries.len() - 1;
    other.entries.swap(0, last);
    other.messages.swap(0, last);
    assert_ne!(right().violations(&other, proof, &[]), vec![]);
    let (_, columns) = honest();
    let own = Committed::new(columns).prove(&other.list()).unwrap();
    assert_eq!(right().violations(&other, &own, &[]), vec![]);
    assert_ne!(right().violations(claim, &own, &[]), vec![]);
}

#[test]
fn blocks_of_different_messages_make_no_message() {
    // Two messages of two blocks; the list says that one has the first block of one and the second of the other.
    let (a, b) = (Entry::of_message(&[1; 200]).0, Entry::of_message(&[2; 200]).0);
    let honest = [vec![Entry::dummy(); SIZE.entries() - 4], a.clone(), b.clone()].concat();
    let trace = Trace::fill(&honest, SIZE.degree_bits()).unwrap();
    let mixed = [&honest[..honest.len() - 4], &[a[0], b[1], b[0], a[1]]].concat();
    let mut claim = Claim {
        entries: mixed.iter().map(Entry::elements).collect(),
        messages: trace.messages,
    };
    let last = claim.entries.len() - 1;
    // Each block under the number of the message where it stands: all lookups are answered.
    claim.messages.swap(last - 2, last);
    let proof = Committed::new(trace.columns).prove(&claim.list()).unwrap();
    let violations = right().violations(&claim, &proof, &[]);
    assert!(!violations.is_empty());
    // Two entries leave their message, and nothing else is wrong.
    assert_eq!(violations.len(), 2);
}

#[test]
fn the_first_entry_begins_a_message() {
    let (entries, _) = Entry::of_message(&[1; 200]);
    let whole = [entries.clone(), vec![Entry::dummy(); SIZE.entries() - 2]].concat();
    let trace = Trace::fill(&whole, SIZE.degree_bits()).unwrap();
    let mut claim = Claim {
        entries: whole.iter().map(Entry::elements).collect(),
        messages: trace.messages,
    };
    let last = claim.entries.len() - 1;
    // The second block without the first, which stands at the end.
    claim.entries.remove(0);
    claim.messages.remove(0);
    claim.entries.insert(last, entries[0].elements());
    claim.messages.insert(last, claim.messages[0]);
    let proof = Committed::new(trace.columns).prove(&claim.list()).unwrap();
    assert_ne!(right().violations(&claim, &proof, &[]), vec![]);
}

#[test]
fn the_number_of_rows_is_a_constant() {
    let Circuit { data, targets } = right();
    let class = |target: Target| {
        let index = target.index(data.common.config.num_wires, data.common.degree());
        data.prover_only.representative_map[index]
    };
    assert_eq!(class(targets.proof.degree_bits), class(targets.degree_bits));
}

/// With challenges that do not depend on the list, a dummy can be chosen that pays for a false digest.
fn fits_the_challenges(columns: &[PolynomialValues<F>], challenges: &[GrandProductChallenge<F>; 3]) -> Claim {
    let (honest, _) = honest();
    let mut claim = with_false_digest(&honest);
    assert_eq!(claim.messages[0], claim.messages[1]);
    claim.entries[0] = [F::ZERO; ENTRY_LEN];
    claim.messages[0] = F::ZERO;
    let rows = challenges.map(|challenge| {
        let others: F = claim.entries[1..]
            .iter()
            .zip(&claim.messages[1..])
            .map(|(entry, message)| combine(&challenge, entry, *message).inverse())
            .sum();
        let denominator = (looked_up(columns, &challenge) - others).inverse();
        let beta = challenge.beta;
        [beta, beta * beta, beta.cube(), denominator - challenge.gamma]
    });
    claim.entries[0][1..4].copy_from_slice(&solve(rows));
    claim
}

fn row(columns: &[PolynomialValues<F>], row: usize) -> ([F; ENTRY_LEN], F) {
    let value = |column: usize| columns[column].values[row];
    let entry = std::array::from_fn(|i| match i {
        0 => value(PLACE),
        i if i <= 34 => value(block(i - 1)),
        i => value(output(i - 35)),
    });
    (entry, value(MESSAGE))
}

fn looked_up(columns: &[PolynomialValues<F>], challenge: &GrandProductChallenge<F>) -> F {
    (0..SIZE.rows())
        .filter(|&at| columns[TIMES].values[at] != F::ZERO)
        .map(|at| {
            let (entry, message) = row(columns, at);
            columns[TIMES].values[at] / combine(challenge, &entry, message)
        })
        .sum()
}

#[test]
fn challenges_before_the_list_would_let_a_false_digest_through() {
    let (_, columns) = honest();
    let committed = Committed::new(columns.clone());
    let mut challenger = Challenger::<F, PoseidonHash>::new();
    challenger.observe_cap(&committed.batch.merkle_tree.cap);
    let claim = fits_the_challenges(&columns, &draw(&mut challenger));

    let proof = committed.prove_in(Order::TableFirst, &claim.list()).unwrap();
    assert_eq!(
        Circuit::new(Order::TableFirst).violations(&claim, &proof, &[]),
        vec![]
    );

    let proof = Committed::new(columns).prove(&claim.list()).unwrap();
    assert_ne!(right().violations(&claim, &proof, &[]), vec![]);
}

#[test]
fn challenges_before_the_table_would_let_a_false_digest_through() {
    let (honest, mut columns) = honest();
    let claim = with_false_digest(&honest);
    let mut challenger = Challenger::<F, PoseidonHash>::new();
    challenger.observe_elements(&claim.list().elements());
    let challenges = draw(&mut challenger);
    // How often three blocks that nobody asks for are looked up: numbers of the field, as good as any to the table.
    let unasked: Vec<usize> = (0..SIZE.rows())
        .filter(|&at| columns[flag(ROUNDS - 1)].values[at] == F::ONE && columns[TIMES].values[at] == F::ZERO)
        .take(3)
        .collect();
    let rows = challenges.map(|challenge| {
        let missing = claim.sum(&challenge) - looked_up(&columns, &challenge);
        let term = |index: usize| {
            let (entry, message) = row(&columns, unasked[index]);
            combine(&challenge, &entry, message).inverse()
        };
        [term(0), term(1), term(2), missing]
    });
    for (at, times) in unasked.into_iter().zip(solve(rows)) {
        columns[TIMES].values[at] = times;
    }
    let committed = Committed::new(columns.clone());
    let proof = committed.prove_in(Order::ListFirst, &claim.list()).unwrap();
    assert_eq!(
        Circuit::new(Order::ListFirst).violations(&claim, &proof, &[]),
        vec![]
    );

    let proof = Committed::new(columns).prove(&claim.list()).unwrap();
    assert_ne!(right().violations(&claim, &proof, &[]), vec![]);
}

#[test]
fn committed_keys_are_those_of_the_circuits() {
    let elements = |key: KeyDigest| {
        key.elements()
            .map(|element| format!("{:#018x}", element.to_canonical_u64()))
    };
    let built = Size::ALL.map(|size| {
        let (data, _, _) = circuit::build(size);
        let normalizer = Normalizer::new(&data.common, &data.verifier_only, Options::default()).unwrap();
        elements(normalizer.key_digest())
    });
    assert_eq!(built, Size::ALL.map(|size| elements(size.key_digest())));
}
