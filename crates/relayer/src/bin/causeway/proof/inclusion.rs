use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256, hex};
use anyhow::{Context, Result, bail, ensure};
use causeway_aggregation::files::{FileKind, NormalizedFile};
use causeway_circuits::proofs::UserProof;
use causeway_console::{Console, Report, files};
use causeway_relayer::aggregation::{Claim, Inclusion, published_in_call};
use causeway_types::GoldilocksDigest;
use causeway_types::aggregation::{
    AggregationBlob, AggregationDomain, AggregationRecord, AggregationTree, PublicInputs, published,
};
use clap::Args;
use serde::Serialize;

use super::aggregate::inclusion_name;
use super::input::{self, LeftOut};
use super::source::claim;
use crate::Answer;

/// Find proofs in an aggregation
///
/// The aggregation is a submission file or, for whoever has none, what was published: the blobs, or the calldata of `submit`, with
/// what the contract keeps of the root (`aggregation(root)`). Their root is recomputed, and another one is refused: nothing but
/// this binds a blob to its root.
///
/// A proof that is not in the aggregation is named and left out.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  causeway proof inclusion --from aggregation/submission.json mine.normalized --out .
  causeway proof inclusion --blob blob-0.bin --root 0x... --depth 3 --count 5 --chain-id 1 --contract 0x... mine.normalized
  causeway proof inclusion --from aggregation/submission.json --claim 0xKEY:0xPUBLICINPUTS

JSON: root, depth, count, inclusions (file, index, key), left_out (file, error).")]
pub(crate) struct FindInclusion {
    /// Normalised proofs, or folders of them
    #[arg(value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// A claim without its proof: normalised key digest and public inputs, eight bytes each, in hexadecimal digits
    #[arg(long = "claim", value_name = "KEY:INPUTS", value_parser = parse_claim)]
    claims: Vec<Claim>,
    #[command(flatten)]
    published: Published,
    /// Folder to write to
    #[arg(long, value_name = "DIR", default_value = "inclusion")]
    out: PathBuf,
}

/// Where an aggregation is read from.
#[derive(Debug, Args)]
struct Published {
    /// Submission file of the aggregation
    #[arg(long, value_name = "SUBMISSION.json", conflicts_with_all = ["blobs", "calldata", "root", "depth", "count", "chain_id", "contract"])]
    from: Option<PathBuf>,
    /// Blob of the aggregation, 131,072 bytes; once for each, in order
    #[arg(long = "blob", value_name = "FILE", conflicts_with = "calldata")]
    blobs: Vec<PathBuf>,
    /// File with the calldata of the aggregation's `submit`, in hexadecimal digits
    #[arg(long, value_name = "FILE")]
    calldata: Option<PathBuf>,
    /// The root, as the contract keeps it
    #[arg(long)]
    root: Option<B256>,
    /// Levels of the tree, as the contract keeps them
    #[arg(long)]
    depth: Option<u8>,
    /// Number of proofs, as the contract keeps it
    #[arg(long)]
    count: Option<u32>,
    /// Chain id of the chain that `ProofAggregation` is on
    #[arg(long, value_name = "N")]
    chain_id: Option<u64>,
    /// Address of `ProofAggregation`
    #[arg(long, value_name = "ADDRESS")]
    contract: Option<Address>,
}

#[derive(Serialize)]
struct Fields {
    root: B256,
    depth: u8,
    count: u32,
    inclusions: Vec<Written>,
    left_out: LeftOut,
}

#[derive(Serialize)]
struct Written {
    file: String,
    index: u32,
    key: B256,
}

