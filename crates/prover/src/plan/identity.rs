//! By what stages are known.
//!
//! A leaf's or node's proof depends on what stands before it in its list, and that on how long the whole list is, since what fills it
//! stands in front. So every stage of a list is known by the whole list, and a proof that is added changes none of the chunks
//! before it.

use std::error::Error;

use super::{Plan, StageKind, Step};
use crate::graph::Kind;
use crate::run::RunError;
use crate::store::StageId;

/// What the stages of a plan are made with and of.
pub trait Programs {
    /// Why a proof cannot be read.
    type Error: Error + Send + Sync + 'static;

    /// Digest of all that outcomes of a kind depend on beside what they are made of: keys, sizes, versions.
    fn program(&self, kind: StageKind) -> [u8; 32];

    /// The domain that is stated.
    fn domain(&self) -> [u8; 32];

    /// Digest of the proof that is aggregated at this index.
    ///
    /// # Errors
    /// If it cannot be read.
    fn input(&self, index: u32) -> Result<[u8; 32], Self::Error>;
}

/// The digests of all stages of a plan, by which the store knows them.
///
/// # Errors
/// [`RunError::Input`].
pub fn identities<P: Programs>(programs: &P, plan: &Plan) -> Result<Vec<StageId>, RunError<P::Error>> {
    let mut ids = Ids {
        programs,
        plan,
        ids: vec![None; plan.steps().len()],
    };
    for (index, step) in plan.steps().iter().enumerate() {
        match *step {
            // Those of a list are known when it is closed; inner lists are closed first.
            Step::Leaf { .. } | Step::Node { .. } => {}
            Step::Keccak { list } => ids.list(index, list)?,
            Step::Chunk { .. } | Step::Closing { .. } | Step::Wrap { .. } => ids.set(index, &[]),
            Step::Seal { .. } => ids.set(index, &[&programs.domain()]),
        }
    }
    // Every stage is one of these or of a list.
    Ok(ids
        .ids
        .into_iter()
        .map(|id| id.unwrap_or_else(|| StageId::of(&[])))
        .collect())
}

struct Ids<'a, P: Programs> {
    programs: &'a P,
    plan: &'a Plan,
    ids: Vec<Option<StageId>>,
}

impl<P: Programs> Ids<'_, P> {
    /// Names the stages of a list, and its proof.
    fn list(&mut self, keccak: usize, list: usize) -> Result<(), RunError<P::Error>> {
        let planned = &self.plan.lists()[list];
        let mut content = vec![(planned.entries as u64).to_le_bytes().to_vec()];
        let mut stated = false;
        for &step in &planned.steps {
            match self.plan.steps()[step] {
                Step::Leaf {
                    first, pair, joined, ..
                } => {
                    content.push(vec![u8::from(pair), u8::from(joined)]);
                    for index in first..=first + u32::from(pair) {
                        let digest = self.programs.input(index);
                        content.push(
                            digest
                                .map_err(|source| RunError::Input { index, source })?
                                .to_vec(),
                        );
                    }
                }
                Step::Node { left, right, .. } => {
                    content.push(vec![2, u8::from(right.is_some())]);
                    for child in [Some(left), right].into_iter().flatten() {
                        // What is not a chunk is of this list.
                        if let Some(id) = self.ids[child] {
                            content.push(id.bytes().to_vec());
                        }
                    }
                }
                _ => stated = true,
            }
        }
        let content: Vec<&[u8]> = content.iter().map(Vec::as_slice).collect();
        let content = StageId::of(&content);
        for &step in &planned.steps {
            if self.plan.steps()[step].kind() != StageKind::Seal {
                self.set(step, &[content.bytes()]);
            }
        }
        let domain = stated.then(|| self.programs.domain());
        match &domain {
            Some(domain) => self.set(keccak, &[content.bytes(), domain]),
            None => self.set(keccak, &[content.bytes()]),
        }
        Ok(())
    }

    /// Names a stage by its program, its place in its list, what it is made of, and what else is given.
    fn set(&mut self, step: usize, more: &[&[u8]]) {
        let planned = &self.plan.steps()[step];
        let kind = planned.kind();
        let place = self.place(step).to_le_bytes();
        let program = self.programs.program(kind);
        let inputs: Vec<StageId> = planned
            .inputs()
            .into_iter()
            .filter_map(|input| self.ids[input])
            .collect();
        let mut parts: Vec<&[u8]> = vec![kind.name().as_bytes(), &program, &place];
        parts.extend(inputs.iter().map(|input| &input.bytes()[..]));
        parts.extend(more);
        self.ids[step] = Some(StageId::of(&parts));
    }

    /// How many stages of its list come before it.
    fn place(&self, step: usize) -> u64 {
        let list = match self.plan.steps()[step] {
            Step::Leaf { list, .. } | Step::Node { list, .. } => list,
            _ => return 0,
        };
        let steps = &self.plan.lists()[list].steps;
        steps.partition_point(|&other| other < step) as u64
    }
}
