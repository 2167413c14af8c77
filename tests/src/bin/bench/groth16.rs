use anyhow::{Result, ensure};
use ark_bn254::{Bn254, Fr};
use ark_groth16::Groth16;
use ark_snark::SNARK;
use causeway_verifier_gen::groth16::{Progress, development_setup, prove};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use crate::Bench;
use crate::synthetic::Synthetic;

const PEER: &str = "ark-groth16 0.6.0";

/// `wrap.groth16.rows2e*`: our setup and prover beside ark-groth16's, on one circuit. A proof of ours is verified
/// before it is returned, so the peer's is too.
pub(crate) fn run(bench: &mut Bench, log2: u32) -> Result<()> {
    let report = &mut bench.report;
    let circuit = Synthetic::new(log2);
    let prefix = format!("wrap.groth16.rows2e{log2}");
    let (setup, proof) = (format!("{prefix}.setup"), format!("{prefix}.proof"));

    let (our_setup, key) = report.timed(&setup, || {
        Ok(development_setup(&circuit.r1cs, [1; 32], Progress::none())?)
    })?;
    let (our_proof, _) = report.timed(&proof, || {
        Ok(prove(&key, &circuit.r1cs, &circuit.assignment, Progress::none())?)
    })?;
    drop(key);

    let mut rng = ChaCha20Rng::seed_from_u64(10);
    let (their_setup, (key, verifying_key)) = report.timed(&format!("{setup}, {PEER}"), || {
        Ok(Groth16::<Bn254>::circuit_specific_setup(&circuit, &mut rng)?)
    })?;
    report.compare(&setup, &our_setup, PEER, &their_setup);
    let (their_proof, accepted) = report.timed(&format!("{proof}, {PEER}"), || {
        let proof = Groth16::<Bn254>::prove(&key, &circuit, &mut rng)?;
        Ok(<Groth16<Bn254> as SNARK<Fr>>::verify(
            &verifying_key,
            circuit.public(),
            &proof,
        )?)
    })?;
    ensure!(accepted, "the peer's proof is not accepted");
    report.compare(&proof, &our_proof, PEER, &their_proof);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Report, Selection};
    use crate::row::Source;
    use crate::tree::Stages;

    #[test]
    fn both_provers_take_the_circuit() -> Result<()> {
        let selection = Selection::new(String::new());
        let mut bench = Bench {
            report: Report::new(selection),
            stages: Stages::default(),
        };
        run(&mut bench, 6)?;
        let rows = bench.report.rows();
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "wrap.groth16.rows2e6.setup.seconds",
                "wrap.groth16.rows2e6.setup.memory",
                "wrap.groth16.rows2e6.proof.seconds",
                "wrap.groth16.rows2e6.proof.memory"
            ]
        );
        let ran = |row: &crate::row::Row| row.peer.as_ref().is_some_and(|peer| peer.source == Source::Run);
        assert!(rows.iter().all(ran));
        Ok(())
    }
}
