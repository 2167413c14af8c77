use ark_bn254::Fr;
use ark_ff::{One, UniformRand};
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable,
};
use causeway_verifier_gen::r1cs::{Matrix, R1cs, Var};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// A circuit with an assignment that satisfies it.
pub(crate) struct Synthetic {
    /// The constraints: two public inputs, as the wrap has.
    pub(crate) r1cs: R1cs,
    /// One value per column.
    pub(crate) assignment: Vec<Fr>,
}

impl Synthetic {
    /// A circuit that fills a domain of 2^`log2` rows.
    ///
    /// Rows come in groups of eight, as the wrap's do on the whole: seven bits, then the product of two sums over
    /// earlier columns.
    pub(crate) fn new(log2: u32) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        let (one, [two, four, eight, sixteen]) = (Fr::one(), [2u64, 4, 8, 16].map(Fr::from));
        let mut r1cs = R1cs::new(2);
        let mut assignment = vec![one, Fr::rand(&mut rng), Fr::rand(&mut rng)];
        let (mut x, mut y) = (Var(1), Var(2));
        // The quotient takes a row more for each public column and for the constant one.
        for row in 0..(1 << log2) - 8 {
            if row % 8 < 7 {
                let bit = r1cs.new_variable();
                assignment.push(Fr::from(rng.r#gen::<bool>()));
                r1cs.push(&[(bit, one)], &[(bit, one), (Var::ONE, -one)], &[]);
                continue;
            }
            let product = r1cs.new_variable();
            let bit = |back| Var(product.0 - back);
            let a = [(x, one), (bit(1), two), (bit(3), eight)];
            let b = [(y, one), (bit(2), four), (bit(4), sixteen)];
            let sum = |terms: &[(Var, Fr)]| {
                let values = terms.iter().map(|(var, c)| assignment[var.0 as usize] * c);
                values.sum::<Fr>()
            };
            let value = sum(&a) * sum(&b);
            assignment.push(value);
            r1cs.push(&a, &b, &[(product, one)]);
            (x, y) = (y, product);
        }
        Self { r1cs, assignment }
    }

    /// The public inputs.
    pub(crate) fn public(&self) -> &[Fr] {
        &self.assignment[1..=self.r1cs.num_public()]
    }
}

/// The same circuit as arkworks has it.
impl ConstraintSynthesizer<Fr> for &Synthetic {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let r1cs = &self.r1cs;
        let mut variables = vec![Variable::One];
        for (column, &value) in self.assignment.iter().enumerate().skip(1) {
            variables.push(if column <= r1cs.num_public() {
                cs.new_input_variable(|| Ok(value))?
            } else {
                cs.new_witness_variable(|| Ok(value))?
            });
        }
        let row = |matrix: &Matrix, row| {
            let terms = matrix.row(row).map(|(var, c)| (c, variables[var.0 as usize]));
            LinearCombination(terms.collect())
        };
        for i in 0..r1cs.num_constraints() {
            cs.enforce_r1cs_constraint(|| row(&r1cs.a, i), || row(&r1cs.b, i), || row(&r1cs.c, i))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_assignment_satisfies_the_circuit() {
        let circuit = Synthetic::new(6);
        assert_eq!(circuit.r1cs.check(&circuit.assignment), Ok(()));
        assert_eq!(circuit.r1cs.num_constraints(), 56);
        assert_eq!(circuit.public().len(), 2);
    }
}