impl FindInclusion {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        ensure!(
            !(self.paths.is_empty() && self.claims.is_empty()),
            "nothing to look for: name normalised proofs, or what they claim with --claim"
        );
        let (domain, tree) = self.published.tree()?;
        let mut left_out = LeftOut::default();
        let mut sought: Vec<(PathBuf, Claim)> = Vec::new();
        for path in input::files(&self.paths, FileKind::Normalized.extension())? {
            match read_claim(&path) {
                Ok(claim) => sought.push((path, claim)),
                Err(error) => left_out.push(console, &path, &error),
            }
        }
        sought.extend(
            self.claims
                .iter()
                .map(|claim| (PathBuf::from("claim"), claim.clone())),
        );

        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("{} cannot be made", self.out.display()))?;
        let mut inclusions = Vec::new();
        for (path, claim) in sought {
            match Inclusion::find(domain, &tree, claim) {
                Ok(inclusion) => inclusions.push(self.write(&path, &inclusion)?),
                Err(error) => left_out.push(console, &path, &error.into()),
            }
        }
        left_out.refuse(inclusions.is_empty())?;
        answer(&Fields {
            root: tree.root(),
            depth: tree.depth(),
            count: tree.count(),
            inclusions,
            left_out,
        })
    }

    fn write(&self, proof: &Path, inclusion: &Inclusion) -> Result<Written> {
        let index = inclusion.path.index;
        let path = self.out.join(inclusion_name(index as usize, proof));
        files::write_text(&path, &(serde_json::to_string_pretty(inclusion)? + "\n"))?;
        Ok(Written {
            file: path.display().to_string(),
            index,
            key: inclusion.claim.key.into(),
        })
    }
}

impl Published {
    fn tree(&self) -> Result<(AggregationDomain, AggregationTree)> {
        if let Some(path) = &self.from {
            let submission = input::submission(path)?;
            let tree = submission
                .tree()
                .with_context(|| format!("{} is refused", path.display()))?;
            return Ok((submission.statement.domain, tree));
        }
        let (Some(root), Some(depth), Some(count), Some(chain_id), Some(contract)) =
            (self.root, self.depth, self.count, self.chain_id, self.contract)
        else {
            bail!(
                "name the submission with --from, or give --root, --depth, --count, --chain-id and --contract"
            );
        };
        let record = AggregationRecord::new(root, depth, count)?;
        let domain = AggregationDomain { chain_id, contract };
        let tree = match &self.calldata {
            Some(path) => {
                let text = String::from_utf8(files::read_at_most(path, 2 * input::MAX_CALLDATA + 2)?)
                    .context("calldata is written in hexadecimal digits")?;
                let data = hex::decode(text.trim()).context("calldata is written in hexadecimal digits")?;
                published_in_call(&data, &record).with_context(|| format!("{} is refused", path.display()))?
            }
            None => {
                ensure!(
                    !self.blobs.is_empty(),
                    "name what was published with --blob or --calldata"
                );
                published(&read_blobs(&self.blobs)?, &record).context("the blobs are refused")?
            }
        };
        Ok((domain, tree))
    }
}

/// Reads blobs.
pub(super) fn read_blobs(paths: &[PathBuf]) -> Result<Vec<AggregationBlob>> {
    let read = |path: &PathBuf| {
        AggregationBlob::try_from(files::read(path)?.into_boxed_slice())
            .with_context(|| format!("{} is no blob", path.display()))
    };
    paths.iter().map(read).collect()
}

/// What a normalised file claims. Whether it is proven the aggregation tells.
fn read_claim(path: &Path) -> Result<Claim> {
    let file = NormalizedFile::from_bytes(&files::read(path)?)?;
    claim(&UserProof {
        proof: file.proof,
        public_inputs: file.public_inputs,
    })
}

fn parse_claim(text: &str) -> Result<Claim> {
    let (key, inputs) = text
        .split_once(':')
        .context("a claim is KEY:INPUTS, both in hexadecimal digits")?;
    let key: B256 = key.parse().context("the key digest has 64 hexadecimal digits")?;
    let inputs = hex::decode(inputs).context("public inputs are written in hexadecimal digits")?;
    Ok(Claim {
        key: GoldilocksDigest::try_from(key)?,
        public_inputs: PublicInputs::try_from(inputs.as_slice())?,
    })
}

fn answer(fields: &Fields) -> Result<Answer> {
    let mut text = format!(
        "root {}, depth {}, {} proofs",
        fields.root, fields.depth, fields.count
    );
    for written in &fields.inclusions {
        text += &format!(
            "\nproof {} of program {}: {}",
            written.index, written.key, written.file
        );
    }
    text += &fields.left_out.text();
    Ok(Answer {
        report: Report::new("proof inclusion", text, fields)?,
        left_out: !fields.left_out.is_empty(),
    })
}
