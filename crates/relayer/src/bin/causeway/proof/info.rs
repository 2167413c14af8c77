use alloy_primitives::B256;
use anyhow::Result;
use causeway_circuits::proofs::AggregationProgram;
use causeway_console::{Console, Report};
use causeway_verifier_gen::groth16::scalar_to_word;
use causeway_verifier_gen::wrapper::Wrapper;
use clap::Args;
use serde::Serialize;

use crate::Answer;
use crate::options::ProfileOption;

/// Tell the program digest that `ProofAggregation` pins
///
/// It follows from the circuits of this release and the profile: deploy the contract with it, or compare it with the one deployed.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  PROGRAM_DIGEST=$(causeway --json proof info | jq -r .program_digest)

JSON: profile, program_digest, closing_key.")]
pub(crate) struct Info {
    #[command(flatten)]
    profile: ProfileOption,
}

#[derive(Serialize)]
struct Fields {
    profile: String,
    program_digest: B256,
    closing_key: String,
}

impl Info {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        let program = console.work("building the aggregation program", AggregationProgram::pinned)?;
        let fields = Fields {
            profile: self.profile.profile.to_string(),
            program_digest: program_digest(console, &program, self.profile)?,
            closing_key: format!("0x{}", program.closing().key_digest()),
        };
        let text = format!("program {} in profile {}", fields.program_digest, fields.profile);
        Ok(Answer {
            report: Report::new("proof info", text, &fields)?,
            left_out: false,
        })
    }
}

/// The digest of the aggregation program in a profile.
pub(super) fn program_digest(
    console: &Console,
    program: &AggregationProgram,
    profile: ProfileOption,
) -> Result<B256> {
    let wrapper = console.work("building the last layer", || {
        Wrapper::new(profile.profile, program.closing().key())
    })?;
    Ok(scalar_to_word(wrapper.program_digest()).into())
}
